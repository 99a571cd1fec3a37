import type { GenreProbabilities } from './types.js';

/** Four decimals: the calibration is not finer than that. */
const round = (probability: number): number => Math.round(probability * 10_000) / 10_000;

/** Log-odds as an answer. @param sureFrom probability of the first genre from which the answer is sure */
export function probabilitiesOf(
  genres: readonly string[],
  logits: ArrayLike<number>,
  sureFrom: number,
): GenreProbabilities {
  const probability = (g: number): number => 1 / (1 + Math.exp(-logits[g]!));
  const order = genres.map((_, g) => g).sort((a, b) => logits[b]! - logits[a]! || a - b);
  return {
    top3: order.slice(0, 3).map((g) => ({ genre: genres[g]!, probability: round(probability(g)) })),
    genres: Object.fromEntries(genres.map((genre, g) => [genre, round(probability(g))])),
    sure: probability(order[0]!) >= sureFrom,
  };
}

/** What a rounded probability of 0 or 1 is taken for. */
const LEAST = 0.00005;

/** The log-odds of an answer. */
export const logitsOf = (genres: readonly string[], answer: GenreProbabilities['genres']): Float32Array =>
  Float32Array.from(genres, (genre) => {
    const probability = Math.min(Math.max(answer[genre] ?? 0, LEAST), 1 - LEAST);
    return Math.log(probability / (1 - probability));
  });
