import { z } from 'zod';
import { loadTable } from '../../parameters/learnt.js';
import { BEGIN, END, foldedLetter, letterSequences, ORDER } from './letter-sequences.js';
import { textOf } from './letters.js';
import type { Reading } from './types.js';

/** How likely every letter of a text is right: logistic regression, learnt by notebooks-ts/credits-reading/confidence.ts. */

const Table = z.object({ weights: z.array(z.number()).length(6), bias: z.number() });
export type ConfidenceTable = z.infer<typeof Table>;

const logarithm = (p: number): number => Math.log(Math.max(p, 0.01));

/** Mean logarithm of how likely its letters follow each other in names and roles. */
function likeliness(text: string): number {
  const { value: sequences } = letterSequences();
  const letters = [...text.replace(/\s+/g, ' ').trim()].map(foldedLetter);
  const all = [BEGIN, ...letters, END];
  let sum = 0;
  for (let k = 1; k < all.length; k++)
    sum += sequences.after(all.slice(Math.max(0, k - ORDER + 1), k).join(''), all[k]!);
  return sum / (all.length - 1);
}

/**
 * What tells whether a text is right.
 * @param letters as the readings were voted on
 */
export function confidenceFeatures(letters: Reading, readings: readonly Reading[]): number[] {
  const probabilities = letters.filter(({ text }) => text !== ' ').map(({ probability }) => logarithm(probability));
  const text = textOf(letters).trim();
  // A part of a piece that held several columns stands in each of its readings.
  const agreeing = readings.filter((reading) => textOf(reading).includes(text)).length / Math.max(1, readings.length);
  return [
    probabilities.reduce((sum, p) => sum + p, 0),
    Math.min(0, ...probabilities),
    likeliness(text),
    agreeing,
    Math.log(Math.min(5, readings.length)),
    Math.log(probabilities.length + 1),
  ];
}

export const confidenceOf = (features: readonly number[], { weights, bias }: ConfidenceTable): number =>
  1 / (1 + Math.exp(-features.reduce((sum, value, k) => sum + value * weights[k]!, bias)));

let loaded: ConfidenceTable | undefined;

/** 0 to 1. @throws KinoscopeError `unavailable` when the table is missing */
export const textConfidence = (letters: Reading, readings: readonly Reading[]): number =>
  confidenceOf(confidenceFeatures(letters, readings), (loaded ??= loadTable('billing-confidence.json', Table)));
