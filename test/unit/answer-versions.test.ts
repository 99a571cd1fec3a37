import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import { answerVersions, modelsOf, ruleVersions } from '../../src/analyses/detectors.js';
import { openMedia } from '../../src/frames/media.js';
import { createGenreAnalyzer } from '../../src/genre/analyzer.js';
import { createModels, type ModelRegistry } from '../../src/inference/registry.js';
import type { RulesOptions } from '../../src/parameters/rules.js';
import { namingVersion } from '../../src/people/naming.js';

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

const OWN_DECODER = openMedia({ kind: 'node-av' });

/** The answers whose versions differ. */
async function outdated(models: ModelRegistry, options?: RulesOptions, decoder = OWN_DECODER): Promise<string[]> {
  const before = await answerVersions(registry(), OWN_DECODER);
  const after = await answerVersions(models, decoder, ruleVersions(options));
  return Object.keys(before).filter(
    (kind) => before[kind as keyof typeof before] !== after[kind as keyof typeof after],
  );
}

/** The same where a rule of the code is another one. */
async function outdatedByRule(file: string): Promise<string[]> {
  const code = join(folder, 'code');
  if (!existsSync(code)) cpSync(join(ROOT, 'src'), code, { recursive: true });
  const before = readFileSync(join(code, file));
  expect(await outdated(registry(), { code })).toEqual([]);
  appendFileSync(join(code, file), 'export const RULE = 1;\n');
  const names = namingVersion({ code }) === namingVersion() ? [] : ['names'];
  const kinds = await outdated(registry(), { code });
  writeFileSync(join(code, file), before);
  return [...kinds, ...names].sort();
}

/** Those, and the names of people, where a file of data/ is another one. */
async function outdatedBy(file: string): Promise<string[]> {
  const copy = join(folder, `data-${file}`);
  cpSync(join(ROOT, 'data'), copy, { recursive: true });
  expect(await outdated(registry(), { data: copy })).toEqual([]);
  appendFileSync(join(copy, file), '\n');
  // What was read by this process stands, so that a version is of what decides in it.
  const other = `${copy}-another`;
  renameSync(copy, other);
  const names = namingVersion({ data: other }) === namingVersion() ? [] : ['names'];
  return [...(await outdated(registry(), { data: other })), ...names].sort();
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

/** What rests on each file of data/. */
const DATA: Readonly<Record<string, readonly string[]>> = {
  'billing-confidence.json': ['billing'],
  'billing-letters.bin': ['billing'],
  'billing-terms.json': ['billing', 'credits'],
  'billing-words.json': ['billing', 'credits'],
  'chapter-names.json': ['billing', 'credits'],
  'credits-frame-classifier.json': ['billing', 'credits'],
  'credits-segmenter.json': ['billing', 'credits'],
  'credits-words.json': ['billing', 'credits'],
  'body-likeness.json': ['cast'],
  'face-verifier.json': ['cast'],
  'face-whitening.bin': ['cast', 'names'],
  'resample.wasm': ['billing', 'credits', 'genre'],
  'face-calibration.json': ['names'],
  'named-prior.json': ['names'],
  'dots.wasm': ['names'],
  'face-cohort-512.bin': ['names'],
  // What is told of a title is weighed, and a lone picture judged, when somebody asks.
  'genre-words.bin': [],
  'credits-still.json': [],
  // The names that a list of trailers may use.
  'genres.json': [],
};

test('every file of data/ is accounted for', () => {
  expect(readdirSync(join(ROOT, 'data')).sort()).toEqual(Object.keys(DATA).sort());
});

test.each(Object.entries(DATA))('data/%s makes %j out of date', async (file, kinds) => {
  expect(await outdatedBy(file)).toEqual([...kinds].sort());
});

/** What rests on the rules of some modules: a constant there that was tuned again decides otherwise. */
const CODE: Readonly<Record<string, readonly string[]>> = {
  'genre/frame-filter.ts': ['genre'],
  'genre/shrinkage.ts': ['genre'],
  'genre/combine.ts': [],
  'credits/segmenter.ts': ['billing', 'credits'],
  'credits/boundary.ts': ['billing', 'credits'],
  'credits/stills.ts': [],
  'credits/billing/parse.ts': ['billing'],
  'frames/shots.ts': ['cast', 'shots'],
  'faces/quality.ts': ['cast'],
  'faces/tracks.ts': ['cast', 'names'],
  'cast/scenes.ts': ['cast'],
  'sound/loudness.ts': ['sound'],
  'frames/av/sound-reader.ts': ['sound'],
  'people/in-title.ts': ['names'],
  'frames/av/scale.ts': ['billing', 'cast', 'credits', 'genre', 'shots'],
  'core/errors.ts': [],
  // How often a film is looked at, and what reads it, is said by the analyses themselves.
  'analyses/analyzer.ts': [],
  // Of the system's decoder, which is not the one here.
  'frames/ffmpeg.ts': [],
  'titles/titles.service.ts': [],
};

test.each(Object.entries(CODE))('another rule in %s makes %j out of date', async (file, kinds) => {
  expect(await outdatedByRule(file)).toEqual([...kinds].sort());
});

test('an answer names by their hashes the tables, programs and networks that made it', async () => {
  const names = Object.fromEntries(
    Object.entries(await answerVersions(registry(), OWN_DECODER)).map(([kind, version]) => [
      kind,
      version.split(' ').map((part) => /^([\w.-]+)@[0-9a-f]{12}$/.exec(part)?.[1]),
    ]),
  );
  expect(names).toEqual({
    genre: ['genre', 'resample', 'pictures', 'inception-v3.int8', 'resnet50-imagenet.int8', 'genre-pictures'],
    credits: [
      'credits',
      'billing-terms',
      'billing-words',
      'chapter-names',
      'credits-frame-classifier',
      'credits-segmenter',
      'credits-words',
      'resample',
      'pictures',
      'ppocr-det',
      'ppocr-rec',
    ],
    billing: [
      'billing',
      'billing-confidence',
      'billing-letters',
      'billing-terms',
      'billing-words',
      'resample',
      'pictures',
      'ppocr-det',
      'ppocr-rec-trunk',
      'latin-letters',
      'credits',
      'billing-terms',
      'billing-words',
      'chapter-names',
      'credits-frame-classifier',
      'credits-segmenter',
      'credits-words',
      'resample',
      'pictures',
      'ppocr-det',
      'ppocr-rec',
    ],
    cast: [
      'faces',
      'face-verifier',
      'face-whitening',
      'pictures',
      'face-rfb',
      'face-landmark',
      'face-embed-512',
      'person-movenet.int8',
      'people',
      'body-likeness',
      'face-whitening',
    ],
    shots: ['shots', 'pictures'],
    sound: ['sound', 'sounds', 'speech-silero'],
  });
});

describe('the decoder of the system', () => {
  const ffmpeg = (version: string): { kind: 'ffmpeg'; ffmpegPath: string } => {
    const program = join(folder, `ffmpeg-${version}`);
    writeFileSync(program, `#!/bin/sh\necho "ffmpeg version ${version} Copyright (c) 2000-2026"\n`, { mode: 0o755 });
    return { kind: 'ffmpeg', ffmpegPath: program };
  };
  const ALL = ['billing', 'cast', 'credits', 'genre', 'shots', 'sound'];

  test('makes all answers out of date where it takes the place of our own, and where it is another version', async () => {
    expect((await outdated(registry(), undefined, openMedia(ffmpeg('7.1')))).sort()).toEqual(ALL);
    const versions = async (version: string): Promise<string[]> =>
      Object.values(await answerVersions(registry(), openMedia(ffmpeg(version))));
    const [before, same, after] = [await versions('7.1'), await versions('7.1'), await versions('8.0-1+deb')];
    expect(same).toEqual(before);
    after.forEach((version, i) => expect(version).not.toBe(before[i]));
    for (const version of after) expect(version).toContain(' ffmpeg@8.0-1+deb');
  });

  test('that is not there is none', async () => {
    const media = openMedia({ kind: 'ffmpeg', ffmpegPath: join(folder, 'no-such-program') });
    expect(await media.decoder()).toBe('ffmpeg@none');
  });

  test('has rules of its own', async () => {
    const copy = join(folder, 'code-ffmpeg');
    cpSync(join(ROOT, 'src'), copy, { recursive: true });
    appendFileSync(join(copy, 'frames/ffmpeg.ts'), 'export const RULE = 1;\n');
    const media = openMedia(ffmpeg('7.1'));
    const [before, after] = [ruleVersions(), ruleVersions({ code: copy })];
    expect((await answerVersions(registry(), media, after)).genre).not.toBe(
      (await answerVersions(registry(), media, before)).genre,
    );
  });
});

test('nothing but src/parameters reads what was learnt', () => {
  const readers = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (file) =>
      file.endsWith('.ts') && /URL\([`'"](\.\.\/)+(data|models)\//.test(readFileSync(join(ROOT, 'src', file), 'utf8')),
  );
  expect(readers).toEqual(['parameters/learnt.ts']);
});

/** Networks and other models, with what rests on them. */
const MODELS: Readonly<Record<string, readonly string[]>> = {
  'inception-v3.int8': ['genre'],
  'resnet50-imagenet.int8': ['genre'],
  'genre-pictures': ['genre'],
  // The floats that the 8 bits are made of: for measurements.
  'inception-v3': [],
  'ppocr-det': ['credits', 'billing'],
  'ppocr-rec': ['credits', 'billing'],
  'ppocr-rec-trunk': ['billing'],
  'latin-letters': ['billing'],
  'face-rfb': ['cast'],
  'face-landmark': ['cast'],
  'face-embed-512': ['cast'],
  'person-movenet.int8': ['cast'],
  'speech-silero': ['sound'],
  // Of the networks that KINOSCOPE_FACES does not choose.
  'face-mesh': [],
  'face-embed-128': [],
};

interface Entry {
  id: string;
  sha256: string;
  file: string;
  source: object;
  optional?: boolean;
  input?: { mean: number[] };
}
interface Manifest {
  models: Entry[];
  trained: Entry[];
}

const readManifest = (models: string): Manifest =>
  JSON.parse(readFileSync(join(models, 'manifest.json'), 'utf8')) as Manifest;

describe('a model of models/manifest.json', () => {
  test.each(Object.entries(MODELS))('%s, when it is another one, makes %j out of date', async (id, kinds) => {
    const models = copyOfModels(id);
    const manifest = readManifest(models);
    const entry = [...manifest.models, ...manifest.trained].find((one) => one.id === id)!;
    entry.sha256 = createHash('sha256').update('another').digest('hex');
    const place = 'trained' in entry.source ? models : join(models, '.cache');
    rmSync(join(place, entry.file), { force: true });
    writeFileSync(join(place, entry.file), 'another');
    writeFileSync(join(models, 'manifest.json'), JSON.stringify(manifest));
    expect(await outdated(registry(models))).toEqual(kinds);
  });

  test('is accounted for', () => {
    const { models, trained } = readManifest(join(ROOT, 'models'));
    const ids = [...models.filter(({ optional }) => !optional), ...trained].map(({ id }) => id);
    expect(ids.sort()).toEqual(Object.keys(MODELS).sort());
  });

  test.each([
    ['face-mesh', ['cast']],
    ['face-embed-128', ['cast']],
    ['face-embed-512', []],
  ])('%s, where the clear ones read faces, makes %j out of date', async (id, kinds) => {
    const dir = copyOfModels(`clear-${id}`);
    const manifest = readManifest(dir);
    manifest.models.find((one) => one.id === id)!.input!.mean = [1, 2, 3];
    const clear = (modelsDir: string) => createModels({ modelsDir, provider: 'cpu', threads: 1, faces: 'clear' });
    const before = await answerVersions(clear(join(ROOT, 'models')), OWN_DECODER);
    writeFileSync(join(dir, 'manifest.json'), JSON.stringify(manifest));
    const after = await answerVersions(clear(dir), OWN_DECODER);
    expect(Object.keys(before).filter((kind) => before[kind as never] !== after[kind as never])).toEqual(kinds);
  });

  test('that was chosen instead of others makes the cast out of date, and nothing else', async () => {
    const models = createModels({ modelsDir: join(ROOT, 'models'), provider: 'cpu', threads: 1, faces: 'clear' });
    expect(await outdated(models)).toEqual(['cast']);
  });

  test('that is fed otherwise makes its answers out of date', async () => {
    const models = copyOfModels('fed');
    const manifest = readManifest(models);
    manifest.models.find(({ id }) => id === 'ppocr-det')!.input!.mean = [0, 0, 0];
    writeFileSync(join(models, 'manifest.json'), JSON.stringify(manifest));
    expect(await outdated(registry(models))).toEqual(['credits', 'billing']);
  });

  test('that is not the one of the manifest is told when it is to be loaded', async () => {
    const dir = copyOfModels('retrained');
    appendFileSync(join(dir, 'genre-pictures.onnx'), 'x');
    const models = registry(dir);
    expect(await outdated(models)).toEqual(['genre']);
    expect((await models.list()).find(({ id }) => id === 'genre-pictures')).toMatchObject({ state: 'different' });
    await expect(createGenreAnalyzer({ models })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(
        /^The file genre-pictures\.onnx of the model genre-pictures is not the one that manifest\.json names/,
      ),
    });
  });

  test('cannot decide without being named for the version', async () => {
    await expect(modelsOf('credits', registry()).load('face-rfb')).rejects.toMatchObject({ code: 'internal' });
    await expect(modelsOf('shots', registry()).trained('latin-letters')).rejects.toMatchObject({ code: 'internal' });
  });
});
