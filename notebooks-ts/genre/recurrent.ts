import * as tf from '@tensorflow/tfjs';
import { createRandom, shuffled } from './random.js';

/** Frames that the net sees of a film, evenly spread. */
const STEPS = 24;
const OPTIONS = { units: 8, epochs: 40, rate: 0.01, dropout: 0.3, decay: 0.01, folds: 5 } as const;

/** A net that takes a film's frames and its mean's answer. */
function recurrentNet(genres: number, seed: number): tf.LayersModel {
  const frames = tf.input({ shape: [STEPS, genres] });
  const plain = tf.input({ shape: [genres] });
  const initializer = tf.initializers.glorotUniform({ seed });
  const state = tf.layers
    .gru({
      units: OPTIONS.units,
      dropout: OPTIONS.dropout,
      kernelInitializer: initializer,
      recurrentInitializer: initializer,
    })
    .apply(frames) as tf.SymbolicTensor;
  const more = tf.layers
    .dense({ units: genres, kernelInitializer: 'zeros', kernelRegularizer: tf.regularizers.l2({ l2: OPTIONS.decay }) })
    .apply(state) as tf.SymbolicTensor;
  const net = tf.model({ inputs: [frames, plain], outputs: tf.layers.add().apply([plain, more]) as tf.SymbolicTensor });
  net.compile({
    optimizer: tf.train.adam(OPTIONS.rate),
    loss: (truth: tf.Tensor, logits: tf.Tensor) => tf.losses.sigmoidCrossEntropy(truth, logits),
  });
  return net;
}

/**
 * A small recurrent net (gated units) over the scores of a film's frames in order of time. Its last state says what is added
 * to the mean's answer; it starts by adding nothing. Every film is answered by a net that was trained on the other folds.
 * @param films [films][frames], each [genres]
 * @param means the films' answers without it: standardised scores, each [genres]
 * @returns as `means`
 */
export async function recurrentAnswers(
  films: readonly (readonly Float32Array[])[],
  means: readonly Float32Array[],
  labels: readonly (readonly number[])[],
  seed: number,
): Promise<Float32Array[]> {
  await tf.setBackend('cpu');
  const genres = means[0]?.length ?? 0;
  const spread = (g: number): number => {
    const values = films.flatMap((frames) => frames.map((row) => row[g]!));
    const middle = values.reduce((sum, value) => sum + value, 0) / values.length;
    return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / values.length) || 1;
  };
  const scale = Array.from({ length: genres }, (_, g) => spread(g));
  const sequences = films.map((frames) =>
    Array.from({ length: STEPS }, (_, step) =>
      Array.from(frames[Math.floor((step * frames.length) / STEPS)]!, (value, g) => value / scale[g]!),
    ),
  );
  const order = shuffled(films.length, createRandom(seed));
  const answers = means.map((row) => row);
  for (let fold = 0; fold < OPTIONS.folds; fold++) {
    const inside = films.map((_, n) => n).filter((n) => order[n]! % OPTIONS.folds === fold);
    const outside = films.map((_, n) => n).filter((n) => order[n]! % OPTIONS.folds !== fold);
    const net = recurrentNet(genres, seed + fold);
    const take = (rows: readonly number[]): tf.Tensor[] => [
      tf.tensor3d(rows.map((n) => sequences[n]!)),
      tf.tensor2d(rows.map((n) => Array.from(means[n]!))),
    ];
    await net.fit(take(outside), tf.tensor2d(outside.map((n) => [...labels[n]!])), {
      epochs: OPTIONS.epochs,
      batchSize: outside.length,
      shuffle: false,
      verbose: 0,
    });
    const rows = (await (net.predict(take(inside)) as tf.Tensor).array()) as number[][];
    inside.forEach((n, i) => (answers[n] = Float32Array.from(rows[i]!)));
    net.dispose();
  }
  return answers;
}
