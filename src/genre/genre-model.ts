import { z } from 'zod';
import { KinoscopeError } from '../core/errors.js';
import type { Model, Models } from '../inference/types.js';
import type { Features } from './feature-extractor.js';
import { shrinkageOf } from './shrinkage.js';

/**
 * Where a picture comes from. The networks' values differ more between these than between genres, so each has its own
 * mean, spread and calibration: the frames of a film, a single landscape picture, a single upright one.
 */
export const DOMAINS = ['film', 'still', 'poster'] as const;
export type Domain = (typeof DOMAINS)[number];

/** In models/manifest.json: `values` [pictures, descriptor] and the number of their `domain` in, `scores` [pictures, genres] out. */
export const GENRE_MODEL = 'genre-pictures';

/** How scores become probabilities. [genres] each. */
export interface Calibration {
  /** Mean score, and one over the score's spread times the common slope: a score's distance from the usual, in log-odds. */
  readonly centre: Float32Array;
  readonly slope: Float32Array;
  /** Log-odds of the genre for a film of which nothing is known. */
  readonly base: Float32Array;
  /** The log-odds by which pictures can move a genre away from `base`. */
  readonly saturation: Float32Array;
}

const numbers = z.array(z.number()).transform((values) => Float32Array.from(values));
const CalibrationSchema = z.object({ centre: numbers, slope: numbers, base: numbers, saturation: numbers });

const MetaSchema = z.object({
  genres: z.array(z.string()).min(3),
  /** Which outputs of which networks of models/manifest.json make up a descriptor, in this order. */
  outputs: z.array(z.object({ network: z.string(), name: z.string(), size: z.number().int().positive() })).min(1),
  calibration: z.object({ film: CalibrationSchema, still: CalibrationSchema, poster: CalibrationSchema }),
  /** A probability of the first genre below this is "not sure", by domain. */
  sureFrom: z.object({ film: z.number(), still: z.number(), poster: z.number() }),
  /** Variance of a film's pictures over the variance between films (shrinkage.ts). */
  shrinkage: z.object({ ratio: z.number().nonnegative() }),
  /** How it was made: script, data, seed, figures. */
  training: z.record(z.string(), z.unknown()),
});
export type GenreMeta = z.infer<typeof MetaSchema>;

/** The key of the metadata of the ONNX file under which the rest of what was learnt stands, as JSON. */
export const META_KEY = 'genre';

/** A trained genre model. Safe to share. */
export interface GenreModel {
  readonly meta: GenreMeta;
  /** Changes whenever it may say something else. */
  readonly version: string;
  /** How much what the networks see in each of the pictures speaks for each genre: larger is more, not calibrated. [pictures][genres] */
  score(seen: readonly Features[], domain: Domain): Promise<Float32Array[]>;
  /**
   * What scores (of one picture, or the mean of a film's frames) say, as log-odds. [genres]
   * @param sampleSize independent pictures that a mean is of (effectiveSampleSize); the fewer, the nearer is the answer to what is
   *   usual among films
   */
  logits(scores: Float32Array, domain: Domain, sampleSize?: number): Float32Array;
}

export const descriptorLength = ({ outputs }: Pick<GenreMeta, 'outputs'>): number =>
  outputs.reduce((sum, { size }) => sum + size, 0);

/** What scores say about each genre, as log-odds. [genres] */
export function calibrate(scores: Float32Array, calibration: Calibration, shrinkage = 1): Float32Array {
  const { centre, slope, base, saturation } = calibration;
  return scores.map((score, g) => {
    const shift = shrinkage * slope[g]! * (score - centre[g]!);
    // Pictures unlike any that the model was calibrated on must not be more certain than those were.
    return base[g]! + saturation[g]! * Math.tanh(shift / saturation[g]!);
  });
}

/** @throws KinoscopeError `unavailable` when the network is missing, damaged, or does not say how its scores are read */
export async function openGenreModel(models: Models): Promise<GenreModel> {
  const network = await models.load(GENRE_MODEL);
  const found = MetaSchema.safeParse(JSON.parse((await network.metadata())[META_KEY] ?? 'null'));
  if (found.success) return createGenreModel(network, found.data);
  const [fault] = found.error.issues;
  throw new KinoscopeError(
    'unavailable',
    `The metadata of the network ${GENRE_MODEL} are wrong at ${fault?.path.join('.')}: ${fault?.message}`,
  );
}

function createGenreModel(network: Pick<Model, 'version' | 'run'>, meta: GenreMeta): GenreModel {
  const length = descriptorLength(meta);

  function readDescriptor(seen: Features, into: Float32Array): void {
    let at = 0;
    for (const { network: id, name, size } of meta.outputs) {
      const data = seen[id]?.[name]?.data;
      if (!(data instanceof Float32Array) || data.length !== size) {
        throw new KinoscopeError('internal', `The network ${id} gives no output ${name} of ${size} values`);
      }
      into.set(data, at);
      at += size;
    }
  }

  async function score(seen: readonly Features[], domain: Domain): Promise<Float32Array[]> {
    if (seen.length === 0) return [];
    const data = new Float32Array(seen.length * length);
    seen.forEach((one, n) => readDescriptor(one, data.subarray(n * length, (n + 1) * length)));
    const { scores } = await network.run({
      values: { dims: [seen.length, length], data },
      domain: { dims: [1], data: BigInt64Array.of(BigInt(DOMAINS.indexOf(domain))) },
    });
    const all = scores!.data as Float32Array;
    const genres = meta.genres.length;
    return seen.map((_, n) => all.subarray(n * genres, (n + 1) * genres));
  }

  /** A poster is all there is of its kind. */
  const shrinkage = (domain: Domain, sampleSize: number): number =>
    domain === 'poster' ? 1 : shrinkageOf(sampleSize, meta.shrinkage);

  return {
    meta,
    version: network.version,
    score,
    logits: (scores, domain, sampleSize = 1) =>
      calibrate(scores, meta.calibration[domain], shrinkage(domain, sampleSize)),
  };
}
