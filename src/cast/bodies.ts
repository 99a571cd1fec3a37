import { layoutDistance } from '../bodies/colour-layout.js';
import { similarity } from '../faces/embed.js';
import { SOMEBODY } from './appearances.js';
import { bodiesOfFaces } from './body-faces.js';
import { type Candidate, type Dressed, likenessOf, likenessOfPerson, type Wearer, whoWearsIt } from './clothing.js';
import type { Scene } from './scenes.js';
import { isClear, type StoredBody, type StoredTrack } from './stored.js';
import { clearAppearances, cutBody, cutsOf } from './torn-bodies.js';
import type { WatchedBody } from './watched.js';

/** Who the bodies of a film may show: pure, from what was watched. */

/** What the likeness of a poor face to somebody's clear ones says, in nats, and the cosine at which it says nothing. */
const [FACE_SLOPE, FACE_MIDDLE, MOST_SAID] = [8, 0.18, 3];

/** Best quality of a face from which those who look like it can be told by their clothes too. */
const FAIR = 0.35;
const isKnown = ({ samples }: Pick<StoredTrack, 'samples'>): boolean =>
  samples.some(([, , , , , quality]) => quality >= FAIR) &&
  samples.reduce((sum, [, , , , , quality]) => sum + quality, 0) >= SOMEBODY;

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
      faceSays: (person) => faceSays(own, tracks.filter(isKnown), person, embeddings),
    };
  });
  return whoWearsIt(dressed, wearersOf(bodies, facesOf, embeddings));
}

/** Those of a scene whom clear faces show, in what they wear there, and how far that is from what others wear. */
function wearersOf(
  bodies: readonly WatchedBody[],
  facesOf: ReadonlyMap<string, readonly StoredTrack[]>,
  embeddings: ReadonlyMap<string, Float32Array>,
): Wearer[] {
  const shown = new Map(bodies.map(({ id }) => [id, clearAppearances(facesOf.get(id) ?? [])]));
  const known = new Map(
    bodies.map(({ id }) => {
      const faces = (facesOf.get(id) ?? []).filter(isKnown);
      return [
        id,
        cutsOf(facesOf.get(id) ?? [], embeddings).length > 0
          ? []
          : [...new Set(faces.map(({ appearance }) => appearance))],
      ];
    }),
  );
  const scene = likenessOf(...distancesOf(pairsOf(bodies, shown)));
  const pairs = pairsOf(bodies, known);
  return [...new Set([...known.values()].flat())].map((person): Wearer => ({
    person,
    outfits: bodies.filter(({ id }) => known.get(id)!.includes(person)).map(({ colours }) => colours),
    likeness: likenessOfPerson(...distancesOf(pairs.filter(({ people }) => people.includes(person))), scene),
  }));
}

/** Two bodies of which it is known whether they show one person. */
interface Pair {
  readonly distance: number;
  readonly isOne: boolean;
  /** Who the bodies are, as far as that is known. */
  readonly people: readonly string[];
}

const distancesOf = (pairs: readonly Pair[]): [together: number[], apart: number[]] => [
  pairs.filter(({ isOne }) => isOne).map(({ distance }) => distance),
  pairs.filter(({ isOne }) => !isOne).map(({ distance }) => distance),
];

/** Pairs of bodies that one frame shows, and of those in two shots whose faces say whose they are. */
function pairsOf(bodies: readonly WatchedBody[], shown: ReadonlyMap<string, readonly string[]>): Pair[] {
  return bodies.flatMap((body, i) =>
    bodies.slice(0, i).flatMap((other): Pair[] => {
      const [mine, theirs] = [shown.get(body.id)!, shown.get(other.id)!];
      const known = body.shot !== other.shot && mine.length === 1 && theirs.length === 1;
      if (!known && !areTogether(body, other)) return [];
      const distance = layoutDistance(body.colours, other.colours);
      return distance === null
        ? []
        : [{ distance, isOne: known && mine[0] === theirs[0], people: [...mine, ...theirs] }];
    }),
  );
}

/** Both were seen in one frame. */
function areTogether(a: WatchedBody, b: WatchedBody): boolean {
  if (a.shot !== b.shot) return false;
  const times = new Set(a.samples.map(([time]) => time));
  return b.samples.some(([time]) => times.has(time));
}

/** The face was seen while the body was. */
const isDuring = (track: StoredTrack, body: WatchedBody): boolean =>
  track.shot === body.shot && track.samples.some(([time]) => body.start <= time && time < body.end);

function faceSays(
  own: readonly StoredTrack[],
  known: readonly StoredTrack[],
  person: string,
  embeddings: ReadonlyMap<string, Float32Array>,
): number {
  const mine = own.flatMap(({ id }) => embeddings.get(id) ?? []);
  const theirs = known.filter(({ appearance }) => appearance === person).flatMap(({ id }) => embeddings.get(id) ?? []);
  const cosines = mine.flatMap((one) => theirs.map((other) => similarity(one, other)));
  if (cosines.length === 0) return 0;
  const mean = cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length;
  return Math.max(-MOST_SAID, Math.min(MOST_SAID, FACE_SLOPE * (mean - FACE_MIDDLE)));
}
