/** Letters that are the same but for their marks: o, ö, ó, ø are one family. */

/** Letters that are written as another one with a stroke or without its dot. */
const STROKED: Readonly<Record<string, string>> = {
  ø: 'o', Ø: 'O', ł: 'l', Ł: 'L', đ: 'd', Đ: 'D', ħ: 'h', Ħ: 'H', ı: 'i',
}; // prettier-ignore

/** A letter without its marks. */
export const baseOf = (letter: string): string => STROKED[letter] ?? letter.normalize('NFD').charAt(0);

/** By base, the places of its letters in the alphabet; bases that have one letter are left out. */
export type Families = ReadonlyMap<string, readonly number[]>;

const known = new WeakMap<readonly string[], Families>();

export function familiesOf(alphabet: readonly string[]): Families {
  const kept = known.get(alphabet);
  if (kept !== undefined) return kept;
  const all = new Map<string, number[]>();
  for (const [k, letter] of alphabet.entries())
    if (/\p{L}/u.test(letter)) all.set(baseOf(letter), [...(all.get(baseOf(letter)) ?? []), k]);
  const families = new Map([...all].filter(([, letters]) => letters.length > 1));
  known.set(alphabet, families);
  return families;
}
