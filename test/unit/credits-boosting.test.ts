import { describe, expect, test } from '@jest/globals';
import {
  logOddsOf,
  probabilityOf,
  randomOf,
  trainBoostedChoice,
  trainBoostedTrees,
} from '../../src/credits/boosting.js';

describe('boosted trees', () => {
  const random = randomOf(11);
  const rows = Array.from({ length: 600 }, () => [random(), random(), random() < 0.1 ? NaN : random()]);
  // Neither column alone tells anything: only trees of depth two and more can learn it.
  const labels = rows.map(([a, b]) => (a! > 0.5 === b! > 0.5 ? 1 : 0));
  const settings = {
    rounds: 60,
    depth: 3,
    rate: 0.2,
    leafWeight: 1,
    ridge: 1,
    rowShare: 0.8,
    featureShare: 1,
    seed: 3,
  };
  const model = trainBoostedTrees(
    ['a', 'b', 'noise'],
    rows,
    labels,
    rows.map(() => 1),
    settings,
  );

  test('learn what depends on two columns at once', () => {
    const fresh = Array.from({ length: 200 }, () => [random(), random(), random()]);
    const right = fresh.filter(([a, b, c]) => probabilityOf(model, [a!, b!, c!]) > 0.5 === (a! > 0.5 === b! > 0.5));
    expect(right.length).toBeGreaterThan(180);
  });

  test('learn to choose one of a group by what sets it apart from the others of its group', () => {
    const groups = Array.from({ length: 120 }, () => {
      const level = random() * 10;
      const right = Math.floor(random() * 8);
      // The right one stands above its own group, which may lie anywhere.
      return { right, rows: Array.from({ length: 8 }, (_, k) => [random() + (k === right ? 1 : 0), level]) };
    });
    const choice = trainBoostedChoice(
      ['height', 'level'],
      groups.flatMap(({ rows: own }) => own),
      groups.flatMap(({ right, rows: own }) => own.map((_, k) => (k === right ? 1 : 0))),
      new Float64Array(960).fill(1),
      groups.flatMap(({ rows: own }, g) => own.map(() => g)),
      { ...settings, leafWeight: 0.5 },
    );
    const chosen = groups.filter(({ right, rows: own }) => {
      const scores = own.map((row) => logOddsOf(choice, row));
      return scores.indexOf(Math.max(...scores)) === right;
    });
    expect(chosen.length).toBeGreaterThan(105);
  });

  test('are the same again from the same seed, and after a trip through JSON', () => {
    const twin = trainBoostedTrees(
      ['a', 'b', 'noise'],
      rows,
      labels,
      rows.map(() => 1),
      settings,
    );
    expect(twin).toEqual(model);
    expect(JSON.parse(JSON.stringify(model))).toEqual(model);
  });
});
