/** Time to get a film's frames, beside a plain decode of the whole film and beside PNG files (the seeds' way). */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { createFrameSource } from '../src/frames/frame-source.js';
import type { SamplingPlan } from '../src/frames/types.js';
import { writeSection } from './results.js';

const FILM = join(process.env['KINOSCOPE_DATA'] ?? '../shared/data', 'video/big-buck-bunny-360p.mp4');
const ROUNDS = 3;
const SIZE = { width: 299, height: 299, fit: 'fill' } as const;

function ffmpeg(...args: string[]): void {
  const { status, stderr } = spawnSync('ffmpeg', ['-nostdin', '-v', 'error', '-threads', '2', '-i', FILM, ...args]);
  if (status !== 0) throw new Error(`ffmpeg: ${stderr}`);
}

/** Every frame of one second each becomes a PNG file, which is read back at the classifier's size. */
async function throughFiles(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'kinoscope-bench-'));
  try {
    ffmpeg('-vf', 'fps=1', join(folder, '%05d.png'));
    const files = readdirSync(folder);
    for (const file of files)
      await sharp(join(folder, file)).resize(SIZE.width, SIZE.height, { fit: 'fill' }).raw().toBuffer();
    return files.length;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function take(kind: 'node-av' | 'ffmpeg', plan: SamplingPlan): Promise<number> {
  let frames = 0;
  for await (const frame of createFrameSource({ kind }).frames(FILM, { plan, sizes: [SIZE] }))
    frames += frame.images.length;
  return frames;
}

const every = { kind: 'everySecond' } as const;
const keys = { kind: 'keyframes' } as const;
const tail = { kind: 'keyframes', window: { start: 447, end: 600 } } as const;
const times = Array.from({ length: 20 }, (_, index) => 480 + index * 0.5);
const WAYS: readonly (readonly [string, () => Promise<number>])[] = [
  ["PNG files at 1 a second, read back (the seeds' way)", throughFiles],
  [
    'plain decode of every frame, nothing kept',
    async () => {
      ffmpeg('-map', '0:v:0', '-f', 'null', '-');
      return 0;
    },
  ],
  ['everySecond, node-av', () => take('node-av', every)],
  ['everySecond, ffmpeg', () => take('ffmpeg', every)],
  ['keyframes, node-av', () => take('node-av', keys)],
  ['keyframes, ffmpeg', () => take('ffmpeg', keys)],
  ['keyframes of the last quarter, node-av', () => take('node-av', tail)],
  ['20 exact times within 10 s, node-av', () => take('node-av', { kind: 'exactAt', times })],
];

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
const seconds: number[][] = WAYS.map(() => []);
const frames: number[] = [];
// The ways take turns, so that what else the machine does weighs on all of them.
for (let round = 0; round < ROUNDS; round++) {
  for (const [index, [, run]] of WAYS.entries()) {
    const started = performance.now();
    frames[index] = await run();
    seconds[index]!.push((performance.now() - started) / 1000);
  }
}
const [files, decode] = [median(seconds[0]!), median(seconds[1]!)];
writeSection(
  'frames-speed',
  [
    '### Speed of decoding',
    '',
    `A film of ten minutes, 640 x 360, H.264 with a key frame every 2 s; two decoder threads, pictures of 299 x 299.`,
    `Medians of ${ROUNDS} rounds in which the ways take turns.`,
    '',
    '| | frames | seconds | times as fast as PNG files | of a plain decode |',
    '|---|---|---|---|---|',
    ...WAYS.map(([name], index) => {
      const time = median(seconds[index]!);
      return `| ${name} | ${frames[index] || '-'} | ${time.toFixed(1)} | ${(files / time).toFixed(1)} | ${(time / decode).toFixed(2)} |`;
    }),
  ].join('\n'),
);
