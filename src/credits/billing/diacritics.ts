import { baseOf } from './families.js';
import { BEGIN, END, foldedLetter, type LetterSequences, ORDER } from './letter-sequences.js';
import type { Letter, Reading } from './types.js';

/**
 * Which marks stand on the letters of a line: what all its readings saw at each letter, and, with less weight, which letters follow each
 * other in names. A beam search from left to right over the letters of each family (o, ö, ó, ø).
 */

/** Lines that are followed at a time, and how much less likely than the likeliest one a letter may be: natural logarithm. */
const BEAM = { width: 16, least: -6 };
/**
 * What letters that follow each other count, beside what is seen; and how much likelier marks are than the recogniser says, natural logarithm:
 * it was taught that they are rare. Chosen among 0 to 0.3 and -0.5 to 2 on drawn films in fonts that are neither learnt from nor measured.
 */
const SEQUENCES = 0.1;
const MARKED = 1;
/** In capitals a small i is a capital one with a mark, where other capital ones have no dot; elsewhere it may be the letters' style. */
const SMALL_I = { beside: { Í: 0, I: -3 }, alone: { I: 0, Í: -1 } } as const;

type Candidate = readonly [letter: string, evidence: number];

interface Line {
  readonly letters: readonly string[];
  readonly context: string;
  readonly score: number;
}

const isSmallI = (letters: Reading, at: number): boolean => {
  if (letters[at]!.text !== 'i') return false;
  const word = letters.filter(({ text }, k) => k !== at && /\p{L}/u.test(text));
  return word.length > 2 && word.every(({ text }) => text === text.toUpperCase() || text === 'i');
};

function candidatesOf(letters: Reading, at: number): Candidate[] {
  const { text, family } = letters[at]!;
  if (isSmallI(letters, at))
    return Object.entries(letters.some((letter) => letter.text === 'I') ? SMALL_I.beside : SMALL_I.alone);
  if (family === undefined) return [[text, 0]];
  const all = Object.entries(family).map(([letter, odds]): Candidate => [
    letter,
    odds + (letter === baseOf(letter) ? 0 : MARKED),
  ]);
  const most = Math.max(...all.map(([, value]) => value));
  return all.flatMap(([letter, value]): Candidate[] => (value - most < BEAM.least ? [] : [[letter, value - most]]));
}

const likelier = (a: Line, b: Line): number => b.score - a.score;

/** The line with its marks; the probability of a letter is lower where it is in doubt which mark it has. */
export function withDiacritics(letters: Reading, sequences: LetterSequences): Reading {
  let lines: Line[] = [{ letters: [], context: BEGIN, score: 0 }];
  for (const [at] of letters.entries()) {
    const candidates = candidatesOf(letters, at);
    lines = lines
      .flatMap((line) =>
        candidates.map(([letter, evidence]): Line => {
          const folded = foldedLetter(letter);
          return {
            letters: [...line.letters, letter],
            context: (line.context + folded).slice(1 - ORDER),
            score: line.score + evidence + SEQUENCES * sequences.after(line.context, folded),
          };
        }),
      )
      .sort(likelier)
      .slice(0, BEAM.width);
  }
  const ended = lines
    .map((line) => ({ ...line, score: line.score + SEQUENCES * sequences.after(line.context, END) }))
    .sort(likelier);
  const best = ended[0]!;
  const weights = ended.map(({ score }) => Math.exp(score - best.score));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return letters.map((letter, k): Letter => {
    const text = best.letters[k]!;
    const same = ended.reduce((sum, line, j) => (line.letters[k] === text ? sum + weights[j]! : sum), 0);
    return { ...letter, text, probability: letter.probability * (same / all) };
  });
}
