import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCastWatcher } from '../../src/analyses/cast-watcher.js';
import type { BodiesResult } from '../../src/bodies/analyzer.js';
import { createFacesAnalyzer, type FacesResult } from '../../src/faces/analyzer.js';
import { FACE_READERS } from '../../src/faces/recognizers.js';
import { createFrameSource } from '../../src/frames/frame-source.js';
import { runPass } from '../../src/frames/pass.js';
import { endIdleDecoders } from '../../src/frames/picture.js';
import type { Models } from '../../src/inference/types.js';
import { enrolPhotos } from '../../src/people/enrol.js';
import type { Enrolled } from '../../src/people/photo.js';
import { Library } from './library.js';

/** A real scene of 18 shots with six people, and who is in each shot by eye (bench/fixtures/cast-scene.json). */

interface Table {
  readonly frames: number;
  readonly shots: readonly {
    readonly firstFrame: number;
    readonly seen: readonly string[];
    readonly small: readonly string[];
  }[];
}

export const SCENE = JSON.parse(
  readFileSync(new URL('../../bench/fixtures/cast-scene.json', import.meta.url), 'utf8'),
) as Table;
const RATE = 24000 / 1001;

/** Watches the scene as the service does. @param folder of the data */
export const seeScene = (models: Models, folder: string): Promise<FacesResult> =>
  seeFilm(models, join(folder, 'shots/friends-scene.mp4'));

export async function seeFilm(models: Models, file: string): Promise<FacesResult> {
  const analyzer = createFacesAnalyzer({ models });
  await runPass(createFrameSource(), file, { plan: { kind: 'everySecond' }, consumer: analyzer });
  await runPass(createFrameSource(), file, {
    plan: { kind: 'exactAt', times: await analyzer.secondLook() },
    consumer: analyzer,
  });
  return analyzer.finish();
}

/** Watches a film for everybody, as the service does. */
export async function seeEverybody(
  models: Models,
  file: string,
): Promise<{ readonly faces: FacesResult; readonly bodies: BodiesResult }> {
  const watcher = createCastWatcher(models, Infinity);
  await runPass(createFrameSource(), file, { plan: { kind: 'everySecond' }, consumer: watcher });
  await runPass(createFrameSource(), file, {
    plan: { kind: 'exactAt', times: await watcher.secondLook() },
    consumer: watcher,
  });
  return watcher.finish();
}

/** A library that holds the scene, before anybody is known. */
export async function libraryOf(models: Models, faces: FacesResult, bodies?: BodiesResult): Promise<Library> {
  const { recognizer } = FACE_READERS[models.faces];
  const library = await Library.open(':memory:', undefined, { recognizer });
  await library.add('scene', faces, bodies);
  return library;
}

/** What photos have taught, once for all libraries of a suite. */
const LEARNT = new Map<string, Promise<Enrolled>>();

/** Learns the six from some of their photos, spread over the folder. @param without somebody who stays a stranger */
export async function enrolScene(
  models: Models,
  folder: string,
  library: Library,
  photosEach: number,
  without?: string,
): Promise<void> {
  for (const name of readdirSync(join(folder, 'faces/friends')).sort()) {
    if (name === without) continue;
    const photos = readdirSync(join(folder, 'faces/friends', name)).sort();
    const step = Math.max(1, Math.floor(photos.length / photosEach));
    const files = photos.filter((_, i) => i % step === 0).slice(0, photosEach);
    const paths = files.map((file) => join(folder, 'faces/friends', name, file));
    const key = [models.faces, ...paths].join();
    const learnt = LEARNT.get(key) ?? enrolPhotos(models, name, paths);
    LEARNT.set(key, learnt);
    await library.people.enrol(await learnt);
  }
  await endIdleDecoders();
}

interface SceneRow {
  readonly named: readonly string[];
  readonly missed: readonly string[];
  readonly missedSmall: readonly string[];
  readonly wrong: readonly string[];
}

/** For each known shot, who is named in it and who of those in it is not; other people are those who are not in it. */
function tableOf(namesIn: (start: number, end: number) => readonly string[]): SceneRow[] {
  return SCENE.shots.map(({ firstFrame, seen, small }, index) => {
    const [start, end] = [firstFrame / RATE, (SCENE.shots[index + 1]?.firstFrame ?? SCENE.frames) / RATE];
    const named = [...new Set(namesIn(start, end))].sort();
    return {
      named,
      missed: seen.filter((name) => !named.includes(name)),
      missedSmall: small.filter((name) => !named.includes(name)),
      wrong: named.filter((name) => !seen.includes(name) && !small.includes(name)),
    };
  });
}

/** By faces alone. */
export async function sceneTable(library: Library): Promise<SceneRow[]> {
  const { shots, people } = await library.cast('scene');
  const names = new Map(people.map(({ key, name }) => [key, name]));
  return tableOf((start, end) =>
    shots
      .filter((shot) => (shot.start + shot.end) / 2 >= start && (shot.start + shot.end) / 2 < end)
      .flatMap(({ cast }) => cast.flatMap((key) => names.get(key) ?? [])),
  );
}

/** Seconds about a cut that are of either shot. */
const ABOUT_CUT = 0.1;

/** By face, body or scene. */
export async function everybodyTable(library: Library): Promise<SceneRow[]> {
  const everybody = await library.everybody('scene');
  return tableOf((start, end) =>
    everybody
      .filter((one) => one.start < end - ABOUT_CUT && one.end > start + ABOUT_CUT)
      .flatMap(({ name }) => name ?? []),
  );
}
