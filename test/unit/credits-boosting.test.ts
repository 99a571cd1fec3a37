import { describe, expect, test } from '@jest/globals';
import {
  type BoostingSettings,
  logOddsOf,
  type TreeNode,
  probabilityOf,
  randomOf,
  trainBoostedChoice,
  trainBoostedTrees,
} from '../../src/credits/boosting.js';

const PLAIN: BoostingSettings = {
  rounds: 1,
  depth: 1,
  rate: 0.5,
  leafWeight: 0.5,
  ridge: 1,
  rowShare: 1,
  featureShare: 1,
  seed: 1,
};
/** Of low rows one in four is right, of high ones one in four is wrong. */
const ROWS = [[0], [0], [0], [0], [1], [1], [1], [1]];
const LABELS = [0, 0, 0, 1, 1, 1, 1, 0];
const ONES = LABELS.map(() => 1);
const train = (about: Partial<BoostingSettings> = {}, rows: readonly number[][] = ROWS, labels = LABELS) =>
  trainBoostedTrees(
    ['a', 'b', 'c'].slice(0, rows[0]!.length),
    rows,
    labels,
    rows.map(() => 1),
    { ...PLAIN, ...about },
  );
const depthOf = (node: TreeNode): number =>
  typeof node === 'number' ? 0 : 1 + Math.max(depthOf(node[2]), depthOf(node[3]));
const askedBy = (node: TreeNode): number[] =>
  typeof node === 'number' ? [] : [node[0], ...askedBy(node[2]), ...askedBy(node[3])];

describe('a tree', () => {
  const model = { features: ['a', 'b'], base: 0.5, trees: [[0, 1, -1, [1, 5, 2, 3]] as const, 0.25] };

  test.each([
    ['below its threshold', [0.9, 9], -0.25],
    ['at its threshold and below the next', [1, 4], 2.75],
    ['above both', [2, 5], 3.75],
    ['without a value, as below', [NaN, 9], -0.25],
  ])('answers %s', (_, row, expected) => {
    expect(logOddsOf(model, row)).toBeCloseTo(expected, 9);
    expect(probabilityOf(model, row)).toBeCloseTo(1 / (1 + Math.exp(-expected)), 9);
  });
});

describe('training', () => {
  test('adds the share of each leaf’s Newton step, gradient through hessian and ridge', () => {
    // Below: g = 0.5 - 3 * 0.5 and h = 4 * 0.25, so 0.5 * -1 / (1 + 1).
    expect(train()).toEqual({ features: ['a'], base: 0, trees: [[0, 1, -0.25, 0.25]] });
    expect(train({ ridge: 3 }).trees).toEqual([[0, 1, -0.125, 0.125]]);
    expect(train({ rate: 1 }).trees).toEqual([[0, 1, -0.5, 0.5]]);
  });

  test('goes on from what the trees before say', () => {
    const [, second, ...others] = train({ rounds: 2 }).trees;
    const p = 1 / (1 + Math.exp(0.25));
    const leaf = (0.5 * (1 - 4 * p)) / (4 * p * (1 - p) + 1);
    expect(second).toEqual([0, 1, expect.closeTo(leaf, 4), expect.closeTo(-leaf, 4)]);
    expect(others).toEqual([]);
  });

  test('begins with the odds of all', () => {
    expect(train({ rounds: 0 }, ROWS, [1, 1, 1, 1, 1, 1, 0, 0]).base).toBeCloseTo(Math.log(7 / 3), 5);
  });

  test('takes an example of weight two for two examples', () => {
    const twice = trainBoostedTrees(['a'], ROWS, LABELS, [1, 1, 1, 1, 1, 1, 1, 2], PLAIN);
    expect(twice).toEqual(train({}, [...ROWS, [1]], [...LABELS, 0]));
  });

  test.each([
    [{ leafWeight: 0.9 }, 1],
    [{ leafWeight: 1.1 }, 0],
    [{ depth: 0 }, 0],
  ])('splits as far as %j allows', (about, depth) => {
    expect(depthOf(train(about).trees[0]!)).toBe(depth);
  });

  test('does not split off fewer than a leaf holds', () => {
    const rows = [0, 1, 1, 1, 1, 1, 1, 2].map((value) => [value]);
    const labels = [1, 0, 0, 0, 0, 0, 0, 1];
    expect(depthOf(train({ leafWeight: 0.01 }, rows, labels).trees[0]!)).toBe(1);
    expect(train({ leafWeight: 0.4 }, rows, labels).trees.map(depthOf)).toEqual([0]);
  });

  test('splits where most is gained, be it on the last feature', () => {
    const rows = LABELS.map((label, k) => [k % 2, (k >> 1) % 2, label]);
    expect(train({}, rows).trees).toEqual([[2, 1, -0.5, 0.5]]);
  });

  test('splits where nothing is gained by no means', () => {
    expect(
      train(
        {},
        LABELS.map(() => [7]),
      ).trees,
    ).toEqual([0]);
    expect(train({}, [[0], [1], [0], [1]], [1, 1, 0, 0]).trees).toEqual([0]);
  });

  test('takes a missing value for a small one', () => {
    const missing = ROWS.map(([a], k) => [k === 0 || k === 3 ? NaN : a!]);
    expect(train({}, missing).trees).toEqual(train().trees);
  });

  test('finds a threshold among many values to a sixtieth of them', () => {
    const rows = Array.from({ length: 640 }, (_, k) => [(k * 37) % 640]);
    const [tree] = train({}, rows, rows.map(([a]) => (a! >= 400 ? 1 : 0))).trees; // prettier-ignore
    expect(tree).toMatchObject([0, 400, expect.any(Number), expect.any(Number)]);
  });

  test.each([1, 2, 3])('asks %d questions in a row at most, each of what is left', (depth) => {
    const random = randomOf(5);
    const rows = Array.from({ length: 400 }, () => [random(), random(), random()]);
    const labels = rows.map(([a, b, c]): number => (a! > 0.5 && b! > 0.3 && c! > 0.4 ? 1 : 0));
    const [tree] = train({ depth, rate: 1 }, rows, labels).trees;
    expect(depthOf(tree!)).toBe(depth);
    expect(new Set(askedBy(tree!)).size).toBe(depth);
    // Each leaf is the Newton step of the rows that reach it.
    const base = Math.log((labels.reduce((a, b) => a + b, 0) + 1) / (labels.filter((label) => label === 0).length + 1));
    const p = 1 / (1 + Math.exp(-base));
    const leafOf = (row: readonly number[]): number => logOddsOf({ features: [], base: 0, trees: [tree!] }, row);
    for (const leaf of new Set(rows.map(leafOf))) {
      const own = labels.filter((_, k) => leafOf(rows[k]!) === leaf);
      const gradient = own.reduce((sum, label) => sum + label - p, 0);
      expect(leaf).toBeCloseTo(gradient / (own.length * p * (1 - p) + 1), 3);
    }
  });

  test('asks of a share of the features, of one at least', () => {
    const rows = Array.from({ length: 64 }, (_, k) => [k % 2, (k >> 1) % 2, (k >> 2) % 2]);
    const labels = rows.map(([a, b, c]) => (a! + b! + c! > 1 ? 1 : 0));
    const single = train({ rounds: 12, depth: 3, featureShare: 0 }, rows, labels).trees.map(askedBy);
    expect(single.every((asked) => new Set(asked).size === 1)).toBe(true);
    expect(new Set(single.flat()).size).toBe(3);
    const all = train({ depth: 3 }, rows, labels).trees.map(askedBy);
    expect(new Set(all.flat()).size).toBe(3);
  });

  test('each tree sees a share of the rows', () => {
    const weight = (rowShare: number): number => {
      const rows = Array.from({ length: 2000 }, () => [1]);
      const { base, trees } = train({ rowShare, ridge: 0, depth: 0, rate: 1 }, rows, rows.map((_, k) => k % 2)); // prettier-ignore
      return base + (trees[0] as number);
    };
    expect(weight(1)).toBeCloseTo(0, 5);
    expect(Math.abs(weight(0.3))).toBeGreaterThan(1e-4);
    expect(Math.abs(weight(0.3))).toBeLessThan(0.3);
  });
});

describe('training to choose one of a group', () => {
  const choice = (counts: readonly number[], rounds = 1) =>
    trainBoostedChoice(['a'], ROWS.map((_, k) => [k % 2]), LABELS.map((_, k) => k % 2), counts, LABELS.map((_, k) => k >> 1), { ...PLAIN, rounds }); // prettier-ignore

  test('each is as likely as its exponential’s share of its group', () => {
    // Four groups of two: g = -4 * 0.5 and h = 4 * 0.25.
    expect(choice(ONES)).toEqual({ features: ['a'], base: 0, trees: [[0, 1, -0.5, 0.5]] });
    const p = 1 / (1 + Math.exp(1));
    const leaf = (0.5 * -4 * p) / (4 * p * (1 - p) + 1);
    expect(choice(ONES, 2).trees[1]).toEqual([0, 1, expect.closeTo(leaf, 4), expect.closeTo(-leaf, 4)]);
  });

  test('what stands for three alike is as likely as all of them', () => {
    const leaf = (0.5 * -4 * 0.75) / (4 * 0.75 * 0.25 + 1);
    expect(choice(LABELS.map((_, k) => (k % 2 === 0 ? 3 : 1))).trees).toEqual([
      [0, 1, expect.closeTo(leaf, 4), expect.closeTo(-leaf, 4)],
    ]);
  });
});

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
