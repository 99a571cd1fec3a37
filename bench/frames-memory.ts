/**
 * Peak resident memory of the whole process tree while films of ten minutes and of two hours are decoded. The films
 * are made here: a short clip is encoded, and its packets are written over and over.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FormatContext, FFmpegError, Packet } from 'node-av/lib';
import { createFrameSource } from '../src/frames/frame-source.js';
import { runPass } from '../src/frames/pass.js';
import type { SamplingPlan } from '../src/frames/types.js';
import { openVideoWriter } from '../src/frames/writer.js';
import { writeSection } from './results.js';

const CLIP_SECONDS = 10;
const RATE = 24;
/** What the analyses ask for: a classifier's square, a small picture, and one that shows faces. */
const SIZES = [
  { width: 299, height: 299, fit: 'fill' },
  { width: 320, height: 180, fit: 'inside' },
  { width: 960, height: 960, fit: 'inside' },
] as const;
const LIMIT = 900;

async function makeClip(file: string, width: number, height: number): Promise<void> {
  const writer = await openVideoWriter(file, {
    width,
    height,
    frameRate: RATE,
    encoderOptions: { g: '48', crf: '30' },
  });
  for (let number = 0; number < CLIP_SECONDS * RATE; number++) {
    const data = Buffer.alloc(width * height * 3);
    for (let y = 0; y < height; y++) {
      // Bars that drift, each line at its own speed: cheap to draw, and every frame differs from the last.
      const shade = (y * 3 + number * (1 + (y >> 6))) & 255;
      data.fill(shade, y * width * 3, (y + 1) * width * 3);
    }
    await writer.write({ width, height, data });
  }
  await writer.close();
}

/** Writes the packets of `clip` as often as `seconds` take. */
function repeatClip(clip: string, film: string, seconds: number): void {
  const input = new FormatContext();
  FFmpegError.throwIfError(input.openInputSync(clip), 'open');
  input.findStreamInfoSync();
  const [from] = input.streams;
  const output = new FormatContext();
  FFmpegError.throwIfError(output.allocOutputContext2(null, null, film), 'output');
  const to = output.newStream();
  from!.codecpar.copy(to.codecpar);
  to.timeBase = from!.timeBase;
  FFmpegError.throwIfError(output.openOutputSync(), 'open output');
  FFmpegError.throwIfError(output.writeHeaderSync(), 'header');
  const packets: Packet[] = [];
  for (;;) {
    const packet = new Packet();
    packet.alloc();
    if (input.readFrameSync(packet) < 0) break;
    packets.push(packet);
  }
  const length = BigInt(Math.round((CLIP_SECONDS * from!.timeBase.den) / from!.timeBase.num));
  for (let round = 0n; round < BigInt(seconds / CLIP_SECONDS); round++) {
    for (const original of packets) {
      const packet = original.clone()!;
      packet.streamIndex = 0;
      packet.pts += round * length;
      packet.dts += round * length;
      packet.rescaleTs(from!.timeBase, to.timeBase);
      FFmpegError.throwIfError(output.interleavedWriteFrameSync(packet), 'packet');
      packet.free();
    }
  }
  FFmpegError.throwIfError(output.writeTrailerSync(), 'trailer');
  output.closeOutputSync();
  input.closeInputSync();
}

/** Megabytes resident: this process, and with all that it started. */
function residentMegabytes(): { own: number; tree: number } {
  const status = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const text = readFileSync(`/proc/${pid}/status`, 'utf8');
        const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
        return [{ pid: Number(pid), parent: field('PPid'), resident: field('VmRSS') / 1024 }];
      } catch {
        return [];
      }
    });
  const inTree = new Set([process.pid]);
  for (let grown = 0; grown !== inTree.size;) {
    grown = inTree.size;
    for (const { pid, parent } of status) if (inTree.has(parent)) inTree.add(pid);
  }
  const sum = (pids: ReadonlySet<number>): number =>
    status.filter(({ pid }) => pids.has(pid)).reduce((total, { resident }) => total + resident, 0);
  return { own: sum(new Set([process.pid])), tree: sum(inTree) };
}

interface Row {
  readonly film: string;
  readonly file: string;
  readonly seconds: number;
  readonly kind: 'node-av' | 'ffmpeg';
  readonly plan: SamplingPlan;
  /** Milliseconds that the consumer takes for a frame. */
  readonly pause: number;
}

async function measure(row: Row): Promise<string> {
  const peak = { own: 0, tree: 0, early: 0 };
  let at = 0;
  const timer = setInterval(() => {
    const { own, tree } = residentMegabytes();
    peak.own = Math.max(peak.own, own);
    peak.tree = Math.max(peak.tree, tree);
    if (at < row.seconds / 10) peak.early = Math.max(peak.early, tree);
  }, 100);
  const started = performance.now();
  const consumer = { sizes: SIZES, push: () => (row.pause > 0 ? sleep(row.pause) : undefined) };
  // One frame after the other, as inference does.
  const { frames } = await runPass(createFrameSource({ kind: row.kind }), row.file, {
    plan: row.plan,
    consumer,
    ...(row.pause > 0 && { inFlight: 1 }),
    onProgress: (time) => (at = time),
  });
  clearInterval(timer);
  const wall = (performance.now() - started) / 1000;
  const verdict = peak.tree < LIMIT ? 'yes' : '**no**';
  const pace = row.pause > 0 ? `${row.pause} ms a frame` : 'none';
  const cells = [
    row.film,
    row.kind,
    row.plan.kind,
    pace,
    frames,
    ...[peak.own, peak.early, peak.tree, wall].map(Math.round),
    verdict,
  ];
  console.error(cells.join(' | '));
  return `| ${cells.join(' | ')} |`;
}

const folder = await mkdtemp(join(tmpdir(), 'kinoscope-bench-'));
try {
  const films = [
    { film: '10 min, 1920 x 1080', file: join(folder, 'short.mp4'), seconds: 600, width: 1920, height: 1080 },
    { film: '2 h, 1920 x 1080', file: join(folder, 'long.mp4'), seconds: 7200, width: 1920, height: 1080 },
    { film: '2 h, 640 x 360', file: join(folder, 'long-small.mp4'), seconds: 7200, width: 640, height: 360 },
  ] as const;
  for (const { file, seconds, width, height } of films) {
    const clip = join(folder, `clip-${width}.mp4`);
    await makeClip(clip, width, height);
    repeatClip(clip, file, seconds);
  }
  const [short, long, small] = films;
  const everySecond = { kind: 'everySecond' } as const;
  const keyframes = { kind: 'keyframes' } as const;
  const table: string[] = [];
  for (const row of [
    { ...short, kind: 'node-av', plan: everySecond, pause: 0 },
    { ...short, kind: 'node-av', plan: keyframes, pause: 150 },
    { ...long, kind: 'node-av', plan: keyframes, pause: 0 },
    { ...long, kind: 'node-av', plan: { ...keyframes, window: { start: 6600, end: 7200 } }, pause: 150 },
    { ...small, kind: 'node-av', plan: everySecond, pause: 0 },
    { ...short, kind: 'ffmpeg', plan: everySecond, pause: 0 },
    { ...short, kind: 'ffmpeg', plan: keyframes, pause: 150 },
  ] as const) {
    table.push(await measure(row));
  }
  writeSection(
    'frames-memory',
    [
      '### Memory of decoding',
      '',
      `H.264, key frames every 2 s, each frame in three sizes (299 x 299, 320 x 180, up to 960 x 960). Resident megabytes,`,
      `sampled ten times a second: this process alone (with the bench itself and tsx), and the whole process tree up to`,
      'a tenth of the film and at its peak. A consumer with a pause is slower than the decoder.',
      '',
      `| film | decoder | plan | consumer's pause | frames | own peak | tree at a tenth | tree peak | seconds | under ${LIMIT} |`,
      '|---|---|---|---|---|---|---|---|---|---|',
      ...table,
    ].join('\n'),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
