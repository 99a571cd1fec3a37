import type { Domain } from '../../src/genre/genre-model.js';
import type { Store } from '../../src/storage/collection.js';
import { GENRES, type Item, type SetName } from './dataset.js';
import { DESCRIPTOR, featureCollection, unpack } from './features.js';
import { type Rows, rowsOf } from './matrix.js';

/** The pictures of one set, with what they are pictures of. */
export interface Part {
  readonly domain: Domain;
  readonly items: readonly Item[];
  /** [pictures, DESCRIPTOR] transformed values; after projection [pictures, dimensions]. */
  readonly rows: Rows;
  /** Item of each picture. */
  readonly itemOf: Int32Array;
}

export type Corpus = Readonly<Record<SetName, Part>>;

const DOMAIN_OF: Record<SetName, Domain> = { trailers: 'film', stills: 'still', posters: 'poster' };

/** Everything that is in the store. Items without features (not extracted yet, or nothing but cards) are left out. */
export async function readCorpus(store: Store, items: readonly Item[]): Promise<Corpus> {
  const collection = await featureCollection(store);
  const read = async (set: SetName): Promise<Part> => {
    const found: { item: Item; rows: Float32Array; count: number }[] = [];
    for (const item of items) {
      if (item.set !== set) continue;
      const document = await collection.get(item.id);
      if (document?.rows) found.push({ item, rows: unpack(document), count: document.rows });
    }
    const rows = rowsOf(found.reduce((sum, { count }) => sum + count, 0), DESCRIPTOR);
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

export const labelsOf = ({ genres }: Item): number[] => GENRES.map((genre) => Number(genres.includes(genre)));

/** The part without the items for which `keep` says no. */
export function filterPart(part: Part, keep: (item: Item, index: number) => boolean): Part {
  const kept = part.items.flatMap((item, i) => (keep(item, i) ? [i] : []));
  const place = new Map(kept.map((old, i) => [old, i]));
  const pictures = Array.from(part.itemOf.keys()).filter((n) => place.has(part.itemOf[n]!));
  const rows = rowsOf(pictures.length, part.rows.width);
  pictures.forEach((n, i) => rows.data.set(part.rows.data.subarray(n * rows.width, (n + 1) * rows.width), i * rows.width));
  return {
    domain: part.domain,
    items: kept.map((i) => part.items[i]!),
    rows,
    itemOf: Int32Array.from(pictures, (n) => place.get(part.itemOf[n]!)!),
  };
}

/** Mean score of each item's pictures. */
export function meanByItem(part: Part, scores: readonly Float32Array[]): Float32Array[] {
  const means = part.items.map(() => new Float32Array(GENRES.length));
  const counts = new Float32Array(part.items.length);
  scores.forEach((row, n) => {
    const item = part.itemOf[n]!;
    counts[item] = counts[item]! + 1;
    row.forEach((value, g) => { means[item]![g] = means[item]![g]! + value; });
  });
  return means.map((mean, i) => mean.map((sum) => sum / Math.max(counts[i]!, 1)));
}
