import { describe, expect, it } from '@jest/globals';
import { fitCalibration } from '../../notebooks-ts/genre/calibrate.js';
import { labelsOf, UNKNOWN } from '../../notebooks-ts/genre/corpus.js';
import { cutOff, GENRES, normaliseTitle } from '../../notebooks-ts/genre/dataset.js';
import { found } from '../../notebooks-ts/genre/figures.js';
import {
  auc,
  aucInFolds,
  averagePrecision,
  differentTopThrees,
  expectedCalibrationError,
  macro,
  reliability,
  topThree,
  topThreeRecall,
} from '../../notebooks-ts/genre/metrics.js';
import { calibrate } from '../../src/genre/genre-model.js';

describe('metrics, against cases worked out by hand', () => {
  it('the area under the curve is the share of pairs in the right order, ties half', () => {
    // Positives .9 and .4, negatives .5 and .1: three of four pairs are right.
    expect(auc([0.9, 0.5, 0.4, 0.1], [1, 0, 1, 0])).toBe(0.75);
    // The tie at .4 counts half: 3.5 of 4.
    expect(auc([0.9, 0.4, 0.4, 0.1], [1, 0, 1, 0])).toBe(0.875);
    expect(auc([1, 1, 1], [1, 0, 1])).toBe(0.5);
    expect(auc([0.2, 0.8], [1, 1])).toBeNull();
  });

  it('average precision is the mean precision at the positives', () => {
    // Positives at ranks 1 and 3: (1/1 + 2/3) / 2.
    expect(averagePrecision([0.9, 0.8, 0.7, 0.1], [1, 0, 1, 0])).toBeCloseTo(5 / 6, 12);
    expect(averagePrecision([0.9, 0.8], [0, 0])).toBeNull();
  });

  it('compares only films that one model answered', () => {
    // The second fold's model says less of everything; inside either fold every positive is above every negative.
    const scores = [0.9, 0.6, 0.3, 0.1];
    const labels = [1, 0, 1, 0];
    expect(auc(scores, labels)).toBe(0.75);
    expect(aucInFolds(scores, labels, [0, 0, 1, 1])).toBe(1);
    // Two pairs in the first fold, one of them right, and one right in the second.
    expect(aucInFolds([0.9, 0.95, 0.5, 0.2, 0.1], [1, 0, 0, 1, 0], [0, 0, 0, 1, 1])).toBeCloseTo(2 / 3);
    expect(aucInFolds([0.9, 0.1], [1, 0], [0, 1])).toBeNull();
  });

  it('a genre is found where it is answered with one half or more, or is among the three most probable', () => {
    const film = (logits: Record<string, number>): Float32Array =>
      Float32Array.from(GENRES, (genre) => logits[genre] ?? -9);
    const label = (has: boolean): number[] => GENRES.map((genre) => Number(has && genre === 'Animation'));
    const three = { Drama: 3, Comedy: 2, Crime: 1 };
    const logits = [{ Animation: 2 }, { Animation: 1 }, { ...three, Animation: 0.5 }, { Animation: -1 }, three].map(
      film,
    );
    expect(found('Animation', logits, [true, false, true, true, true].map(label))).toEqual({
      films: 4,
      recall: 2 / 4,
      precision: 2 / 3,
      answered: 2 / 4,
    });
  });

  it('macro leaves genres out that all or no films have', () => {
    const scores = [
      [0.9, 0.1, 0.5],
      [0.2, 0.7, 0.5],
      [0.1, 0.3, 0.5],
    ];
    const labels = [
      [1, 1, 0],
      [0, 1, 1],
      [0, 1, 0],
    ];
    expect(macro(auc, scores, labels)).toBe((1 + 0.5) / 2);
    expect(macro(auc, scores, labels, 2)).toBe(0);
  });

  it('the top three, their recall and how many differ', () => {
    const scores = [
      [0.9, 0.1, 0.8, 0.7],
      [0.1, 0.9, 0.8, 0.7],
      [0.8, 0.2, 0.9, 0.7],
    ];
    expect(topThree(scores[0]!)).toEqual([0, 2, 3]);
    // 1 of 1, 2 of 3 (three of four genres count), 1 of 2.
    expect(
      topThreeRecall(scores, [
        [1, 0, 0, 0],
        [1, 1, 0, 1],
        [1, 1, 0, 0],
      ]),
    ).toBeCloseTo((1 + 2 / 3 + 1 / 2) / 3, 12);
    expect(differentTopThrees(scores)).toBe(2);
  });

  it('the calibration error weighs each bin by what falls into it', () => {
    const probabilities = [
      [0.05, 0.95],
      [0.05, 0.95],
    ];
    const labels = [
      [0, 1],
      [1, 1],
    ];
    // Low bin: .05 said, .5 true; high bin: .95 said, 1 true; two of four answers each.
    expect(expectedCalibrationError(probabilities, labels)).toBeCloseTo(0.5 * 0.45 + 0.5 * 0.05, 12);
    expect(reliability(probabilities, labels)[9]).toEqual({ count: 2, meanProbability: 0.95, share: 1 });
  });
});

describe('calibration', () => {
  const genres = 4;
  const prior = Float64Array.from([0.5, 0.2, 0.1, 0.001]);
  const films = Array.from({ length: 60 }, (_, n) => n);
  const scores = films.map((n) => Float32Array.from({ length: genres }, (_unused, g) => ((n * (g + 3)) % 60) / 60));
  const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
  const fit = (labels: number[][], saturation = 4) => fitCalibration(scores, labels, { prior, saturation });
  const above = scores.map((row) => Array.from(row, (score) => Number(score > 0.7)));

  it('trusts scores that tell the labels, and little those that do not', () => {
    const good = fit(above);
    const blind = fit(films.map((n) => [n % 2, Number(n % 5 === 0), Number(n % 10 === 0), 0]));
    expect(good.slope[0]!).toBeGreaterThan(4 * blind.slope[0]!);
  });

  it('is not much surer of scores beyond all that it was fitted on, nor of means of few pictures', () => {
    const calibration = fit(above);
    const distance = (score: number, shrinkage?: number): number =>
      calibrate(new Float32Array(genres).fill(score), calibration, shrinkage)[0]! - calibration.base[0]!;
    expect(distance(50)).toBeLessThan(2 * distance(1));
    expect(distance(1, 0.2)).toBeLessThan(0.5 * distance(1));
    expect(distance(1, 0)).toBe(0);
  });

  it('learns as little of labels that do not tell as of films that are not there', () => {
    const some = (n: number): boolean => n % 2 > 0;
    const masked = fit(above.map((row, n) => row.map((label, g) => (g === 0 && !some(n) ? UNKNOWN : label))));
    const absent = fit(above.map((row, n) => row.map((label, g) => (g === 0 && !some(n) ? 0 : label))));
    const truth = fit(above);
    const at = (calibration: typeof truth): number =>
      sigmoid(
        calibrate(
          scores[59]!.map(() => 0.95),
          calibration,
        )[0]!,
      );
    expect(Math.abs(at(masked) - at(truth))).toBeLessThan(0.1);
    expect(absent.slope[0]!).toBeLessThan(0.8 * masked.slope[0]!);
  });
});

describe('what is not known', () => {
  it('is left out of the measures', () => {
    // The second film's first genre is unknown: of the rest, positive .9 is above negative .1.
    const scores = [[0.9], [0.95], [0.1]];
    expect(macro(auc, scores, [[1], [UNKNOWN], [0]])).toBe(1);
    expect(macro(auc, scores, [[1], [0], [0]])).toBe(0.5);
    expect(expectedCalibrationError([[0.95], [0.95]], [[1], [UNKNOWN]])).toBeCloseTo(0.05, 12);
  });

  it('a list of three genres, which tables cut to, tells nothing of what comes later in the alphabet', () => {
    expect(cutOff(['Action', 'Drama', 'Sport'])).toEqual(['Thriller', 'War', 'Western']);
    expect(cutOff(['Action', 'Western'])).toEqual([]);
    expect(labelsOf({ genres: ['Action'], unknown: ['War'] }).filter((label) => label === UNKNOWN)).toHaveLength(1);
  });
});

it('titles are the same film whatever the spelling, and no title is two films', () => {
  expect(normaliseTitle('The Boy and the Heron')).toBe(normaliseTitle('Kimitachi wa Dou Ikiru ka'));
  expect(normaliseTitle('Wednesday (series)')).toBe(normaliseTitle('Wednesday'));
  expect(normaliseTitle('WALL·E')).toBe('wall e');
  expect(normaliseTitle("Le Fabuleux destin d'Amélie Poulain")).toBe('le fabuleux destin d amelie poulain');
  expect(normaliseTitle('X-Men')).not.toBe(normaliseTitle('X-Men 2'));
  expect(normaliseTitle('tt0114709')).toBe(normaliseTitle('Toy Story'));
});
