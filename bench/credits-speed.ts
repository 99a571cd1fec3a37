/**
 * What finding the credits costs, beside the bare key-frame decode of the same window and the way of the seeds: the last
 * fifth decoded whole, ten frames a second, three square crops, a ResNet50 at 224 in 32-bit floats. The seeds' way is
 * measured on a minute and some pictures, and reckoned for the whole. `npm run bench -- credits-speed [FILE]`.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { detectCredits } from '../src/credits/detect.js';
import { SAMPLE_SIZE } from '../src/credits/watch.js';
import type { SamplingPlan } from '../src/frames/types.js';
import { openMedia } from '../src/frames/media.js';
import { createModels } from '../src/inference/registry.js';
import { resnet50 } from './credits-resnet50.js';
import { writeSection } from './results.js';

const DATA = process.env['KINOSCOPE_DATA'] ?? '../shared/data';
const file = process.argv[2] ?? join(DATA, 'video/big-buck-bunny-360p.mp4');
const media = openMedia({});
const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 0 });
const info = await media.probe(file);
await models.load('ppocr-det');

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

async function decode(plan: SamplingPlan, width: number, height: number): Promise<number> {
  let frames = 0;
  for await (const frame of media.source.frames(file, { plan, sizes: [{ width, height, fit: 'inside' }] })) {
    void frame;
    frames++;
  }
  return frames;
}

/** Resident megabytes of this process and its decoders (Linux only, elsewhere 0). */
function residentMegabytes(): number {
  const own = `/proc/${process.pid}`;
  try {
    const children = readFileSync(`${own}/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean);
    return [own, ...children.map((pid) => `/proc/${pid}`)].reduce((sum, folder) =>
      sum + Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`${folder}/status`, 'utf8'))?.[1] ?? 0) / 1024, 0);
  } catch {
    return 0;
  }
}

const window = { start: Math.max(0, info.duration - Math.max(600, 0.25 * info.duration)), end: info.duration + 1 };
const fifth = { start: 0.8 * info.duration, end: info.duration };
const minute = { start: fifth.start, end: Math.min(fifth.end, fifth.start + 60) };
const scale = (fifth.end - fifth.start) / (minute.end - minute.start);
const [ours, bare, whole]: number[][] = [[], [], []];
let peak = 0;
for (let round = 0; round < 3; round++) {
  bare!.push(await timed(() => decode({ kind: 'keyframes', window }, SAMPLE_SIZE.width, SAMPLE_SIZE.height)));
  const watch = setInterval(() => { peak = Math.max(peak, residentMegabytes()); }, 200);
  ours!.push(await timed(() => detectCredits({ file, info, source: media.source, models })));
  clearInterval(watch);
  if (round < 2) whole!.push(scale * await timed(() => decode({ kind: 'every', window: minute }, 640, 360)));
}
const network = await resnet50();
const each: number[] = [];
for (let k = 0; k < 12; k++) each.push(await timed(() => network.run()));
const crops = 3 * 10 * (info.duration - fifth.start);
const seeds = median(whole!) + crops * median(each);
await network.close();
await models.close();
const row = (name: string, seconds: number): string => `| ${name} | ${seconds.toFixed(2)} | ${(seconds / median(bare!)).toFixed(2)} |`;
writeSection('credits-speed', [
  '### Time to find the credits', '',
  `${basename(file)}, ${info.width} x ${info.height}, ${info.codec}, ${(info.duration / 60).toFixed(1)} minutes; medians of runs in one process, networks loaded.`, '',
  '| | seconds | times the bare decode |', '|---|---|---|',
  row('key frames of the window, decoded and thrown away', median(bare!)),
  row('kinoscope', median(ours!)),
  row(`the seeds' way, reckoned: last fifth decoded whole in ${median(whole!).toFixed(1)} s, ${Math.round(crops)} crops at ${(1000 * median(each)).toFixed(0)} ms`, seeds), '',
  `${(seeds / median(ours!)).toFixed(0)} times faster than the seeds' way; at most ${peak.toFixed(0)} MB resident, decoders included.`,
].join('\n'));
