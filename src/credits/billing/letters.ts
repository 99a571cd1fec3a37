import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { KinoscopeError } from '../../core/errors.js';
import type { Tensor } from '../../inference/types.js';

/** The recogniser's last layer for Latin letters with their accents: what PP-OCR's own lacks (o-umlaut, n-tilde, c-caron, ...). */

/** A letter that was read. */
export interface Letter {
  readonly text: string;
  /** 0 to 1. */
  readonly probability: number;
  /** Middle of the letter, as a share of the picture's width. */
  readonly x: number;
}

/** What one picture of a line says: its letters, spaces among them. */
export type Reading = readonly Letter[];

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

/**
 * Best path of connectionist temporal classification: the likeliest class of every step, repeats and blanks left out.
 * @param features [steps, width]
 */
export function lettersOf(features: Tensor, layer: LetterLayer): Reading {
  const steps = features.dims.at(-2)!;
  const classes = layer.bias.length;
  const all = probabilities(features, layer);
  const letters: { text: string; probability: number; x: number; from: number; to: number }[] = [];
  let before = 0;
  for (let step = 0; step < steps; step++) {
    let best = 0;
    for (let c = 1; c < classes; c++) if (all[step * classes + c]! > all[step * classes + best]!) best = c;
    const probability = all[step * classes + best]!;
    const last = letters.at(-1);
    if (best !== 0 && best === before && last !== undefined) {
      last.to = step;
      last.probability = Math.max(last.probability, probability);
    } else if (best !== 0) {
      letters.push({ text: layer.alphabet[best - 1]!, probability, x: 0, from: step, to: step });
    }
    before = best;
  }
  const read = letters.map(({ text, probability, from, to }) => ({
    text,
    probability,
    x: ((from + to) / 2 + 0.5) / steps,
  }));
  const first = read.findIndex(({ text }) => text !== ' ');
  return first < 0 ? [] : read.slice(first, read.findLastIndex(({ text }) => text !== ' ') + 1);
}

export const textOf = (letters: Reading): string => letters.map(({ text }) => text).join('');
