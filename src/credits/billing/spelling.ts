import { isCapitals } from './styles.js';

/** Names as one writes them: credits often have capitals only. */

/** What stands in names in small letters, but at their beginning. */
const SMALL = new Set('von,van,de,der,den,di,da,du,del,della,dos,y,e,zu,af,ten,ter'.split(','));
/** What guilds add to a name. */
const GUILDS = 'ASC|BSC|ACE|CSA|CAS|MPSE|PGA|SOC|BVK|AFC'.split('|').map((guild) => [...guild].join('\\.?'));
/** What stays in capitals: numbers of kings, initials, guilds. */
const CAPITALS = new RegExp(
  `^(?:[IVX]{2,4}|(?:\\p{Lu}\\.)+|\\p{Lu}|(?:(?![AEIOUYÄÖÜÁÉÍÓÚ])\\p{Lu}){2}|\\p{Lu}J|${GUILDS.join('|')})[.,]?$`,
  'u',
);
/** "McDONALD", "DeVITO": capitals behind a beginning that has small letters. */
const BEGINNING = /^(?:Mc|Mac|De|Di|La|Le|Lo|Du|Da|Van|Von|Fitz|O['’])(?=\p{Lu}{2,})/u;
const ABBREVIATED = /^(?:JR|SR|ST|DR|MR|MS)\.?,?$/u;

const titled = (word: string): string =>
  word.toLowerCase().replace(/(?:^|[-'’.“"(/])\p{L}/gu, (start) => start.toUpperCase());

function wordCase(word: string, index: number): string {
  if (word === word.toLowerCase()) return word;
  if (index > 0 && SMALL.has(word.toLowerCase())) return word.toLowerCase();
  if (ABBREVIATED.test(word)) return titled(word);
  if (CAPITALS.test(word)) return word;
  const [beginning = ''] = BEGINNING.exec(word) ?? [];
  const rest = titled(word.slice(beginning.length));
  return beginning + rest.replace(/^Mc\p{L}/u, (start) => `Mc${start.charAt(2).toUpperCase()}`);
}

/** A text in capitals as one writes a name; others as they are. */
export const spelled = (text: string): string =>
  (isCapitals(text) ?? text === text.toUpperCase()) ? text.split(' ').map(wordCase).join(' ') : text;
