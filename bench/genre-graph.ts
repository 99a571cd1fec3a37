/**
 * Why the genre's scorer is not one ONNX graph: the scorer of films as a graph for ONNX Runtime (standardising, linear evidence, hidden
 * layer, the forest as a TreeEnsembleRegressor) beside the scorer as it is, on the same descriptors.
 *
 *   npm run bench -- genre-graph
 */
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../notebooks-ts/genre/random.js';
import { inSteps } from '../src/genre/array-file.js';
import type { Features } from '../src/genre/feature-extractor.js';
import { type Forest, LEAF } from '../src/genre/forest.js';
import {
  createGenreModel,
  type Kind,
  KINDS,
  decodeGenreModel,
  type GenreParameters,
  loadGenreModel,
} from '../src/genre/genre-model.js';
import { tensor } from '../src/inference/onnx/graph-builder.js';
import {
  AttributeType,
  encodeModel,
  type OnnxAttribute,
  type OnnxNode,
  DataType,
} from '../src/inference/onnx/proto.js';
import { openSession } from '../src/inference/session.js';
import { writeSection } from './results.js';

const FILE = fileURLToPath(new URL('../models/genre-forest.bin', import.meta.url));
/** As many as are scored together. */
const PICTURES = 16;
const ROUNDS = 200;
const LOADS = 9;
/** AttributeProto.AttributeType. */
const STRINGS = 8;

const bytes = readFileSync(FILE);
const parameters = decodeGenreModel(bytes);
const { meta } = parameters;
const genres = meta.genres.length;
const length = meta.outputs.reduce((sum, { size }) => sum + size, 0);

const int = (name: string, i: number): OnnxAttribute => ({ name, type: AttributeType.int, i });
const floats = (name: string, values: readonly number[]): OnnxAttribute => ({
  name,
  type: AttributeType.floats,
  floats: [...values],
});
const ints = (name: string, values: readonly number[]): OnnxAttribute => ({
  name,
  type: AttributeType.ints,
  ints: [...values],
});

/**
 * A forest as operator set 3 of ai.onnx.ml has it, of which every tree answers with the number of its leaf: as targets of their own,
 * what a leaf says of each genre would take eight times the bytes.
 */
function treeEnsemble({ roots, feature, threshold, next }: Forest): OnnxAttribute[] {
  const nodes = Array.from(feature, (_, node) => node);
  const treeOf = new Uint32Array(feature.length);
  roots.forEach((root, tree) => treeOf.fill(tree, root, roots[tree + 1] ?? feature.length));
  const isLeaf = (node: number): boolean => feature[node] === LEAF;
  const local = (node: number): number => node - roots[treeOf[node]!]!;
  const leaves = nodes.filter(isLeaf);
  const modes: OnnxAttribute & { strings: Buffer[] } = {
    name: 'nodes_modes',
    type: STRINGS,
    strings: nodes.map((node) => Buffer.from(isLeaf(node) ? 'LEAF' : 'BRANCH_LT')),
  };
  const of = (read: (node: number) => number): number[] => nodes.map((node) => (isLeaf(node) ? 0 : read(node)));
  return [
    int('n_targets', roots.length),
    ints('nodes_treeids', [...treeOf]),
    ints('nodes_nodeids', nodes.map(local)),
    ints(
      'nodes_featureids',
      of((node) => feature[node]!),
    ),
    floats(
      'nodes_values',
      of((node) => threshold[node]!),
    ),
    modes,
    ints(
      'nodes_truenodeids',
      of((node) => next[node]! - roots[treeOf[node]!]!),
    ),
    ints(
      'nodes_falsenodeids',
      of((node) => next[node]! + 1 - roots[treeOf[node]!]!),
    ),
    ...[
      ints(
        'target_treeids',
        leaves.map((node) => treeOf[node]!),
      ),
      ints('target_nodeids', leaves.map(local)),
    ],
    ...[
      ints(
        'target_ids',
        leaves.map((node) => treeOf[node]!),
      ),
      floats(
        'target_weights',
        leaves.map((node) => next[node]!),
      ),
    ],
  ];
}

/** [rows, columns] the other way round. */
const transposed = (matrix: Float32Array, columns: number): Float32Array => {
  const rows = matrix.length / columns;
  return Float32Array.from(matrix, (_, k) => matrix[(k % rows) * columns + Math.floor(k / rows)]!);
};

/** A node of one output, which has its name. */
const node = (opType: string, output: string, ...input: string[]): OnnxNode => ({
  ...{ name: output, opType, input, output: [output], attribute: [] },
});

/** The standardised descriptors times the rows of a matrix: a MatMul would be made one of 8 bits. */
const product = (output: string, matrix: string): OnnxNode => ({
  ...node('Gemm', output, 'standard', matrix),
  attribute: [int('transB', 1)],
});

function graphOf({ heads, domains }: GenreParameters, kind: Kind): Uint8Array {
  const { linear, network, forest } = heads[kind];
  const { mean, spread } = domains[kind === 'scene' ? 'film' : 'poster'];
  const share = meta.forestShare[kind];
  const constants = [
    tensor('zero', [1], Float32Array.of(0)),
    tensor('mean', [length], mean),
    tensor(
      'scale',
      [length],
      spread.map((value) => 1 / value),
    ),
    tensor('bias', [meta.units], network.bias),
    tensor('answers', [meta.units, genres], transposed(network.answers, meta.units)),
    tensor('leaves', [forest.leaves.length / genres, genres], forest.leaves),
    tensor('one', [1], Float32Array.of(share / (255 * forest.roots.length))),
    tensor('ofNetwork', [1], Float32Array.of(1 - share)),
    tensor('trees', [1], BigInt64Array.of(1n)),
  ];
  /** As the file has them: in 255 steps of a size of each row's own. */
  const matrices = { linear, straight: network.linear, units: network.units };
  const read = Object.entries(matrices).flatMap(([name, matrix]): OnnxNode[] => {
    const { values, steps } = inSteps(matrix, length);
    const rows = steps.length;
    constants.push(
      tensor(`${name}.values`, [rows, length], values),
      tensor(`${name}.steps`, [rows], steps),
      tensor(`${name}.zeros`, [rows], new Uint8Array(rows).fill(128)),
    );
    const whole = node('DequantizeLinear', name, `${name}.values`, `${name}.steps`, `${name}.zeros`);
    return [{ ...whole, attribute: [int('axis', 0)] }];
  });
  const value = (name: string, columns: number) => ({
    name,
    type: {
      tensorType: { elemType: DataType.float, shape: { dim: [{ dimParam: 'pictures' }, { dimValue: columns }] } },
    },
  });
  return encodeModel({
    irVersion: 7,
    producerName: 'kinoscope',
    opsetImport: [
      { domain: '', version: 13 },
      { domain: 'ai.onnx.ml', version: 3 },
    ],
    graph: {
      name: 'genre',
      node: [
        ...read,
        node('Max', 'positive', 'values', 'zero'),
        node('Sqrt', 'root', 'positive'),
        node('Sub', 'centred', 'root', 'mean'),
        node('Mul', 'standard', 'centred', 'scale'),
        product('evidence', 'linear'),
        {
          ...node('TreeEnsembleRegressor', 'reached', 'evidence'),
          domain: 'ai.onnx.ml',
          attribute: treeEnsemble(forest),
        },
        { ...node('Cast', 'numbers', 'reached'), attribute: [int('to', DataType.int64)] },
        node('Gather', 'said', 'leaves', 'numbers'),
        { ...node('Cast', 'steps', 'said'), attribute: [int('to', DataType.float)] },
        { ...node('ReduceSum', 'votes', 'steps', 'trees'), attribute: [int('keepdims', 0)] },
        node('Mul', 'byForest', 'votes', 'one'),
        product('line', 'straight'),
        product('sums', 'units'),
        node('Add', 'biased', 'sums', 'bias'),
        node('Relu', 'open', 'biased'),
        node('MatMul', 'together', 'open', 'answers'),
        node('Add', 'hidden', 'together', 'line'),
        node('Mul', 'byNetwork', 'hidden', 'ofNetwork'),
        node('Add', 'scores', 'byForest', 'byNetwork'),
      ],
      initializer: constants,
      input: [value('values', length)],
      output: [value('scores', genres)],
    },
  });
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
async function msOf(rounds: number, work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return median(times);
}

const random = createRandom(7);
const gauss = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const { mean, spread } = parameters.domains.film;
/** Descriptors as usual as the films that the model was standardised on. */
const rows = Array.from({ length: PICTURES }, () =>
  Float32Array.from({ length }, (_, k) => Math.max(0, mean[k]! + spread[k]! * gauss()) ** 2),
);
const seen = rows.map((row): Features => {
  let at = 0;
  const found: Record<string, Record<string, { dims: number[]; data: Float32Array }>> = {};
  for (const { network, name, size } of meta.outputs)
    (found[network] ??= {})[name] = { dims: [1, size], data: row.subarray(at, (at += size)) };
  return found;
});
const data = new Float32Array(PICTURES * length);
rows.forEach((row, n) => data.set(row, n * length));

const graphs = KINDS.map((kind) => graphOf(parameters, kind));
const [graph] = graphs as [Uint8Array];
const model = createGenreModel(parameters);
const ours = model.score(seen, 'film');
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
const lines: string[] = [];
const load = await msOf(LOADS, () => loadGenreModel(FILE));
lines.push(
  `| as it is | ${(await msOf(ROUNDS, () => model.score(seen, 'film'))).toFixed(2)} | ${load.toFixed(0)} | ${megabytes(statSync(FILE).size)} | - |`,
);
// the thread of the other networks is there already
const beside = await openSession(graph, { provider: 'cpu', threads: 1, lane: 9 });
for (const threads of [1, 2]) {
  const open = (one: Uint8Array) => openSession(one, { provider: 'cpu', threads, lane: 9 });
  const opened = await msOf(LOADS, async () => {
    for (const one of graphs) await (await open(one)).close();
  });
  const session = await open(graph);
  const run = () => session.run({ values: { dims: [PICTURES, length], data } });
  const theirs = (await run())['scores']!.data;
  const furthest = Math.max(
    ...ours.flatMap((scores, n) => Array.from(scores, (score, g) => Math.abs(score - Number(theirs[n * genres + g])))),
  );
  const size = graphs.reduce((sum, one) => sum + one.length, 0);
  lines.push(
    `| a graph each for scenes and posters, ${threads} ${threads === 1 ? 'thread' : 'threads'} | ${(await msOf(ROUNDS, run)).toFixed(2)} | ${opened.toFixed(0)} | ${megabytes(size)} | ${furthest.toExponential(1)} |`,
  );
  await session.close();
}
await beside.close();

writeSection(
  'genre-graph',
  [
    '## The genre scorer as one ONNX graph',
    `${PICTURES} descriptors of ${length} values at a time, drawn about the mean of films; medians of ${ROUNDS} runs and ${LOADS} loads. The graphs run in the thread of the other networks, which is there before; the scorer as it is runs in the process's own. "Furthest" is the largest difference between two scores.`,
    ['| Scorer | ms a time | load, ms | MB | furthest |', '| --- | --- | --- | --- | --- |', ...lines].join('\n'),
  ].join('\n\n'),
);
