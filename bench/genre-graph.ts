/**
 * Why the genre's scorer is not one ONNX graph: the scorer of films as a graph for ONNX Runtime (standardising, linear evidence, hidden
 * layer, the forest as a TreeEnsembleRegressor) beside the scorer as it is, on the same descriptors.
 *
 *   npm run bench -- genre-graph
 */
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../notebooks-ts/genre/random.js';
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
import { AttributeType, encodeModel, type OnnxAttribute, type OnnxNode } from '../src/inference/onnx/proto.js';
import { tensor } from '../src/inference/onnx/graph-builder.js';
import { openSession } from '../src/inference/session.js';
import { DataType } from '../src/inference/onnx/proto.js';
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
const text = (name: string, value: string): OnnxAttribute => ({
  name,
  type: AttributeType.string,
  s: Buffer.from(value),
});

/** A forest as operator set 3 of ai.onnx.ml has it. */
function treeEnsemble({ roots, feature, threshold, next, leaves, outputs }: Forest): OnnxAttribute[] {
  const rows = {
    tree: [] as number[],
    node: [] as number[],
    feature: [] as number[],
    value: [] as number[],
    yes: [] as number[],
    no: [] as number[],
  };
  const modes: Buffer[] = [];
  const targets = { tree: [] as number[], node: [] as number[], id: [] as number[], weight: [] as number[] };
  roots.forEach((root, tree) => {
    const end = roots[tree + 1] ?? feature.length;
    for (let node = root; node < end; node++) {
      const leaf = feature[node] === LEAF;
      rows.tree.push(tree);
      rows.node.push(node - root);
      rows.feature.push(leaf ? 0 : feature[node]!);
      rows.value.push(leaf ? 0 : threshold[node]!);
      rows.yes.push(leaf ? 0 : next[node]! - root);
      rows.no.push(leaf ? 0 : next[node]! + 1 - root);
      modes.push(Buffer.from(leaf ? 'LEAF' : 'BRANCH_LT'));
      for (let g = 0; leaf && g < outputs; g++) {
        const weight = leaves[next[node]! * outputs + g]!;
        // what is left out counts 0
        if (weight === 0 && g > 0) continue;
        targets.tree.push(tree);
        targets.node.push(node - root);
        targets.id.push(g);
        targets.weight.push(weight / 255);
      }
    }
  });
  const strings: OnnxAttribute & { strings: Buffer[] } = { name: 'nodes_modes', type: STRINGS, strings: modes };
  return [
    { name: 'n_targets', type: AttributeType.int, i: outputs },
    text('aggregate_function', 'AVERAGE'),
    ...[ints('nodes_treeids', rows.tree), ints('nodes_nodeids', rows.node), ints('nodes_featureids', rows.feature)],
    ...[floats('nodes_values', rows.value), strings],
    ...[ints('nodes_truenodeids', rows.yes), ints('nodes_falsenodeids', rows.no)],
    ...[ints('target_treeids', targets.tree), ints('target_nodeids', targets.node), ints('target_ids', targets.id)],
    floats('target_weights', targets.weight),
  ];
}

/** [rows, columns] the other way round. */
const transposed = (matrix: Float32Array, columns: number): Float32Array => {
  const rows = matrix.length / columns;
  return Float32Array.from(matrix, (_, k) => matrix[(k % rows) * columns + Math.floor(k / rows)]!);
};

function graphOf({ heads, domains }: GenreParameters, kind: Kind): Uint8Array {
  const { linear, network, forest } = heads[kind];
  const { mean, spread } = domains[kind === 'scene' ? 'film' : 'poster'];
  const share = meta.forestShare[kind];
  const constants: [string, number[], Float32Array][] = [
    ['zero', [1], Float32Array.of(0)],
    ['mean', [length], mean],
    ['scale', [length], spread.map((spread) => 1 / spread)],
    ['linear', [length, genres], transposed(linear, length)],
    ['straight', [length, genres], transposed(network.linear, length)],
    ['units', [length, meta.units], transposed(network.units, length)],
    ['bias', [meta.units], network.bias],
    ['answers', [meta.units, genres], transposed(network.answers, meta.units)],
    ['ofForest', [1], Float32Array.of(share)],
    ['ofNetwork', [1], Float32Array.of(1 - share)],
  ];
  const node = (opType: string, output: string, ...input: string[]): OnnxNode => ({
    ...{ name: output, opType, input, output: [output], attribute: [] },
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
        node('Max', 'positive', 'values', 'zero'),
        node('Sqrt', 'root', 'positive'),
        node('Sub', 'centred', 'root', 'mean'),
        node('Mul', 'standard', 'centred', 'scale'),
        node('MatMul', 'evidence', 'standard', 'linear'),
        {
          ...node('TreeEnsembleRegressor', 'trees', 'evidence'),
          domain: 'ai.onnx.ml',
          attribute: treeEnsemble(forest),
        },
        node('MatMul', 'line', 'standard', 'straight'),
        node('MatMul', 'sums', 'standard', 'units'),
        node('Add', 'biased', 'sums', 'bias'),
        node('Relu', 'open', 'biased'),
        node('MatMul', 'said', 'open', 'answers'),
        node('Add', 'hidden', 'said', 'line'),
        node('Mul', 'byForest', 'trees', 'ofForest'),
        node('Mul', 'byNetwork', 'hidden', 'ofNetwork'),
        node('Add', 'scores', 'byForest', 'byNetwork'),
      ],
      initializer: constants.map(([name, dims, data]) => tensor(name, dims, data)),
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
