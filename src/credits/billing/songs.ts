import { isCapitals, type Told } from './styles.js';
import type { BilledSong } from './types.js';

/** Songs: a title, and below it who wrote, sang and published it. */

const QUOTED = /^["“”„«'‘’].{2,}["“”»'’]/u;

/**
 * The song that a group of lines tells of; null where it tells of none.
 * @param among it stands under a heading of songs
 */
export function songsOf(group: readonly Told[], among: boolean): BilledSong | null {
  const [title, ...lines] = group;
  if (title === undefined || lines.length === 0) return null;
  const told = lines.filter(({ kinds }) => kinds.ofSong).length;
  const isTitle = QUOTED.test(title.text) || (among && (isCapitals(title.text) ?? true));
  if (told === 0 || (!isTitle && told < 2) || title.kinds.namesJob) return null;
  return {
    title: title.text.replace(/^["“”„«]+|["“”»]+$/gu, '').trim(),
    lines: lines.map(({ text }) => text),
    confidence: title.confidence,
    start: title.start,
    end: Math.max(...group.map(({ end }) => end)),
  };
}
