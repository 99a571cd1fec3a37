import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Appearance } from '../src/cast/appearances.js';
import { castAt } from '../src/cast/names.js';
import { chunkId, chunkWrites, type StoredTrack } from '../src/cast/stored.js';
import { FACE_NETWORKS, type FaceNetworks } from '../src/config/face-networks.js';
import { createFacesAnalyzer } from '../src/faces/analyzer.js';
import { normalize } from '../src/faces/embed.js';
import { encodeEmbedding } from '../src/faces/embedding-text.js';
import { faceNetworks, loadFaceNetwork } from '../src/faces/networks.js';
import { createFrameSource } from '../src/frames/frame-source.js';
import { runPass } from '../src/frames/pass.js';
import { createModels } from '../src/inference/registry.js';
import type { Model, Models } from '../src/inference/types.js';
import { GalleryStore } from '../src/people/gallery-store.js';
import { Naming } from '../src/people/naming.js';
import { People } from '../src/people/people.js';
import { openSqliteStore } from '../src/storage/sqlite-store.js';
import { CastLists } from '../src/titles/cast-lists.js';
import { Documents } from '../src/titles/collections.js';
import { enrolScene, libraryOf, SCENE, sceneTable, seeScene } from '../test/library/scene.js';
import { dataFolder, seeded } from './faces-photos.js';
import { writeSection } from './results.js';

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * share)]!;

// Who is on screen at t, from the store.

async function pauseQuery(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'kinoscope-bench-'));
  const store = await openSqliteStore(join(folder, 'bench.db'));
  const gallery = await GalleryStore.open(store);
  const [people, naming] = [new People(gallery), new Naming(gallery, new CastLists(await Documents.open(store)))];
  const random = seeded(3);
  const face = (): Float32Array => normalize(Float32Array.from({ length: 512 }, () => random() - 0.5));
  // Three people in every shot of 3 s, of 120 who take turns.
  const faces = Array.from({ length: 120 }, face);
  const tracks = Array.from({ length: 2400 }, (_, i) =>
    [0, 1, 2].map((n): StoredTrack => ({
      id: `t${i}-${n}`,
      appearance: `u${((i * 3 + n) % faces.length) + 1}`,
      shot: i,
      start: i * 3,
      end: i * 3 + 3,
      samples: [0, 1, 2].map((s) => [i * 3 + s, 0.1 + 0.2 * n, 0.2, 0.1, 0.2, 0.7] as const),
    })),
  ).flat();
  const appearances = faces.map((embedding, i): Appearance => ({
    key: `u${i + 1}`,
    tracks: [],
    weight: 10,
    quality: 0.7,
    screenTime: 180,
    firstSeen: i,
    lastSeen: 7200,
    bestFrame: { time: i, box: [0.1, 0.2, 0.1, 0.2] },
    meets: [],
    embedding: encodeEmbedding(embedding),
  }));
  await store.commit([
    ...chunkWrites('film', tracks),
    ...(await naming.replace('film', { tracks, appearances, embeddings: new Map() })).writes,
  ]);
  const ask = async (time: number): Promise<number> => {
    const start = performance.now();
    const names = (await naming.refreshNames('film'))!;
    const cast = castAt(await gallery.chunks.get(chunkId('film', time)), names, time);
    if (cast.length !== 3) throw new Error(`${cast.length} people at ${time}`);
    return performance.now() - start;
  };
  const first = await ask(1);
  const spent: number[] = [];
  for (let i = 0; i < 1000; i++) spent.push(await ask(random() * 7200));
  // Half of them are named: every time the gallery changes, the next question gives the names of the title again.
  const renewed: number[] = [];
  for (const [i, embedding] of faces.slice(0, 60).entries()) {
    const photo = {
      file: 'a.jpg',
      hash: String(i).padStart(64, '0'),
      flag: null,
      faces: 1,
      box: null,
      quality: 1,
      embedding,
    };
    await people.enrol({ name: `Person ${i}`, photos: [photo], mean: null });
    renewed.push(await ask(random() * 7200));
  }
  await store.close();
  rmSync(folder, { recursive: true });
  return (
    `### Who is on screen at t\n\nA title of 2 hours with 7,200 tracks of 120 people in SQLite, 1,000 random times in process: median ${median(spent).toFixed(2)} ms, ` +
    `99 % below ${quantile(spent, 0.99).toFixed(2)} ms. The first question, which tells the strangers apart, ${first.toFixed(0)} ms; the first after each of 60 changes ` +
    `of the gallery, which gives the title's names again, median ${median(renewed).toFixed(0)} ms.`
  );
}

// The face pass beside its own inference.

/** Runs of networks that are under way at a time in a pass. */
const IN_FLIGHT = 16;

/** Remembers every run, so that the same runs can be made again without anything around them. */
function recording(models: Models): { models: Models; replay: (inFlight: number) => Promise<number> } {
  const runs: (() => Promise<unknown>)[] = [];
  const remember = <T>(run: () => Promise<T>): Promise<T> => {
    runs.push(run);
    return run();
  };
  const watch = (model: Model): Model => ({
    ...model,
    runImages: (images) => remember(() => model.runImages(images)),
    runImage: (image) => remember(() => model.runImage(image)),
  });
  return {
    models: {
      faces: models.faces,
      load: async (id, copies) => watch(await models.load(id, copies)),
      trained: (id) => models.trained(id),
      labels: (id) => models.labels(id),
      close: () => models.close(),
    },
    async replay(inFlight) {
      const start = performance.now();
      const left = runs.values();
      const work = async (): Promise<void> => {
        for (const run of left) await run();
      };
      await Promise.all(Array.from({ length: inFlight }, work));
      return (performance.now() - start) / 1000;
    },
  };
}

async function facePass(): Promise<string> {
  const lines = [
    '| Film | networks | seconds | frames | faces | pass, s | times real time | inference, one after another, s | pass to that | inference, two at a time, s | pass to that | decoding, s |',
    '|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
  ];
  const films = ['shots/friends-scene.mp4', 'video/trailer-joker.mp4', 'video/big-buck-bunny-360p.mp4'];
  for (const [name, faces] of films.flatMap((film) => FACE_NETWORKS.map((one) => [film, one] as const))) {
    const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 2, faces });
    for (const id of faceNetworks(models)) await loadFaceNetwork(models, id);
    const pass = async (using: Models): Promise<{ seconds: number; frames: number; faces: number; last: number }> => {
      const analyzer = createFacesAnalyzer({ models: using });
      const start = performance.now();
      const { frames, lastTime } = await runPass(createFrameSource(), join(dataFolder(), name), {
        plan: { kind: 'everySecond' },
        consumer: analyzer,
      });
      const times = await analyzer.secondLook();
      await runPass(createFrameSource(), join(dataFolder(), name), {
        plan: { kind: 'exactAt', times },
        consumer: analyzer,
      });
      const { tracks } = await analyzer.finish();
      return {
        seconds: (performance.now() - start) / 1000,
        frames: frames + times.length,
        faces: tracks.reduce((sum, { detections }) => sum + detections.length, 0),
        last: lastTime,
      };
    };
    const recorder = recording(models);
    await pass(recorder.models);
    const [passes, replays, crowded, decodes]: [number[], number[], number[], number[]] = [[], [], [], []];
    let one = { seconds: 0, frames: 0, faces: 0, last: 0 };
    for (let i = 0; i < 3; i++) {
      one = await pass(models);
      passes.push(one.seconds);
      replays.push(await recorder.replay(1));
      crowded.push(await recorder.replay(IN_FLIGHT));
      const start = performance.now();
      await runPass(createFrameSource(), join(dataFolder(), name), {
        plan: { kind: 'everySecond' },
        consumer: { sizes: createFacesAnalyzer({ models }).sizes, push: () => undefined },
      });
      decodes.push((performance.now() - start) / 1000);
    }
    await models.close();
    const [seconds, bare, most] = [median(passes), median(replays), median(crowded)];
    const cells = [
      name.split('/')[1],
      faces,
      one.last.toFixed(0),
      one.frames,
      one.faces,
      seconds.toFixed(1),
      (one.last / seconds).toFixed(1),
      bare.toFixed(1),
      (seconds / bare).toFixed(2),
      most.toFixed(1),
      (seconds / most).toFixed(2),
      median(decodes).toFixed(1),
    ];
    lines.push(`| ${cells.join(' | ')} |`);
  }
  return (
    '### The face pass\n\nA frame a second of whole films, and a second look where a shot begins or a track is not sure: decoding, shots, detection at two scales, landmarks, embeddings, tracks. Beside it, ' +
    'medians of 3: the same network runs with nothing around them, one after another and side by side on both cores (which leaves none to decoding), and decoding to the same sizes, without ' +
    `thumbnails, for nobody. Starting the two decoding processes (from TypeScript, in a bench) takes about a second of every film.\n\n${lines.join('\n')}`
  );
}

// A scene whose cast is known.

async function sceneOf(networks: FaceNetworks): Promise<string> {
  const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 2, faces: networks });
  const faces = await seeScene(models, dataFolder());
  const library = await libraryOf(models, faces);
  await enrolScene(models, dataFolder(), library, 8);
  const table = await sceneTable(library);
  const { shots } = await library.cast('scene');
  await library.close();
  let heldOutWrong = 0;
  for (const name of new Set(SCENE.shots.flatMap(({ seen }) => seen))) {
    const others = await libraryOf(models, faces);
    await enrolScene(models, dataFolder(), others, 8, name);
    heldOutWrong += (await sceneTable(others)).reduce((sum, { wrong }) => sum + wrong.length, 0);
    await others.close();
  }
  await models.close();
  const count = (of: 'missed' | 'missedSmall' | 'wrong'): number => table.reduce((sum, row) => sum + row[of].length, 0);
  const [seen, small] = [
    SCENE.shots.flatMap((shot) => shot.seen).length,
    SCENE.shots.flatMap((shot) => shot.small).length,
  ];
  const lines = [
    '| Shot | to be seen | small, dark or turned away | named |',
    '|--:|---|---|---|',
    ...table.map(({ named }, i) => {
      const first = (names: readonly string[]): string => names.map((name) => name.split(' ')[0]).join(', ') || '-';
      return `| ${i + 1} | ${first(SCENE.shots[i]!.seen)} | ${first(SCENE.shots[i]!.small)} | ${first(named)} |`;
    }),
  ];
  return (
    `Networks: ${networks}. ${shots.length} shots found (18 there are). Named right: ${seen - count('missed')} of ${seen}, and ` +
    `${small - count('missedSmall')} of ${small}; named wrong: ${count('wrong')}. ` +
    `With each of the six left out of the gallery in turn, six times the same scene: named wrong ${heldOutWrong} times in all.\n\n${lines.join('\n')}`
  );
}

async function scene(): Promise<string> {
  const parts: string[] = [];
  for (const faces of FACE_NETWORKS) parts.push(await sceneOf(faces));
  return (
    '### The cast of a scene\n\nfriends-scene.mp4, 640 x 360, eight gallery photos a person. By eye on contact sheets (bench/fixtures/cast-scene.json) 16 times ' +
    `somebody's face is to be seen and 26 times only small (about 22 pixels), dark or turned away.\n\n${parts.join('\n\n')}`
  );
}

// `npm run bench -- cast pause` prints the pause query's figures alone, `cast scene` the scene's.
if (process.argv.includes('pause')) console.log(await pauseQuery());
else if (process.argv.includes('scene')) console.log(await scene());
else writeSection('cast', `## Cast\n\n${[await pauseQuery(), await facePass(), await scene()].join('\n\n')}`);
