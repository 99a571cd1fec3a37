import type { FacesResult } from '../faces/analyzer.js';
import type { Signature } from '../faces/signature.js';
import type { Span, Track } from '../faces/tracks.js';
import { type Appearance, describeAppearances, SOMEBODY } from './appearances.js';
import { joinScenes, type Scene } from './scenes.js';
import type { StoredTrack } from './stored.js';

/** Changes whenever the same tracks might give another cast. */
export const CAST_VERSION = 'cast-2';

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
}

/** Scenes, shots and appearances of a film: pure, from what was seen. */
export function buildCast(faces: FacesResult): Cast {
  const interval = sampleInterval(faces.samples);
  const embeddings = new Map<string, Float32Array>();
  const tracks = faces.people
    .flatMap((cluster) =>
      cluster.tracks.map((track): StoredTrack => {
        embeddings.set(track.id, track.embedding);
        return {
          id: track.id,
          appearance: cluster.id,
          shot: track.shot,
          ...onScreen(track, faces.shots[track.shot], interval),
          samples: samplesOf(track),
        };
      }),
    )
    .sort((a, b) => a.start - b.start);
  const appearances = describeAppearances(tracks, embeddings);
  const somebody = new Set(appearances.flatMap(({ key, weight }) => (weight >= SOMEBODY ? [key] : [])));
  const seenIn = new Map<number, Set<string>>();
  for (const { shot, appearance } of tracks)
    if (somebody.has(appearance)) seenIn.set(shot, (seenIn.get(shot) ?? new Set()).add(appearance));
  const scenes = joinScenes(
    faces.shots.map((shot, index) => ({
      ...shot,
      colours: meanColours(faces.samples, shot),
      cast: seenIn.get(index) ?? new Set<string>(),
    })),
  );
  return { scenes, shots: faces.shots.map(({ start, end }) => ({ start, end })), tracks, appearances, embeddings };
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

function samplesOf({ sightings }: Track): StoredTrack['samples'] {
  const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
  return sightings.map(
    ({ time, box: [x, y, w, h], quality }) => [time, rounded(x), rounded(y), rounded(w), rounded(h), rounded(quality)] as const,
  );
}

function meanColours(samples: FacesResult['samples'], { start, end }: Span): Signature | null {
  const inside = samples.filter(({ time }) => time >= start && time < end);
  if (inside.length === 0) return null;
  return inside[0]!.signature.map(
    (_, i) => inside.reduce((sum, { signature }) => sum + signature[i]!, 0) / inside.length,
  );
}
