import { layoutDistance } from '../bodies/colour-layout.js';
import { similarity } from '../faces/embed.js';
import { SOMEBODY } from './appearances.js';
import { likenessOf, likenessOfPerson, type Wearer, wornBy } from './clothing.js';
import { isClear, type StoredTrack } from './stored.js';
import { clearAppearances, cutsOf } from './torn-bodies.js';
import type { WatchedBody } from './watched.js';

/** Who of a scene is known by what they wear: those whom faces show well enough. */

/** What the likeness of a poor face to somebody's clear ones says, in nats, and the cosine at which it says nothing. */
const [FACE_SLOPE, FACE_MIDDLE, MOST_SAID] = [8, 0.18, 3];

/** Best quality of a face from which those who look like it can be told by their clothes too. */
const FAIR = 0.35;
const isKnown = ({ samples }: Pick<StoredTrack, 'samples'>): boolean =>
  samples.some(([, , , , , quality]) => quality >= FAIR) &&
  samples.reduce((sum, [, , , , , quality]) => sum + quality, 0) >= SOMEBODY;

/** Those of a scene whom clear faces show, in what they wear there, and how far that is from what others wear. */
export function wearersOf(
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
  const wearers = [...new Set([...known.values()].flat())].map((person): Wearer => ({
    person,
    outfits: bodies.filter(({ id }) => known.get(id)!.includes(person)).map(({ colours }) => colours),
    likeness: likenessOfPerson(...distancesOf(pairs.filter(({ people }) => people.includes(person))), scene),
  }));
  return withoutDoubles(wearers, bodies, facesOf, embeddings);
}

/**
 * Poor faces of somebody whom better ones show are often an appearance of their own, which would contend for what that person wears:
 * who wears it as likely as not, and has no clear face, is left out.
 */
function withoutDoubles(
  wearers: readonly Wearer[],
  bodies: readonly WatchedBody[],
  facesOf: ReadonlyMap<string, readonly StoredTrack[]>,
  embeddings: ReadonlyMap<string, Float32Array>,
): Wearer[] {
  const all = bodies.flatMap(({ id }) => facesOf.get(id) ?? []);
  const kept: Wearer[] = [];
  for (const wearer of wearers.toSorted((a, b) => bestQuality(all, b.person) - bestQuality(all, a.person))) {
    const faces = all.filter(({ appearance }) => appearance === wearer.person);
    const own = bodies.filter(({ id }) => facesOf.get(id)?.some((face) => faces.includes(face)));
    const others = bodies.filter((body) => own.some((one) => one !== body && areTogether(one, body)));
    const met = new Set(others.flatMap(({ id }) => (facesOf.get(id) ?? []).map(({ appearance }) => appearance)));
    const isDouble = (known: Wearer): boolean => {
      const says = own.flatMap(({ colours }) => wornBy(known, colours) ?? []);
      if (says.length === 0 || met.has(known.person)) return false;
      const mean = says.reduce((sum, one) => sum + one, 0) / says.length;
      return mean + faceSays(faces, all, known.person, embeddings) > 0;
    };
    if (faces.some(isClear) || !kept.some(isDouble)) kept.push(wearer);
  }
  return kept;
}

const bestQuality = (tracks: readonly StoredTrack[], person: string): number =>
  Math.max(
    ...tracks
      .filter(({ appearance }) => appearance === person)
      .flatMap(({ samples }) => samples.map(([, , , , , quality]) => quality)),
  );

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
export function areTogether(a: WatchedBody, b: WatchedBody): boolean {
  if (a.shot !== b.shot) return false;
  const times = new Set(a.samples.map(([time]) => time));
  return b.samples.some(([time]) => times.has(time));
}

/**
 * What faces on a body say for or against somebody, in nats; 0 where they say nothing.
 * @param tracks of the scene
 */
export function faceSays(
  own: readonly StoredTrack[],
  tracks: readonly StoredTrack[],
  person: string,
  embeddings: ReadonlyMap<string, Float32Array>,
): number {
  const mine = own.flatMap(({ id }) => embeddings.get(id) ?? []);
  const theirs = tracks
    .filter((track) => track.appearance === person && isKnown(track))
    .flatMap(({ id }) => embeddings.get(id) ?? []);
  const cosines = mine.flatMap((one) => theirs.map((other) => similarity(one, other)));
  if (cosines.length === 0) return 0;
  const mean = cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length;
  return Math.max(-MOST_SAID, Math.min(MOST_SAID, FACE_SLOPE * (mean - FACE_MIDDLE)));
}
