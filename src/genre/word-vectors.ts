import type { SteppedRows } from './array-file.js';

/**
 * What the words of a text mean together. Every word has a vector; words that are used alike lie near each other, so that a
 * word no training film was told with says something, too. The mean of a text's vectors is read by a network of one hidden layer.
 */
export interface WordVectors extends SteppedRows {
  /** In the order of their rows. A rare word's vector is longer. */
  readonly words: readonly string[];
  readonly reader: VectorReader;
}

/** A network of one hidden layer beside a linear part: what several values say together, and what each says alone. */
export interface HiddenNetwork {
  /** [genres, values] */
  readonly linear: Float32Array;
  /** A unit is max(0, its row times the values + its bias). [units, values] */
  readonly units: Float32Array;
  /** [units] */
  readonly bias: Float32Array;
  /** How much each unit speaks for each genre. [genres, units] */
  readonly answers: Float32Array;
}

/** What a network answers for each genre where the products of the values with its linear part and its units are known. [genres] */
export function networkAnswer(
  { bias, answers }: Pick<HiddenNetwork, 'bias' | 'answers'>,
  linear: Float32Array,
  units: Float32Array,
): Float32Array {
  const open = units.map((sum, u) => Math.max(0, sum + bias[u]!));
  return linear.map((sum, g) => open.reduce((all, value, u) => all + value * answers[g * open.length + u]!, sum));
}

/** What reads the vector of a text. */
export interface VectorReader {
  /** Mean of the texts' vectors, and one over the root of their spread. [dimensions] each */
  readonly mean: Float32Array;
  readonly scale: Float32Array;
  readonly network: HiddenNetwork;
  /** Log-odds, added. [genres] */
  readonly offset: Float32Array;
}

/** Adds a word's vector, times a factor, to a sum. */
export type AddVector = (word: string, factor: number, sum: Float32Array) => void;

/** The sum of the words' vectors, of length 1. A word that comes again counts less. All 0 where no word has one. */
export function textVector(words: readonly string[], dimensions: number, add: AddVector): Float32Array {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const sum = new Float32Array(dimensions);
  for (const [word, count] of counts) add(word, 1 + Math.log(count), sum);
  return ofLengthOne(sum);
}

function ofLengthOne(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vector.map((value) => value / (length || 1));
}

/** A text's vector as the network takes it: what all texts share taken away. */
export const standardVector = (
  vector: Float32Array,
  { mean, scale }: Pick<VectorReader, 'mean' | 'scale'>,
): Float32Array => ofLengthOne(vector.map((value, i) => (value - mean[i]!) * scale[i]!));

/** Log-odds that a text's vector adds to what is usual. [genres] */
export function readVector(vector: Float32Array, reader: VectorReader): Float32Array {
  const standard = standardVector(vector, reader);
  const times = (matrix: Float32Array): Float32Array =>
    Float32Array.from({ length: matrix.length / standard.length }, (_, row) =>
      standard.reduce((sum, value, i) => sum + value * matrix[row * standard.length + i]!, 0),
    );
  const { network, offset } = reader;
  return networkAnswer(network, times(network.linear), times(network.units)).map((value, g) => value + offset[g]!);
}

/** Reads vectors as they are kept. */
export function openVectors({ words, values, steps, reader }: WordVectors): (text: readonly string[]) => Float32Array {
  const rowOf = new Map(words.map((word, row) => [word, row]));
  const dimensions = reader.mean.length;
  return (text) =>
    readVector(
      textVector(text, dimensions, (word, factor, sum) => {
        const row = rowOf.get(word);
        if (row === undefined) return;
        const step = factor * steps[row]!;
        for (let i = 0; i < dimensions; i++) sum[i] = sum[i]! + step * (values[row * dimensions + i]! - 128);
      }),
      reader,
    );
}
