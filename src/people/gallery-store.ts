import { APPEARANCES, type StoredAppearance } from '../cast/appearances.js';
import { CAST_PARTS } from '../cast/parts.js';
import { CAST_CHUNKS, type CastChunk, TRACK_EMBEDDINGS, type TrackEmbeddings } from '../cast/stored.js';
import { currentTenant } from '../context.js';
import { KinoscopeError } from '../errors.js';
import { decodeEmbedding } from '../faces/embedding-text.js';
import { DEFAULT_RECOGNIZER } from '../faces/recognizers.js';
import {
  type Collection,
  type Document,
  DuplicateKeyError,
  type Filter,
  PreconditionError,
  type Store,
  type Write,
} from '../storage/collection.js';
import {
  GALLERY_STATE,
  type GalleryState,
  PEOPLE,
  type Person,
  PERSON_PHOTOS,
  type PersonPhoto,
  STATE_ID,
  TITLE_NAMES,
  type TitleNames,
} from './documents.js';
import { Gallery, type KnownPerson } from './gallery.js';

/** What a change of the gallery writes. */
export interface Change<T> {
  readonly writes: readonly Write[];
  readonly result: T;
  /** Whether people changed; `names`: so that names that were given might be others now. */
  readonly changes: 'nothing' | 'people' | 'names';
  /** Strangers who were numbered. */
  readonly strangers?: number;
}

/** A person with their faces as numbers. */
export interface DecodedPerson {
  readonly person: Person;
  readonly mean: Float32Array | null;
  readonly exemplars: readonly Float32Array[];
  readonly rejected: readonly Float32Array[];
}

/** Tries of a change that others keep coming before. */
const TRIES = 50;

/**
 * The gallery's documents. Every change is made against the state that it has read: when somebody else was faster, it is
 * made anew, so that two workers that find the same stranger at once make one person of them.
 */
export class GalleryStore {
  /** By tenant. */
  private readonly decoded = new Map<string, { readonly changes: number; readonly people: readonly DecodedPerson[]; known?: Gallery }>();

  private constructor(
    readonly store: Store,
    readonly people: Collection<Person>,
    readonly photos: Collection<PersonPhoto>,
    readonly names: Collection<TitleNames>,
    readonly appearances: Collection<StoredAppearance>,
    readonly chunks: Collection<CastChunk>,
    readonly embeddings: Collection<TrackEmbeddings>,
    private readonly states: Collection<GalleryState>,
  ) {}

  static async open(store: Store): Promise<GalleryStore> {
    // Erasing somebody removes what analyses in parts keep.
    await store.collection(CAST_PARTS);
    return new GalleryStore(
      store,
      await store.collection<Person>(PEOPLE),
      await store.collection<PersonPhoto>(PERSON_PHOTOS),
      await store.collection<TitleNames>(TITLE_NAMES),
      await store.collection<StoredAppearance>(APPEARANCES),
      await store.collection<CastChunk>(CAST_CHUNKS),
      await store.collection<TrackEmbeddings>(TRACK_EMBEDDINGS),
      await store.collection<GalleryState>(GALLERY_STATE),
    );
  }

  async state(): Promise<GalleryState> {
    const state = await this.states.get(STATE_ID);
    if (state) return state;
    try {
      return await this.states.insert({ id: STATE_ID, revision: 1, changes: 1, strangers: 0 });
    } catch (error) {
      if (!(error instanceof DuplicateKeyError)) throw error;
      return this.state();
    }
  }

  /** Commits what `work` makes of the present state; `work` is called again when the gallery has changed meanwhile. */
  async change<T>(work: (state: GalleryState) => Promise<Change<T>>): Promise<T> {
    for (let left = TRIES; ; left--) {
      const state = await this.state();
      const { writes, result, changes, strangers = 0 } = await work(state);
      if (writes.length === 0) return result;
      const counted: Write = {
        kind: 'patch',
        collection: GALLERY_STATE.name,
        id: STATE_ID,
        patch: {
          $inc: { changes: changes === 'nothing' ? 0 : 1, revision: changes === 'names' ? 1 : 0, strangers },
        },
        where: { changes: state.changes, revision: state.revision },
      };
      try {
        await this.store.commit([...writes, counted]);
        return result;
      } catch (error) {
        if (!(error instanceof PreconditionError)) throw error;
        if (left === 0) throw new KinoscopeError('unavailable', 'The gallery changes too fast', { cause: error });
      }
    }
  }

  /** Everybody whom the films' recogniser has learnt, as of a state. */
  async everybody(state: GalleryState): Promise<readonly DecodedPerson[]> {
    return (await this.decode(state)).people;
  }

  /** Those of them who have a name, as recognising wants them. */
  async known(state: GalleryState): Promise<Gallery> {
    const decoded = await this.decode(state);
    return (decoded.known ??= new Gallery(DEFAULT_RECOGNIZER, decoded.people.flatMap(({ person: { id, name }, mean, rejected }): KnownPerson[] =>
      (name === null || mean === null ? [] : [{ id, name, mean, rejected }]))));
  }

  /** Read and decoded once for each state of a tenant's gallery. */
  private async decode({ changes }: GalleryState): Promise<{ readonly people: readonly DecodedPerson[]; known?: Gallery }> {
    const last = this.decoded.get(currentTenant());
    if (last?.changes === changes) return last;
    const people = (await everything(this.people, { recognizer: DEFAULT_RECOGNIZER })).map((person): DecodedPerson => ({
      person,
      mean: person.mean === null ? null : decodeEmbedding(person.mean),
      exemplars: person.exemplars.map(({ embedding }) => decodeEmbedding(embedding)),
      rejected: person.rejected.map(decodeEmbedding),
    }));
    const decoded = { changes, people };
    this.decoded.set(currentTenant(), decoded);
    return decoded;
  }

  /** @throws KinoscopeError `not-found` */
  async person(id: string): Promise<Person> {
    const person = await this.people.get(id);
    if (!person) throw new KinoscopeError('not-found', `There is no person ${id}`);
    return person;
  }
}

/** All documents that match, page by page. */
export async function everything<T extends Document>(collection: Collection<T>, filter: Filter, sortBy?: string): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | null | undefined = undefined; cursor !== null;) {
    const page: { items: T[]; nextCursor: string | null } = await collection.find(filter, {
      limit: 1000,
      ...(sortBy ? { sort: { path: sortBy, order: 'asc' } as const } : {}),
      ...(cursor ? { cursor } : {}),
    });
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}

/** The store numbers versions itself. */
export function withoutVersion<T extends Document>({ version: _version, ...document }: T): Omit<T, 'version'> & { readonly id: string } {
  return document as unknown as Omit<T, 'version'> & { readonly id: string };
}
