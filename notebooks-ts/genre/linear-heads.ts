import { UNKNOWN } from './corpus.js';
import { type Rows, solveSymmetric } from './matrix.js';

/** Pictures of one domain with their labels. */
export interface Labelled {
  readonly rows: Rows;
  /** [rows, genres]: 1, 0, or UNKNOWN. */
  readonly labels: Int8Array;
  /** Of each row. */
  readonly weights: Float32Array;
}

/** Weighted share of each genre among the rows whose label tells of it. */
export function genreShares({ rows, labels, weights }: Labelled, genres: number): Float64Array {
  const shares = new Float64Array(genres);
  const totals = new Float64Array(genres);
  for (let n = 0; n < rows.count; n++) {
    for (let g = 0; g < genres; g++) {
      const label = labels[n * genres + g]!;
      if (label === UNKNOWN) continue;
      totals[g] = totals[g]! + weights[n]!;
      shares[g] = shares[g]! + weights[n]! * label;
    }
  }
  return shares.map((sum, g) => sum / Math.max(totals[g]!, 1e-9));
}

/**
 * One ridge regression for each genre, on labels from which their own domain's share is taken away: posters, stills and
 * frames share what a genre looks like, not how often it occurs. What a label does not tell is taken for usual.
 * @param ridge penalty on the squared weights, in units of one picture of weight 1
 * @returns [genres, width]
 */
export function trainLinearHeads(parts: readonly Labelled[], genres: number, ridge: number): Float32Array<ArrayBuffer> {
  const width = parts[0]?.rows.width ?? 0;
  const gram = new Float64Array(width * width);
  const target = new Float64Array(width * genres);
  for (const part of parts) {
    const shares = genreShares(part, genres);
    for (let n = 0; n < part.rows.count; n++) {
      const row = part.rows.data.subarray(n * width, (n + 1) * width);
      const weight = part.weights[n]!;
      for (let i = 0; i < width; i++) {
        const scaled = weight * row[i]!;
        for (let j = 0; j <= i; j++) gram[i * width + j] = gram[i * width + j]! + scaled * row[j]!;
        for (let g = 0; g < genres; g++) {
          const label = part.labels[n * genres + g]!;
          if (label !== UNKNOWN) target[i * genres + g] = target[i * genres + g]! + scaled * (label - shares[g]!);
        }
      }
    }
  }
  for (let i = 0; i < width; i++) gram[i * width + i] = gram[i * width + i]! + ridge;
  for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) gram[j * width + i] = gram[i * width + j]!;
  const solved = solveSymmetric(gram, target, width, genres);
  const heads = new Float32Array(genres * width);
  for (let i = 0; i < width; i++) for (let g = 0; g < genres; g++) heads[g * width + i] = solved[i * genres + g]!;
  return heads;
}
