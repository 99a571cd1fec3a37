import { type Calibration, calibrate } from '../../src/genre/genre-model.js';
import { hasGenre, isKnown, type Labels } from './corpus.js';

/** A genre rarer than this is taken to be this common: with fewer than a handful of films its share is not known. */
const RAREST = 0.003;
/** Weight of a genre's own spread of scores against the spread of all genres: few films do not tell it well. */
const OWN_SPREAD = 0.5;
/** Nats that a genre's own slope or offset has to gain for each squared step away from that of all genres. */
const PRIOR = { slope: 6, offset: 8 } as const;
const STEEPNESSES = Array.from({ length: 24 }, (_, i) => 0.1 * 1.17 ** i);
const FACTORS = [0.6, 0.8, 1, 1.25, 1.55, 1.9, 2.4];
const OFFSETS = Array.from({ length: 9 }, (_, i) => (i - 4) * 0.2);

/** Of a share that is not taken for none or all. */
export function logOdds(share: number): number {
  const inside = Math.min(Math.max(share, RAREST), 1 - RAREST);
  return Math.log(inside / (1 - inside));
}

/** Logistic loss of log-odds. */
export const logisticLoss = (logit: number, holds: boolean): number => Math.log1p(Math.exp(holds ? -logit : logit));

export interface CalibrationOptions {
  /** Each genre's share among the films that will be asked about. */
  readonly prior: Float64Array;
  /** Log-odds by which pictures can move a genre away from how common it is. */
  readonly saturation: number;
  /** Shrinkage factor of each row's scores; default: none is shrunk. */
  readonly shrinkage?: readonly number[];
}

/**
 * Fits the calibration of one domain: each genre's scores are centred and scaled over the films, one common slope is chosen by
 * maximum likelihood, and each genre departs from it, and from its prior, as far as its own films demand (maximum a posteriori).
 * @param scores out-of-sample scores of films (or pictures), a row each, [genres]
 */
export function fitCalibration(
  scores: readonly Float32Array[],
  labels: Labels,
  { prior, saturation: most, shrinkage = scores.map(() => 1) }: CalibrationOptions,
): Calibration {
  const genres = prior.length;
  const usual = Float32Array.from(prior, logOdds);
  const centre = usual.map((_, g) => scores.reduce((sum, row) => sum + row[g]!, 0) / scores.length);
  const variance = usual.map(
    (_, g) => scores.reduce((sum, row) => sum + (row[g]! - centre[g]!) ** 2, 0) / scores.length,
  );
  const common = variance.reduce((sum, value) => sum + value, 0) / genres;
  const spread = variance.map((value) => Math.sqrt(OWN_SPREAD * value + (1 - OWN_SPREAD) * common) || 1);
  const saturation = usual.map(() => most);

  const lossOf = (g: number, steepness: number, offset: number): number => {
    const [slope, base] = [steepness / spread[g]!, usual[g]! + offset];
    let sum = 0;
    scores.forEach((row, n) => {
      if (!isKnown(labels[n]!, g)) return;
      const shift = shrinkage[n]! * slope * (row[g]! - centre[g]!);
      sum += logisticLoss(base + most * Math.tanh(shift / most), hasGenre(labels[n]!, g));
    });
    return sum;
  };
  const all = Array.from({ length: genres }, (_, g) => g);
  const steepness = least(STEEPNESSES, (value) => all.reduce((sum, g) => sum + lossOf(g, value, 0), 0));
  const own = all.map((g) =>
    least(
      FACTORS.flatMap((factor) => OFFSETS.map((offset) => ({ factor, offset }))),
      ({ factor, offset }) =>
        lossOf(g, steepness * factor, offset) + PRIOR.slope * Math.log(factor) ** 2 + PRIOR.offset * offset ** 2,
    ),
  );
  return {
    centre,
    slope: spread.map((value, g) => (steepness * own[g]!.factor) / value),
    base: usual.map((value, g) => value + own[g]!.offset),
    saturation,
  };
}

/** The candidate of the least loss; of equals the first. */
export function least<T>(candidates: readonly T[], lossOf: (candidate: T) => number): T {
  const losses = candidates.map(lossOf);
  return candidates[losses.indexOf(Math.min(...losses))]!;
}

/** Mean logistic loss of calibrated scores, over what the labels tell. */
export function calibratedLoss(
  scores: readonly Float32Array[],
  labels: Labels,
  calibration: Calibration,
  shrinkage: readonly number[],
): number {
  let [sum, count] = [0, 0];
  scores.forEach((row, n) =>
    calibrate(row, calibration, shrinkage[n]).forEach((value, g) => {
      if (!isKnown(labels[n]!, g)) return;
      sum += logisticLoss(value, hasGenre(labels[n]!, g));
      count++;
    }),
  );
  return sum / Math.max(count, 1);
}
