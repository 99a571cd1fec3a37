import { join } from 'node:path';
import { DATA, type Learnt, loadLearnt } from '../../parameters/learnt.js';

/**
 * How likely a letter follows others in names and roles: a backoff model over letters (Witten and Bell 1991), learnt from billed names
 * (notebooks-ts/credits-reading/letter-sequences.ts).
 */

/** Letters of a sequence, at most; the last one is the one that follows. */
export const ORDER = 5;
/** Where a text begins, and where it ends. */
export const [BEGIN, END] = ['\u0002', '\u0003'];
/** Logarithms are kept to so many parts of a bit. */
export const PARTS = 16;

/** What is the same letter here: case and the shape of apostrophes are not told; all digits are alike. */
export function foldedLetter(letter: string): string {
  if (letter >= '0' && letter <= '9') return '0';
  if (letter === '’' || letter === '‘') return "'";
  return letter.toLowerCase();
}

/** FNV-1a, 32 bits. */
export function sequenceHash(text: string, from = 0): number {
  let hash = 0x811c9dc5;
  for (let k = from; k < text.length; k++) hash = Math.imul(hash ^ text.charCodeAt(k), 0x01000193) >>> 0;
  return hash;
}

export interface LetterSequences {
  /** Natural logarithm of the probability that `letter` follows `before`; both folded. */
  after(before: string, letter: string): number;
}

/** The file: how many sequences (32 bits, little endian), their hashes, then what each costs, then what it costs to look at fewer letters: 1/16 bits. */
export function decodeSequences(content: Buffer): LetterSequences {
  const count = content.readUInt32LE(0);
  if (content.length !== 4 + 6 * count) throw new Error('another size than it says');
  const at = new Map<number, number>();
  for (let k = 0; k < count; k++) at.set(content.readUInt32LE(4 + 4 * k), k);
  const costs = content.subarray(4 + 4 * count, 4 + 5 * count);
  const steps = content.subarray(4 + 5 * count);
  const nats = -Math.LN2 / PARTS;
  return {
    after(before, letter) {
      let cost = 0;
      for (let from = Math.max(0, before.length - ORDER + 1); ; from++) {
        const known = at.get(sequenceHash(before + letter, from));
        if (known !== undefined) return nats * (cost + costs[known]!);
        if (from >= before.length) return nats * (cost + 255);
        const context = at.get(sequenceHash(before, from));
        if (context !== undefined) cost += steps[context]!;
      }
    },
  };
}

let loaded: Learnt<LetterSequences> | undefined;

/** @throws KinoscopeError `unavailable` when the file is missing */
export const letterSequences = (): Learnt<LetterSequences> =>
  (loaded ??= loadLearnt(join(DATA, 'billing-letters.bin'), decodeSequences));
