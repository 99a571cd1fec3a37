/**
 * What finding the credits costs, beside the bare key-frame decode of the same window and the way of the seeds: the last
 * fifth decoded whole, ten frames a second, three square crops, a ResNet50 at 224 in 32-bit floats. The seeds' way is
 * measured on a minute and some pictures, and reckoned for the whole. `npm run bench -- credits-speed [FILE...]`, by
 * default Big Buck Bunny and a film of two hours in 1080p that is made of it with the system's ffmpeg (minutes) and kept
 * in the temporary folder.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { detectCredits } from '../src/credits/detect.js';
import { SAMPLE_SIZE } from '../src/credits/read-frames.js';
import { openMedia } from '../src/frames/media.js';
import type { SamplingPlan } from '../src/frames/types.js';
import { createModels } from '../src/inference/registry.js';
import type { Models } from '../src/inference/types.js';
import { resnet50 } from './credits-resnet50.js';
import { writeSection } from './results.js';

const BUNNY = join(process.env['KINOSCOPE_DATA'] ?? '../shared/data', 'video/big-buck-bunny-360p.mp4');

/** 59 times the same two minutes of story, then the film's last two minutes; a key frame every four seconds at most. */
function longFilm(): string {
  const film = join(tmpdir(), 'kinoscope-two-hours-1080p.mp4');
  if (existsSync(film)) return film;
  const folder = mkdtempSync(join(tmpdir(), 'kinoscope-long-'));
  const ffmpeg = (...given: string[]): void => {
    const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-y', ...given], { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`ffmpeg: ${stderr}`);
  };
  const encoding = [
    '-an',
    '-vf',
    'scale=1920:1080',
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-crf',
    '21',
    '-g',
    '96',
  ];
  ffmpeg('-ss', '60', '-t', '120', '-i', resolve(BUNNY), ...encoding, 'story.mp4');
  ffmpeg('-ss', '480', '-i', resolve(BUNNY), ...encoding, 'end.mp4');
  writeFileSync(join(folder, 'list'), `${'file story.mp4\n'.repeat(59)}file end.mp4\n`);
  ffmpeg('-f', 'concat', '-i', 'list', '-c', 'copy', 'film.mp4');
  renameSync(join(folder, 'film.mp4'), film);
  rmSync(folder, { recursive: true });
  return film;
}

const media = openMedia({});
const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 0 });

/** Pictures that were shown to each network. */
const shown = new Map<string, number>();
const counted: Models = {
  faces: models.faces,
  labels: (id) => models.labels(id),
  trained: (id) => models.trained(id),
  close: () => models.close(),
  load: async (id, copies) => {
    const model = await models.load(id, copies);
    const count = (pictures: number): void => void shown.set(id, (shown.get(id) ?? 0) + pictures);
    return {
      ...model,
      runImages: (images) => {
        count(images.length);
        return model.runImages(images);
      },
      runImage: (image) => {
        count(1);
        return model.runImage(image);
      },
    };
  },
};

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

async function decode(file: string, plan: SamplingPlan, width: number, height: number): Promise<void> {
  for await (const frame of media.source.frames(file, { plan, sizes: [{ width, height, fit: 'inside' }] })) void frame;
}

/** Resident megabytes of this process and its decoders (Linux only, elsewhere 0). */
function residentMegabytes(): number {
  const own = `/proc/${process.pid}`;
  try {
    const children = readFileSync(`${own}/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean);
    return [own, ...children.map((pid) => `/proc/${pid}`)].reduce(
      (sum, folder) => sum + Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`${folder}/status`, 'utf8'))?.[1] ?? 0) / 1024,
      0,
    );
  } catch {
    return 0;
  }
}

/** Seconds of one crop; measured last, as its network would count as our memory. */
async function cropSeconds(): Promise<number> {
  const network = await resnet50();
  const each: number[] = [];
  for (let k = 0; k < 12; k++) each.push(await timed(() => network.run()));
  await network.close();
  return median(each);
}

/** @returns what tells of the file once it is known what a crop costs */
async function measure(file: string): Promise<(crop: number) => string> {
  const info = await media.probe(file);
  const window = { start: Math.max(0, info.duration - Math.max(600, 0.25 * info.duration)), end: info.duration + 1 };
  const fifth = { start: 0.8 * info.duration, end: info.duration };
  const minute = { start: fifth.start, end: Math.min(fifth.end, fifth.start + 60) };
  const scale = (fifth.end - fifth.start) / (minute.end - minute.start);
  const [ours, bare]: [number[], number[]] = [[], []];
  let peak = 0;
  let found: number | null = null;
  const detect = async (): Promise<void> => {
    shown.clear();
    found = (await detectCredits({ file, info, source: media.source, models: counted })).creditsStart;
  };
  await detect();
  for (let round = 0; round < 5; round++) {
    bare.push(await timed(() => decode(file, { kind: 'keyframes', window }, SAMPLE_SIZE.width, SAMPLE_SIZE.height)));
    const watch = setInterval(() => {
      peak = Math.max(peak, residentMegabytes());
    }, 100);
    ours.push(await timed(detect));
    clearInterval(watch);
  }
  const whole = scale * (await timed(() => decode(file, { kind: 'every', window: minute }, 640, 360)));
  const [detections, lines] = ['ppocr-det', 'ppocr-rec'].map((id) => shown.get(id) ?? 0);
  const crops = 3 * 10 * (info.duration - fifth.start);
  const row = (name: string, seconds: number): string =>
    `| ${name} | ${seconds.toFixed(2)} | ${(seconds / median(bare)).toFixed(2)} |`;
  return (crop) => {
    const seeds = whole + crops * crop;
    return [
      `${basename(file)}, ${info.width} x ${info.height}, ${info.codec}, ${(info.duration / 60).toFixed(1)} minutes; start found at ${String(found)} s.`,
      '',
      '| | seconds | times the bare decode |',
      '|---|---|---|',
      row('key frames of the window, decoded and thrown away', median(bare)),
      row('kinoscope', median(ours)),
      row(
        `the seeds' way, reckoned: last fifth decoded whole in ${whole.toFixed(1)} s, ${Math.round(crops)} crops at ${(1000 * crop).toFixed(0)} ms`,
        seeds,
      ),
      '',
      `${(seeds / median(ours)).toFixed(0)} times faster than the seeds' way; at most ${peak.toFixed(0)} MB resident, decoders included. Text was looked for in ${detections} pictures, ${lines} lines were read.`,
    ].join('\n');
  };
}

const given = process.argv.slice(2);
const parts: ((crop: number) => string)[] = [];
for (const file of given.length > 0 ? given : [BUNNY, longFilm()]) parts.push(await measure(file));
await models.close();
const crop = await cropSeconds();
writeSection(
  'credits-speed',
  [
    '### Time to find the credits',
    '',
    'Medians of five runs in one process, networks loaded.',
    '',
    parts.map((part) => part(crop)).join('\n\n'),
  ].join('\n'),
);
