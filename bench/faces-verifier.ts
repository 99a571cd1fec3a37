import { writeFileSync } from 'node:fs';
import { FACE_NETWORKS, type FaceNetworks } from '../src/config/face-networks.js';
import { features, type Weights } from '../src/faces/face-verifier.js';
import { createModels } from '../src/inference/registry.js';
import { isSmall, type Proposal, readProposals, STILLS } from './faces-stills.js';
import { writeSection } from './results.js';

/**
 * Learns when a proposed box is a face, from film stills whose faces were counted by eye: data/face-verifier.json. A
 * logistic regression of five numbers, so that 250 stills can teach it; each tenth is measured with the others' weights.
 */

const RIDGE = 0.3;

/** Weights by Newton's method. @param used which of the features */
function fit(examples: readonly Proposal[], used: readonly number[]): number[] {
  const rows = examples.map(({ evidence, face }) => ({
    x: used.map((i) => features(evidence)[i]!),
    y: face === null ? 0 : 1,
  }));
  let weights = used.map(() => 0);
  for (let step = 0; step < 60; step++) {
    const gradient = weights.map((weight) => -RIDGE * weight);
    const curve = used.map((_, i) => used.map((_, j) => (i === j ? RIDGE : 0)));
    for (const { x, y } of rows) {
      const p = 1 / (1 + Math.exp(-x.reduce((sum, value, i) => sum + value * weights[i]!, 0)));
      x.forEach((a, i) => {
        gradient[i]! += a * (y - p);
        x.forEach((b, j) => (curve[i]![j]! += a * b * p * (1 - p)));
      });
    }
    const change = solve(curve, gradient);
    weights = weights.map((weight, i) => weight + change[i]!);
  }
  return weights;
}

/** Gaussian elimination; the matrix is positive definite. */
function solve(matrix: number[][], right: number[]): number[] {
  const n = right.length;
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const share = rows[j]![i]! / rows[i]![i]!;
      for (let k = i; k <= n; k++) rows[j]![k]! -= share * rows[i]![k]!;
    }
  }
  const solution = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    const known = rows[i]!.slice(i + 1, n).reduce((sum, value, j) => sum + value * solution[i + 1 + j]!, 0);
    solution[i] = (rows[i]![n]! - known) / rows[i]![i]!;
  }
  return solution;
}

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;

function weightsOf([constant = 0, scores = 0, height = 0, shape = 0, strength = 0]: readonly number[]): Weights {
  return {
    constant: rounded(constant),
    scores: rounded(scores),
    height: rounded(height),
    shape: rounded(shape),
    strength: rounded(strength),
  };
}

const ALL = [0, 1, 2, 3, 4];
const BOX_ALONE = [0, 1, 2, 3];

const FOLDS = 10;
const foldOf = new Map(Object.keys(STILLS).map((file, i) => [file, i % FOLDS]));

const probability = ({ evidence }: Proposal, weights: readonly number[]): number =>
  1 / (1 + Math.exp(-features(evidence).reduce((sum, value, i) => sum + value * (weights[i] ?? 0), 0)));

/** What all proposals teach, and rows of what each tenth of the stills comes to with the weights of the others. */
function learn(proposals: readonly Proposal[], networks: FaceNetworks) {
  /** A second box on a face is neither right nor wrong. */
  const seen = new Set<string>();
  const examples = proposals.filter(
    ({ file, face }) => face === null || (!seen.has(`${file} ${face}`) && seen.add(`${file} ${face}`)),
  );
  const folds = Array.from({ length: FOLDS }, (_, fold) =>
    fit(
      examples.filter(({ file }) => foldOf.get(file) !== fold),
      ALL,
    ),
  );
  const rows = [0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6].map((least) => {
    const cells = [false, true].flatMap((small) => {
      const faces = Object.values(STILLS).reduce((sum, still) => sum + (isSmall(still) === small ? still.faces : 0), 0);
      const taken = proposals.filter(
        (one) => isSmall(one) === small && probability(one, folds[foldOf.get(one.file)!]!) >= least,
      );
      const right = new Set(taken.flatMap(({ file, face }) => (face === null ? [] : [`${file} ${face}`]))).size;
      const wrong = taken.filter(({ face }) => face === null).length;
      return [
        `${right} of ${faces} = ${(right / faces).toFixed(3)}`,
        `${wrong} = ${(wrong / (right + wrong)).toFixed(3)}`,
      ];
    });
    return `| ${[networks, least === 0.4 ? '**.4 (default)**' : least, ...cells].join(' | ')} |`;
  });
  return {
    table: { withEmbedding: weightsOf(fit(examples, ALL)), boxAlone: weightsOf(fit(examples, BOX_ALONE)) },
    rows,
  };
}

const lines = [
  '| Networks | Least probability | film stills: found | false | small stills: found | false |',
  '|---|--:|--:|--:|--:|--:|',
];
const tables: Partial<Record<FaceNetworks, unknown>> = {};
for (const networks of FACE_NETWORKS) {
  const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 2, faces: networks });
  const { table, rows } = learn(await readProposals(models), networks);
  await models.close();
  tables[networks] = table;
  lines.push(...rows);
}
writeFileSync(
  new URL('../data/face-verifier.json', import.meta.url),
  `${JSON.stringify({ madeBy: 'bench/faces-verifier.ts', ...tables }, null, 2)}\n`,
);
writeSection(
  'faces-verifier',
  [
    '## When is a box a face',
    '',
    'Stills with faces of 40 pixels and more counted by eye (bench/fixtures/face-stills.json): 189 film stills of some 640 pixels, and 59 of at most 320. Each',
    'tenth with the weights that the other tenths taught. Share of the counted faces found; false boxes and their share of all boxes. Of the',
    'seven boxes that are false on film stills at .4, three are helmets of one still; of the eight faces missed on small ones, four are drawn.',
    '',
    ...lines,
  ].join('\n'),
);
