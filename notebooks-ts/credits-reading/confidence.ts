/**
 * Learns how likely a text of credits is right (data/billing-confidence.json): logistic regression over a few drawn films, in the fonts and with
 * the names that choices may be made on, and over every second still of bench/fixtures/credits-stills.json.
 *
 *     npx tsx notebooks-ts/credits-reading/confidence.ts [FOLDER OF DATA] [FOLDER FOR WHAT WAS READ]
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plainly } from '../../bench/credits-reading-counts.js';
import {
  casesOf,
  CHOOSING_FONTS,
  drawFilm,
  footageOf,
  hasFont,
  Names,
  writeFilm,
} from '../../bench/credits-reading-films.js';
import { confidenceFeatures, confidenceOf, type ConfidenceTable } from '../../src/credits/billing/confidence.js';
import { textOf } from '../../src/credits/billing/letters.js';
import { billingReader } from '../../src/credits/billing/line-reader.js';
import { takePicture } from '../../src/credits/billing/read.js';
import { PICTURE_SIZE } from '../../src/credits/billing/regions.js';
import { columnsRead } from '../../src/credits/billing/rows.js';
import { onePerPlace } from '../../src/credits/billing/same-place.js';
import { Stitcher, type Track } from '../../src/credits/billing/stitch.js';
import { randomOf } from '../../src/credits/boosting.js';
import { openMedia } from '../../src/frames/media.js';
import { readPicture } from '../../src/frames/picture.js';
import { createModels } from '../../src/inference/registry.js';

const [, , data = '../shared/data', folder = 'models/.training/confidence'] = process.argv;
const WEIGHT_DECAY = 1;
const FOLDS = 6;
const FILMS = 12;

/** What was read of a film or a still, and what stands there. */
interface Read {
  readonly aspect: number;
  readonly tracks: readonly Track[];
  readonly texts: readonly string[];
}

const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
const media = openMedia({});
mkdirSync(folder, { recursive: true });

/** What a file of the folder says, made when it is missing: reading takes minutes. */
async function kept(name: string, make: () => Promise<Read>): Promise<Read> {
  const file = join(folder, `${name}.json`);
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(await make()));
  return JSON.parse(readFileSync(file, 'utf8')) as Read;
}

async function film(k: number): Promise<Read> {
  const [text, reader] = await Promise.all([models.load('ppocr-det'), billingReader(models)]);
  const random = randomOf(977 * k + 5);
  for (let warm = 0; warm < 12; warm++) random();
  const drawn = drawFilm(random, new Names(data, 0), cases[k]!);
  const file = join(folder, `${k}.mp4`);
  if (!existsSync(file)) {
    const footage = await footageOf(media, join(data, 'video/trailer-joker.mp4'), 30, drawn.height);
    await writeFilm(drawn, random, footage, file);
  }
  const stitcher = new Stitcher();
  stitcher.turn();
  for await (const { time, images } of media.source.frames(file, {
    plan: { kind: 'everySecond' },
    sizes: [PICTURE_SIZE],
  }))
    await takePicture(stitcher, time, images[0]!, text, reader);
  const { cast, crew } = drawn.truth;
  const texts = [...cast.flatMap((one) => [one.actor, one.character]), ...crew.flatMap((one) => [one.name, one.role])];
  return { aspect: 16 / 9, tracks: stitcher.tracks, texts };
}

async function still(file: string, pairs: readonly (readonly (string | null)[])[]): Promise<Read> {
  const [text, reader] = await Promise.all([models.load('ppocr-det'), billingReader(models)]);
  const image = await readPicture(join(data, 'credits-stills/credits', file));
  const stitcher = new Stitcher();
  await takePicture(stitcher, 0, image, text, reader);
  return {
    aspect: image.width / image.height,
    tracks: stitcher.tracks,
    texts: pairs.flat().filter((one) => one !== null),
  };
}

const letters = (text: string): string =>
  plainly(text)
    .normalize('NFD')
    .replace(/[\p{M}\P{L}]/gu, '')
    .toLowerCase();

/** Letters that two texts share, in order, as a share of the longer one. */
function likeness(a: string, b: string): number {
  let before = new Array<number>(b.length + 1).fill(0);
  for (const letter of a) {
    const row = [0];
    for (let j = 1; j <= b.length; j++)
      row.push(letter === b[j - 1] ? before[j - 1]! + 1 : Math.max(before[j]!, row[j - 1]!));
    before = row;
  }
  return before[b.length]! / Math.max(a.length, b.length, 1);
}

/** Texts that are like none that stands there are of no use: what was typed of a still are its names and their roles. */
function examplesOf({ aspect, tracks, texts }: Read): { features: number[]; right: boolean }[] {
  const there = new Set(texts.map(plainly));
  const plain = texts.map(letters);
  return onePerPlace(tracks, aspect).flatMap((track) =>
    columnsRead(track, aspect).flatMap((column) => {
      const text = plainly(textOf(column));
      const own = letters(text);
      if (own.length < 2 || !plain.some((one) => likeness(own, one) > 0.6)) return [];
      return [{ features: confidenceFeatures(column, track.readings), right: there.has(text) }];
    }),
  );
}

/** Solves a small system of linear equations by elimination; the matrix is positive definite. */
function solved(matrix: number[][], right: number[]): number[] {
  const rows = matrix.map((row, k) => [...row, right[k]!]);
  for (const [k, row] of rows.entries())
    for (const [other, below] of rows.entries()) {
      if (other === k) continue;
      const factor = below[k]! / row[k]!;
      for (let c = k; c < below.length; c++) below[c]! -= factor * row[c]!;
    }
  return rows.map((row, k) => row.at(-1)! / row[k]!);
}

/** Newton's method. */
function learn(examples: readonly { features: number[]; right: boolean }[]): ConfidenceTable {
  const width = examples[0]!.features.length + 1;
  let weights = new Array<number>(width).fill(0);
  for (let round = 0; round < 12; round++) {
    const gradient = weights.map((w) => -WEIGHT_DECAY * w);
    const curvature = weights.map((_, k) => weights.map((_w, c) => (k === c ? WEIGHT_DECAY : 0)));
    for (const { features, right } of examples) {
      const values = [...features, 1];
      const p = confidenceOf(features, { weights: weights.slice(0, -1), bias: weights.at(-1)! });
      for (let k = 0; k < width; k++) {
        gradient[k]! += ((right ? 1 : 0) - p) * values[k]!;
        for (let c = 0; c < width; c++) curvature[k]![c]! += p * (1 - p) * values[k]! * values[c]!;
      }
    }
    const step = solved(curvature, gradient);
    weights = weights.map((w, k) => w + step[k]!);
  }
  return { weights: weights.slice(0, -1), bias: weights.at(-1)! };
}

const cases = casesOf(CHOOSING_FONTS.filter(hasFont)).slice(0, FILMS);
const read: Read[] = [];
const typed = JSON.parse(readFileSync('bench/fixtures/credits-stills.json', 'utf8')) as Record<
  string,
  [string | null, string][]
>;
for (const [k, [file, pairs]] of Object.entries(typed).entries())
  if (k % 2 === 0) read.push(await kept(`still-${file}`, () => still(file, pairs)));
for (const k of cases.keys()) read.push(await kept(`film-${k}`, () => film(k)));
const examples = read.map(examplesOf);

/** Each film and still is told by what others teach. */
const told = Array.from({ length: FOLDS }, (_, fold) => {
  const held = examples.filter((_own, k) => k % FOLDS === fold).flat();
  const table = learn(examples.filter((_own, k) => k % FOLDS !== fold).flat());
  return held.map(({ features, right }) => ({ p: confidenceOf(features, table), right }));
}).flat();
for (const from of [0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]) {
  const some = told.filter(({ p }) => p >= from);
  const right = some.filter((one) => one.right).length;
  console.log(
    `from ${from}: ${some.length} of ${told.length} texts, ${((100 * right) / some.length).toFixed(1)} % right`,
  );
}
const table = learn(examples.flat());
console.log(table, examples.flat().length);
writeFileSync('data/billing-confidence.json', `${JSON.stringify(table)}\n`);
await models.close();
process.exit(0);
