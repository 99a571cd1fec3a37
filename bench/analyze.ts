/**
 * How long the whole analysis of a film takes, beside the bare decode of the frames it looks at and the bare inference
 * of the pictures it asks its networks about, all three in one run.
 *
 *   npm run bench -- analyze [FILE]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Analyzer } from '../src/analyses/analyzer.js';
import { readSettings } from '../src/config/settings.js';
import { openMedia } from '../src/frames/media.js';
import type { RgbImage } from '../src/frames/types.js';
import { createModels, type ModelRegistry } from '../src/inference/registry.js';
import type { Model } from '../src/inference/types.js';
import { GalleryStore } from '../src/people/gallery-store.js';
import { Naming } from '../src/people/naming.js';
import { openSqliteStore } from '../src/storage/sqlite-store.js';
import { CastLists } from '../src/titles/cast-lists.js';
import { Documents } from '../src/titles/collections.js';
import { writeSection } from './results.js';

const DATA = process.env['KINOSCOPE_DATA'] ?? '../shared/data';
const file = process.argv[2] ?? join(DATA, 'video/big-buck-bunny-360p.mp4');
const home = mkdtempSync(join(tmpdir(), 'kinoscope-bench-'));
const settings = readSettings({ ...process.env, KINOSCOPE_HOME: home });

/** How many pictures of which size a network was asked about. */
type Asked = Map<string, { id: string; width: number; height: number; count: number }>;

/** The registry, with a count of what goes through it. */
function counting(models: ModelRegistry, asked: Asked): ModelRegistry {
  const note = (id: string, images: readonly RgbImage[]): void => {
    for (const { width, height } of images) {
      const key = `${id} ${width} x ${height}`;
      const entry = asked.get(key) ?? { id, width, height, count: 0 };
      asked.set(key, { ...entry, count: entry.count + 1 });
    }
  };
  const wrap = (model: Model): Model => ({
    ...model,
    run: (inputs) => model.run(inputs),
    runImage: (image) => (note(model.id, [image]), model.runImage(image)),
    runImages: (images) => (note(model.id, images), model.runImages(images)),
  });
  return Object.assign(Object.create(models) as ModelRegistry, {
    load: async (id: string, copies?: number) => wrap(await models.load(id, copies)),
  });
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

const models = createModels({ modelsDir: 'models', provider: settings.provider, threads: settings.inferenceThreads });
const media = openMedia({ kind: settings.decoder, threads: settings.decoderThreads });
const store = await openSqliteStore(join(home, 'kinoscope.db'));
const naming = new Naming(await GalleryStore.open(store), new CastLists(await Documents.open(store)));
const info = await media.probe(file);
const film = { file, contentHash: 'bench', info };
const asked: Asked = new Map();

// Loading and warming is not part of any of the three.
for (const { id, state, optional } of await models.list()) if (state === 'ok' && !optional) await models.load(id);

const whole = await seconds(() =>
  new Analyzer(counting(models, asked), media, naming, settings).analyze(film, ['genre', 'credits', 'cast'], {}),
);
const decode = await seconds(async () => {
  const sizes = [{ width: 640, height: 640, fit: 'inside' as const }];
  for await (const frame of media.source.frames(file, { plan: { kind: 'everySecond' }, sizes })) void frame;
});
const inference: { name: string; count: number; seconds: number }[] = [];
for (const [name, { id, width, height, count }] of asked) {
  const model = await models.load(id);
  const image = { width, height, data: new Uint8Array(width * height * 3).map((_, index) => (index * 7919) % 256) };
  inference.push({
    name,
    count,
    seconds: await seconds(async () => {
      for (let done = 0; done < count; done += 8)
        await model.runImages(Array.from({ length: Math.min(8, count - done) }, () => image));
    }),
  });
}
await models.close();
await store.close();
rmSync(home, { recursive: true, force: true });

const bare = inference.reduce((sum, entry) => sum + entry.seconds, 0);
const row = (name: string, value: number): string =>
  `| ${name} | ${value.toFixed(1)} | ${(value / whole).toFixed(2)} | ${(info.duration / value).toFixed(0)} x |`;
writeSection(
  'analyze',
  [
    '## Analysing a film',
    '',
    `${basename(file)}, ${info.duration.toFixed(0)} s, ${info.width} x ${info.height}; networks loaded and warmed before.`,
    '',
    '| | seconds | of the whole | of real time |',
    '|---|---|---|---|',
    row('genre, credits and cast', whole),
    row('bare decode, a frame a second', decode),
    row('bare inference of the same pictures', bare),
    ...inference
      .filter((entry) => entry.seconds > 0.05)
      .map((entry) => row(`&nbsp; ${entry.count} x ${entry.name}`, entry.seconds)),
  ].join('\n'),
);
