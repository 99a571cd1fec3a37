import { atOnce, type Steps } from '../core/slices.js';
import { clusterSteps } from '../faces/cluster.js';
import type { Span } from '../faces/tracks.js';
import { type Appearance, describeAppearances, SOMEBODY } from './appearances.js';
import { describeBodies } from './bodies.js';
import { joinScenes, type Scene } from './scenes.js';
import { isClear, type StoredBody, type StoredTrack } from './stored.js';
import type { Watched } from './watched.js';

/** What does not depend on who is known: names are given when somebody asks. */
export interface CastResult {
  readonly scenes: readonly Scene[];
  readonly shots: readonly Span[];
}

export interface Cast extends CastResult {
  /** In order of time. */
  readonly tracks: readonly StoredTrack[];
  readonly appearances: readonly Appearance[];
  /** Of unit length, by track. */
  readonly embeddings: ReadonlyMap<string, Float32Array>;
  /** In order of time. */
  readonly bodies: readonly StoredBody[];
}

/** Scenes, shots and appearances of a film: pure, from what was watched. */
export function buildCast(watched: Watched): Cast {
  return atOnce(castSteps(watched));
}

/** {@link buildCast} in steps. */
export function* castSteps({ shots, tracks: watched, bodies: seen }: Watched): Steps<Cast> {
  const shown = watched.flatMap(({ id, samples, embedding }) =>
    embedding === null
      ? []
      : [{ id, embedding, detections: samples.map(([time, , , , , quality]) => ({ time, quality })) }],
  );
  const embeddings = new Map(shown.map(({ id, embedding }) => [id, embedding]));
  const people = yield* clusterSteps(shown);
  const keys = new Map(people.flatMap(({ id, tracks }) => tracks.map((track) => [track.id, id])));
  // A track whose face was erased is like nobody's: an appearance of its own.
  let nobody = people.length;
  const joined = watched.map(({ embedding: _embedding, ...track }): StoredTrack => ({
    ...track,
    appearance: keys.get(track.id) ?? `u${++nobody}`,
  }));
  const clear = new Set(joined.filter(isClear).map(({ appearance }) => appearance));
  const tracks = joined.map((track) => ({ ...track, clear: clear.has(track.appearance) }));
  yield;
  const appearances = describeAppearances(tracks, embeddings);
  yield;
  const somebody = new Set(appearances.flatMap(({ key, weight }) => (weight >= SOMEBODY ? [key] : [])));
  const seenIn = new Map<number, Set<string>>();
  for (const { shot, appearance } of tracks)
    if (somebody.has(appearance)) seenIn.set(shot, (seenIn.get(shot) ?? new Set()).add(appearance));
  const scenes = joinScenes(shots.map((shot, index) => ({ ...shot, cast: seenIn.get(index) ?? new Set<string>() })));
  yield;
  const bodies = describeBodies(seen, tracks, scenes, embeddings);
  return { scenes, shots: shots.map(({ start, end }) => ({ start, end })), tracks, appearances, embeddings, bodies };
}
