import { isDeepStrictEqual } from 'node:util';
import { Logger } from '@nestjs/common';
import { APPEARANCES, type StoredAppearance } from '../cast/appearances.js';
import { CAST_SEGMENTS } from '../cast/segments.js';
import { CAST_CHUNKS, type CastChunk, TRACK_EMBEDDINGS, type TrackEmbeddings } from '../cast/stored.js';
import { TITLE_NAMES, type TitleNames } from '../cast/title-names.js';
import { DEFAULT_FACE_NETWORKS } from '../config/face-networks.js';
import { currentTenant } from '../core/context.js';
import { KinoscopeError } from '../core/errors.js';
import { decodeEmbedding } from '../faces/embedding-text.js';
import { FACE_READERS, type RecognizerId } from '../faces/recognizers.js';
import {
  type Collection,
  DuplicateKeyError,
  PreconditionError,
  type Store,
  type Write,
} from '../storage/collection.js';
import { everything } from '../storage/pages.js';
import { nameKey } from '../titles/search.js';
import { type AnotherNetwork, refusal } from './another-network.js';
import { type Constraint, CONSTRAINTS } from './constraints.js';
import {
  GALLERY_STATE,
  type GalleryState,
  PEOPLE,
  type Person,
  PERSON_PHOTOS,
  type PersonPhoto,
  STATE_ID,
} from './documents.js';
import { FaceGraph } from './face-graph.js';
import { Gallery, type KnownPerson } from './gallery.js';
import { FACE_MAPS, type FaceMapDocument } from './map-documents.js';

/** What a change of the gallery writes. */
export interface Change<T> {
  readonly writes: readonly Write[];
  readonly result: T;
  /** Whether people changed; `names`: so that names that were given might be others now. */
  readonly changes: 'nothing' | 'people' | 'names';
  /** Strangers who were numbered. */
  readonly strangers?: number;
  /** Whose embeddings all of the gallery's are from now on. */
  readonly network?: string;
}

/** A person with their faces as numbers. */
export interface DecodedPerson {
  readonly person: Person;
  /** Their name and aliases, however they are written. */
  readonly keys: readonly string[];
  readonly mean: Float32Array | null;
  readonly exemplars: readonly Float32Array[];
  /** Faces that are not theirs. */
  readonly cannotLinkFaces: readonly Float32Array[];
  /** People who are somebody else. */
  readonly cannotLink: readonly string[];
}

/** A tenant's people as of one state of its gallery. */
interface Decoded {
  readonly changes: number;
  readonly people: readonly DecodedPerson[];
  known?: Promise<Gallery>;
}

export interface GalleryOptions {
  /** Known people from which a face is compared with the nearest alone. */
  readonly many?: number | undefined;
  /** Which network makes embeddings here. Default: that of the default networks. */
  readonly recognizer?: RecognizerId;
  /** Its version; null where it is missing, or makes none. */
  readonly network?: () => Promise<string | null>;
}

/** Known people from which a face is compared with the nearest alone: it takes 15 ms to compare it with as many. */
const MANY_PEOPLE = 100_000;

const FIRST_STATE = { revision: 1, changes: 1, strangers: 0 };

/** Tries of a change that others keep coming before. */
const TRIES = 50;

/**
 * The gallery's documents. Every change is made against the state that it has read: when somebody else was faster, it is
 * made again, so that two workers that find the same stranger at once make one person of them.
 */
export class GalleryStore {
  // By tenant.
  private readonly decoded = new Map<string, Decoded>();
  private readonly graphs = new Map<
    string,
    { readonly graph: Promise<FaceGraph<KnownPerson> | null>; changes: number }
  >();

  private constructor(
    readonly store: Store,
    readonly people: Collection<Person>,
    readonly photos: Collection<PersonPhoto>,
    readonly names: Collection<TitleNames>,
    readonly appearances: Collection<StoredAppearance>,
    readonly chunks: Collection<CastChunk>,
    readonly embeddings: Collection<TrackEmbeddings>,
    readonly constraints: Collection<Constraint>,
    readonly maps: Collection<FaceMapDocument>,
    private readonly states: Collection<GalleryState>,
    private readonly many: number,
    /** Which network makes embeddings here. */
    readonly recognizer: RecognizerId,
    /** Its version; null where it is missing, or makes none. */
    readonly network: () => Promise<string | null>,
  ) {}

  static async open(store: Store, options: GalleryOptions = {}): Promise<GalleryStore> {
    const {
      many = MANY_PEOPLE,
      recognizer = FACE_READERS[DEFAULT_FACE_NETWORKS].recognizer,
      network = () => Promise.resolve(null),
    } = options;
    // Erasing somebody removes what analyses in parts keep.
    await store.collection(CAST_SEGMENTS);
    return new GalleryStore(
      store,
      await store.collection<Person>(PEOPLE),
      await store.collection<PersonPhoto>(PERSON_PHOTOS),
      await store.collection<TitleNames>(TITLE_NAMES),
      await store.collection<StoredAppearance>(APPEARANCES),
      await store.collection<CastChunk>(CAST_CHUNKS),
      await store.collection<TrackEmbeddings>(TRACK_EMBEDDINGS),
      await store.collection<Constraint>(CONSTRAINTS),
      await store.collection<FaceMapDocument>(FACE_MAPS),
      await store.collection<GalleryState>(GALLERY_STATE),
      many,
      recognizer,
      network,
    );
  }

  /** The network whose embeddings the gallery has, where another one makes them here; null where it is the same. */
  async learntByAnother({ network }: GalleryState): Promise<AnotherNetwork | null> {
    if (network === undefined) return this.peopleOfAnother();
    const ours = await this.network();
    if (ours === null || ours === network) return null;
    const named = (await this.people.find({ name: { $ne: null } }, { limit: 1 })).items.length > 0;
    return { theirs: network, ours, named };
  }

  /** The same of a gallery that earlier releases have stored: its people name their network. */
  private async peopleOfAnother(): Promise<AnotherNetwork | null> {
    const others = { recognizer: { $ne: this.recognizer } };
    const [one] = (await this.people.find(others, { limit: 1 })).items;
    if (!one) return null;
    const named = (await this.people.find({ ...others, name: { $ne: null } }, { limit: 1 })).items.length > 0;
    return { theirs: one.recognizer, ours: this.recognizer, named };
  }

  /** @throws KinoscopeError `conflict` when faces that are found here cannot be compared with the gallery's */
  async requireComparable(state: GalleryState): Promise<void> {
    const another = await this.learntByAnother(state);
    if (another) throw new KinoscopeError('conflict', refusal(another));
  }

  /** Before the first change: the state that it begins with. */
  async state(): Promise<GalleryState> {
    return (await this.states.get(STATE_ID)) ?? { id: STATE_ID, version: 0, ...FIRST_STATE };
  }

  private async begin(): Promise<void> {
    await this.states.insert({ id: STATE_ID, ...FIRST_STATE }).catch((error: unknown) => {
      if (!(error instanceof DuplicateKeyError)) throw error;
    });
  }

  /** Commits what `work` makes of the present state; `work` is called again when the gallery has changed meanwhile. */
  async change<T>(work: (state: GalleryState) => Promise<Change<T>>): Promise<T> {
    for (let left = TRIES; ; left--) {
      const state = await this.state();
      const { writes, result, changes, strangers = 0, network: another } = await work(state);
      if (writes.length === 0) return result;
      const network = another ?? state.network ?? (await this.network());
      if (state.version === 0) await this.begin();
      const counted: Write = {
        kind: 'patch',
        collection: GALLERY_STATE.name,
        id: STATE_ID,
        patch: {
          ...(network !== null && { $set: { network } }),
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

  /** Those of them who have a name, as recognising wants them. @throws KinoscopeError `conflict` as {@link requireComparable} */
  async known(state: GalleryState): Promise<Gallery> {
    await this.requireComparable(state);
    const decoded = await this.decode(state);
    return (decoded.known ??= this.makeKnown(decoded));
  }

  private async makeKnown({ changes, people }: Decoded): Promise<Gallery> {
    const known = people.flatMap(({ person: { id, name }, mean, cannotLinkFaces }): KnownPerson[] =>
      name === null || mean === null ? [] : [{ id, name, mean, cannotLinkFaces }],
    );
    return new Gallery(this.recognizer, known, await this.graphOf(known, changes));
  }

  /** The tenant's graph of the nearest, kept from state to state; null where comparing with everybody is to be preferred. */
  private async graphOf(known: readonly KnownPerson[], changes: number): Promise<FaceGraph<KnownPerson> | null> {
    const tenant = currentTenant();
    if (known.length <= this.many) {
      this.graphs.delete(tenant);
      return null;
    }
    const kept = this.graphs.get(tenant) ?? { graph: openGraph(known[0]!.mean.length), changes: 0 };
    this.graphs.set(tenant, kept);
    // Who asks for a state that is over must not bring back who has gone since.
    if (changes < kept.changes) return null;
    kept.changes = changes;
    const graph = await kept.graph;
    if (changes !== kept.changes) return null;
    graph?.follow(known);
    return graph;
  }

  /** Read once for each state of a tenant's gallery; faces that are still the same are not decoded again. */
  private async decode({ changes }: GalleryState): Promise<Decoded> {
    const last = this.decoded.get(currentTenant());
    if (last?.changes === changes) return last;
    const before = new Map(last?.people.map((one) => [one.person.id, one]));
    const said = new Map<string, { readonly faces: string[]; readonly people: string[] }>();
    const of = (id: string) => said.get(id) ?? said.set(id, { faces: [], people: [] }).get(id)!;
    for (const { personId, otherId, faces } of await everything(this.constraints, { kind: 'cannotLink' })) {
      of(personId).faces.push(...faces);
      if (otherId === null) continue;
      of(personId).people.push(otherId);
      of(otherId).people.push(personId);
    }
    const people = (await everything(this.people, {})).map((person): DecodedPerson => {
      const same = before.get(person.id);
      return {
        person,
        keys:
          same?.person.name === person.name && isDeepStrictEqual(same.person.aliases, person.aliases)
            ? same.keys
            : keysOf(person),
        mean:
          person.mean === null ? null : same?.person.mean === person.mean ? same.mean : decodeEmbedding(person.mean),
        exemplars: person.exemplars.map(({ embedding }) => decodeEmbedding(embedding)),
        cannotLinkFaces: [...person.cannotLinkFaces, ...of(person.id).faces].map(decodeEmbedding),
        cannotLink: [...person.cannotLink, ...of(person.id).people],
      };
    });
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

const keysOf = ({ name, aliases = [] }: Person): string[] => (name === null ? [] : [name, ...aliases].map(nameKey));

/** null, with a warning, on a machine that the library was not built for: then a face is compared with everybody. */
async function openGraph(columns: number): Promise<FaceGraph<KnownPerson> | null> {
  try {
    return await FaceGraph.open<KnownPerson>(columns);
  } catch (error) {
    new Logger('people').warn(`Faces are compared with everybody, which is slow: ${String(error)}`);
    return null;
  }
}
