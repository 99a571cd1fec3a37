import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { decodeArrays, encodeArrays, type NumberArray } from '../../src/genre/array-file.js';
import { type Corpus, labelsOf, type Part } from './corpus.js';
import { GENRES, SETS, type SetName } from './dataset.js';
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
const FILE = 'models/.training/genre-held.bin';

const keyOf = (corpus: Corpus): string =>
  createHash('sha256')
    .update(
      JSON.stringify([HEAD_OPTIONS, SETS.map((set) => corpus[set].items), SETS.map((set) => corpus[set].rows.count)]),
    )
    .digest('hex');

function read(corpus: Corpus, key: string): Readonly<Record<SetName, Held>> | null {
  let file: Buffer;
  try {
    file = readFileSync(FILE);
  } catch {
    return null;
  }
  const { meta, arrays } = decodeArrays(file);
  const { key: of, order } = meta as { key: string; order: Record<SetName, number[]> };
  if (of !== key) return null;
  const heldOf = (set: SetName): Held => {
    const { items, itemOf } = corpus[set];
    const counts = items.map(() => 0);
    for (const item of itemOf) counts[item] = counts[item]! + 1;
    const scores = (name: 'forest' | 'network'): Float32Array[][] => {
      const all = arrays[`${set}.${name}`] as Float32Array;
      let at = 0;
      return order[set].map((item) =>
        Array.from({ length: counts[item]! }, () => all.slice(at, (at += GENRES.length))),
      );
    };
    return {
      forest: scores('forest'),
      network: scores('network'),
      titles: order[set].map((item) => items[item]!.title),
      labels: order[set].map((item) => labelsOf(items[item]!)),
      items: order[set].map((item) => items[item]!),
    };
  };
  return { trailers: heldOf('trailers'), stills: heldOf('stills'), posters: heldOf('posters') };
}

function write(corpus: Corpus, key: string, held: Readonly<Record<SetName, Held>>): void {
  const order = Object.fromEntries(
    SETS.map((set) => {
      const place = new Map(corpus[set].items.map(({ id }, i) => [id, i]));
      return [set, held[set].items.map(({ id }) => place.get(id)!)];
    }),
  );
  const flat = (rows: readonly (readonly Float32Array[])[]): NumberArray =>
    Float32Array.from(rows.flat().flatMap((row) => Array.from(row)));
  const arrays = Object.fromEntries(
    SETS.flatMap((set) => (['forest', 'network'] as const).map((name) => [`${set}.${name}`, flat(held[set][name])])),
  );
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, encodeArrays({ key, order }, arrays));
}

/** Each trailer standardised as if it were new: by what the others look like. */
async function trailersOneByOne(corpus: Corpus, projection: Rows): Promise<Part> {
  return { ...corpus.trailers, rows: await projectLeavingOut(corpus.trailers, projection) };
}

/** Trains and scores, or takes what is there of the same corpus and options. */
export async function holdCorpus(corpus: Corpus, onStage: (stage: string) => void): Promise<HeldCorpus> {
  onStage('projecting');
  const projection = await findProjection(corpus);
  const projected = await projectCorpus(corpus, projection);
  const key = keyOf(corpus);
  const kept = read(corpus, key);
  if (kept) return { projection, projected, held: kept };
  const apart = { ...projected, trailers: await trailersOneByOne(corpus, projection) };
  const folds = (set: SetName) => (fold: number) => onStage(`holding out ${set}, fold ${fold}`);
  const stills = await holdFolds(projected, 'stills', HEAD_OPTIONS.scene, folds('stills'));
  onStage('holding out trailers');
  const trailers = await holdTrailers(apart, HEAD_OPTIONS.scene);
  const posters = await holdFolds(projected, 'posters', HEAD_OPTIONS.poster, folds('posters'));
  const held = { trailers, stills, posters };
  write(corpus, key, held);
  return { projection, projected, held };
}
