/**
 * How long the genre of a trailer takes: a film of 150 seconds in 720p, made of the real clips, beside the bare inference
 * of the frames that the answer rests on, the bare decode, and the way of the seeds (a PNG file a second, 32-bit floats, one frame a
 * call); from key frames, as when only the genre is asked for, and from a frame a second, as when it shares the pass with
 * the cast. Then what the trained model itself costs.
 *
 *   npm run bench -- genre-speed
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { readSettings } from '../src/config/settings.js';
import type * as MediaModule from '../src/frames/media.js';
import { runPass } from '../src/frames/pass.js';
import type * as ProgramModule from '../src/frames/program.js';
import type { RgbImage, SamplingPlan } from '../src/frames/types.js';
import { createGenreAnalyzer, KEY_FRAMES } from '../src/genre/analyzer.js';
import { COARSE, COPIES, type Features, NETWORK_INPUTS, prepareInput } from '../src/genre/feature-extractor.js';
import { GENRE_MODEL, openGenreModel } from '../src/genre/genre-model.js';
import { createModels } from '../src/inference/registry.js';
import { writeSection } from './results.js';

const VIDEOS = join(process.env['KINOSCOPE_DATA'] ?? '../shared/data', 'video');
const MODEL = fileURLToPath(new URL(`../models/${GENRE_MODEL}.onnx`, import.meta.url));
const SECONDS = 150;
/** The ways that take long are gone in the first rounds alone. */
const ROUNDS = { short: 9, long: 3 };
/** Milliseconds after which a service at rest has a decoder ready. */
const AT_REST = 3_000;

function ffmpeg(...args: string[]): void {
  const { status, stderr } = spawnSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args]);
  if (status !== 0) throw new Error(`ffmpeg: ${stderr}`);
}

/** The real trailers one after the other, then the film from its second minute, as one file. */
function makeTrailer(folder: string): string {
  const clips = [
    ['trailer-joker.mp4', 0],
    ['trailer-avatar-the-last-airbender.mp4', 0],
    ['trailer-sintel.mp4', 0],
    ['big-buck-bunny-360p.mp4', 60],
  ] as const;
  const inputs = clips.flatMap(([name, from]) => ['-ss', String(from), '-i', join(VIDEOS, name)]);
  const same = clips.map(
    (_, i) => `[${i}:v:0]scale=1280:720:force_original_aspect_ratio=decrease,pad=1280:720:-1:-1,setsar=1,fps=24[v${i}]`,
  );
  const joined = `${same.join(';')};${clips.map((_, i) => `[v${i}]`).join('')}concat=n=${clips.length}:v=1[v]`;
  const file = join(folder, 'trailer.mp4');
  ffmpeg(
    ...inputs,
    '-filter_complex',
    joined,
    '-map',
    '[v]',
    '-t',
    String(SECONDS),
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-crf',
    '21',
    file,
  );
  return file;
}

const folder = mkdtempSync(join(tmpdir(), 'kinoscope-bench-'));
const settings = readSettings({ ...process.env, KINOSCOPE_HOME: folder });
const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: settings.inferenceThreads });
// The decoder's child process as it is installed: from the sources it would start through a compiler first.
const { openMedia } = (await import(new URL('../dist/frames/media.js', import.meta.url).href)) as typeof MediaModule;
const { keepReady } = (await import(
  new URL('../dist/frames/program.js', import.meta.url).href
)) as typeof ProgramModule;
const media = openMedia({ kind: settings.decoder, threads: settings.decoderThreads });
const genreModel = await openGenreModel(models);
const networks = await Promise.all(
  Object.entries(NETWORK_INPUTS).map(async ([id, shown]) => ({ network: await models.load(id, COPIES), shown })),
);
const float = await models.load('inception-v3');

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};
/** Seconds of processor time of this process and of the child processes that it has waited for (Linux). */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  // Fields 16 and 17 of proc(5), in ticks of a hundredth; the first two are cut off.
  return (user + system) / 1e6 + (Number(fields[13]) + Number(fields[14])) / 100;
}
async function processorTimeOf(work: () => Promise<unknown>): Promise<number> {
  const start = processorTime();
  await work();
  return processorTime() - start;
}
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

const EVERY_SECOND: SamplingPlan = { kind: 'everySecond' };

/** What the product does, from the file to the answer. */
async function ours(file: string, plan = KEY_FRAMES): Promise<{ frames: number; dropped: number }> {
  const analyzer = await createGenreAnalyzer({ models });
  const { duration } = await runPass(media.source, file, { plan, consumer: analyzer });
  const again = analyzer.secondLook(duration);
  if (again) await runPass(media.source, file, { plan: again, consumer: analyzer });
  return analyzer.finish();
}

/** The same where the file is listed as a title first. */
async function listed(file: string): Promise<void> {
  await media.probe(file);
  await ours(file);
}

/** The seeds know Inception V3 alone; `typical` stands for what it sees, so that a forest is asked as well. */
async function theSeeds(file: string, typical: Features): Promise<void> {
  const pictures = mkdtempSync(join(folder, 'png-'));
  ffmpeg('-i', file, '-vf', 'fps=1', join(pictures, '%05d.png'));
  for (const name of readdirSync(pictures)) {
    const { data, info } = await sharp(join(pictures, name))
      .resize(299, 299, { fit: 'fill' })
      .raw()
      .toBuffer({ resolveWithObject: true });
    await float.runImages([{ width: info.width, height: info.height, data }]);
    await genreModel.score([typical], 'film');
  }
  rmSync(pictures, { recursive: true });
}

async function decode(file: string, plan: SamplingPlan): Promise<RgbImage[]> {
  const images: RgbImage[] = [];
  for await (const frame of media.source.frames(file, { plan, sizes: [COARSE] })) images.push(...frame.images);
  return images;
}

/** All pictures are asked for at once: the network's batches are as full as they can be. */
const infer = (views: readonly (readonly RgbImage[])[]): Promise<Features[]> =>
  Promise.all(
    views.map(async (images) =>
      Object.fromEntries(
        await Promise.all(
          networks.map(async ({ network }, i) => [network.id, await network.runImage(images[i]!)] as const),
        ),
      ),
    ),
  );

try {
  const file = makeTrailer(folder);
  const { frames, dropped } = await ours(file);
  const shared = await ours(file, EVERY_SECOND);
  const pictures = (await decode(file, EVERY_SECOND))
    .slice(0, shared.frames)
    .map(prepareInput)
    .map((view) => networks.map(({ shown }) => shown(view)));
  const outputs = await infer(pictures.slice(0, 50));
  const ways = {
    inference: () => infer(pictures.slice(0, frames)),
    decode: () => decode(file, KEY_FRAMES),
    ours: () => ours(file),
    unready: () => ours(file),
    listed: () => listed(file),
    sharedInference: () => infer(pictures),
    sharedDecode: () => decode(file, EVERY_SECOND),
    shared: () => ours(file, EVERY_SECOND),
    seeds: () => theSeeds(file, outputs[0]!),
  };
  type Way = keyof typeof ways;
  const names = Object.keys(ways) as Way[];
  /** As a service answers that was at rest. */
  const rested: readonly Way[] = ['ours', 'listed', 'shared'];
  const long: readonly Way[] = ['sharedInference', 'sharedDecode', 'shared', 'seeds'];
  const times = Object.fromEntries(names.map((name): [Way, number[]] => [name, []])) as Record<Way, number[]>;
  // The ways take turns, so that what else the machine does weighs on all of them.
  for (let round = 0; round < ROUNDS.short; round++)
    for (const name of names) {
      if (round >= ROUNDS.long && long.includes(name)) continue;
      const endReadiness = rested.includes(name) ? keepReady() : undefined;
      await sleep(AT_REST);
      times[name].push(await timed(ways[name]));
      await endReadiness?.();
    }
  const ratio = (way: Way, bare: Way): number => median(times[way].map((time, round) => time / times[bare][round]!));
  const row = (text: string, way: Way, bare: Way): string =>
    `| ${text} | ${median(times[way]).toFixed(2)} | ${ratio(way, bare).toFixed(2)} | ${(SECONDS / median(times[way])).toFixed(0)} x |`;

  const cores = availableParallelism();
  const busy = { inference: await processorTimeOf(ways.inference), ours: await processorTimeOf(ways.ours) };
  const loads: number[] = [];
  for (let k = 0; k < 9; k++) {
    const others = createModels({ modelsDir: 'models', provider: 'cpu', threads: settings.inferenceThreads });
    loads.push(await timed(() => openGenreModel(others)));
    await others.close();
  }
  const scored: number[] = [];
  for (let k = 0; k < 9; k++) {
    scored.push(
      await timed(() =>
        genreModel.score(
          Array.from({ length: 200 }, (_, n) => outputs[n % outputs.length]!),
          'film',
        ),
      ),
    );
  }
  writeSection(
    'genre-speed',
    [
      '### Time to find the genre',
      '',
      `${SECONDS} s, 1280 x 720, H.264; from key frames: ${frames} frames answered from, ${dropped} dropped as black, cards or repeated; from a frame a`,
      `second: ${shared.frames} and ${shared.dropped}. Medians of ${ROUNDS.short} rounds (${ROUNDS.long} of a frame a second and the seeds' way) in which the`,
      `ways take turns, after some seconds of rest each; the ratios are of the same round; networks loaded; inference threads ${settings.inferenceThreads || 'all'}, decoder threads ${settings.decoderThreads || 'all'}.`,
      '',
      '| | seconds | times the bare inference | of real time |',
      '|---|---|---|---|',
      row(`bare inference of ${frames} frames, both networks, 8 bits`, 'inference', 'inference'),
      row('bare decode of the key frames', 'decode', 'inference'),
      row('**kinoscope, from the file to the answer: key frames, a service that was at rest**', 'ours', 'inference'),
      row('the same without a decoder that waits, as straight after another film', 'unready', 'inference'),
      row('at rest, and before it what the file says of itself, as when a title is listed', 'listed', 'inference'),
      row(`bare inference of ${shared.frames} frames, both networks, 8 bits`, 'sharedInference', 'sharedInference'),
      row('bare decode, a frame a second', 'sharedDecode', 'sharedInference'),
      row('kinoscope, a frame a second', 'shared', 'sharedInference'),
      row(
        "the seeds' way: PNG files, Inception V3 alone in 32-bit floats, one frame a call",
        'seeds',
        'sharedInference',
      ),
      '',
      `${(median(times.seeds) / median(times.ours)).toFixed(1)} times as fast as the seeds' way from key frames, ${(
        median(times.seeds) / median(times.shared)
      ).toFixed(1)} times from a frame a second.`,
      `Processor time: ${busy.inference.toFixed(2)} s for the bare inference, ${busy.ours.toFixed(2)} s for the answer from key frames (decoding and scaling, which the`,
      `decoder does, come on top). Were all ${cores} cores busy all the time, that would take ${(busy.ours / cores).toFixed(2)} s: ${(
        busy.ours /
        cores /
        median(times.inference)
      ).toFixed(2)} times the bare inference.`,
      '',
      '| the trained model | |',
      '|---|---|',
      `| file | ${(statSync(MODEL).size / 2 ** 20).toFixed(1)} MiB |`,
      `| loading | ${(1000 * median(loads)).toFixed(0)} ms |`,
      `| scoring 200 frames, one thread | ${(1000 * median(scored)).toFixed(0)} ms |`,
    ].join('\n'),
  );
} finally {
  await models.close();
  rmSync(folder, { recursive: true, force: true });
}
