import type { Domain } from '../../src/genre/genre-model.js';
import type { Store } from '../../src/storage/collection.js';
import { GENRES, type Item, type SetName } from './dataset.js';
import { DESCRIPTOR, featureCollection, storedRows } from './features.js';
import { type Rows, rowsOf } from './matrix.js';

/** The pictures of one set, with what they are pictures of. */
export interface Part {
  readonly domain: Domain;
  readonly items: readonly Item[];
  /** [pictures, DESCRIPTOR] roots of the values; after projection [pictures, dimensions]. */
  readonly rows: Rows;
  /** Item of each picture. */
  readonly itemOf: Int32Array;
}

export type Corpus = Readonly<Record<SetName, Part>>;

const DOMAIN_OF: Record<SetName, Domain> = { trailers: 'film', stills: 'still', posters: 'poster' };

/** Frames of trailers that are held in memory, 32 KB each; of thousands of trailers, each gives its share, evenly spread. */
const MOST_FRAMES = 60_000;

function spreadOut(rows: Float32Array, count: number, most: number): Float32Array {
  if (count <= most) return rows;
  const kept = new Float32Array(most * DESCRIPTOR);
  for (let n = 0; n < most; n++) {
    const from = Math.floor((n * count) / most);
    kept.set(rows.subarray(from * DESCRIPTOR, (from + 1) * DESCRIPTOR), n * DESCRIPTOR);
  }
  return kept;
}

/** Everything that is in the store. Items without features (not extracted yet, or nothing but cards) are left out. */
export async function readCorpus(store: Store, items: readonly Item[]): Promise<Corpus> {
  const collection = await featureCollection(store);
  const read = async (set: SetName): Promise<Part> => {
    const most = Math.max(1, Math.floor(MOST_FRAMES / items.filter((item) => item.set === set).length));
    const found: { item: Item; rows: Float32Array; count: number }[] = [];
    for (const item of items) {
      if (item.set !== set) continue;
      const all = await storedRows(collection, item);
      if (!all) continue;
      const rows = spreadOut(all, all.length / DESCRIPTOR, most);
      found.push({ item, rows, count: rows.length / DESCRIPTOR });
    }
    const rows = rowsOf(
      found.reduce((sum, { count }) => sum + count, 0),
      DESCRIPTOR,
    );
    const itemOf = new Int32Array(rows.count);
    let at = 0;
    found.forEach(({ rows: own, count }, i) => {
      rows.data.set(own, at * DESCRIPTOR);
      itemOf.fill(i, at, at + count);
      at += count;
    });
    return { domain: DOMAIN_OF[set], items: found.map(({ item }) => item), rows, itemOf };
  };
  return { trailers: await read('trailers'), stills: await read('stills'), posters: await read('posters') };
}

/** Of films, a row each, a column for each genre: 1 it has it, 0 it has not, {@link UNKNOWN}. */
export type Labels = readonly (readonly number[])[];
export const UNKNOWN = -1;
export const isKnown = (row: ArrayLike<number>, g: number): boolean => row[g] !== UNKNOWN;
export const hasGenre = (row: ArrayLike<number>, g: number): boolean => row[g] === 1;

export const labelsOf = ({ genres, unknown }: Pick<Item, 'genres' | 'unknown'>): number[] =>
  GENRES.map((genre) => (genres.includes(genre) ? 1 : unknown.includes(genre) ? UNKNOWN : 0));

/** The part without the items for which `keep` says no. */
export function filterPart(part: Part, keep: (item: Item, index: number) => boolean): Part {
  const kept = part.items.flatMap((item, i) => (keep(item, i) ? [i] : []));
  const place = new Map(kept.map((old, i) => [old, i]));
  const pictures = Array.from(part.itemOf.keys()).filter((n) => place.has(part.itemOf[n]!));
  const rows = rowsOf(pictures.length, part.rows.width);
  pictures.forEach((n, i) =>
    rows.data.set(part.rows.data.subarray(n * rows.width, (n + 1) * rows.width), i * rows.width),
  );
  return {
    domain: part.domain,
    items: kept.map((i) => part.items[i]!),
    rows,
    itemOf: Int32Array.from(pictures, (n) => place.get(part.itemOf[n]!)!),
  };
}
