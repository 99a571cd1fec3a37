import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FacesResult } from '../src/faces/analyzer.js';
import { type Track, weightOf } from '../src/faces/tracks.js';
import { SCENE } from '../test/library/scene.js';
import { dataFolder } from './faces-photos.js';

/** Real films whose strangers were told apart by eye (bench/fixtures/strangers.json, bench/fixtures/cast-scene.json). */

const RATE = 24000 / 1001;

/** A face that was seen by eye, and whom the product takes it for. */
export interface Shown {
  readonly person: string;
  readonly id: string;
  /** null: it was not found. */
  readonly track: Track | null;
}

/** Faces of one moment are no pair: of trailers of a frame a second, those of a shot. */
export const [APART, FRAMES_APART] = [-1, 5];

export function pairsOf(shown: readonly Shown[], apart: number): (readonly [Shown, Shown])[] {
  const timeOf = ({ track }: Shown): number => track?.detections[0]!.time ?? Infinity;
  return shown.flatMap((a, i) =>
    shown.slice(0, i).flatMap((b) => (Math.abs(timeOf(a) - timeOf(b)) <= apart ? [] : [[a, b] as const])),
  );
}

/** In shots with one person to be seen it is the largest face; the others are passers-by in the background. */
function shownInScene({ tracks }: FacesResult, idOf: (track: Track) => string): Shown[] {
  const size = ({ detections }: Track): number =>
    detections.reduce((sum, detection) => sum + weightOf(detection) * detection.box[3], 0);
  return SCENE.shots.flatMap(({ firstFrame, seen }, index): Shown[] => {
    const [start, end] = [firstFrame / RATE, (SCENE.shots[index + 1]?.firstFrame ?? SCENE.frames) / RATE];
    const inside = tracks.filter(({ detections }) => detections[0]!.time >= start && detections[0]!.time < end);
    if (seen.length !== 1 || inside.length === 0) return [];
    const track = inside.reduce((a, b) => (size(b) > size(a) ? b : a));
    return [{ person: seen[0]!, id: idOf(track), track }];
  });
}

type Marks = readonly (readonly [time: number, x: number, y: number, person: string])[];
const { films, frames } = JSON.parse(
  readFileSync(new URL('../bench/fixtures/strangers.json', import.meta.url), 'utf8'),
) as { readonly films: Readonly<Record<string, Marks>>; readonly frames: Readonly<Record<string, Marks>> };

function shownInTrailer({ tracks }: FacesResult, marks: Marks, idOf: (track: Track) => string): Shown[] {
  return marks.map(([time, x, y, look], index): Shown => {
    const there = ({ time: at, box: [left, top, width, height] }: Track['detections'][number]): boolean =>
      Math.abs(at - time) < 0.3 && x > left && x < left + width && y > top && y < top + height;
    const track = tracks.find(({ detections }) => detections.some(there)) ?? null;
    return { person: look.split(',')[0]!, id: track ? idOf(track) : `not found ${index}`, track };
  });
}

/** A video of pictures that stay for a second each. */
function videoOf(folder: string, into: string): string {
  const file = join(into, `${folder}.mp4`);
  const pictures = join(dataFolder(), 'trailer-frames', folder, '%03d.jpg');
  const encoding = '-vf scale=trunc(iw/2)*2:trunc(ih/2)*2 -r 24 -c:v libx264 -preset veryfast -crf 12 -g 24';
  const options = [...encoding.split(' '), '-pix_fmt', 'yuv420p'];
  execFileSync('ffmpeg', ['-v', 'error', '-framerate', '1', '-i', pictures, ...options, file]);
  return file;
}

export interface Clip {
  readonly name: string;
  readonly file: string;
  /** Of faces that are further apart than this, seconds, is asked whether they are one person's. */
  readonly apart: number;
  /** Whom the faces show that were seen by eye. @param idOf whom a track is taken for */
  shown(seen: FacesResult, idOf: (track: Track) => string): Shown[];
}

/** Hands over the films; those made of pictures lie in a folder that is gone afterwards. */
export async function withClips(work: (clips: readonly Clip[]) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'strangers-'));
  const marked =
    (marks: Marks): Clip['shown'] =>
    (seen, idOf) =>
      shownInTrailer(seen, marks, idOf);
  try {
    await work([
      {
        name: 'friends-scene.mp4',
        file: join(dataFolder(), 'shots/friends-scene.mp4'),
        apart: APART,
        shown: shownInScene,
      },
      ...Object.entries(films).map(([name, marks]) => ({
        name,
        file: join(dataFolder(), 'video', name),
        apart: APART,
        shown: marked(marks),
      })),
      ...Object.entries(frames).map(([name, marks]) => ({
        name,
        file: videoOf(name, folder),
        apart: FRAMES_APART,
        shown: marked(marks),
      })),
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
