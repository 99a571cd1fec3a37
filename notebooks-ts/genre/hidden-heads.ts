import type { HiddenNetwork } from '../../src/genre/word-vectors.js';
import { GraphBuilder } from '../../src/inference/onnx/graph-builder.js';
import { openSession } from '../../src/inference/session.js';
import { UNKNOWN } from './corpus.js';
import { genreShares, type Labelled } from './linear-heads.js';
import { concatRows, rowOf } from './matrix.js';
import { createRandom, shuffled } from './random.js';

export interface HiddenOptions {
  readonly units: number;
  /** Share of the values, and of the units, that are left out at random whenever a picture is shown. */
  readonly dropout: number;
  readonly epochs: number;
  /** Of learning, at its height. */
  readonly rate: number;
  /** Pictures a step. */
  readonly batch: number;
  readonly seed: number;
}

/** A `HiddenNetwork` over rows of this training: projected ones. */
export type HiddenHeads = Readonly<Record<keyof HiddenNetwork, Float32Array<ArrayBuffer>>>;

/** That answers with log-odds, less those of the part that a row belongs to. */
export interface TrainedHeads extends HiddenHeads {
  /** [parts, genres] */
  readonly intercepts: Float32Array<ArrayBuffer>;
}

/** What is learnt, with the intercepts of the parts: [parts, genres]. */
const PARAMETERS = ['linear', 'units', 'bias', 'answers', 'intercepts'] as const;

/**
 * The gradient of the weighted mean loss (cross entropy of every genre) of a batch, as ONNX: loops in JavaScript take several times as long.
 * `shown` and `shownToLinear` are the rows with values left out, `kept` scales the units that stay and is 0 for the others, `part` has a
 * one in the column of the row's part, `shares` are weights of labels, 0 where one is unknown.
 */
function gradientGraph(batch: number, width: number, units: number, genres: number, parts: number): Uint8Array {
  const graph = new GraphBuilder('gradient');
  const [shown, shownToLinear] = [graph.input('shown', [batch, width]), graph.input('shownToLinear', [batch, width])];
  const [kept, part] = [graph.input('kept', [batch, units]), graph.input('part', [batch, parts])];
  const [labels, shares] = [graph.input('labels', [batch, genres]), graph.input('shares', [batch, genres])];
  const [linear, entering] = [graph.input('linear', [genres, width]), graph.input('units', [units, width])];
  const [bias, answers, intercepts] = [
    graph.input('bias', [units]),
    graph.input('answers', [genres, units]),
    graph.input('intercepts', [parts, genres]),
  ];

  const sums = graph.node('Gemm', 'sums', [shown, entering, bias], { transB: 1 });
  const open = graph.node('Mul', 'open', [
    graph.node('Sign', 'positive', [graph.node('Relu', 'rectified', [sums])]),
    kept,
  ]);
  const active = graph.node('Mul', 'active', [sums, open]);
  const own = graph.node('MatMul', 'own', [part, intercepts]);
  const straight = graph.node('Gemm', 'straight', [shownToLinear, linear, own], { transB: 1 });
  const logits = graph.node('Gemm', 'logits', [active, answers, straight], { transB: 1 });
  const wrong = graph.node('Mul', 'wrong', [
    graph.node('Sub', 'miss', [graph.node('Sigmoid', 'chances', [logits]), labels]),
    shares,
  ]);
  const wrongUnits = graph.node('Mul', 'wrongUnits', [graph.node('MatMul', 'blamed', [wrong, answers]), open]);
  graph.output('d_linear', graph.node('Gemm', 'd1', [wrong, shownToLinear], { transA: 1 }));
  graph.output('d_units', graph.node('Gemm', 'd2', [wrongUnits, shown], { transA: 1 }));
  graph.output(
    'd_bias',
    graph.node('Gemm', 'd3', [wrongUnits, graph.constant('ones', [batch, 1], new Float32Array(batch).fill(1))], {
      transA: 1,
    }),
  );
  graph.output('d_answers', graph.node('Gemm', 'd4', [wrong, active], { transA: 1 }));
  graph.output('d_intercepts', graph.node('Gemm', 'd5', [part, wrong], { transA: 1 }));
  return graph.build();
}

const [MEAN_DECAY, SQUARE_DECAY, EPSILON] = [0.9, 0.999, 1e-7];

/** Adam (Kingma and Ba 2015) on some numbers. The step counts from 1. */
function createAdam(values: Float32Array): (gradient: Float32Array, rate: number, step: number) => void {
  const [mean, square] = [new Float32Array(values.length), new Float32Array(values.length)];
  return (gradient, rate, step) => {
    const [meanSum, squareSum] = [1 - MEAN_DECAY ** step, 1 - SQUARE_DECAY ** step];
    for (let i = 0; i < values.length; i++) {
      const slope = gradient[i]!;
      mean[i] = MEAN_DECAY * mean[i]! + (1 - MEAN_DECAY) * slope;
      square[i] = SQUARE_DECAY * square[i]! + (1 - SQUARE_DECAY) * slope * slope;
      values[i] = values[i]! - (rate * mean[i]!) / meanSum / (Math.sqrt(square[i]! / squareSum) + EPSILON);
    }
  };
}

/** Rises over the first fifth, then falls to nothing as a cosine does. @param at 0 to 1 */
const rateAt = (at: number): number => (at < 0.2 ? at / 0.2 : 0.5 + 0.5 * Math.cos((Math.PI * (at - 0.2)) / 0.8));

/** A genre that a part has not at all would have an intercept without end. */
const LEAST_SHARE = 1e-3;

function logOdds(share: number): number {
  const inside = Math.min(Math.max(share, LEAST_SHARE), 1 - LEAST_SHARE);
  return Math.log(inside / (1 - inside));
}

type Parameters = Record<(typeof PARAMETERS)[number], Float32Array<ArrayBuffer>>;

function startParameters(
  parts: readonly Labelled[],
  { width, genres, units }: { width: number; genres: number; units: number },
  random: () => number,
): Parameters {
  const between = (length: number, most: number): Float32Array<ArrayBuffer> =>
    Float32Array.from({ length }, () => most * (2 * random() - 1));
  return {
    linear: new Float32Array(genres * width),
    units: between(units * width, 1 / Math.sqrt(width)),
    bias: between(units, 1 / Math.sqrt(width)),
    answers: between(genres * units, 1 / Math.sqrt(units)),
    intercepts: Float32Array.from(parts.flatMap((part) => Array.from(genreShares(part, genres), logOdds))),
  };
}

type Inputs = Record<string, { readonly dims: readonly number[]; readonly data: Float32Array }>;

/** What {@link gradientGraph} is shown of some pictures, values left out. @param scale of the values */
function createBatches(
  parts: readonly Labelled[],
  genres: number,
  { units, dropout }: HiddenOptions,
  scale: number,
  random: () => number,
): (chosen: readonly number[]) => Inputs {
  const rows = concatRows(parts.map((part) => part.rows));
  const { width } = rows;
  const labels = Int8Array.from(parts.flatMap((part) => Array.from(part.labels)));
  const weights = Float32Array.from(parts.flatMap((part) => Array.from(part.weights)));
  const partOf = parts.flatMap((part, k) => Array.from({ length: part.rows.count }, () => k));
  const kept = 1 / (1 - dropout);
  const leaveOut = (value: number): number => (random() < dropout ? 0 : value * kept);
  return (chosen) => {
    const batch = chosen.length;
    const [shown, shownToLinear] = [new Float32Array(batch * width), new Float32Array(batch * width)];
    const [part, own] = [new Float32Array(batch * parts.length), new Float32Array(batch * genres)];
    const shares = new Float32Array(batch * genres);
    chosen.forEach((n, b) => {
      // The linear part is shown other values than the units, or it would lean on what they make of the same ones.
      rowOf(rows, n).forEach((value, i) => {
        shown[b * width + i] = leaveOut(value * scale);
        shownToLinear[b * width + i] = leaveOut(value * scale);
      });
      part[b * parts.length + partOf[n]!] = 1;
      for (let g = 0; g < genres; g++) {
        const label = labels[n * genres + g]!;
        if (label === UNKNOWN) continue;
        own[b * genres + g] = label;
        shares[b * genres + g] = weights[n]! / (batch * genres);
      }
    });
    return {
      shown: { dims: [batch, width], data: shown },
      shownToLinear: { dims: [batch, width], data: shownToLinear },
      kept: { dims: [batch, units], data: Float32Array.from({ length: batch * units }, () => leaveOut(1)) },
      part: { dims: [batch, parts.length], data: part },
      labels: { dims: [batch, genres], data: own },
      shares: { dims: [batch, genres], data: shares },
    };
  };
}

/**
 * A network of one hidden layer beside a linear part, trained for the likelihood of the labels. Every part of the pictures has
 * intercepts of its own: posters, stills and frames share what a genre looks like, not how often it occurs.
 */
export async function trainHiddenHeads(
  parts: readonly Labelled[],
  genres: number,
  options: HiddenOptions,
): Promise<TrainedHeads> {
  const { units, epochs, rate, seed } = options;
  const width = parts[0]?.rows.width ?? 0;
  const count = parts.reduce((sum, { rows }) => sum + rows.count, 0);
  const batch = Math.min(options.batch, count);
  const random = createRandom(seed);
  // Adam's steps are all of one size: so are to be the values that are multiplied with what it learns.
  const squares = parts.reduce((sum, { rows }) => rows.data.reduce((all, value) => all + value * value, sum), 0);
  const scale = 1 / Math.sqrt(squares / (count * width));
  const parameters = startParameters(parts, { width, genres, units }, random);
  const learn = PARAMETERS.map((name) => ({ name, adam: createAdam(parameters[name]) }));
  const dims = {
    linear: [genres, width],
    units: [units, width],
    bias: [units],
    answers: [genres, units],
    intercepts: [parts.length, genres],
  };
  const shown = createBatches(parts, genres, options, scale, random);
  const steps = epochs * Math.floor(count / batch);
  const session = await openSession(gradientGraph(batch, width, units, genres, parts.length), {
    provider: 'cpu',
    threads: 0,
  });
  try {
    let order: number[] = [];
    for (let step = 1; step <= steps; step++) {
      if (order.length < batch) order = shuffled(count, random);
      const gradients = await session.run({
        ...shown(order.splice(0, batch)),
        ...Object.fromEntries(PARAMETERS.map((name) => [name, { dims: dims[name], data: parameters[name] }])),
      });
      for (const { name, adam } of learn)
        adam(gradients[`d_${name}`]!.data as Float32Array, rate * rateAt(step / steps), step);
    }
  } finally {
    await session.close();
  }
  const { linear, bias, answers, intercepts } = parameters;
  const scaled = (values: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> => values.map((value) => value * scale);
  return { linear: scaled(linear), units: scaled(parameters.units), bias, answers, intercepts };
}

/**
 * Heads that answer, to the first order, by how much a row moves a genre's probability away from its share: log-odds times
 * share (1 - share), so that all genres are of one scale.
 */
export function movesOf({ linear, units, bias, answers }: HiddenHeads, shares: Float64Array): HiddenHeads {
  const scaled = (values: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> =>
    values.map((value, i) => {
      const share = shares[Math.floor((i * shares.length) / values.length)]!;
      return value * share * (1 - share);
    });
  return { linear: scaled(linear), units, bias, answers: scaled(answers) };
}

/** Networks of several seeds as one that answers with their mean: their units side by side. */
export function averageHeads(heads: readonly HiddenHeads[]): HiddenHeads {
  const count = heads.length;
  const join = (name: 'units' | 'bias'): Float32Array<ArrayBuffer> =>
    Float32Array.from(heads.flatMap((head) => Array.from(head[name])));
  const genres = heads[0]!.answers.length / heads[0]!.bias.length;
  return {
    linear: heads[0]!.linear.map((_, i) => heads.reduce((sum, { linear }) => sum + linear[i]!, 0) / count),
    units: join('units'),
    bias: join('bias'),
    answers: Float32Array.from(
      Array.from({ length: genres }, (_, g) =>
        heads.flatMap(({ answers, bias }) =>
          Array.from(answers.subarray(g * bias.length, (g + 1) * bias.length), (value) => value / count),
        ),
      ).flat(),
    ),
  };
}
