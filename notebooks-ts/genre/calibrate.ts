import { type Calibration, calibrate, type Domain } from '../../src/genre/genre-model.js';

/** A genre rarer than this is taken to be this common: with fewer than a handful of films its share is not known. */
const RAREST = 0.003;
/** Weight of a genre's own spread of scores against the spread of all genres: 23 films do not tell it well. */
const OWN_SPREAD = 0.5;
/**
 * How much of a genre's commonness is taken off when the top three are chosen. 0 answers Drama and Comedy for most
 * films, 1 forgets that they are common. A film's frames tell enough to go far: on the trailers the recall is highest
 * from .7 to .9. Single pictures tell less; there every step costs recall, and a small one is taken.
 */
const TEMPERING: Readonly<Record<Domain, number>> = { film: 0.8, still: 0.2, poster: 0.2 };
/** A genre rarer than this is corrected as one of this share: what is rare is not answered for being rare. */
const LEAST_CORRECTED = 0.1;
/**
 * Log-odds by which pictures can move a genre away from how common it is. Of the trailers left out one by one, 3 and 4 get
 * the least logistic loss; without a bound, pictures unlike all others count as certain.
 */
const SATURATION = 4;

const logit = (probability: number): number => Math.log(probability / (1 - probability));

/**
 * Fits the calibration of one domain: each genre's scores are centred and scaled over the films, one common slope is
 * chosen by maximum likelihood, and a film with average scores gets the genre's prior. One number is fitted to labels,
 * whatever the number of genres.
 * @param scores out-of-sample scores of films (or pictures), a row each, [genres]
 * @param labels 0 or 1, as `scores`
 * @param prior each genre's share among films in general
 * @param shrinkage factor of each row's scores; default: none is shrunk
 */
export function fitCalibration(
  scores: readonly Float32Array[],
  labels: readonly (readonly number[])[],
  prior: Float64Array,
  domain: Domain,
  shrinkage: readonly number[] = scores.map(() => 1),
): Calibration {
  const genres = prior.length;
  const base = Float32Array.from(prior, (share) => logit(Math.min(Math.max(share, RAREST), 1 - RAREST)));
  const centre = base.map((_, g) => scores.reduce((sum, row) => sum + row[g]!, 0) / scores.length);
  const variance = base.map(
    (_, g) => scores.reduce((sum, row) => sum + (row[g]! - centre[g]!) ** 2, 0) / scores.length,
  );
  const common = variance.reduce((sum, value) => sum + value, 0) / genres;
  const spread = variance.map((value) => Math.sqrt(OWN_SPREAD * value + (1 - OWN_SPREAD) * common) || 1);
  const priorCorrection = base.map((value) => TEMPERING[domain] * Math.max(value, logit(LEAST_CORRECTED)));
  const saturation = base.map(() => SATURATION);
  const steep = (steepness: number): Calibration => ({
    centre,
    base,
    priorCorrection,
    slope: spread.map((value) => steepness / value),
    saturation,
  });

  const loss = (steepness: number): number => {
    const candidate = steep(steepness);
    let sum = 0;
    scores.forEach((row, n) => {
      // log(1 + e^-z) for a positive, log(1 + e^z) for a negative
      calibrate(row, candidate, shrinkage[n]).logits.forEach((z, g) => {
        sum += Math.log1p(Math.exp(labels[n]![g] === 1 ? -z : z));
      });
    });
    return sum;
  };
  const grid = Array.from({ length: 60 }, (_, i) => (i + 1) * 0.05);
  const losses = grid.map(loss);
  return steep(grid[losses.indexOf(Math.min(...losses))]!);
}
