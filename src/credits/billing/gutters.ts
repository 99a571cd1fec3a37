import { bounded, isCapitals, tell, type Told } from './styles.js';
import { isHeading, type ToldRow } from './told-rows.js';

/** Gutters: what parts the columns of rows, and texts that were read as one although a gutter parts them. */

/** Edges of one column agree to this share of the picture's width. */
export const EDGE = 0.014;
/** A gutter is at least so wide; where the recogniser's letters begin is not told more finely. */
export const GUTTER = -0.004;

/** What rows of two columns have in common. */
export interface Gutter {
  low: number;
  high: number;
  readonly rows: ToldRow[];
}

function fits({ low, high }: Gutter, [left, right]: readonly Told[]): { low: number; high: number } | null {
  const [from, to] = [Math.max(low, left!.x + left!.width), Math.min(high, right!.x)];
  return to - from >= GUTTER ? { low: from, high: to } : null;
}

export const right = ({ x, width }: Told): number => x + width;
const centre = ({ x, width }: Told): number => x + width / 2;

/** Whether two texts stand alike: at one left or right edge, or around one middle, to this share of the picture's width. */
export const standsAs = (a: Told, b: Told, edge: number): boolean =>
  [({ x }: Told): number => x, right, centre].some((of) => Math.abs(of(a) - of(b)) < edge);

/** Runs of rows whose two columns share a gutter; lone texts between them do not end one. */
export function guttersOf(rows: readonly ToldRow[]): Map<ToldRow, Gutter> {
  const of = new Map<ToldRow, Gutter>();
  let gutter: Gutter | null = null;
  for (const one of rows) {
    if (one.parts.length === 1 || one.form !== 'apart') continue;
    if (one.parts.length > 2) {
      gutter = null;
      continue;
    }
    const common: { low: number; high: number } | null =
      gutter === null || gutter.rows.at(-1)!.row.page !== one.row.page ? null : fits(gutter, one.parts);
    if (gutter === null || common === null) gutter = { low: right(one.parts[0]!), high: one.parts[1]!.x, rows: [] };
    else Object.assign(gutter, common);
    gutter.rows.push(one);
    of.set(one, gutter);
  }
  return of;
}

/** Rows around one that tell whether all stand around one middle; so many of them, and so many at least. */
const CENTRED = { rows: 8, share: 0.75, least: 3 };

/** Whether a row and most of those around it stand around one middle: what looks like a gutter is between words. */
export function isCentred(rows: readonly ToldRow[], at: number): boolean {
  const middleOf = ({ parts }: ToldRow): number => (parts[0]!.x + right(parts.at(-1)!)) / 2;
  const own = middleOf(rows[at]!);
  const near = rows.slice(Math.max(0, at - CENTRED.rows), at + CENTRED.rows + 1).filter((one) => one !== rows[at]);
  const same = near.filter((one) => Math.abs(middleOf(one) - own) < EDGE);
  return same.length >= CENTRED.least && same.length >= CENTRED.share * near.length;
}

/** A text as two, at one of its spaces. */
function splitAt(part: Told, space: number): readonly [Told, Told] {
  const before = part.spaces.indexOf(space);
  const words = part.text.split(' ');
  const left = { text: words.slice(0, before + 1).join(' '), spaces: part.spaces.slice(0, before) };
  const after = { text: words.slice(before + 1).join(' '), spaces: part.spaces.slice(before + 1) };
  return [
    tell({ ...part, ...left, width: space - part.x }),
    tell({ ...part, ...after, x: space, width: right(part) - space }),
  ];
}

/** A gutter reaches so many rows beyond those that have it. */
const REACH = 8;

/** The rows around one, up to the next gap. */
function withoutGap(rows: readonly ToldRow[], at: number): ToldRow[] {
  let [from, to] = [at, at + 1];
  while (at - from < REACH && from > 0 && rows[from]!.close) from--;
  while (to - at <= REACH && rows[to]?.close === true) to++;
  return rows.slice(from, to);
}

const nearestSpace = ({ spaces }: Told, x: number): number =>
  spaces.reduce((best, space) => (Math.abs(space - x) < Math.abs(best - x) ? space : best), -1);

/** A space is a gutter where rows around say so; what a row says for and against it. */
const SAYS = { columns: 1.5, space: 1, letters: -1.2, leaning: 0.2 };
/** All of them together at least so much. */
const LEAST_SCORE = 2.5;
/** How much more one side must look like names, on average: where so many rows around are in two columns. */
const LEANS = [2, 1, -1] as const;
/** A text is two where these are so likely a role and a name, against the whole being one of them, at least; and for each word more than a name has. */
const TWO = { least: -0.8, beside: -1.2, word: 0.5, words: 3, cases: 2.5, letters: 0.6 };

/** Whether one of two texts is in capitals, the other not. */
function isTwoCased(a: Told, b: Told): boolean {
  const cases = [isCapitals(a.text), isCapitals(b.text)];
  return cases.includes(true) && cases.includes(false);
}

/** How much likelier a text is a role and a name than one of them, by its letters: natural logarithm. */
function twoOdds(part: Told, space: number): number {
  const one = ({ nameOdds }: Told, isName: boolean): number =>
    -Math.log1p(Math.exp(TWO.letters * (isName ? -nameOdds : nameOdds)));
  const [left, after] = splitAt(part, space);
  const two = Math.max(one(left, false) + one(after, true), one(left, true) + one(after, false));
  const more = Math.max(0, part.text.split(' ').length - TWO.words);
  return (
    two - Math.max(one(part, true), one(part, false)) + TWO.word * more + (isTwoCased(left, after) ? TWO.cases : 0)
  );
}

/** Where no row is, so many rows have a space there. */
const ROWS = 3;

/** How much more like a name the text behind a space is than the one before, natural logarithm; known texts are looked up. */
function leaningOf(): (part: Told, space: number) => number {
  const known = new Map<string, number>();
  return (part, space) => {
    const key = `${part.text}\n${part.spaces.indexOf(space)}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const [left, after] = splitAt(part, space);
    const cases = isTwoCased(left, after) ? TWO.cases * Math.sign(after.nameOdds - left.nameOdds) : 0;
    known.set(key, after.nameOdds - left.nameOdds + cases);
    return after.nameOdds - left.nameOdds + cases;
  };
}

/** How much speaks for a gutter at a place; null where it is none. */
function gutterAt(
  one: Told,
  place: number,
  near: readonly ToldRow[],
  leaning: (part: Told, space: number) => number,
  centred: boolean,
): number | null {
  const columns = near.filter(({ parts, form }) => parts.length > 1 && form === 'apart');
  const open = columns.filter(({ parts }) =>
    parts.some((part, k) => k > 0 && right(parts[k - 1]!) <= place + EDGE && part.x >= place - EDGE),
  ).length;
  const crossing = near.flatMap(({ parts: [first, ...others] }) =>
    others.length === 0 && first!.x < place - EDGE && right(first!) > place + EDGE ? [first!] : [],
  );
  const leans = crossing.flatMap((part) => {
    const space = nearestSpace(part, place);
    return Math.abs(space - place) < EDGE ? [bounded(leaning(part, space))] : [];
  });
  const sum = Math.abs(leans.reduce((total, one) => total + one, 0));
  const score =
    SAYS.columns * (2 * open - columns.length) +
    SAYS.space * leans.length +
    SAYS.leaning * sum +
    SAYS.letters * (crossing.length - leans.length);
  const isSaid = open > 0 || leans.length >= ROWS;
  // Of lines around one middle, roles and names of many lengths, only those are two whose case or whose neighbours say so.
  if (centred && open < 2 && !isTwoCased(...splitAt(one, place))) return null;
  if (twoOdds(one, place) < (open > 1 ? TWO.beside : TWO.least)) return null;
  return isSaid && score >= LEAST_SCORE && sum / leans.length >= LEANS[Math.min(open, 2)]! ? score : null;
}

/** Columns that were read as one text are two where its space is a gutter of the rows around. */
export function splitAtGutters(rows: readonly ToldRow[]): ToldRow[] {
  const leaning = leaningOf();
  return rows.map((one, at): ToldRow => {
    const [part, ...others] = one.parts;
    if (part === undefined || others.length > 0 || isHeading(part)) return one;
    const centred = isCentred(rows, at);
    const near = withoutGap(rows, at);
    const scores = part.spaces.map((space) => gutterAt(part, space, near, leaning, centred));
    const best = scores.reduce<number>((most, score, k) => ((score ?? 0) > (scores[most] ?? 0) ? k : most), 0);
    return (scores[best] ?? null) === null ? one : { ...one, parts: splitAt(part, part.spaces[best]!) };
  });
}
