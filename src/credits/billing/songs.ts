import { isCapitals, type Told } from './styles.js';
import type { BilledSong } from './types.js';

/** Songs: a title, and below it who wrote, sang and published it. */

const QUOTES = '"“”„«»\'‘’';

/** A text in quotes, without them; null where it has none. */
function quoted(text: string): string | null {
  const last =
    text
      .slice(1)
      .split('')
      .findLastIndex((letter) => QUOTES.includes(letter)) + 1;
  return QUOTES.includes(text.charAt(0)) && last > 2 ? text.slice(1, last).trim() : null;
}

/**
 * The song that a group of lines tells of; null where it tells of none.
 * @param among it stands under a heading of songs
 */
export function songsOf(group: readonly Told[], among: boolean): BilledSong | null {
  const [title, ...lines] = group;
  if (title === undefined || lines.length === 0) return null;
  const told = lines.filter(({ kinds }) => kinds.ofSong).length;
  const name = quoted(title.text);
  const isTitle = name !== null || (among && (isCapitals(title.text) ?? true));
  if (told === 0 || (!isTitle && told < 2) || title.kinds.namesJob) return null;
  return {
    title: name ?? title.text,
    lines: lines.map(({ text }) => text),
    confidence: title.confidence,
    start: title.start,
    end: Math.max(...group.map(({ end }) => end)),
  };
}
