import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import { answerVersions, modelsOf } from '../../src/analyses/detectors.js';
import { createGenreAnalyzer } from '../../src/genre/analyzer.js';
import { createModels, type ModelRegistry } from '../../src/inference/registry.js';
import { parametersVersion } from '../../src/parameters/parameters.js';

/** Parameters that were learnt again make the answers that rest on it out of date, and no others. */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'kinoscope-versions-'));
const registries: ModelRegistry[] = [];
afterAll(async () => {
  await Promise.all(registries.map((one) => one.close()));
  rmSync(folder, { recursive: true, force: true });
});

function registry(modelsDir = join(ROOT, 'models')): ModelRegistry {
  const made = createModels({ modelsDir, provider: 'cpu', threads: 1 });
  registries.push(made);
  return made;
}

/** The answers whose versions differ. */
async function outdated(models: ModelRegistry, data?: string): Promise<string[]> {
  const [before, after] = [await answerVersions(registry()), await answerVersions(models, data)];
  return Object.keys(before).filter(
    (kind) => before[kind as keyof typeof before] !== after[kind as keyof typeof after],
  );
}

/** A copy of models/, the built networks included, in which a file can be exchanged. */
function copyOfModels(name: string): string {
  const copy = join(folder, `models-${name}`);
  cpSync(join(ROOT, 'models'), copy, { recursive: true, filter: (path) => !path.endsWith('.cache') });
  cpSync(join(ROOT, 'models', '.cache', 'stamps'), join(copy, '.cache', 'stamps'), {
    recursive: true,
    preserveTimestamps: true,
  });
  for (const file of readdirSync(join(ROOT, 'models', '.cache')).filter(
    (one) => one !== 'stamps' && !one.startsWith('.'),
  ))
    symlinkSync(join(ROOT, 'models', '.cache', file), join(copy, '.cache', file));
  return copy;
}

/** What rests on each file of data/; those that only benches and tests read are nobody's. */
const DATA: Readonly<Record<string, readonly string[]>> = {
  'cast-scene.json': [],
  'credits-still.json': [],
  'face-stills.json': [],
  'genres.json': [],
  'strangers.json': [],
  'chapter-names.json': ['credits'],
  'credits-frame-classifier.json': ['credits'],
  'credits-segmenter.json': ['credits'],
  'credits-words.json': ['credits'],
  'face-verifier.json': ['cast'],
  // Names are given when somebody asks, and have a version of their own.
  'face-calibration.json': [],
  'dots.wasm': [],
  // What is told of a title is weighed when somebody asks.
  'genre-words.bin': [],
  'evidence.wasm': ['genre'],
  'resample.wasm': ['credits', 'genre'],
};

test('every file of data/ is accounted for', () => {
  expect(readdirSync(join(ROOT, 'data')).sort()).toEqual(Object.keys(DATA).sort());
});

test.each(Object.entries(DATA))('data/%s makes %j out of date', async (file, kinds) => {
  const data = join(folder, `data-${file}`);
  cpSync(join(ROOT, 'data'), data, { recursive: true });
  appendFileSync(join(data, file), '\n');
  expect((await outdated(registry(), data)).sort()).toEqual([...kinds].sort());
});

test.each(['face-calibration.json', 'dots.wasm'])('data/%s has names given again', (file) => {
  const data = join(folder, `names-${file}`);
  cpSync(join(ROOT, 'data'), data, { recursive: true });
  expect(parametersVersion('names', data)).toBe(parametersVersion('names'));
  const other = join(folder, `other-${file}`);
  cpSync(data, other, { recursive: true });
  appendFileSync(join(other, file), '\n');
  expect(parametersVersion('names', other)).not.toBe(parametersVersion('names'));
});

test('nothing but src/parameters reads what was learnt', () => {
  const readers = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (file) =>
      file.endsWith('.ts') &&
      /URL\([`'"](\.\.\/)+(data|models)\/(?!genres\.json)/.test(readFileSync(join(ROOT, 'src', file), 'utf8')),
  );
  expect(readers).toEqual(['parameters/parameters.ts']);
});

/** Networks and other models, with what rests on them. */
const MODELS: Readonly<Record<string, readonly string[]>> = {
  'inception-v3.int8': ['genre'],
  'resnet50-imagenet.int8': ['genre'],
  'genre-forest': ['genre'],
  'ppocr-det': ['credits'],
  'face-rfb': ['cast'],
  'face-landmark': ['cast'],
  'face-embed-512': ['cast'],
  'face-embed-128': [],
};

interface Entry {
  id: string;
  sha256: string;
  file: string;
}

describe('a model of models/manifest.json', () => {
  test.each(Object.entries(MODELS))('%s, when it is another one, makes %j out of date', async (id, kinds) => {
    const models = copyOfModels(id);
    const file = join(models, 'manifest.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as { models: Entry[]; trained: Entry[] };
    const entry = [...manifest.models, ...manifest.trained].find((one) => one.id === id)!;
    entry.sha256 = createHash('sha256').update('another').digest('hex');
    const place = manifest.trained.includes(entry) ? models : join(models, '.cache');
    rmSync(join(place, entry.file), { force: true });
    writeFileSync(join(place, entry.file), 'another');
    writeFileSync(file, JSON.stringify(manifest));
    expect(await outdated(registry(models))).toEqual(kinds);
  });

  test('that is not the one of the manifest is told when it is to be loaded', async () => {
    const dir = copyOfModels('retrained');
    appendFileSync(join(dir, 'genre-forest.bin'), 'x');
    const models = registry(dir);
    expect(await outdated(models)).toEqual(['genre']);
    expect((await models.list()).find(({ id }) => id === 'genre-forest')).toMatchObject({ state: 'different' });
    await expect(createGenreAnalyzer({ models })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(
        /^The file genre-forest\.bin of the model genre-forest is not the one that manifest\.json names/,
      ),
    });
  });

  test('cannot decide without being named for the version', async () => {
    await expect(modelsOf('credits', registry()).load('face-rfb')).rejects.toMatchObject({ code: 'internal' });
    await expect(modelsOf('shots', registry()).trained('genre-forest')).rejects.toMatchObject({ code: 'internal' });
  });
});
