import type { Letter, Reading } from './types.js';

/** What hardly shows, and the way names are written tells: spaces between words, the strokes of III, commas before guilds. */

/** A capital stands inside a word behind these: McDonald, DeVito, LaPaglia, FitzGerald. */
const BEGINNINGS = /^(?:.{1,3}|Mac|Van|Von|Fitz|Saint|[^aeiouyäöü]*)$/iu;
/** Names that are numbers: what looks like III is. */
const NUMBER = /^[Il1|]{2,3}$/u;
/** What guilds add to a name stands behind a comma. */
const GUILD = /^(?:ASC|BSC|ACE|CSA|CAS|MPSE|PGA|SOC|BVK|AFC)[.,]?$/u;

const textOf = (word: Reading): string => word.map(({ text }) => text).join('');
const isUpper = (text: string): boolean => /^\p{Lu}$/u.test(text);
const isLower = (text: string): boolean => /^\p{Ll}$/u.test(text);
const as = (letter: Letter, text: string): Letter => ({ ...letter, text });

/** A word where a capital follows small letters is two. */
function parted(word: Reading): Letter[] {
  const at = word.findIndex(({ text }, k) => k > 1 && isUpper(text) && isLower(word[k - 1]!.text));
  const [first, second] = [word.slice(0, at), word.slice(at)];
  const rest = second.slice(1).map(({ text }) => text);
  const isTwo = at > 0 && rest.filter(isLower).length > 1 && !rest.some(isUpper);
  if (!isTwo || !first.every(({ text }) => /^\p{L}$/u.test(text)) || BEGINNINGS.test(textOf(first))) return [...word];
  const { x, probability } = word[at]!;
  return [...first, { text: ' ', x: (x + word[at - 1]!.x) / 2, probability }, ...second];
}

function written(word: Reading, isFirst: boolean): Letter[] {
  if (!isFirst && NUMBER.test(textOf(word))) return word.map((letter) => as(letter, 'I'));
  return parted(word);
}

/** The line as names are written. */
export function asWritten(letters: Reading): Letter[] {
  const words: Letter[][] = [[]];
  const spaces: Letter[] = [];
  for (const letter of letters)
    if (letter.text === ' ') {
      spaces.push(letter);
      words.push([]);
    } else words.at(-1)!.push(letter);
  return words.flatMap((word, k) => {
    const next = words[k + 1];
    const last = word.at(-1);
    const isBeforeGuild = next !== undefined && GUILD.test(textOf(next)) && word.length > 3 && last!.text === '.';
    const own = isBeforeGuild ? [...word.slice(0, -1), as(last!, ',')] : written(word, k === 0);
    return k === 0 ? own : [spaces[k - 1]!, ...own];
  });
}
