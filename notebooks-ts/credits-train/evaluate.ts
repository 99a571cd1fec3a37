/**
 * Measures a credits frame classifier on pictures that its training never saw.
 *
 *   npx tsx notebooks-ts/credits-train/evaluate.ts DATA FILE.onnx...             a table for each ONNX file
 *   npx tsx notebooks-ts/credits-train/evaluate.ts DATA --features OUT [X.npy [N]]   Inception V3's features for head.py:
 *                                                                   of the stills, or of N packed pictures of a set
 *
 * DATA is the folder of real data. Pictures are squeezed to the network's size, as frames are.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { createFrameSource } from '../../src/frames/frame-source.js';
import type { RgbImage } from '../../src/frames/types.js';
import { imagesToTensor } from '../../src/inference/image-tensor.js';
import { createModels } from '../../src/inference/registry.js';
import { openSession } from '../../src/inference/session.js';
import type { ImageInput } from '../../src/inference/types.js';

const WIDTH = 224;
const HEIGHT = 126;
/** Of the pictures that it was trained on, before they were made as small as the network's input (pack_stills.py). */
const PACKED = { width: 320, height: 180 };
const INPUT: ImageInput = {
  name: 'frames', layout: 'NCHW', width: WIDTH, height: HEIGHT, channels: 'RGB', scale: 1 / 255,
  mean: [0.25, 0.25, 0.25], std: [0.3, 0.3, 0.3],
};
/** Files of DATA/video with the seconds in which credits are on screen, from the data's description. */
const VIDEOS: readonly { file: string; credits: readonly [number, number] | null }[] = [
  { file: 'big-buck-bunny-360p.mp4', credits: [490.5, 580] },
  { file: 'trailer-sintel.mp4', credits: [47, 60] },
  { file: 'trailer-joker.mp4', credits: null },
  { file: 'trailer-avatar-the-last-airbender.mp4', credits: null },
  { file: 'hard-negative-kinetic-text.webm', credits: null },
  { file: 'chaplin.mp4', credits: null },
  { file: 'credits-roll-16s.mp4', credits: [0, 60] },
  { file: 'credits-cards-10s.mp4', credits: [0, 60] },
];

type Classify = (images: readonly RgbImage[]) => Promise<number[]>;

const here = import.meta.dirname;
const fifth = (name: string): number => parseInt(createHash('sha1').update(name).digest('hex').slice(0, 8), 16) % 5;

async function picture(file: string, width: number, height: number): Promise<RgbImage> {
  const data = await sharp(file).toColourspace('srgb').removeAlpha().resize(width, height, { fit: 'fill', kernel: 'linear' }).raw().toBuffer();
  return { width, height, data };
}

/**
 * A packed picture at the network's size, softened as in training: 8 % of film stills are called credits when they come
 * straight from the file with the sharper edges of Lanczos, 1 % so.
 */
async function sized({ width, height, data: pixels }: RgbImage): Promise<RgbImage> {
  const raw = { width, height, channels: 3 as const };
  const data = await sharp(pixels, { raw }).resize(WIDTH, HEIGHT, { fit: 'fill', kernel: 'linear' }).raw().toBuffer();
  return { width: WIDTH, height: HEIGHT, data };
}

async function jpegs(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.jpg')).sort().map((name) => join(folder, name));
}

async function heldOut(data: string): Promise<{ file: string; credits: boolean }[]> {
  const { files } = JSON.parse(await readFile(join(here, 'holdout.json'), 'utf8')) as { files: string[] };
  return files.map((name) => ({ file: join(data, 'credits-stills', name), credits: name.startsWith('credits/') }));
}

/** Pictures without credits that were kept from training: a fifth of the film stills, and whole trailers. */
async function others(data: string): Promise<Record<string, string[]>> {
  const stills = await jpegs(join(data, 'film-stills/images'));
  const folders = await readdir(join(data, 'trailer-frames'), { withFileTypes: true });
  const trailers = folders.filter((entry) => entry.isDirectory() && fifth(entry.name) === 0);
  return {
    'film stills': stills.filter((file) => fifth(`film-stills/images/${file.split('/').at(-1)}`) === 0),
    'trailer frames': (await Promise.all(trailers.map(({ name }) => jpegs(join(data, 'trailer-frames', name))))).flat(),
  };
}

async function classifyFiles(classify: Classify, files: readonly string[]): Promise<number[]> {
  const out: number[] = [];
  for (let at = 0; at < files.length; at += 8) {
    out.push(...await classify(await Promise.all(files.slice(at, at + 8).map(async (file) => sized(await picture(file, PACKED.width, PACKED.height))))));
  }
  return out;
}

async function classifyVideo(classify: Classify, file: string): Promise<{ time: number; p: number }[]> {
  const out: { time: number; p: number }[] = [];
  const frames = createFrameSource().frames(file, { plan: { kind: 'everySecond' }, sizes: [{ ...PACKED, fit: 'fill' }] });
  for await (const { time, images } of frames) {
    const [p] = await classify([await sized(images[0]!)]);
    out.push({ time, p: p ?? 0 });
  }
  return out;
}

const percent = (part: number, of: number): string => `${((100 * part) / of).toFixed(1)} % of ${of}`;

async function measure(data: string, onnx: string): Promise<void> {
  const session = await openSession(onnx, { provider: 'cpu', threads: 2 });
  const classify: Classify = async (images) => [...(await session.run({ frames: imagesToTensor(images, INPUT) }))['credit']!.data].map(Number);
  const rows: [string, string][] = [];
  const held = await heldOut(data);
  const p = await classifyFiles(classify, held.map(({ file }) => file));
  const right = held.map(({ credits }, i) => (p[i]! > 0.5) === credits);
  for (const [name, wanted] of [['credits', true], ['film', false]] as const) {
    const of = right.filter((_, i) => held[i]!.credits === wanted);
    rows.push([`held-out stills, ${name}: right`, percent(of.filter(Boolean).length, of.length)]);
  }
  rows.push(['held-out stills: right', percent(right.filter(Boolean).length, right.length)]);
  const wrong = held.flatMap(({ file }, i) => (right[i] ? [] : [`${file.split('/').slice(-2).join('/')} ${p[i]!.toFixed(2)}`]));
  for (const [name, files] of Object.entries(await others(data))) {
    const values = await classifyFiles(classify, files);
    rows.push([`${name} called credits`, percent(values.filter((v) => v > 0.5).length, values.length)]);
  }
  for (const { file, credits } of VIDEOS) {
    const frames = await classifyVideo(classify, join(data, 'video', file));
    const inside = frames.filter(({ time }) => credits && time >= credits[0] && time < credits[1]);
    const outside = frames.filter((frame) => !inside.includes(frame));
    if (inside.length > 0) rows.push([`${file}: credits found`, percent(inside.filter((f) => f.p > 0.5).length, inside.length)]);
    if (outside.length > 0) rows.push([`${file}: rest called credits`, percent(outside.filter((f) => f.p > 0.5).length, outside.length)]);
  }
  await session.close();
  console.log(`\n| ${onnx.split('/').at(-1)} | |\n|---|---|\n${rows.map(([a, b]) => `| ${a} | ${b} |`).join('\n')}`);
  console.log(`wrong stills: ${wrong.join(', ') || 'none'}`);
}

/** `count` evenly spaced pictures of a packed set, uint8 [N,180,320,3] in NumPy's format, named by their index. */
async function* packed(npy: string, count: number): AsyncGenerator<[string, RgbImage]> {
  const bytes = await readFile(npy);
  const pixels = bytes.subarray(10 + bytes.readUInt16LE(8));
  const size = PACKED.width * PACKED.height * 3;
  const total = Math.floor(pixels.length / size);
  for (let k = 0; k < Math.min(count, total); k++) {
    const i = Math.floor((k * total) / Math.min(count, total));
    const raw = { ...PACKED, channels: 3 as const };
    const data = await sharp(pixels.subarray(i * size, (i + 1) * size), { raw }).resize(299, 299, { fit: 'fill' }).raw().toBuffer();
    yield [String(i), { width: 299, height: 299, data }];
  }
}

async function* stills(data: string): AsyncGenerator<[string, RgbImage]> {
  for (const name of ['credits', 'film']) {
    for (const file of await jpegs(join(data, 'credits-stills', name))) yield [`${name}/${file.split('/').at(-1)}`, await picture(file, 299, 299)];
  }
}

/** The pictures' 2048 features as float32 rows, with the list of their names: OUT.f32 and OUT.json. */
async function writeFeatures(out: string, pictures: AsyncIterable<[string, RgbImage]>): Promise<void> {
  const models = createModels({ modelsDir: resolve(here, '../../models'), provider: 'cpu', threads: 1 });
  const inception = await models.load('inception-v3');
  const names: string[] = [];
  const rows: Float32Array[] = [];
  for await (const [name, image] of pictures) {
    const { features } = await inception.runImage(image);
    names.push(name);
    rows.push(features!.data as Float32Array);
  }
  await writeFile(`${out}.f32`, Buffer.concat(rows.map((row) => Buffer.from(row.buffer, row.byteOffset, row.byteLength))));
  await writeFile(`${out}.json`, JSON.stringify(names));
  await models.close();
}

const [data, first, ...rest] = process.argv.slice(2);
if (!data || !first) throw new Error('usage: evaluate.ts DATA (FILE.onnx... | --features OUT [X.npy [N]])');
if (first === '--features') {
  const [out = 'features', npy, count] = rest;
  await writeFeatures(out, npy ? packed(npy, Number(count ?? Infinity)) : stills(data));
} else {
  for (const onnx of [first, ...rest]) await measure(data, onnx);
}
