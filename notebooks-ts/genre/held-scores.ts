import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { decodeArrays, encodeArrays, type NumberArray } from '../../src/genre/array-file.js';
import { type Corpus, labelsOf, type Part } from './corpus.js';
import { GENRES, type SetName } from './dataset.js';
import { type Held, holdFolds, holdTrailers } from './evaluate.js';
import type { Rows } from './matrix.js';
import { findProjection, HEAD_OPTIONS, projectCorpus, projectLeavingOut } from './train.js';

/** The corpus in principal components, and the scores of everything by heads that did not see its film. */
export interface HeldCorpus {
  readonly projection: Rows;
  readonly projected: Corpus;
  readonly held: Readonly<Record<SetName, Held>>;
}

/** Where scores are kept between runs: they cost most of the time, and what is chosen on them little. */
const fileOf = (set: SetName): string => `models/.training/genre-held-${set}.bin`;

/** Scores depend on the options, on the pictures that heads are trained on, and on the set's own. */
const keyOf = (corpus: Corpus, set: SetName): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        HEAD_OPTIONS,
        (['stills', 'posters', set] as const).map((name) => [corpus[name].items, corpus[name].rows.count]),
      ]),
    )
    .digest('hex');

function read(corpus: Corpus, set: SetName): Held | null {
  let file: Buffer;
  try {
    file = readFileSync(fileOf(set));
  } catch {
    return null;
  }
  const { meta, arrays } = decodeArrays(file);
  const { key, order } = meta as { key: string; order: number[] };
  if (key !== keyOf(corpus, set)) return null;
  const { items, itemOf } = corpus[set];
  const counts = items.map(() => 0);
  for (const item of itemOf) counts[item] = counts[item]! + 1;
  const scores = (name: 'forest' | 'network'): Float32Array[][] => {
    const all = arrays[name] as Float32Array;
    let at = 0;
    return order.map((item) => Array.from({ length: counts[item]! }, () => all.slice(at, (at += GENRES.length))));
  };
  return {
    forest: scores('forest'),
    network: scores('network'),
    titles: order.map((item) => items[item]!.title),
    labels: order.map((item) => labelsOf(items[item]!)),
    items: order.map((item) => items[item]!),
  };
}

function write(corpus: Corpus, set: SetName, { forest, network, items }: Held): void {
  const place = new Map(corpus[set].items.map(({ id }, i) => [id, i]));
  const flat = (rows: readonly (readonly Float32Array[])[]): NumberArray =>
    Float32Array.from(rows.flat().flatMap((row) => Array.from(row)));
  mkdirSync(dirname(fileOf(set)), { recursive: true });
  writeFileSync(
    fileOf(set),
    encodeArrays(
      { key: keyOf(corpus, set), order: items.map(({ id }) => place.get(id)!) },
      { forest: flat(forest), network: flat(network) },
    ),
  );
}

/** Each trailer standardised as if it were new: by what the others look like. */
async function trailersOneByOne(corpus: Corpus, projection: Rows): Promise<Part> {
  return { ...corpus.trailers, rows: await projectLeavingOut(corpus.trailers, projection) };
}

/** Trains and scores, or takes what is there of the same pictures and options. */
export async function holdCorpus(corpus: Corpus, onStage: (stage: string) => void): Promise<HeldCorpus> {
  onStage('projecting');
  const projection = await findProjection(corpus);
  const projected = await projectCorpus(corpus, projection);
  const keep = async (set: SetName, score: () => Promise<Held>): Promise<Held> => {
    const kept = read(corpus, set);
    if (kept) return kept;
    const held = await score();
    write(corpus, set, held);
    return held;
  };
  const folds = (set: SetName) => (fold: number) => onStage(`holding out ${set}, fold ${fold}`);
  const stills = await keep('stills', () => holdFolds(projected, 'stills', HEAD_OPTIONS.scene, folds('stills')));
  const posters = await keep('posters', () => holdFolds(projected, 'posters', HEAD_OPTIONS.poster, folds('posters')));
  const trailers = await keep('trailers', async () => {
    onStage('holding out trailers');
    return holdTrailers({ ...projected, trailers: await trailersOneByOne(corpus, projection) }, HEAD_OPTIONS.scene);
  });
  return { projection, projected, held: { trailers, stills, posters } };
}
