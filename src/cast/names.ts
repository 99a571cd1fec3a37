import type { Box } from '../faces/geometry.js';
import type { Span } from '../faces/tracks.js';
import type { Appearance } from './appearances.js';
import type { CastResult } from './cast.js';
import { boxAt, type CastChunk, type StoredTrack } from './stored.js';

/** Who an appearance shows. */
export interface Who {
  /** null: a passer-by, nobody whom one would tell apart. */
  readonly personId: string | null;
  readonly name: string | null;
  /** What to call them while they have no name: `person 1`, ... */
  readonly label: string | null;
  /** Probability of the name; of an unknown person, that they are nobody of the gallery. */
  readonly confidence: number;
  readonly hidden: boolean;
}

/** By the appearance's key. */
export type Names = Readonly<Record<string, Who>>;

/** Somebody in a scene, or in the whole film. */
export interface CastMember {
  /** `personId`. */
  readonly key: string;
  readonly name: string | null;
  readonly personId: string;
  readonly label: string | null;
  readonly confidence: number;
  /** Seconds on screen. */
  readonly screenTime: number;
  /** Seconds from the first video frame. */
  readonly firstSeen: number;
  readonly lastSeen: number;
}

export interface NamedCast {
  readonly scenes: readonly (Span & {
    /** By screen time, longest first. */
    readonly cast: readonly CastMember[];
    readonly shots: number;
    /** Tracks of strangers who were seen too briefly or too poorly to tell them apart. */
    readonly passersBy: number;
  })[];
  readonly shots: readonly (Span & { readonly cast: readonly string[] })[];
  /** Everybody in the film but passers-by, by screen time, longest first. */
  readonly people: readonly (CastMember & {
    /** The sampled frame that shows them best. */
    readonly bestFrame: { readonly time: number; readonly box: Box };
    readonly appearances: readonly string[];
    readonly tracks: number;
    /** Seconds on screen beside `screenTime`, told by their body in the shot or their clothes in the scene. */
    readonly inferredTime: number;
  })[];
}

/** A stretch of somebody, as present-tracks.ts tells it. */
interface Stretch extends Span {
  readonly by: string;
  readonly personId: string | null;
  readonly track?: string | null;
}

/**
 * Scenes, shots and people of a film with the names of today: pure. Hidden people are left out. A poor face that nothing else
 * supports has no name here either, as it is only perhaps somebody where the film is paused (present.ts): it is a passer-by.
 * @param everybody stretches of everybody, also of those whose face is not in view. Default: faces alone are asked for, poor ones, too
 */
export function nameCast(
  { scenes, shots }: CastResult,
  tracks: readonly Omit<StoredTrack, 'samples'>[],
  appearances: readonly Pick<Appearance, 'key' | 'quality' | 'bestFrame'>[],
  names: Names,
  everybody?: readonly Stretch[],
): NamedCast {
  const inferred = new Map<string, number>();
  for (const { start, end, by, personId } of everybody ?? [])
    if (by !== 'face' && personId !== null) inferred.set(personId, (inferred.get(personId) ?? 0) + end - start);
  const supported =
    everybody && new Set(everybody.flatMap(({ track, personId }) => (personId && track ? `${track} ${personId}` : [])));
  const placed = tracks.flatMap((track) => {
    const who = names[track.appearance];
    if (!who || who.hidden) return [];
    const isTold =
      !supported || who.name === null || track.clear !== false || supported.has(`${track.id} ${who.personId}`);
    return [{ track, who: isTold ? who : { ...who, personId: null } }];
  });
  const inShot = new Map<number, typeof placed>();
  for (const one of placed) inShot.set(one.track.shot, [...(inShot.get(one.track.shot) ?? []), one]);
  const keysOf = (parts: typeof placed): string[] => [...new Set(parts.flatMap(({ who }) => who.personId ?? []))];
  return {
    scenes: scenes.map(({ start, end, firstShot, lastShot }) => {
      const parts = Array.from({ length: lastShot - firstShot + 1 }, (_, i) => inShot.get(firstShot + i) ?? []).flat();
      const passersBy = parts.filter(({ who }) => who.personId === null).length;
      return { start, end, shots: lastShot - firstShot + 1, cast: members(parts), passersBy };
    }),
    shots: shots.map((shot, index) => ({ ...shot, cast: keysOf(inShot.get(index) ?? []) })),
    people: members(placed).map((member) => {
      const own = placed.filter(({ who }) => who.personId === member.personId);
      const keys = [...new Set(own.map(({ track }) => track.appearance))];
      const best = appearances
        .filter(({ key }) => keys.includes(key))
        .reduce((a, b) => (b.quality > a.quality ? b : a));
      const inferredTime = inferred.get(member.personId) ?? 0;
      return { ...member, bestFrame: best.bestFrame, appearances: keys, tracks: own.length, inferredTime };
    }),
  };
}

function members(parts: readonly { readonly track: Omit<StoredTrack, 'samples'>; readonly who: Who }[]): CastMember[] {
  const byPerson = new Map<string, CastMember>();
  for (const {
    track: { start, end },
    who: { personId, name, label, confidence },
  } of parts) {
    if (personId === null) continue;
    const known = byPerson.get(personId);
    byPerson.set(personId, {
      key: personId,
      name,
      personId,
      label,
      confidence: Math.max(known?.confidence ?? 0, confidence),
      screenTime: (known?.screenTime ?? 0) + end - start,
      firstSeen: Math.min(known?.firstSeen ?? Infinity, start),
      lastSeen: Math.max(known?.lastSeen ?? 0, end),
    });
  }
  return [...byPerson.values()].sort((a, b) => b.screenTime - a.screenTime);
}

/** A track with who it shows. */
export interface OnScreenTrack extends StoredTrack {
  readonly name: string | null;
  readonly personId: string | null;
  readonly label: string | null;
  readonly confidence: number;
}

/** Tracks with their names; those of hidden people are left out. */
export function nameTracks(tracks: readonly StoredTrack[], names: Names): OnScreenTrack[] {
  return tracks.flatMap((track): OnScreenTrack[] => {
    const {
      personId = null,
      name = null,
      label = null,
      confidence = 0,
      hidden = false,
    } = names[track.appearance] ?? {};
    return hidden ? [] : [{ ...track, personId, name, label, confidence }];
  });
}

/** Somebody on screen at one moment. */
export interface OnScreen {
  /** The person's id; of somebody who is nobody's, the appearance's key. */
  readonly key: string;
  readonly name: string | null;
  readonly personId: string | null;
  /** What to call a stranger who was seen before: `person 1`, ... */
  readonly label: string | null;
  readonly confidence: number;
  /** For corrections: the track inside this title. */
  readonly track: string;
  /** `[x, y, width, height]`, fractions of the frame. */
  readonly box: Box;
}

/**
 * Who is on screen at `time` (seconds), by confidence, from the chunk that covers it (null: nobody was seen in that
 * stretch). Between two samples the box moves evenly; before the first and after the last it stays. Hidden people are
 * left out.
 */
export function castAt(chunk: Pick<CastChunk, 'tracks'> | null, names: Names, time: number): OnScreen[] {
  return nameTracks(
    (chunk?.tracks ?? []).filter(({ start, end }) => start <= time && time < end),
    names,
  )
    .map(({ id, appearance, samples, name, personId, label, confidence }): OnScreen => ({
      key: personId ?? appearance,
      name,
      personId,
      label,
      confidence,
      track: id,
      box: boxAt(samples, time),
    }))
    .sort((a, b) => b.confidence - a.confidence);
}
