import { bodiesOfFaces } from './body-faces.js';
import { type Candidate, type Dressed, whoWearsIt } from './clothing.js';
import type { Scene } from './scenes.js';
import { isClear, type StoredBody, type StoredTrack } from './stored.js';
import { cutBody, cutsOf } from './torn-bodies.js';
import type { WatchedBody } from './watched.js';
import { areTogether, faceSays, wearersOf } from './wearers.js';

/** Who the bodies of a film may show: pure, from what was watched. */

/** @param embeddings of unit length, by track */
export function describeBodies(
  bodies: readonly WatchedBody[],
  tracks: readonly StoredTrack[],
  scenes: readonly Pick<Scene, 'firstShot' | 'lastShot'>[],
  embeddings: ReadonlyMap<string, Float32Array>,
): StoredBody[] {
  const bodyOf = bodiesOfFaces(bodies, tracks);
  const facesOf = new Map<string, StoredTrack[]>();
  for (const track of tracks) {
    const body = bodyOf.get(track.id);
    if (body !== undefined) facesOf.set(body, [...(facesOf.get(body) ?? []), track]);
  }
  const worn = new Map<string, Candidate[]>();
  for (const { firstShot, lastShot } of scenes) {
    const inScene = ({ shot }: { readonly shot: number }): boolean => shot >= firstShot && shot <= lastShot;
    const found = dressScene(bodies.filter(inScene), tracks.filter(inScene), facesOf, embeddings);
    for (const [id, candidates] of found) worn.set(id, candidates);
  }
  // A track that stands for its appearance: what is stored names tracks, as corrections give them to other appearances.
  const standsFor = new Map([...tracks].reverse().map(({ id, appearance }) => [appearance, id]));
  return bodies.flatMap(({ colours: _colours, ...body }) => {
    const faces = facesOf.get(body.id) ?? [];
    const whole: StoredBody = {
      ...body,
      faces: faces.map((track) => ({
        track: track.id,
        appearance: track.appearance,
        clear: isClear(track),
        known: track.clear ?? false,
      })),
      worn: (worn.get(body.id) ?? []).map(({ person, probability }) => ({
        track: standsFor.get(person)!,
        appearance: person,
        probability: Math.round(probability * 1e4) / 1e4,
      })),
    };
    return cutBody(whole, faces, cutsOf(faces, embeddings));
  });
}

/** The same bodies after their faces were given to other appearances. @param tracks all of the film's */
export function withAppearances(bodies: readonly StoredBody[], tracks: readonly StoredTrack[]): StoredBody[] {
  const appearances = new Map(tracks.map(({ id, appearance }) => [id, appearance]));
  const renewed = <T extends { readonly track: string; readonly appearance: string }>(one: T): T => ({
    ...one,
    appearance: appearances.get(one.track) ?? one.appearance,
  });
  return bodies.map((body) => ({ ...body, faces: body.faces.map(renewed), worn: body.worn.map(renewed) }));
}

/** Whom the bodies of one scene without a clear face may show. */
function dressScene(
  bodies: readonly WatchedBody[],
  tracks: readonly StoredTrack[],
  facesOf: ReadonlyMap<string, readonly StoredTrack[]>,
  embeddings: ReadonlyMap<string, Float32Array>,
): Map<string, Candidate[]> {
  const clear = tracks.filter(isClear);
  const looking = bodies.filter(({ id }) => !(facesOf.get(id) ?? []).some(isClear));
  const dressed = looking.map((body): Dressed => {
    const own = facesOf.get(body.id) ?? [];
    const meets = bodies.filter((other) => other !== body && areTogether(body, other)).map(({ id }) => id);
    const seen = clear.filter((track) => isDuring(track, body)).map(({ appearance }) => appearance);
    return {
      id: body.id,
      colours: body.colours,
      meets: new Set(meets),
      notThem: new Set(seen),
      faceSays: (person) => faceSays(own, tracks, person, embeddings),
    };
  });
  return whoWearsIt(dressed, wearersOf(bodies, facesOf, embeddings));
}

/** The face was seen while the body was. */
const isDuring = (track: StoredTrack, body: WatchedBody): boolean =>
  track.shot === body.shot && track.samples.some(([time]) => body.start <= time && time < body.end);
