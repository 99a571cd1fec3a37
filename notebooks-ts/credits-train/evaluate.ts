/**
 * Measures a credits frame classifier on pictures and films that its training never saw, fed as the worker feeds it:
 *
 *   npx tsx notebooks-ts/credits-train/evaluate.ts DATA FILE.onnx...
 *
 * DATA is the folder of real data; a table for each ONNX file.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { squeezed } from '../../src/credits/picture.js';
import { SAMPLE_SIZE } from '../../src/credits/read-frames.js';
import { fitted } from '../../src/credits/still.js';
import { createFrameSource } from '../../src/frames/frame-source.js';
import { readPicture } from '../../src/frames/picture.js';
import type { RgbImage } from '../../src/frames/types.js';
import { imagesToTensor } from '../../src/inference/image-tensor.js';
import { openSession } from '../../src/inference/session.js';
import type { ImageInput } from '../../src/inference/types.js';

/** As model.py has it. */
const INPUT = {
  name: 'frames',
  layout: 'NCHW',
  width: 224,
  height: 126,
  channels: 'RGB',
  scale: 1 / 255,
  mean: [123.68 / 255, 116.779 / 255, 103.939 / 255],
  std: [1 / 255, 1 / 255, 1 / 255],
} as const satisfies ImageInput;
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

type Classify = (image: RgbImage) => Promise<number>;

const fifth = (name: string): number => parseInt(createHash('sha1').update(name).digest('hex').slice(0, 8), 16) % 5;

async function jpegs(folder: string): Promise<string[]> {
  return (await readdir(folder))
    .filter((name) => name.endsWith('.jpg'))
    .sort()
    .map((name) => join(folder, name));
}

async function heldOut(data: string): Promise<{ file: string; credits: boolean }[]> {
  const { files } = JSON.parse(await readFile(join(import.meta.dirname, 'holdout.json'), 'utf8')) as {
    files: string[];
  };
  return files.map((name) => ({ file: join(data, 'credits-stills', name), credits: name.startsWith('credits/') }));
}

/** Pictures without credits that were kept from training: a fifth of the film stills, and whole trailers. */
async function others(data: string): Promise<Record<string, string[]>> {
  const stills = await jpegs(join(data, 'film-stills/images'));
  const folders = await readdir(join(data, 'trailer-frames'), { withFileTypes: true });
  const trailers = folders.filter((entry) => entry.isDirectory() && fifth(entry.name) === 0);
  return {
    'film stills': stills.filter((file) => fifth(`film-stills/images/${file.split('/').at(-1)}`) === 0),
    'trailer frames, title cards among them': (
      await Promise.all(trailers.map(({ name }) => jpegs(join(data, 'trailer-frames', name))))
    ).flat(),
  };
}

async function classifyFiles(classify: Classify, files: readonly string[]): Promise<number[]> {
  const out: number[] = [];
  for (const file of files) out.push(await classify(fitted(await readPicture(file))));
  return out;
}

async function classifyVideo(classify: Classify, file: string): Promise<{ time: number; p: number }[]> {
  const out: { time: number; p: number }[] = [];
  for await (const { time, images } of createFrameSource().frames(file, {
    plan: { kind: 'everySecond' },
    sizes: [SAMPLE_SIZE],
  })) {
    out.push({ time, p: await classify(images[0]!) });
  }
  return out;
}

const percent = (part: number, of: number): string => `${((100 * part) / of).toFixed(1)} % of ${of}`;

async function measure(data: string, onnx: string): Promise<void> {
  const session = await openSession(onnx, { provider: 'cpu', threads: 1 });
  const classify: Classify = async (image) => {
    const frames = imagesToTensor([squeezed(image, INPUT.width, INPUT.height)], INPUT);
    return Number((await session.run({ frames }))['credit']!.data[0]);
  };
  const rows: [string, string][] = [];
  const held = await heldOut(data);
  const p = await classifyFiles(
    classify,
    held.map(({ file }) => file),
  );
  const right = held.map(({ credits }, i) => p[i]! > 0.5 === credits);
  for (const [name, wanted] of [
    ['credits', true],
    ['film', false],
  ] as const) {
    const of = right.filter((_, i) => held[i]!.credits === wanted);
    rows.push([`held-out stills, ${name}: right`, percent(of.filter(Boolean).length, of.length)]);
  }
  rows.push(['held-out stills: right', percent(right.filter(Boolean).length, right.length)]);
  const wrong = held.flatMap(({ file }, i) =>
    right[i] ? [] : [`${file.split('/').slice(-2).join('/')} ${p[i]!.toFixed(2)}`],
  );
  for (const [name, files] of Object.entries(await others(data))) {
    const values = await classifyFiles(classify, files);
    rows.push([`${name} called credits`, percent(values.filter((v) => v > 0.5).length, values.length)]);
  }
  for (const { file, credits } of VIDEOS) {
    const frames = await classifyVideo(classify, join(data, 'video', file));
    const inside = frames.filter(({ time }) => credits && time >= credits[0] && time < credits[1]);
    const outside = frames.filter((frame) => !inside.includes(frame));
    if (inside.length > 0)
      rows.push([`${file}: credits found`, percent(inside.filter((f) => f.p > 0.5).length, inside.length)]);
    if (outside.length > 0)
      rows.push([`${file}: rest called credits`, percent(outside.filter((f) => f.p > 0.5).length, outside.length)]);
  }
  await session.close();
  console.log(`\n| ${onnx.split('/').at(-1)} | |\n|---|---|\n${rows.map(([a, b]) => `| ${a} | ${b} |`).join('\n')}`);
  console.log(`wrong stills: ${wrong.join(', ') || 'none'}`);
}

const [data, ...files] = process.argv.slice(2);
if (!data || files.length === 0) throw new Error('usage: evaluate.ts DATA FILE.onnx...');
for (const onnx of files) await measure(data, onnx);
