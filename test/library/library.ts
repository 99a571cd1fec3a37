import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Audit } from '../../src/access/audit.js';
import type { BodiesResult } from '../../src/bodies/analyzer.js';
import { withAppearances } from '../../src/cast/bodies.js';
import { buildCast, type Cast } from '../../src/cast/cast.js';
import { castAt, nameCast, type NamedCast, type OnScreen } from '../../src/cast/names.js';
import { type PresentTrack, presentTrackSteps } from '../../src/cast/present-tracks.js';
import { type Present, presentAt } from '../../src/cast/present.js';
import { chunkId, chunkWrites, embeddingWrites, joinChunks } from '../../src/cast/stored.js';
import { CAST_SHOTS, shotWrite, watchedOf } from '../../src/cast/watched.js';
import { atOnce } from '../../src/core/slices.js';
import type { FacesResult } from '../../src/faces/analyzer.js';
import { normalize } from '../../src/faces/embed.js';
import type { RecognizerId } from '../../src/faces/recognizers.js';
import { linkTracks, type Detection } from '../../src/faces/tracks.js';
import { KEPT_ANSWERS, type KeptAnswer } from '../../src/http/kept-answers.js';
import { CONSTRAINTS } from '../../src/people/constraints.js';
import { Corrections } from '../../src/people/corrections.js';
import { Erasure } from '../../src/people/erasure.js';
import { GalleryStore } from '../../src/people/gallery-store.js';
import { Naming } from '../../src/people/naming.js';
import { People } from '../../src/people/people.js';
import type { Photo } from '../../src/people/photo.js';
import {
  type Collection,
  type Document,
  type Store,
  withoutVersion,
  type Write,
} from '../../src/storage/collection.js';
import { everything } from '../../src/storage/pages.js';
import { CastLists } from '../../src/titles/cast-lists.js';
import { Documents } from '../../src/titles/collections.js';
import { FileRemoval } from '../../src/titles/file-removal.js';
import { openAnyStore } from '../contract/mongodb-server.js';

/** A home that is not there: films of this library have no pictures. */
const NOWHERE = '/nowhere';

export const portraitOf = (home: string, contentHash: string): string => join(home, 'faces', `${contentHash}.jpg`);
export const filmWithNames = (home: string, contentHash: string): string => join(home, 'exports', `${contentHash}.mp4`);

export interface LibraryOptions {
  /** Where portraits and films with names lie. */
  readonly home?: string;
  /** What is used instead of the store itself. */
  readonly through?: (store: Store) => Store;
  /** Whose embeddings its faces are, asked each time; null: nobody minds. */
  readonly network?: () => string | null;
  readonly recognizer?: RecognizerId;
}

/** Everything that names a film's cast, in a store of its own: films are what was seen in them. */
export class Library {
  private readonly films = new Map<string, Cast>();

  private constructor(
    readonly store: Store,
    readonly castLists: CastLists,
    readonly gallery: GalleryStore,
    readonly people: People,
    readonly naming: Naming,
    readonly corrections: Corrections,
    readonly erasure: Erasure,
    readonly audit: Audit,
    readonly answers: Collection<KeptAnswer>,
    private readonly network: () => string | null,
  ) {}

  /** @param many people from which a face is compared with the nearest alone */
  static async open(
    path = ':memory:',
    many?: number,
    { home = NOWHERE, through = (store) => store, network = () => null, recognizer }: LibraryOptions = {},
  ): Promise<Library> {
    const store = inOrder(through(await openAnyStore(path)));
    const gallery = await GalleryStore.open(store, {
      many,
      network: () => Promise.resolve(network()),
      ...(recognizer && { recognizer }),
    });
    const castLists = new CastLists(await Documents.open(store));
    const audit = await Audit.open(store);
    const answers = await store.collection<KeptAnswer>(KEPT_ANSWERS);
    const portraits = { pathOf: ({ contentHash }: { readonly contentHash: string }) => portraitOf(home, contentHash) };
    const films = { pathOf: (contentHash: string) => filmWithNames(home, contentHash) };
    const naming = new Naming(gallery, castLists);
    const erasure = new Erasure(
      gallery,
      naming,
      audit,
      portraits,
      films,
      answers,
      await FileRemoval.open(store, { home, api: null }),
    );
    return new Library(
      store,
      castLists,
      gallery,
      new People(gallery),
      naming,
      new Corrections(gallery),
      erasure,
      audit,
      answers,
      network,
    );
  }

  /** Stores an analysis as the worker does. */
  async add(film: string, faces: FacesResult, bodies?: BodiesResult): Promise<void> {
    const watched = watchedOf(faces, bodies);
    const cast = buildCast(watched);
    this.films.set(film, cast);
    const { tracks, writes } = await this.naming.replace(film, cast);
    await this.store.collection(CAST_SHOTS);
    await this.store.commit([
      shotWrite(film, watched, `faces@1 ${this.network() ?? ''}`, false),
      ...chunkWrites(film, tracks, withAppearances(cast.bodies, tracks)),
      ...embeddingWrites(film, tracks, cast.embeddings, watched.bodies),
      ...writes,
    ]);
  }

  async cast(film: string): Promise<NamedCast> {
    const tracks = joinChunks(await everything(this.gallery.chunks, { contentHash: film }));
    const names = (await this.naming.refreshNames(film)) ?? {};
    return nameCast(this.films.get(film)!, tracks, await this.naming.appearancesOf(film), names);
  }

  async at(film: string, time: number): Promise<OnScreen[]> {
    return castAt(
      await this.gallery.chunks.get(chunkId(film, time)),
      (await this.naming.refreshNames(film)) ?? {},
      time,
    );
  }

  /** Everybody at a time, by face, body or scene. */
  async present(film: string, time: number): Promise<Present[]> {
    return presentAt(
      await this.gallery.chunks.get(chunkId(film, time)),
      (await this.naming.refreshNames(film)) ?? {},
      time,
    );
  }

  /** Everybody's way through a film. */
  async everybody(film: string): Promise<PresentTrack[]> {
    const chunks = await everything(this.gallery.chunks, { contentHash: film });
    const names = (await this.naming.refreshNames(film)) ?? {};
    return atOnce(presentTrackSteps(chunks.toSorted((a, b) => a.index - b.index), names)); // prettier-ignore
  }

  /** The surest one on screen, who is a person. */
  async first(film: string, time: number): Promise<OnScreen & { readonly personId: string }> {
    const [first] = await this.at(film, time);
    if (!first || first.personId === null) throw new Error(`Nobody who is a person is on screen at ${time}`);
    return { ...first, personId: first.personId };
  }

  /** The names on screen, with the labels of strangers. */
  async who(film: string, time: number): Promise<(string | null)[]> {
    return (await this.at(film, time)).map(({ name, label }) => name ?? label);
  }

  /** All that is stored of who is who, but for the names that are told. */
  async stored(): Promise<Readonly<Record<string, readonly object[]>>> {
    const { people, photos, appearances, embeddings, constraints } = this.gallery;
    const all = [people, photos, appearances, embeddings, constraints];
    const documents = await Promise.all(all.map((one) => everything(one as Collection<Document>, {})));
    return Object.fromEntries(all.map(({ name }, i) => [name, documents[i]!.map(withoutVersion)]));
  }

  close(): Promise<void> {
    return this.store.close();
  }
}

/** What was said in one millisecond has no order: each statement waits for the next. */
function inOrder(store: Store): Store {
  const commit = store.commit.bind(store);
  return Object.assign(store, {
    commit: async (writes: readonly Write[]): Promise<void> => {
      await commit(writes);
      if (!writes.some((one) => one.collection === CONSTRAINTS.name)) return;
      for (const now = Date.now(); Date.now() === now;) await setImmediate();
    },
  });
}

/** A face at this cosine to its person's axis, the rest along another. */
export function faceOf(person: number, likeness = 1, rest = 31): Float32Array {
  const vector = new Float32Array(32);
  vector[person] = likeness;
  vector[rest] = Math.sqrt(1 - likeness * likeness);
  return normalize(vector);
}

export const seen = (time: number, embedding: Float32Array, x = 0.2): Detection => ({
  time,
  box: [x, 0.1, 0.1, 0.2],
  score: 1,
  quality: 0.7,
  embedding,
});

export const seconds = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** What an analysis of 20 s saw, in two shots of 10 s. */
export function watched(
  detections: readonly Detection[],
  shots = [
    { start: 0, end: 10 },
    { start: 10, end: 20 },
  ],
): FacesResult {
  const samples = seconds(0, 19).map((time) => ({ time, histogram: new Float32Array(64).fill(1 / 64) }));
  const tracks = linkTracks(
    [...detections].sort((a, b) => a.time - b.time),
    shots,
  );
  return { samples, shots, tracks };
}

export function photo(hash: string, embedding: Float32Array | null, options: Partial<Photo> = {}): Photo {
  return {
    file: `${hash}.jpg`,
    hash: hash.repeat(16),
    flag: null,
    faces: 1,
    box: [0.1, 0.1, 0.5, 0.5],
    quality: 0.7,
    embedding,
    ...options,
  };
}
