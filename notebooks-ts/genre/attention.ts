import { GENRES } from './dataset.js';

/** How sharply the frames that speak most for a genre are listened to, by genre; 0 is the plain mean. */
export type Attention = Float32Array;

/** Sharpness values that are tried, in units of one over the spread of a genre's scores. */
const SHARPNESS = [-0.5, 0, 0.25, 0.5, 1, 1.5, 2, 3];

const spreadOf = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) || 1;
};

/** One row for a film: each genre's scores weighted by the softmax of sharpness times themselves. */
export function attend(frames: readonly Float32Array[], attention: Attention): Float32Array {
  return attention.map((sharpness, g) => {
    const highest = Math.max(...frames.map((row) => sharpness * row[g]!));
    let [sum, total] = [0, 0];
    for (const row of frames) {
      const weight = Math.exp(sharpness * row[g]! - highest);
      sum += weight * row[g]!;
      total += weight;
    }
    return sum / total;
  });
}

/**
 * Attention pooling over the frames of films: a genre's sharpness is what separates the films that have it best, by the
 * logistic loss of a line fitted to the pooled scores. A genre with fewer than three films takes the sharpness that is best for all.
 * @param films [films][frames], each [genres]
 */
export function trainAttention(
  films: readonly (readonly Float32Array[])[],
  labels: readonly (readonly number[])[],
): Attention {
  const genres = GENRES.map((_, g) => g);
  const unit = genres.map((g) => spreadOf(films.flatMap((frames) => frames.map((row) => row[g]!))));
  const loss = genres.map((g) =>
    SHARPNESS.map((sharpness) => {
      const only = Float32Array.from(genres, (other) => (other === g ? sharpness / unit[g]! : 0));
      return logisticLoss(
        films.map((frames) => attend(frames, only)[g]!),
        labels.map((row) => row[g]!),
      );
    }),
  );
  const smallest = (values: readonly number[]): number => values.indexOf(Math.min(...values));
  const usable = genres.filter((g) => labels.reduce((sum, row) => sum + row[g]!, 0) >= 3);
  const common = smallest(SHARPNESS.map((_, i) => usable.reduce((sum, g) => sum + loss[g]![i]!, 0)));
  return Float32Array.from(genres, (g) => SHARPNESS[usable.includes(g) ? smallest(loss[g]!) : common]! / unit[g]!);
}

/** Loss of the best line (ridge on its slope, so that a separable genre does not count as infinitely certain). */
function logisticLoss(values: readonly number[], labels: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = spreadOf(values);
  let [slope, offset] = [0, 0];
  const at = (k: number, b: number): number =>
    values.reduce(
      (sum, value, n) => {
        const z = b + (k * (value - mean)) / spread;
        return sum + Math.log1p(Math.exp(labels[n] === 1 ? -z : z));
      },
      (k * k) / 2,
    );
  for (let step = 0; step < 200; step++) {
    let [down, left] = [-slope, 0];
    values.forEach((value, n) => {
      const x = (value - mean) / spread;
      const error = labels[n]! - 1 / (1 + Math.exp(-(offset + slope * x)));
      down += error * x;
      left += error;
    });
    slope += (4 * down) / (values.length + 4);
    offset += (4 * left) / (values.length + 4);
  }
  return at(slope, offset);
}
