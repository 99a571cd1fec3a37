import { randomBytes } from 'node:crypto';
import type { StoredAppearance } from '../cast/appearances.js';
import { boxAt, type StoredTrack } from '../cast/stored.js';
import { currentContext, onceId } from '../core/context.js';
import { type Box, iou } from '../faces/geometry.js';
import { withoutVersion, type CollectionSpec, type Document, type Write } from '../storage/collection.js';
import { type Person, removal, upsert } from './documents.js';

/**
 * What users say about who is who, in the terms of constrained clustering (Wagstaff & Cardie 2000): must-link and cannot-link.
 * Each statement is one document. It outweighs what the faces say, and is undone by deleting the document.
 */
export interface Constraint extends Document {
  readonly kind: 'mustLink' | 'cannotLink';
  readonly personId: string;
  /** The person who is the same, or is not; null where it is about tracks or faces. */
  readonly otherId: string | null;
  /** Both of them. */
  readonly people: readonly string[];
  /** Whose tracks they are; null where it is about people or faces. */
  readonly contentHash: string | null;
  readonly tracks: readonly MarkedTrack[];
  /** Embeddings of the faces that are not the person's, as text: like ones in other titles are not, either. */
  readonly faces: readonly string[];
  /** What mustLink made of the other person, to be undone; null for all else. */
  readonly merged: MergedPerson | null;
  /** What cannotLink parted from the person, to be undone; missing or null for all else. */
  readonly split?: SplitTracks | null;
  /** What the machine said of who is who then; missing in what earlier releases have stored. */
  readonly machine?: MachineSaid | null;
  /** Who said so, as in the audit trail. */
  readonly by: string;
  readonly createdAt: string;
}

export interface MachineSaid {
  /** Rules and parameters, by version and hash. */
  readonly version: string;
  /** Whom each track that was marked showed. */
  readonly tracks: readonly { readonly id: string; readonly personId: string | null; readonly confidence: number }[];
  /** Cosine of the means of two people; null where it is about tracks, or nothing was learnt of one. */
  readonly similarity: number | null;
}

/** A track, and where its face is seen best: a new analysis finds it there. */
export interface MarkedTrack {
  readonly id: string;
  readonly time: number;
  readonly box: Box;
}

export interface MergedPerson {
  readonly person: Omit<Person, 'version'>;
  /** Hashes of their photos. */
  readonly photos: readonly string[];
  readonly appearances: readonly { readonly id: string; readonly mustLink: boolean }[];
  /** What was said of them. */
  readonly constraints: readonly Omit<Constraint, 'version'>[];
  /** Photos and aliases that the one who stayed had as well; missing in what earlier releases have stored. */
  readonly shared?: { readonly photos: readonly string[]; readonly aliases: readonly string[] };
  /** The one who stayed had no name, and got theirs. */
  readonly gaveName: boolean;
}

export interface SplitTracks {
  /** Whose the tracks were. */
  readonly person: Omit<Person, 'version'>;
  /** The other one came to be by it. */
  readonly made: boolean;
  readonly appearances: readonly {
    readonly id: string;
    readonly theirs: boolean;
    readonly mustLink: boolean;
    readonly cannotLink: readonly string[];
  }[];
  /** The mustLinks that say whom the tracks show. */
  readonly links: readonly string[];
  /** What was said of the tracks before. */
  readonly constraints: readonly Omit<Constraint, 'version'>[];
}

export const CONSTRAINTS: CollectionSpec = {
  name: 'constraints',
  fields: {
    kind: 'string',
    personId: 'string',
    people: 'array',
    tracks: 'array',
    faces: 'array',
    by: 'string',
    createdAt: 'string',
  },
  vectors: ['faces'],
  changes: [
    {
      id: 'merged-people',
      where: { 'merged.person.rejected': { $exists: true } },
      patch: ({ merged }) => ({ $set: { merged: withTodaysNames(merged) } }),
    },
  ],
  indexes: [{ paths: ['people'] }, { paths: ['contentHash'] }, { paths: ['createdAt'] }],
};

const TODAYS_NAMES: ReadonlyMap<string, string> = new Map([
  ['rejected', 'cannotLinkFaces'],
  ['apart', 'cannotLink'],
  ['pinned', 'mustLink'],
]);

/** What is kept of a merged person holds the statements about them, and these may hold merged people. */
function withTodaysNames(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withTodaysNames);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [TODAYS_NAMES.get(name) ?? name, withTodaysNames(inner)]),
  );
}

type About = Pick<Constraint, 'kind' | 'personId'> & Partial<Constraint>;

/** A statement of the one who asks now; the same one when the request comes again. */
export function newConstraint(about: About): Omit<Constraint, 'version'> {
  const { kind, personId, contentHash = null, otherId = null } = about;
  const id = onceId(`constraint ${kind} ${personId} ${contentHash} ${otherId}`) ?? randomBytes(8).toString('hex');
  return {
    id: `c-${id.slice(0, 16)}`,
    otherId,
    people: peopleOf(personId, otherId),
    contentHash,
    tracks: [],
    faces: [],
    merged: null,
    machine: null,
    by: currentContext()?.actor ?? 'cli',
    createdAt: new Date().toISOString(),
    ...about,
  };
}

export function peopleOf(personId: string, otherId: string | null): string[] {
  return [personId, ...(otherId === null ? [] : [otherId])];
}

/** What is said of the person whom an appearance shows: of all its tracks, as others are parted from them. */
export function statedOf(
  { tracks, mustLink, personId, cannotLink }: Pick<StoredAppearance, 'tracks' | 'mustLink' | 'personId' | 'cannotLink'>,
  constraints: readonly Constraint[],
): { readonly personId: string | null; readonly cannotLink: readonly string[] } {
  const about = constraints.filter((one) => covers(one, tracks));
  const must = about.findLast(({ kind }) => kind === 'mustLink');
  const cannot = about.flatMap((one) => (one.kind === 'cannotLink' ? one.personId : []));
  return {
    // Of an appearance itself says so what release 0.1.0 has stored, and a stranger who was given a name.
    personId: must?.personId ?? (mustLink ? personId : null),
    cannotLink: [...new Set([...cannotLink, ...cannot])].filter((id) => id !== must?.personId),
  };
}

function covers({ tracks: marked }: Constraint, tracks: readonly string[]): boolean {
  const ids = new Set(marked.map(({ id }) => id));
  return tracks.length > 0 && tracks.every((track) => ids.has(track));
}

/** The writes after which these statements no longer are about these tracks. */
export function withoutTracks(constraints: readonly Constraint[], tracks: ReadonlySet<string>): Write[] {
  return constraints.flatMap((one): Write[] => {
    const left = one.tracks.filter(({ id }) => !tracks.has(id));
    if (left.length === one.tracks.length) return [];
    return [
      left.length === 0 ? removal(CONSTRAINTS, one.id) : upsert(CONSTRAINTS, withoutVersion({ ...one, tracks: left })),
    ];
  });
}

/** Where a track's face is seen best. */
export function markOf({ id, samples }: StoredTrack): MarkedTrack {
  const [time, x, y, width, height] = samples.reduce((a, b) => (b[5] > a[5] ? b : a));
  return { id, time, box: [x, y, width, height] };
}

/**
 * The statements about a title's former tracks as statements about those of a new analysis; what it does not see keeps its
 * mark, without a track, for the next one.
 */
export function anchored(constraints: readonly Constraint[], tracks: readonly StoredTrack[]): Constraint[] {
  return constraints.map((one) => ({
    ...one,
    tracks: one.tracks.map(({ time, box }) => {
      const there = tracks.filter(({ start, end }) => start <= time && time < end);
      const same = there.find(({ samples }) => iou(boxAt(samples, time), box) > 0.5);
      return { id: same?.id ?? '', time, box };
    }),
  }));
}

/** Tracks of which something is said become appearances of their own, apart from the others of theirs. */
export function partTracks(
  tracks: readonly StoredTrack[],
  chosen: ReadonlySet<string>,
): { readonly tracks: StoredTrack[]; readonly origin: ReadonlyMap<string, string> } {
  const keys = new Set(tracks.map(({ appearance }) => appearance));
  const mixed = [...keys].filter((key) => {
    const own = tracks.filter(({ appearance }) => appearance === key);
    return own.some(({ id }) => chosen.has(id)) && own.some(({ id }) => !chosen.has(id));
  });
  let number = Math.max(0, ...[...keys].map((key) => Number(key.slice(1))));
  const made = new Map(mixed.map((key) => [key, `u${++number}`]));
  return {
    tracks: tracks.map((track) => {
      const key = chosen.has(track.id) ? made.get(track.appearance) : undefined;
      return key === undefined ? track : { ...track, appearance: key };
    }),
    origin: new Map([...made].map(([old, key]) => [key, old])),
  };
}
