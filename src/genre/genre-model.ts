import { z } from 'zod';
import { KinoscopeError } from '../core/errors.js';
import { loadLearnt } from '../parameters/learnt.js';
import { decodeArrays, encodeArrays, fromSteps, inSteps, type NumberArray } from './array-file.js';
import { type EvidenceOf, startEvidence } from './evidence.js';
import type { Features } from './feature-extractor.js';
import { addForestAnswer, type Forest, forestArrays, forestFromArrays } from './forest.js';
import { shrinkageOf } from './shrinkage.js';

/**
 * Where a picture comes from. The networks' values differ more between these than between genres, so each has its own
 * mean, spread and calibration: the frames of a film, a single landscape picture, a single upright one.
 */
export const DOMAINS = ['film', 'still', 'poster'] as const;
export type Domain = (typeof DOMAINS)[number];

/** Posters are painted and lettered to say their genre, scenes are not: each kind of picture has its own heads. */
export const KINDS = ['scene', 'poster'] as const;
export type Kind = (typeof KINDS)[number];
export const KIND_OF: Readonly<Record<Domain, Kind>> = { film: 'scene', still: 'scene', poster: 'poster' };

const MetaSchema = z.object({
  genres: z.array(z.string()).min(3),
  /** Which outputs of which networks of models/manifest.json make up a descriptor, in this order. */
  outputs: z.array(z.object({ network: z.string(), name: z.string(), size: z.number().int().positive() })).min(1),
  /** Share of the forest in a picture's scores, of scenes and of posters; the network has the rest. */
  forestShare: z.object({ scene: z.number().min(0).max(1), poster: z.number().min(0).max(1) }),
  /** Units of the network's hidden layer. */
  units: z.number().int().positive(),
  /** A probability of the first genre below this is "not sure", by domain. */
  sureFrom: z.object({ film: z.number(), still: z.number(), poster: z.number() }),
  /** Variance of a film's pictures over the variance between films (shrinkage.ts). */
  shrinkage: z.object({ ratio: z.number().nonnegative() }),
  /** How it was made: script, data, seed, figures. */
  training: z.record(z.string(), z.unknown()),
});
export type GenreMeta = z.infer<typeof MetaSchema>;

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

/** How the pictures of one domain are standardised and their scores become probabilities. */
export interface DomainArrays extends Calibration {
  /** Of the square roots of the descriptor's values. [descriptor] */
  readonly mean: Float32Array;
  readonly spread: Float32Array;
}

/** A network of one hidden layer beside a linear part: what several values say together, and what each says alone. */
export interface HiddenNetwork {
  /** [genres, descriptor] */
  readonly linear: Float32Array;
  /** A unit is max(0, its row times the descriptor + its bias). [units, descriptor] */
  readonly units: Float32Array;
  /** [units] */
  readonly bias: Float32Array;
  /** How much each unit speaks for each genre. [genres, units] */
  readonly answers: Float32Array;
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
  readonly meta: GenreMeta;
  readonly heads: Readonly<Record<Kind, Heads>>;
  readonly domains: Readonly<Record<Domain, DomainArrays>>;
}

/** A trained genre model. Pure arithmetic; safe to share. */
export interface GenreModel {
  readonly meta: GenreMeta;
  /** Changes whenever it may say something else. */
  readonly version: string;
  /** How much what the networks see in each of the pictures speaks for each genre: larger is more, not calibrated. [pictures][genres] */
  score(seen: readonly Features[], domain: Domain): Float32Array[];
  /**
   * What scores (of one picture, or the mean of a film's frames) say, as log-odds. [genres]
   * @param sampleSize independent pictures that a mean is of (effectiveSampleSize); the fewer, the nearer is the answer to what is
   *   usual among films
   */
  logits(scores: Float32Array, domain: Domain, sampleSize?: number): Float32Array;
}

const descriptorLength = ({ outputs }: GenreMeta): number => outputs.reduce((sum, { size }) => sum + size, 0);

/** What a network answers for each genre where a descriptor's products with its linear part and its units are known. [genres] */
export function networkAnswer(
  { bias, answers }: Pick<HiddenNetwork, 'bias' | 'answers'>,
  linear: Float32Array,
  units: Float32Array,
): Float32Array {
  const open = units.map((sum, u) => Math.max(0, sum + bias[u]!));
  return linear.map((sum, g) => open.reduce((all, value, u) => all + value * answers[g * open.length + u]!, sum));
}

/** What a forest answers for each genre to the linear evidence of a picture. [genres] */
export function forestAnswer(forest: Forest, evidence: Float32Array): Float32Array {
  const answers = new Float32Array(evidence.length);
  addForestAnswer(forest, evidence, answers);
  return answers;
}

/** The networks' values are means over a map of rectified values: skewed, many near zero; the root evens them out (so does evidence.wat). */
export const transform = (value: number): number => Math.sqrt(Math.max(value, 0));

/** What scores say about each genre, as log-odds. [genres] */
export function calibrate(scores: Float32Array, calibration: Calibration, shrinkage = 1): Float32Array {
  const { centre, slope, base, saturation } = calibration;
  return scores.map((score, g) => {
    const shift = shrinkage * slope[g]! * (score - centre[g]!);
    // Pictures unlike any that the model was calibrated on must not be more certain than those were.
    return base[g]! + saturation[g]! * Math.tanh(shift / saturation[g]!);
  });
}

/** Heads that answer with the scores of descriptors. [count][genres] They hold none of the large matrices, which the program has. */
function startHeads({ linear, forest, network }: Heads, length: number, forestShare: number): EvidenceOf {
  const genres = linear.length / length;
  const { bias, answers } = network;
  const evidenceOf = startEvidence([linear, network.linear, network.units], length);
  return (standard, count, read) =>
    evidenceOf(standard, count, read).map((sums) => {
      const [evidence, straight, units] = [
        sums.subarray(0, genres),
        sums.subarray(genres, 2 * genres),
        sums.subarray(2 * genres),
      ];
      const ofNetwork = networkAnswer({ bias, answers }, straight, units);
      return forestAnswer(forest, evidence).map(
        (answer, g) => forestShare * answer + (1 - forestShare) * ofNetwork[g]!,
      );
    });
}

/** @param version of the file that holds the parameters */
export function createGenreModel({ meta, heads, domains }: GenreParameters, version = 'unnamed'): GenreModel {
  const { forestShare } = meta;
  // A division for each of the thousands of values would be a tenth of the time.
  const scales = Object.fromEntries(
    DOMAINS.map((domain) => [domain, domains[domain].spread.map((spread) => 1 / spread)]),
  ) as Record<Domain, Float32Array>;

  const length = descriptorLength(meta);
  const scoresOf: Record<Kind, EvidenceOf> = {
    scene: startHeads(heads.scene, length, forestShare.scene),
    poster: startHeads(heads.poster, length, forestShare.poster),
  };

  function readDescriptor(seen: Features, into: Float32Array): void {
    let at = 0;
    for (const { network, name, size } of meta.outputs) {
      const data = seen[network]?.[name]?.data;
      if (!(data instanceof Float32Array) || data.length !== size) {
        throw new KinoscopeError('internal', `The network ${network} gives no output ${name} of ${size} values`);
      }
      into.set(data, at);
      at += size;
    }
  }

  function score(seen: readonly Features[], domain: Domain): Float32Array[] {
    const standard = { mean: domains[domain].mean, scale: scales[domain] };
    return scoresOf[KIND_OF[domain]](standard, seen.length, (n, into) => readDescriptor(seen[n]!, into));
  }

  /** A poster is all there is of its kind. */
  const shrinkage = (domain: Domain, sampleSize: number): number =>
    KIND_OF[domain] === 'poster' ? 1 : shrinkageOf(sampleSize, meta.shrinkage);

  return {
    meta,
    version,
    score,
    logits: (scores, domain, sampleSize = 1) => calibrate(scores, domains[domain], shrinkage(domain, sampleSize)),
  };
}

const CALIBRATION_FIELDS = ['centre', 'slope', 'base', 'saturation'] as const;

export function encodeGenreModel({ meta, heads, domains }: GenreParameters): Uint8Array {
  const descriptor = descriptorLength(meta);
  const matrix = (name: string, values: Float32Array): Record<string, NumberArray> => {
    const rows = inSteps(values, descriptor);
    return { [name]: rows.values, [`${name}.steps`]: rows.steps };
  };
  const ofKinds = KINDS.flatMap((kind) => {
    const { linear, forest, network } = heads[kind];
    const arrays = {
      ...matrix('linear', linear),
      ...forestArrays(forest),
      ...matrix('network.linear', network.linear),
      ...matrix('network.units', network.units),
      'network.bias': network.bias,
      'network.answers': network.answers,
    };
    return Object.entries(arrays).map(([name, array]) => [`${kind}.${name}`, array] as const);
  });
  const ofDomains = DOMAINS.flatMap((domain) =>
    (['mean', 'spread', ...CALIBRATION_FIELDS] as const).map(
      (field) => [`${domain}.${field}`, domains[domain][field]] as const,
    ),
  );
  return encodeArrays(meta, Object.fromEntries([...ofKinds, ...ofDomains]));
}

/** @throws KinoscopeError `unavailable` when the bytes are no genre model */
export function decodeGenreModel(file: Uint8Array): GenreParameters {
  const { meta: header, arrays } = decodeArrays(file);
  const parsed = MetaSchema.safeParse(header);
  if (!parsed.success)
    throw new KinoscopeError('unavailable', `The genre model's header is wrong: ${parsed.error.issues[0]?.message}`);
  const meta = parsed.data;
  const genres = meta.genres.length;
  const descriptor = descriptorLength(meta);
  const of = <T extends NumberArray>(Type: abstract new (...args: never) => T, name: string, length: number): T => {
    const array = arrays[name];
    if (array instanceof Type && array.length === length) return array;
    throw new KinoscopeError('unavailable', `The genre model's array ${name} is missing or has the wrong length`);
  };
  const floats = (name: string, length: number): Float32Array => of(Float32Array, name, length);
  const matrix = (name: string, rows: number): Float32Array =>
    fromSteps({ values: of(Uint8Array, name, rows * descriptor), steps: floats(`${name}.steps`, rows) });
  const headsOf = (kind: Kind): Heads => {
    const own = Object.entries(arrays).flatMap(([name, array]) =>
      name.startsWith(`${kind}.`) ? [[name.slice(kind.length + 1), array] as const] : [],
    );
    return {
      linear: matrix(`${kind}.linear`, genres),
      forest: forestFromArrays(Object.fromEntries(own), genres),
      network: {
        linear: matrix(`${kind}.network.linear`, genres),
        units: matrix(`${kind}.network.units`, meta.units),
        bias: floats(`${kind}.network.bias`, meta.units),
        answers: floats(`${kind}.network.answers`, genres * meta.units),
      },
    };
  };
  const domainArrays = (domain: Domain): DomainArrays => ({
    mean: floats(`${domain}.mean`, descriptor),
    spread: floats(`${domain}.spread`, descriptor),
    centre: floats(`${domain}.centre`, genres),
    slope: floats(`${domain}.slope`, genres),
    base: floats(`${domain}.base`, genres),
    saturation: floats(`${domain}.saturation`, genres),
  });
  return {
    meta,
    heads: { scene: headsOf('scene'), poster: headsOf('poster') },
    domains: { film: domainArrays('film'), still: domainArrays('still'), poster: domainArrays('poster') },
  };
}

/** @throws KinoscopeError `unavailable` when there is no such file, or it is damaged */
export function loadGenreModel(file: string): GenreModel {
  const { value, version } = loadLearnt(file, decodeGenreModel);
  return createGenreModel(value, version);
}
