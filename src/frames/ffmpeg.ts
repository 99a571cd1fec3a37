import { KinoscopeError } from '../errors.js';
import { type DescribedFile, describeFile, lastPacketEnd, scanFrames, type ScannedPacket, scanPackets } from './ffprobe.js';
import { type Dimensions, displayedSize, filterChain, outputSize } from './geometry.js';
import { attend, brokenBy, checkCancelled, lastComplaint, patientReader, startProcess, warningsOf } from './media-process.js';
import { keyFrameChoice, windowOf } from './plan.js';
import { CONTAINERS, type FrameSettings, PROTOCOLS } from './settings.js';
import { frameStream } from './stream.js';
import type { DecodeSummary, Frame, FrameRequest, FrameSource, RgbImage, SamplingPlan } from './types.js';

/**
 * Decodes with the system's `ffmpeg` (5.1 or later): where node-av has no build. It is exact as well, but knows no
 * more of a file than the frames that were asked for (the summary's `lastTime` is theirs), decodes all of a VP9 or AV1
 * file to find its key frames, and reads the whole file before it answers `exactAt`.
 */
export function ffmpegSource(settings: FrameSettings): FrameSource {
  return { name: 'ffmpeg', frames: (file, request) => frameStream(frames(file, request, settings)) };
}

/** Seconds by which seeking stays before, and reading goes on after, what is wanted: frames are not stored in order. */
const MARGIN = 2;
/** Wanted frames that are further apart than this, in seconds, are decoded apart. */
const APART = 10;
/** Wanted frames that one run of ffmpeg looks for: each is a term of its filter's expression. */
const FRAMES_A_RUN = 200;
/** Seconds of the end of a file that are read to see whether it is all there. */
const TAIL = 20;
const TRUNCATION_TOLERANCE = 1;

/** One run of ffmpeg: from where on, which frames, until when (seconds on the container's timeline). */
interface Run {
  readonly from: number | null;
  readonly select: string;
  readonly until: number;
  readonly skip: 'noref' | 'nokey' | 'default';
}

async function* frames(
  path: string,
  { plan, sizes, signal }: FrameRequest,
  settings: FrameSettings,
): AsyncGenerator<Frame, DecodeSummary, undefined> {
  const file = await describeFile(path, settings, signal);
  const displayed = displayedSize(file.geometry);
  const outputs = sizes.map((size) => outputSize(displayed, size));
  let count = 0;
  let lastTime = 0;
  const warnings: string[] = [];
  const { duration } = file.info;
  const isWanted = plan.kind === 'keyframes' ? keyFrameChoice(plan, duration) : () => true;
  for (const run of await planRuns(file, plan, settings, signal)) {
    for await (const frame of decodeRun(file, run, outputs, settings, warnings, signal)) {
      if (!isWanted(frame.time)) continue;
      count++;
      lastTime = frame.time;
      yield frame;
    }
  }
  return { frames: count, lastTime, duration, truncated: await isTruncated(file, settings, signal), warnings: warnings.slice(0, 20) };
}

async function planRuns(
  file: DescribedFile,
  plan: SamplingPlan,
  settings: FrameSettings,
  signal: AbortSignal | undefined,
): Promise<Run[]> {
  const { origin, info } = file;
  const { num, den } = file.timeBase;
  if (plan.kind === 'exactAt') return exactRuns(file, await shownAt(file, plan.times, settings, signal));
  const { start, end } = windowOf(plan);
  const time = (pts: string): string => `(${pts}-${origin})*${num}/${den}`;
  // Before the first whole second of the window there is nothing to choose.
  const first = plan.kind === 'everySecond' ? Math.max(0, Math.ceil(start)) : start;
  const inside = `gte(${time('pts')},${first})` + (end === Infinity ? '' : `*lt(${time('pts')},${end})`);
  const next = `(isnan(prev_selected_pts)+gt(floor(${time('pts')}),floor(${time('prev_selected_pts')})))`;
  return [
    {
      from: first > APART ? info.startTime + first - MARGIN : null,
      select: { everySecond: `${inside}*${next}`, keyframes: `${inside}*eq(key,1)`, every: inside }[plan.kind],
      until: info.startTime + end + MARGIN,
      skip: ({ everySecond: 'noref', keyframes: 'nokey', every: 'default' } as const)[plan.kind],
    },
  ];
}

/** Timestamps, in order, of the frames that are on screen at the given times. */
async function shownAt(
  file: DescribedFile,
  times: readonly number[],
  settings: FrameSettings,
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const { url, streamIndex, origin } = file;
  const { num, den } = file.timeBase;
  const wanted = [...times].sort((a, b) => a - b);
  let ticks: number[] = [];
  let complete = true;
  const onPacket = (packet: ScannedPacket): void => {
    if (packet.stream !== streamIndex || packet.discarded) return;
    if (packet.ticks === null) complete = false;
    else if (packet.ticks >= origin) ticks.push(packet.ticks);
  };
  await scanPackets(url, onPacket, settings, { signal });
  if (!complete) {
    ticks = [];
    await scanFrames(file, (at) => ticks.push(at), settings, signal);
  }
  ticks.sort((a, b) => a - b);
  let index = 0;
  const shown = wanted.map((time) => {
    while (index + 1 < ticks.length && (((ticks[index + 1] ?? 0) - origin) * num) / den <= time) index++;
    return ticks[index] ?? origin;
  });
  return [...new Set(shown)];
}

function exactRuns({ timeBase: { num, den } }: DescribedFile, ticks: readonly number[]): Run[] {
  const groups: number[][] = [];
  for (const at of ticks) {
    const group = groups.at(-1);
    const near = group && ((at - (group.at(-1) ?? at)) * num) / den < APART && group.length < FRAMES_A_RUN;
    if (near) group.push(at);
    else groups.push([at]);
  }
  return groups.map((group) => ({
    from: ((group[0] ?? 0) * num) / den - MARGIN,
    select: group.map((at) => `eq(pts,${at})`).join('+'),
    until: ((group.at(-1) ?? 0) * num) / den + MARGIN,
    skip: 'default',
  }));
}

async function* decodeRun(
  file: DescribedFile,
  run: Run,
  outputs: readonly Dimensions[],
  settings: FrameSettings,
  warnings: string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Frame, void, undefined> {
  const canvas = {
    width: Math.max(...outputs.map(({ width }) => width)),
    height: outputs.reduce((sum, { height }) => sum + height, 0),
  };
  const shown: { ticks: number; keyframe: boolean }[] = [];
  checkCancelled(signal);
  const process = startProcess(settings.ffmpegPath, ffmpegArguments(file, run, outputs, canvas, settings), 1, (line) => {
    // showinfo tells of every frame before its data comes.
    const frame = / n: *\d+ pts: *(-?\d+) .* iskey:([01]) /.exec(line);
    if (frame) shown.push({ ticks: Number(frame[1]), keyframe: frame[2] === '1' });
    return line.includes('[error]') || line.includes('[fatal]');
  });
  const end = attend(process, signal);
  const { num, den } = file.timeBase;
  try {
    const read = patientReader(process, settings);
    for (;;) {
      const body = await read(canvas.width * canvas.height * 3);
      checkCancelled(signal);
      if (!body) break;
      const { ticks, keyframe } = await arrival(shown);
      const containerTime = (ticks * num) / den;
      yield { time: ((ticks - file.origin) * num) / den, containerTime, keyframe, images: cutCanvas(body, canvas, outputs) };
    }
    const status = await process.exited;
    warnings.push(...warningsOf(process.stderr));
    if (status !== 0) throw brokenBy(status, `${file.name} could not be decoded${lastComplaint(warnings)}`);
  } finally {
    await end();
  }
}

/** The first of `shown`, which comes through another pipe than the frame's data and may come after it. */
async function arrival<T>(shown: T[]): Promise<T> {
  for (let tries = 0; tries < 1000; tries++) {
    const first = shown.shift();
    if (first !== undefined) return first;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new KinoscopeError('internal', 'ffmpeg does not tell the times of its frames: is it older than 5.1?');
}

function ffmpegArguments(
  { url, streamIndex, geometry, timeBase }: DescribedFile,
  run: Run,
  outputs: readonly Dimensions[],
  canvas: Dimensions,
  settings: FrameSettings,
): string[] {
  const until = Number.isFinite(run.until) ? `trim=end_pts=${Math.ceil((run.until * timeBase.den) / timeBase.num)},` : '';
  const choice = `[0:${streamIndex}]${until}select='${run.select}',showinfo=checksum=0,split=${outputs.length}`;
  const splits = outputs.map((_, i) => `[s${i}]`).join('');
  const branches = outputs.map((output, i) => `[s${i}]${filterChain(geometry.rotation, output)},pad=${canvas.width}:ih[o${i}]`);
  // All sizes of a frame come as one tall picture, so that they cannot get out of step.
  const stack = outputs.map((_, i) => `[o${i}]`).join('') + (outputs.length > 1 ? `vstack=${outputs.length}` : 'null');
  return [
    ...['-nostdin', '-hide_banner', '-loglevel', 'level+info', '-nostats', '-progress', 'pipe:2'],
    ...['-protocol_whitelist', PROTOCOLS, '-format_whitelist', CONTAINERS, '-max_pixels', `${settings.maxPixels}`],
    ...['-threads', `${settings.threads}`, '-skip_frame', run.skip],
    ...['-noautorotate', '-copyts'],
    ...(run.from === null ? [] : ['-noaccurate_seek', '-seek_timestamp', '1', '-ss', `${Math.max(0, run.from)}`]),
    ...['-i', url],
    ...['-filter_complex', [`${choice}${splits}`, ...branches, `${stack}[out]`].join(';'), '-map', '[out]'],
    ...['-fps_mode', 'passthrough', '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'],
  ];
}

function cutCanvas(body: Buffer, canvas: Dimensions, outputs: readonly Dimensions[]): RgbImage[] {
  const stride = canvas.width * 3;
  let top = 0;
  return outputs.map(({ width, height }) => {
    const rows = body.subarray(top * stride, (top + height) * stride);
    top += height;
    if (width === canvas.width) return { width, height, data: rows };
    const data = Buffer.allocUnsafe(width * height * 3);
    for (let row = 0; row < height; row++) rows.copy(data, row * width * 3, row * stride, row * stride + width * 3);
    return { width, height, data };
  });
}

async function isTruncated(file: DescribedFile, settings: FrameSettings, signal: AbortSignal | undefined): Promise<boolean> {
  const { declaredEnd: declared, url, streamIndex, info } = file;
  if (!declared) return false;
  const near = Math.max(info.startTime, declared.end - TAIL);
  const last = await lastPacketEnd(url, { near, ...(declared.of === 'video' && { stream: streamIndex }) }, settings, signal);
  return last === null || last < declared.end - TRUNCATION_TOLERANCE;
}
