import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { KinoscopeError } from '../../core/errors.js';
import type { RgbImage } from '../../frames/types.js';
import type { Tensor } from '../../inference/types.js';
import { bestText, stepsOf } from './beam.js';
import { baseOf, familiesOf } from './families.js';
import type { LetterSequences } from './letter-sequences.js';
import { marksAbove } from './marks.js';
import type { Reading } from './types.js';

/** The recogniser's last layer for Latin letters with their accents: what PP-OCR's own lacks (o-umlaut, n-tilde, c-caron, ...). */

export interface LetterLayer {
  /** Class k + 1 is `alphabet[k]`, class 0 the blank. */
  readonly alphabet: readonly string[];
  /** Values of one step of the network. */
  readonly width: number;
  /** Steps that a class looks at, odd: the middle one is its own. */
  readonly reach: number;
  /** [reach * width, classes] */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

const Header = z.object({
  alphabet: z.array(z.string().length(1)).min(2),
  width: z.int().positive(),
  reach: z.int().positive(),
});

/**
 * The file: the length of its head (32 bits, little endian), the head (JSON), then weights and bias as 32-bit floats.
 * @throws KinoscopeError `unavailable` where it is another file
 */
export function readLetterLayer(file: string): LetterLayer {
  const content = readFileSync(file);
  const length = content.readUInt32LE(0);
  const head = Header.safeParse(JSON.parse(content.toString('utf8', 4, 4 + length)));
  if (!head.success) throw new KinoscopeError('unavailable', 'The file of Latin letters is not what it should be');
  const { alphabet, width, reach } = head.data;
  const classes = alphabet.length + 1;
  const floats = new Float32Array(Uint8Array.from(content.subarray(4 + length)).buffer);
  if (floats.length !== (reach * width + 1) * classes)
    throw new KinoscopeError('unavailable', 'The file of Latin letters has another size than it says');
  return { ...head.data, weights: floats.subarray(0, reach * width * classes), bias: floats.subarray(-classes) };
}

/** The layer with letters beyond ASCII so much likelier, natural logarithm. */
export function withAccentsLikelier(layer: LetterLayer, by: number): LetterLayer {
  const isAccented = (letter: string): boolean => /(?!\p{ASCII})\p{L}/u.test(letter);
  const bias = layer.bias.map((value, k) => (k > 0 && isAccented(layer.alphabet[k - 1]!) ? value + by : value));
  return { ...layer, bias };
}

/** Class probabilities of every step, row by row. */
function probabilities({ dims, data }: Tensor, { width, reach, weights, bias }: LetterLayer): Float32Array {
  const steps = dims.at(-2)!;
  const classes = bias.length;
  const out = new Float32Array(steps * classes);
  const before = (reach - 1) / 2;
  for (let step = 0; step < steps; step++) {
    const row = out.subarray(step * classes, (step + 1) * classes);
    row.set(bias);
    for (let offset = 0; offset < reach; offset++) {
      const seen = step + offset - before;
      if (seen < 0 || seen >= steps) continue;
      for (let k = 0; k < width; k++) {
        const value = Number(data[seen * width + k]!);
        const from = (offset * width + k) * classes;
        for (let c = 0; c < classes; c++) row[c]! += value * weights[from + c]!;
      }
    }
    const highest = row.reduce((most, value) => Math.max(most, value), -Infinity);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += row[c] = Math.exp(row[c]! - highest);
    for (let c = 0; c < classes; c++) row[c]! /= sum;
  }
  return out;
}

/** How much likelier a letter has a mark where one is seen above it, and has none where none is: natural logarithm. */
const SEEN = 4.5;
/** Marks that stand above a letter. */
const ABOVE = /[\u0300-\u0304\u0306-\u0308\u030a-\u030c]/u;
const hasMark = (letter: string): boolean => ABOVE.test(letter.normalize('NFD'));

/** Every step's classes, with what is seen above the letter that it shows. */
function withMarks(
  all: Float32Array,
  { alphabet }: LetterLayer,
  letters: Reading,
  marks: readonly (boolean | null)[],
): Float32Array {
  const classes = alphabet.length + 1;
  const steps = all.length / classes;
  const marked = alphabet.map(hasMark);
  const out = all.slice();
  for (let step = 0; step < steps; step++) {
    const x = (step + 0.5) / steps;
    const nearest = letters.reduce((best, letter, k) => (Math.abs(letter.x - x) < Math.abs(letters[best]!.x - x) ? k : best), 0); // prettier-ignore
    const mark = marks[nearest] ?? null;
    if (mark === null) continue;
    const row = out.subarray(step * classes, (step + 1) * classes);
    let sum = row[0]!;
    for (let c = 1; c < classes; c++) sum += row[c]! *= Math.exp(mark === marked[c - 1] ? 0 : -SEEN);
    for (let c = 0; c < classes; c++) row[c]! /= sum;
  }
  return out;
}

/**
 * What a picture of a line says.
 * @param features [steps, width]
 * @param sequences which letters follow each other; null where all are as likely
 * @param line the picture, for the marks above its letters
 */
export function lettersOf(
  features: Tensor,
  layer: LetterLayer,
  sequences: LetterSequences | null,
  line: RgbImage | null = null,
): Reading {
  return lettersFrom(probabilities(features, layer), layer, sequences, line);
}

export function lettersFrom(
  all: Float32Array,
  layer: LetterLayer,
  sequences: LetterSequences | null,
  line: RgbImage | null,
): Reading {
  const readFrom = (some: Float32Array): Reading =>
    bestText(stepsOf(some, layer.bias.length), layer.alphabet, sequences);
  let [seen, read] = [all, readFrom(all)];
  const marks = line === null ? [] : marksAbove(line, read);
  if (marks.some((mark) => mark !== null)) {
    const isOther = marks.some((mark, k) => mark !== null && mark !== hasMark(read[k]!.text));
    seen = withMarks(all, layer, read, marks);
    if (isOther) read = readFrom(seen);
  }
  const first = read.findIndex(({ text }) => text !== ' ');
  if (first < 0) return [];
  return withFamilies(read.slice(first, read.findLastIndex(({ text }) => text !== ' ') + 1), seen, layer);
}

/** A letter's neighbours in its family stand within so many steps of its middle. */
const BESIDE = 1;
/** Nothing is less likely than this. */
const LEAST = 1e-9;

/** Letters with how likely the others of their family are at the same place. */
function withFamilies(letters: Reading, all: Float32Array, { alphabet }: LetterLayer): Reading {
  const families = familiesOf(alphabet);
  const classes = alphabet.length + 1;
  const steps = all.length / classes;
  return letters.map((letter) => {
    const family = families.get(baseOf(letter.text));
    if (family === undefined) return letter;
    const middle = Math.round(letter.x * steps - 0.5);
    const near = Array.from({ length: 2 * BESIDE + 1 }, (_, k) => middle - BESIDE + k).filter((step) => step >= 0 && step < steps); // prettier-ignore
    const most = (k: number): number =>
      near.reduce((best, step) => Math.max(best, all[step * classes + k + 1]!), LEAST);
    return { ...letter, family: Object.fromEntries(family.map((k) => [alphabet[k]!, Math.log(most(k))])) };
  });
}

export const textOf = (letters: Reading): string => letters.map(({ text }) => text).join('');
