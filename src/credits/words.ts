/** Tells lines of credits (names, roles, jobs, companies) from other lines (sentences, code, numbers, chat) by their letters. */

/** Trained by bench/credits-words.ts; see data/credits-words.json. */
export interface WordsModel {
  /** One for every bucket that pieces of a line are hashed to, in steps of `step`. */
  readonly weights: Int8Array;
  readonly step: number;
  readonly bias: number;
}

/** As it stands in the file: the weights in base64. */
export interface WordsTable {
  readonly weights: string;
  readonly step: number;
  readonly bias: number;
}

export const wordsModel = ({ weights, step, bias }: WordsTable): WordsModel => ({
  weights: new Int8Array(Buffer.from(weights, 'base64')),
  step,
  bias,
});

/** A power of two. */
export const BUCKETS = 16_384;
/** Pieces are of so many characters, of letters and of shapes. */
const LENGTHS = { letters: [1, 2, 3, 4], shapes: [1, 2, 3, 4, 5] } as const;

/** FNV-1a. */
function bucketOf(text: string, from: number, to: number, seed: number): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let k = from; k < to; k++) hash = Math.imul(hash ^ text.charCodeAt(k), 0x01000193) >>> 0;
  hash ^= hash >>> 15;
  return hash & (BUCKETS - 1);
}

/** Letters without accents and case; digits all alike. Recognised text lacks many spaces: they are left out. */
const lettersOf = (line: string): string =>
  `^${line
    .normalize('NFD')
    .replace(/[\u0300-\u036f\s]/g, '')
    .toLowerCase()
    .replace(/\d/g, '0')}$`;

/** Upper case A, lower case a, digits 0, others themselves; what repeats stands once. Line of capitals only: as words of one. */
function shapeOf(line: string): string {
  const capitals = line.toUpperCase() === line;
  const plain = line.normalize('NFD').replace(/[\u0300-\u036f]/g, '');
  return `^${plain
    .replace(/\p{Lu}/gu, capitals ? 'C' : 'A')
    .replace(/\p{Ll}/gu, 'a')
    .replace(/\d/g, '0')
    .replace(/\s+/g, ' ')
    .replace(/(.)\1+/g, '$1')}$`;
}

/** The buckets of a line's pieces, each once, in no order. */
export function piecesOf(line: string): number[] {
  const found = new Set<number>();
  const add = (text: string, lengths: readonly number[], seed: number): void => {
    for (const length of lengths) {
      for (let from = 0; from + length <= text.length; from++)
        found.add(bucketOf(text, from, from + length, seed + length));
    }
  };
  add(lettersOf(line), LENGTHS.letters, 0);
  add(shapeOf(line), LENGTHS.shapes, 100);
  return [...found];
}

/** Letters that the classifier was trained on, in the mean. */
const LATIN = /[a-z0-9]/gi;

/** Too short, or not of Latin letters: nothing can be told by its words. */
export function isReadable(line: string): boolean {
  const all = line
    .replace(/\s/g, '')
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '');
  const latin = (all.match(LATIN) ?? []).length;
  return latin >= 5 && latin > 0.7 * all.length;
}

/** Log-odds that a line is of credits, natural logarithm; 0 for one that cannot be read. */
export function wordsLogOdds(line: string, { weights, step, bias }: WordsModel): number {
  if (!isReadable(line)) return 0;
  const pieces = piecesOf(line);
  const sum = pieces.reduce((total, piece) => total + weights[piece]!, 0);
  return bias + (step * sum) / Math.sqrt(pieces.length);
}
