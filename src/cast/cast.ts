import type { FacesResult } from '../faces/analyzer.js';
import { encodeEmbedding } from '../faces/embedding-text.js';
import type { Box } from '../faces/geometry.js';
import type { Signature } from '../faces/signature.js';
import type { Span, Track } from '../faces/tracks.js';
import { DEFAULT_RECOGNIZER } from '../faces/recognizers.js';
import type { Gallery } from '../people/gallery.js';
import { type Identity, nameClusters } from './identity.js';
import { joinScenes } from './scenes.js';
import type { StoredTrack } from './stored.js';

/** Changes whenever the same tracks might give another cast. */
export const CAST_VERSION = 'cast-1';

/** Somebody in a scene, or in the whole film. */
export interface CastMember {
  /** `personId`, or the unknown person's id inside this film (`u1`, ...). */
  readonly key: string;
  readonly name: string | null;
  readonly personId: string | null;
  /** What to call them while they have no name: `person 1`, ... */
  readonly label: string | null;
  readonly confidence: number;
  /** Seconds on screen. */
  readonly screenTime: number;
  /** Seconds from the first video frame. */
  readonly firstSeen: number;
  readonly lastSeen: number;
}

export interface CastPerson extends CastMember {
  /** The sampled frame that shows them best. */
  readonly bestFrame: { readonly time: number; readonly box: Box };
  /** For naming them later without decoding. */
  readonly embedding: string;
  readonly tracks: number;
}

export interface CastScene extends Span {
  /** By screen time, longest first. */
  readonly cast: readonly CastMember[];
  readonly shots: number;
  /** Tracks of strangers who were seen too briefly or too poorly to tell them apart. */
  readonly passersBy: number;
}

export interface CastResult {
  readonly scenes: readonly CastScene[];
  readonly shots: readonly (Span & { readonly cast: readonly string[] })[];
  /** Everybody in the film but passers-by, by screen time, longest first. */
  readonly people: readonly CastPerson[];
  readonly tracks: readonly StoredTrack[];
}

export interface CastInput {
  readonly faces: FacesResult;
  /** Default: nobody is known. */
  readonly gallery?: Gallery;
}

/** Sightings times quality from which a stranger is somebody: two fair sights, or several poor ones. */
const SOMEBODY = 0.8;

/** A track of its person, with the time it is on screen. */
interface Placed extends Span {
  readonly track: Track;
  readonly identity: Identity;
  readonly label: string | null;
  /** A stranger who was hardly seen. */
  readonly passerBy: boolean;
}

/** Scenes, shots and people of a film with their screen times: pure, from what was seen. */
export function buildCast({ faces, gallery = { recognizer: DEFAULT_RECOGNIZER, people: [] } }: CastInput): CastResult {
  const identities = nameClusters(faces.people, gallery);
  const interval = sampleInterval(faces.samples);
  let strangers = 0;
  const placed = identities.flatMap((identity): Placed[] => {
    const sights = identity.clusters.flatMap(({ tracks }) => tracks.flatMap(({ sightings }) => sightings));
    const passerBy = identity.name === null && sights.reduce((sum, { quality }) => sum + quality, 0) < SOMEBODY;
    const label = identity.name === null && !passerBy ? `person ${++strangers}` : null;
    return identity.clusters.flatMap(({ tracks }) =>
      tracks.map((track) => {
        return { track, identity, label, passerBy, ...onScreen(track, faces.shots[track.shot], interval) };
      }),
    );
  });
  const shots = faces.shots.map((shot, index) => {
    const inShot = placed.filter(({ track, passerBy }) => track.shot === index && !passerBy);
    return {
      ...shot,
      colours: meanColours(faces.samples, shot),
      cast: new Set(inShot.map(({ identity }) => identity.key)),
    };
  });
  const scenes = joinScenes(shots).map(({ start, end, firstShot, lastShot }): CastScene => {
    const inScene = placed.filter(({ track }) => track.shot >= firstShot && track.shot <= lastShot);
    return {
      start,
      end,
      shots: lastShot - firstShot + 1,
      cast: members(inScene),
      passersBy: inScene.filter(({ passerBy }) => passerBy).length,
    };
  });
  const people = members(placed).map((member): CastPerson => {
    const { clusters } = identities.find(({ key }) => key === member.key)!;
    const tracks = clusters.flatMap((cluster) => cluster.tracks);
    const best = tracks.flatMap(({ sightings }) => sightings).reduce((a, b) => (b.quality > a.quality ? b : a));
    const largest = clusters.reduce((a, b) => (b.tracks.length > a.tracks.length ? b : a));
    return {
      ...member,
      bestFrame: { time: best.time, box: best.box },
      embedding: encodeEmbedding(largest.embedding),
      tracks: tracks.length,
    };
  });
  return {
    scenes,
    shots: shots.map(({ start, end, cast }) => ({ start, end, cast: [...cast] })),
    people,
    tracks: placed.map(stored).sort((a, b) => a.start - b.start),
  };
}

/** Median time between samples, seconds. */
function sampleInterval(samples: FacesResult['samples']): number {
  const gaps = samples
    .slice(1)
    .map(({ time }, i) => time - samples[i]!.time)
    .sort((a, b) => a - b);
  return gaps[Math.floor(gaps.length / 2)] ?? 1;
}

/** From half a sample before the first sighting to half a sample after the last, inside the shot. */
function onScreen({ sightings }: Track, shot: Span | undefined, interval: number): Span {
  const [first, last] = [sightings[0]!.time, sightings.at(-1)!.time];
  const start = Math.max(0, shot?.start ?? 0, first - interval / 2);
  return {
    start: Math.min(start, first),
    end: Math.max(Math.min(last + interval / 2, shot?.end ?? Infinity), last + 1e-3),
  };
}

function meanColours(samples: FacesResult['samples'], { start, end }: Span): Signature | null {
  const inside = samples.filter(({ time }) => time >= start && time < end);
  if (inside.length === 0) return null;
  return inside[0]!.signature.map(
    (_, i) => inside.reduce((sum, { signature }) => sum + signature[i]!, 0) / inside.length,
  );
}

function members(placed: readonly Placed[]): CastMember[] {
  const keys = [...new Set(placed.filter(({ passerBy }) => !passerBy).map(({ identity }) => identity.key))];
  return keys
    .map((of): CastMember => {
      const parts = placed.filter(({ identity }) => identity.key === of);
      const {
        identity: { key, name, personId, confidence },
        label,
      } = parts[0]!;
      return {
        key,
        name,
        personId,
        label,
        confidence,
        screenTime: parts.reduce((sum, { start, end }) => sum + end - start, 0),
        firstSeen: Math.min(...parts.map(({ start }) => start)),
        lastSeen: Math.max(...parts.map(({ end }) => end)),
      };
    })
    .sort((a, b) => b.screenTime - a.screenTime);
}

function stored({ track, identity, start, end }: Placed): StoredTrack {
  const { key, name, personId, confidence } = identity;
  const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
  return {
    id: track.id,
    key,
    name,
    personId,
    confidence,
    start,
    end,
    samples: track.sightings.map(
      ({ time, box: [x, y, w, h] }) => [time, rounded(x), rounded(y), rounded(w), rounded(h)] as const,
    ),
  };
}
