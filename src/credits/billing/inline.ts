import { isCapitals, tell, type Told } from './styles.js';

/** One text that holds both columns: role and name beside each other in one line. */

const LEADERS = /[.·…](?:\s?[.·…]){2,}/u;
const AS = /\s(?:as|als|comme|como|come|jako)\s/u;
const BY = /\s(?:by|BY|von|par|di|por|av|door|af)\s(?=\p{Lu})/u;

/** "Gaffer: Jane Roe"; a time of day and a title with a colon have no space or no role before it. */
const COLON = /: | [–—] /u;
/** What stands behind it looks so much more like a name than what stands before it: natural logarithm. */
const LIKELIER = 2;

/** What stands before and behind a part of a text; null where it has none, or nothing on one side. */
function around(text: string, between: RegExp, keep = 0): [string, string] | null {
  const found = between.exec(text);
  if (found === null) return null;
  const [before, after] = [
    text.slice(0, found.index + keep * found[0].length),
    text.slice(found.index + found[0].length),
  ];
  return before.trim() === '' || after.trim() === '' ? null : [before.trim(), after.trim()];
}

/** "Production Manager JANE ROE": words in small letters, and two or more in capitals beside them. */
function aroundCase(text: string): [string, string] | null {
  const words = text.split(' ');
  const styles = words.map((word) => isCapitals(word));
  const from = styles.findIndex((style, k) => k > 0 && style !== styles[0] && style !== null);
  if (from < 0 || styles[0] === null || styles.slice(from).some((style) => style === styles[0])) return null;
  // What is too short to tell, as an initial, goes with the capitals; "Dr. R.L. Davis" begins where its small letters do.
  const isUpper = (at: number): boolean => words[at] === words[at]!.toUpperCase();
  let at = from;
  if (styles[0] === false) while (at > 1 && styles[at - 1] === null && isUpper(at - 1)) at--;
  else for (let k = from - 1; k > 0 && styles[k] === null; k--) if (!isUpper(k)) at = k;
  const sides = [words.slice(0, at), words.slice(at)] as const;
  const [upper, lower] = styles[0] ? sides : [sides[1], sides[0]];
  const isName = upper.filter((word) => isCapitals(word)).length > 1;
  return isName && lower.some((word) => isCapitals(word) === false) ? [sides[0].join(' '), sides[1].join(' ')] : null;
}

export interface Split {
  readonly parts: readonly Told[];
  /** What parts them is written between them: where it stands tells nothing of columns. */
  readonly isInline: boolean;
}

/** One text that holds both columns, as "Waiter ..... JOHN DOE" and "Edited by Jane Roe", is two. */
export function splitInline(part: Told): Split {
  const columns = around(part.text, LEADERS);
  if (columns !== null) return { parts: halves(part, columns), isInline: false };
  const colon = around(part.text, COLON);
  if (colon !== null) {
    const [role, person] = halves(part, colon);
    if (person!.nameOdds > role!.nameOdds + LIKELIER && !role!.kinds.ofSong)
      return { parts: [role!, person!], isInline: true };
  }
  const job = around(part.text, BY, 1);
  if (job !== null) {
    const [role, person] = halves(part, job);
    if (role!.kinds.namesJob && person!.nameOdds > 0 && !role!.kinds.ofSong)
      return { parts: [role!, person!], isInline: true };
  }
  const cased = aroundCase(part.text);
  if (cased !== null) return { parts: halves(part, cased), isInline: false };
  const played = around(part.text, AS);
  if (played !== null) {
    const [person, role] = halves(part, played);
    if (person!.kinds.person > 0.5 && person!.text.includes(' '))
      return { parts: [role!, person!].map((one, k) => ({ ...one, x: part.x + k * 1e-3 })), isInline: true };
  }
  return { parts: [part], isInline: false };
}

function halves(part: Told, [left, right]: readonly [string, string]): Told[] {
  const words = left.split(' ').length;
  const space = part.text === `${left} ${right}` ? part.spaces[words - 1] : undefined;
  const at = space ?? part.x + (part.width * left.length) / part.text.length;
  return [
    tell({ ...part, text: left, width: at - part.x, spaces: part.spaces.slice(0, words - 1) }),
    tell({ ...part, text: right, x: at, width: part.x + part.width - at, spaces: part.spaces.slice(1 - right.split(' ').length || part.spaces.length) }),
  ]; // prettier-ignore
}
