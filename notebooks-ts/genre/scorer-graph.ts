import {
  type Calibration,
  descriptorLength,
  type Domain,
  DOMAINS,
  type GenreMeta,
  META_KEY,
} from '../../src/genre/genre-model.js';
import type { HiddenNetwork } from '../../src/genre/word-vectors.js';
import { type Dimension, tensor } from '../../src/inference/onnx/graph-builder.js';
import {
  AttributeType,
  DataType,
  encodeModel,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
  withMetadata,
} from '../../src/inference/onnx/proto.js';
import { type Forest, LEAF } from './forest.js';
import { inSteps } from './steps.js';

/** Posters are painted and lettered to say their genre, scenes are not: each kind of picture has its own heads. */
export type Kind = 'scene' | 'poster';

/** How the pictures of one domain are standardised and their scores become probabilities. */
export interface DomainArrays extends Calibration {
  /** Of the square roots of the descriptor's values. [descriptor] */
  readonly mean: Float32Array;
  readonly spread: Float32Array;
}

/** What looks for genres in a standardised descriptor. */
export interface Heads {
  /** Linear evidence for each genre. [genres, descriptor] */
  readonly linear: Float32Array;
  /** Takes a picture's linear evidence for all genres, answers how far each genre holds. */
  readonly forest: Forest;
  readonly network: HiddenNetwork;
}

/** Everything that is learnt. */
export interface GenreParameters {
  readonly meta: Omit<GenreMeta, 'calibration'>;
  readonly heads: Readonly<Record<Kind, Heads>>;
  /** Share of the forest in a picture's scores; the network has the rest. */
  readonly forestShare: Readonly<Record<Kind, number>>;
  readonly domains: Readonly<Record<Domain, DomainArrays>>;
}

const OPSETS = [
  { domain: '', version: 13 },
  { domain: 'ai.onnx.ml', version: 5 },
];
/** The first with operator set 5 of ai.onnx.ml. */
const IR_VERSION = 10;
/** How a node of a TreeEnsemble asks: value < split. */
const BRANCH_LT = 1;

const int = (name: string, i: number): OnnxAttribute => ({ name, type: AttributeType.int, i });
const ints = (name: string, values: Iterable<number>): OnnxAttribute => ({
  name,
  type: AttributeType.ints,
  ints: [...values],
});
const tensorAttribute = (name: string, data: Float32Array | Uint8Array): OnnxAttribute => ({
  name,
  type: AttributeType.tensor,
  t: tensor(name, [data.length], data),
});
const graphAttribute = (name: string, g: OnnxGraph): OnnxAttribute => ({ name, type: AttributeType.graph, g });

/** A node of one output, which has its name. */
const node = (opType: string, output: string, input: readonly string[], ...attribute: OnnxAttribute[]): OnnxNode => ({
  name: output,
  opType,
  input: [...input],
  output: [output],
  attribute,
});

const value = (name: string, dims: readonly Dimension[], elemType: number = DataType.float): OnnxValue => ({
  name,
  type: {
    tensorType: {
      elemType,
      shape: { dim: dims.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size })) },
    },
  },
});

/**
 * A forest whose trees each answer with the number of the leaf that a row reaches: the operator lets a leaf speak for one target alone,
 * where ours say something of every genre.
 */
function treeEnsemble({ roots, feature, threshold, next }: Forest): OnnxAttribute[] {
  const isLeaf = (n: number): boolean => feature[n] === LEAF;
  if (roots.some(isLeaf)) throw new RangeError('a tree that asks nothing');
  const all = Array.from(feature.keys());
  const [inner, leaves] = [all.filter((n) => !isLeaf(n)), all.filter(isLeaf)];
  /** Inner nodes and leaves are numbered apart. */
  const place = new Map([...inner.entries(), ...leaves.entries()].map(([at, n]) => [n, at]));
  const treeOf = new Uint32Array(feature.length);
  roots.forEach((root, tree) => treeOf.fill(tree, root));
  const child = (branch: 'true' | 'false', of: (n: number) => number): OnnxAttribute[] => [
    ints(
      `nodes_${branch}nodeids`,
      inner.map((n) => place.get(of(n))!),
    ),
    ints(
      `nodes_${branch}leafs`,
      inner.map((n) => Number(isLeaf(of(n)))),
    ),
  ];
  return [
    int('n_targets', roots.length),
    ints(
      'tree_roots',
      Array.from(roots, (root) => place.get(root)!),
    ),
    ints(
      'nodes_featureids',
      inner.map((n) => feature[n]!),
    ),
    tensorAttribute(
      'nodes_splits',
      Float32Array.from(inner, (n) => threshold[n]!),
    ),
    tensorAttribute('nodes_modes', new Uint8Array(inner.length).fill(BRANCH_LT)),
    ...child('true', (n) => next[n]!),
    ...child('false', (n) => next[n]! + 1),
    ints(
      'leaf_targetids',
      leaves.map((n) => treeOf[n]!),
    ),
    tensorAttribute(
      'leaf_weights',
      Float32Array.from(leaves, (n) => next[n]!),
    ),
  ];
}

/** [rows, columns] the other way round. */
const transposed = (matrix: Float32Array, columns: number): Float32Array => {
  const rows = matrix.length / columns;
  return Float32Array.from(matrix, (_, k) => matrix[(k % rows) * columns + Math.floor(k / rows)]!);
};

/** From `standard` [pictures, descriptor], of the graph around it, to `scores` [pictures, genres]. */
function headsGraph(kind: Kind, { linear, forest, network }: Heads, length: number, forestShare: number): OnnxGraph {
  const genres = linear.length / length;
  const units = network.bias.length;
  const all = new Float32Array((2 * genres + units) * length);
  all.set(linear);
  all.set(network.linear, genres * length);
  all.set(network.units, 2 * genres * length);
  const rows = inSteps(all, length);
  // A share that is a factor of the weights costs nothing.
  const steps = rows.steps.map((step, row) => (row >= genres && row < 2 * genres ? (1 - forestShare) * step : step));
  const answers = network.answers.map((weight) => (1 - forestShare) * weight);
  const initializer: OnnxTensor[] = [
    tensor(
      'weights',
      [rows.steps.length, length],
      Int8Array.from(rows.values, (step) => step - 128),
    ),
    tensor('steps', [rows.steps.length], steps),
    tensor('parts', [3], BigInt64Array.of(BigInt(genres), BigInt(genres), BigInt(units))),
    tensor('bias', [units], network.bias),
    tensor('answers', [units, genres], transposed(answers, units)),
    tensor('leaves', [forest.leaves.length / genres, genres], forest.leaves),
    tensor('trees', [1], BigInt64Array.of(1n)),
    tensor('vote', [1], Float32Array.of(forestShare / (255 * forest.roots.length))),
  ];
  const split: OnnxNode = {
    ...node('Split', 'evidence', ['products', 'parts'], int('axis', 1)),
    output: ['evidence', 'straight', 'sums'],
  };
  return {
    name: kind,
    node: [
      // Whole numbers become floats as the file is loaded; a DequantizeLinear would be reckoned in 8 bits, or at every run.
      node('Cast', 'whole', ['weights'], int('to', DataType.float)),
      node('Gemm', 'stepped', ['standard', 'whole'], int('transB', 1)),
      node('Mul', 'products', ['stepped', 'steps']),
      split,
      { ...node('TreeEnsemble', 'reached', ['evidence'], ...treeEnsemble(forest)), domain: 'ai.onnx.ml' },
      node('Cast', 'numbers', ['reached'], int('to', DataType.int64)),
      node('Gather', 'said', ['leaves', 'numbers']),
      node('Cast', 'shares', ['said'], int('to', DataType.float)),
      node('ReduceSum', 'votes', ['shares', 'trees'], int('keepdims', 0)),
      node('Mul', 'ofForest', ['votes', 'vote']),
      node('Add', 'biased', ['sums', 'bias']),
      node('Relu', 'open', ['biased']),
      node('Gemm', 'ofNetwork', ['open', 'answers', 'straight']),
      node('Add', 'ofHeads', ['ofForest', 'ofNetwork']),
    ],
    initializer,
    input: [],
    output: [value('ofHeads', ['pictures', genres])],
  };
}

/**
 * The file that the product serves, an ONNX graph: `values` [pictures, descriptor] as the networks give them and the number of their
 * `domain` [1] in, `scores` [pictures, genres] out; the rest stands in the metadata.
 */
export function encodeGenreModel({ meta, heads, forestShare, domains }: GenreParameters): Uint8Array {
  const length = descriptorLength(meta);
  const genres = meta.genres.length;
  const ofDomains = (of: (domain: DomainArrays) => Float32Array): Float32Array => {
    const table = new Float32Array(DOMAINS.length * length);
    DOMAINS.forEach((domain, n) => table.set(of(domains[domain]), n * length));
    return table;
  };
  const headsOf = (kind: Kind): OnnxGraph => headsGraph(kind, heads[kind], length, forestShare[kind]);
  const graph = encodeModel({
    irVersion: IR_VERSION,
    producerName: 'kinoscope',
    opsetImport: OPSETS,
    graph: {
      name: 'genre',
      node: [
        node('Gather', 'mean', ['means', 'domain']),
        node('Gather', 'scale', ['scales', 'domain']),
        node('Relu', 'positive', ['values']),
        node('Sqrt', 'root', ['positive']),
        node('Sub', 'centred', ['root', 'mean']),
        node('Mul', 'standard', ['centred', 'scale']),
        node('Equal', 'isPoster', ['domain', 'poster']),
        node(
          'If',
          'scores',
          ['isPoster'],
          graphAttribute('then_branch', headsOf('poster')),
          graphAttribute('else_branch', headsOf('scene')),
        ),
      ],
      initializer: [
        tensor(
          'means',
          [DOMAINS.length, length],
          ofDomains(({ mean }) => mean),
        ),
        tensor(
          'scales',
          [DOMAINS.length, length],
          ofDomains(({ spread }) => spread.map((one) => 1 / one)),
        ),
        tensor('poster', [1], BigInt64Array.of(BigInt(DOMAINS.indexOf('poster')))),
      ],
      input: [value('values', ['pictures', length]), value('domain', [1], DataType.int64)],
      output: [value('scores', ['pictures', genres])],
    },
  });
  const calibration = Object.fromEntries(
    DOMAINS.map((domain) => {
      const { centre, slope, base, saturation } = domains[domain];
      const lists = Object.entries({ centre, slope, base, saturation }).map(([name, of]) => [name, [...of]]);
      return [domain, Object.fromEntries(lists) as unknown];
    }),
  );
  return withMetadata(graph, { [META_KEY]: JSON.stringify({ ...meta, calibration }) });
}
