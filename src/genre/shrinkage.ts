/**
 * How far the mean score of a film's frames is drawn towards the usual. Frames of one shot say the same again: a hundred
 * frames of three shots are three observations, not a hundred. Without this, a film of few long shots gets far too sure answers.
 */
export interface ShrinkageParameters {
  /** Variance of a film's pictures over the variance between films. */
  readonly ratio: number;
}

/** Above this, frames are taken for one and the same picture. */
const SAME = 0.98;

/**
 * How many independent frames would settle the mean as well as these: n (1 - r) / (1 + r) of n frames whose
 * neighbours correlate by r (the variance of the mean of a first-order autoregressive series).
 * @param scores of every frame, in order of time; a row each, [genres]
 */
export function effectiveSampleSize(scores: readonly Float32Array[]): number {
  const count = scores.length;
  if (count < 3) return Math.min(count, 1);
  const mean = scores[0]!.map((_, g) => scores.reduce((sum, row) => sum + row[g]!, 0) / count);
  let [together, alone] = [0, 0];
  scores.forEach((row, n) => {
    const next = scores[n + 1];
    row.forEach((score, g) => {
      const away = score - mean[g]!;
      alone += away * away;
      if (next) together += away * (next[g]! - mean[g]!);
    });
  });
  // A series of n that does not correlate at all measures -1 / n.
  const neighbours = alone === 0 ? SAME : Math.min(Math.max(together / alone + 1 / count, 0), SAME);
  return Math.max(1, (count * (1 - neighbours)) / (1 + neighbours));
}

/** The share of a mean's distance from the usual that is the film's own rather than chance, 0 to 1 (best linear prediction). */
export function shrinkageOf(sampleSize: number, { ratio }: ShrinkageParameters): number {
  return sampleSize / (sampleSize + ratio);
}
