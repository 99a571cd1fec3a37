import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildCast } from '../src/cast/cast.js';
import { watchedOf } from '../src/cast/watched.js';
import { FACE_NETWORKS, type FaceNetworks } from '../src/config/face-networks.js';
import { createFacesAnalyzer, type FacesResult } from '../src/faces/analyzer.js';
import { FACE_READERS } from '../src/faces/recognizers.js';
import { type Track, weightOf } from '../src/faces/tracks.js';
import { createFrameSource } from '../src/frames/frame-source.js';
import { runPass } from '../src/frames/pass.js';
import { createModels } from '../src/inference/registry.js';
import type { Models } from '../src/inference/types.js';
import { Library } from '../test/library/library.js';
import { SCENE } from '../test/library/scene.js';
import { dataFolder } from './faces-photos.js';
import { writeSection } from './results.js';

/**
 * Strangers told apart on real films, nobody being enrolled: each shot is taken for a film of its own, and the product
 * says who of these films is the same. Whom the faces show was seen by eye.
 */

const RATE = 24000 / 1001;

async function watch(models: Models, name: string): Promise<FacesResult> {
  const analyzer = createFacesAnalyzer({ models });
  const file = join(dataFolder(), name);
  await runPass(createFrameSource(), file, { plan: { kind: 'everySecond' }, consumer: analyzer });
  await runPass(createFrameSource(), file, {
    plan: { kind: 'exactAt', times: await analyzer.secondLook() },
    consumer: analyzer,
  });
  return analyzer.finish();
}

/** What was seen between two times, as if it were all. */
function part({ samples, shots, tracks }: FacesResult, start: number, end: number): FacesResult {
  const inside = (time: number): boolean => time >= start && time < end;
  const kept = tracks.filter(({ detections }) => inside(detections[0]!.time));
  return { samples: samples.filter(({ time }) => inside(time)), shots, tracks: kept };
}

/** A face that was seen by eye, and whom the product takes it for. */
interface Shown {
  readonly person: string;
  readonly id: string;
}

/** Takes every shot for a film; answers whom the product takes each appearance for, by the tracks that it is made of. */
async function tellApart(
  seen: FacesResult,
  faces: FaceNetworks,
): Promise<{ idOf(track: Track): string; people: number }> {
  const library = await Library.open(':memory:', undefined, { recognizer: FACE_READERS[faces].recognizer });
  const films = seen.shots
    .map(({ start, end }, index) => ({ name: `shot ${index}`, ...part(seen, start, end) }))
    .filter(({ tracks }) => tracks.length > 0);
  for (const film of films) {
    await library.add(film.name, film);
    await library.naming.refreshNames(film.name);
  }
  const ids = new Map<string, string>();
  for (const film of films) {
    const names = (await library.naming.refreshNames(film.name)) ?? {};
    // Passers-by are nobody: each is somebody else.
    for (const { id, appearance } of buildCast(watchedOf(film)).tracks)
      ids.set(id, names[appearance]?.personId ?? `${film.name} ${appearance}`);
  }
  const strangers = (await library.people.page({ named: false }, { limit: 1000 })).items.length;
  await library.close();
  return { idOf: (track) => ids.get(track.id)!, people: strangers };
}

/** Of pairs of faces said to show one person, how many do; of pairs that do, how many were said. */
function countPairs(shown: readonly Shown[]): { said: number; right: number; there: number } {
  const pairs = shown.flatMap((a, i) =>
    shown.slice(0, i).map((b) => ({ said: a.id === b.id, same: a.person === b.person })),
  );
  return {
    said: pairs.filter(({ said }) => said).length,
    right: pairs.filter(({ said, same }) => said && same).length,
    there: pairs.filter(({ same }) => same).length,
  };
}

/** In shots with one person to be seen it is the largest face; the others are passers-by in the background. */
function shownInScene({ tracks }: FacesResult, idOf: (track: Track) => string): Shown[] {
  const size = ({ detections }: Track): number =>
    detections.reduce((sum, detection) => sum + weightOf(detection) * detection.box[3], 0);
  return SCENE.shots.flatMap(({ firstFrame, seen }, index): Shown[] => {
    const [start, end] = [firstFrame / RATE, (SCENE.shots[index + 1]?.firstFrame ?? SCENE.frames) / RATE];
    const inside = tracks.filter(({ detections }) => detections[0]!.time >= start && detections[0]!.time < end);
    if (seen.length !== 1 || inside.length === 0) return [];
    return [{ person: seen[0]!, id: idOf(inside.reduce((a, b) => (size(b) > size(a) ? b : a))) }];
  });
}

type Marks = readonly (readonly [time: number, x: number, y: number, person: string])[];
const { films } = JSON.parse(readFileSync(new URL('../bench/fixtures/strangers.json', import.meta.url), 'utf8')) as {
  films: Readonly<Record<string, Marks>>;
};

function shownInTrailer({ tracks }: FacesResult, marks: Marks, idOf: (track: Track) => string): Shown[] {
  return marks.map(([time, x, y, look], index) => {
    const there = ({ time: at, box: [left, top, width, height] }: Track['detections'][number]): boolean =>
      Math.abs(at - time) < 0.3 && x > left && x < left + width && y > top && y < top + height;
    const track = tracks.find(({ detections }) => detections.some(there));
    return { person: look.split(',')[0]!, id: track ? idOf(track) : `not found ${index}` };
  });
}

const lines = [
  '| Film | networks | shots | strangers told apart | faces marked by eye | of people | pairs said to be one person | of these right | pairs that are | found | as one film: said | right |',
  '|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
];
const clips = ['shots/friends-scene.mp4', ...Object.keys(films).map((file) => `video/${file}`)];
for (const [name, faces] of clips.flatMap((clip) => FACE_NETWORKS.map((one) => [clip, one] as const))) {
  const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 2, faces });
  const seen = await watch(models, name);
  await models.close();
  const { idOf, people } = await tellApart(seen, faces);
  const marks = films[name.split('/')[1]!];
  const shownBy = (by: (track: Track) => string): Shown[] =>
    marks ? shownInTrailer(seen, marks, by) : shownInScene(seen, by);
  const shown = shownBy(idOf);
  const { said, right, there } = countPairs(shown);
  const whole = new Map(buildCast(watchedOf(seen)).tracks.map(({ id, appearance }) => [id, appearance]));
  const asOne = countPairs(shownBy(({ id }) => whole.get(id)!));
  const cells = [
    name.split('/')[1],
    faces,
    seen.shots.length,
    people,
    shown.length,
    new Set(shown.map(({ person }) => person)).size,
    said,
    right,
    there,
    right,
    asOne.said,
    asOne.right,
  ];
  lines.push(`| ${cells.join(' | ')} |`);
}
writeSection(
  'strangers',
  '## Strangers on real films\n\nNobody is enrolled and every shot is taken for a film of its own (so nothing but faces says who is the same): whom the product takes for one ' +
    'person, beside whom the faces show by eye (bench/fixtures/cast-scene.json: shots in which one person is to be seen; bench/fixtures/strangers.json: faces of trailers, as far ' +
    'as the product finds them and somebody could tell). In the Joker trailer one man is bare-faced in seven of his faces and made up as a clown in four, in the Sintel trailer the girl is veiled in two of six: pairs across that ' +
    `are hardly found: without them there are 47. Last, what the tracks of the whole film are joined to, without other films.\n\n${lines.join('\n')}`,
);
