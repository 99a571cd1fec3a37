import { KinoscopeError } from '../core/errors.js';
import { sdrFilter } from './dynamic-range.js';
import { type DescribedFile, describeFile } from './ffprobe.js';
import { type Dimensions, displayedSize, filterChain, outputSize } from './geometry.js';
import {
  attend,
  brokenBy,
  checkCancelled,
  lastComplaint,
  patientReader,
  startProcess,
  warningsOf,
} from './media-process.js';
import { scanFrames, scanPackets } from './packet-scan.js';
import { type Place, placesOf } from './places.js';
import { keyFrameChoice, windowOf } from './plan.js';
import { CONTAINERS, type FrameSettings, PROTOCOLS } from './settings.js';
import { frameStream } from './stream.js';
import { entersAnywhere, FAR } from './timeline.js';
import type { DecodeSummary, Frame, FrameRequest, FrameSource, RgbImage, SamplingPlan } from './types.js';

/**
 * Decodes with the system's `ffmpeg` (5.1 or later): where node-av has no build. It is exact as well, but knows no
 * more of a file than the frames that were asked for (the summary's `lastTime` is theirs), decodes all of a VP9 or AV1
 * file and what lies before each key frame of an H.264 or HEVC file to find key frames, and reads the whole file
 * before it answers `exactAt`. Where the clock jumps it finds every
 * frame by the packets' list.
 */
export function ffmpegSource(settings: FrameSettings): FrameSource {
  return {
    name: 'ffmpeg',
    frames: (file, request) => frameStream(frames(file, request, settings)),
    countBefore: async (path, time, signal) => {
      const file = await describeFile(path, settings, signal);
      const { num, den } = file.timeBase;
      // Half a tick spares what was rounded on its way here.
      const end = Math.floor((time * den) / num + 0.5);
      if (file.places.length > 0)
        return file.places.filter(({ ticks }) => ticks >= file.origin && ticks - file.origin < end).length;
      return (await shownTicks(file, settings, signal)).filter((at) => at - file.origin < end).length;
    },
  };
}

/** Seconds by which seeking stays before, and reading goes on after, what is wanted: frames are not stored in order. */
const MARGIN = 2;
/** Wanted frames that are further apart than this, in seconds, are decoded apart. */
const APART = 10;
/** Wanted frames that one run of ffmpeg looks for: each is a term of its filter's expression. */
const FRAMES_A_RUN = 200;
/** Timestamps of broadcasts have 33 bits: where one begins to read decides what is added to those that have wrapped. */
const WRAP = 2 ** 33;

/** One run of ffmpeg: from where on, which frames, until when (seconds on the container's timeline). */
interface Run {
  readonly from: number | null;
  readonly select: string;
  readonly until: number;
  readonly skip: 'noref' | 'nokey' | 'default';
  /** Where the clock jumps: the byte from which the frames can be decoded. */
  readonly places?: {
    readonly byte: number;
    /** What ffmpeg selects, in order: others may have the timestamps of those that are wanted. */
    readonly selected: readonly Place[];
    readonly wanted: ReadonlySet<Place>;
  };
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
  const jumps = file.places.length > 0;
  const isWanted = plan.kind === 'keyframes' && !jumps ? keyFrameChoice(plan, duration) : () => true;
  for (const run of jumps ? jumpingRuns(file, plan) : await planRuns(file, plan, settings, signal)) {
    for await (const frame of decodeRun(file, run, outputs, settings, warnings, signal)) {
      if (!isWanted(frame.time)) continue;
      count++;
      lastTime = frame.time;
      yield plan.kind === 'keyframes' ? { ...frame, keyframe: true } : frame;
    }
  }
  return { frames: count, lastTime, duration, truncated: file.timeline.truncated, warnings: warnings.slice(0, 20) };
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
  if (plan.kind === 'keyframes' && file.keysNeedOthers && !file.unordered)
    return exactRuns(file, await keysOf(file, plan, settings, signal));
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
      // Key frames alone come too early where their times are told by the frames around them.
      skip: file.unordered
        ? 'default'
        : ({ everySecond: 'noref', keyframes: 'nokey', every: 'default' } as const)[plan.kind],
    },
  ];
}

/** Timestamps, in order, of the key frames that a plan wants. */
async function keysOf(
  { input, streamIndex, origin, info, timeBase: { num, den } }: DescribedFile,
  plan: Extract<SamplingPlan, { kind: 'keyframes' }>,
  settings: FrameSettings,
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const { start, end } = windowOf(plan);
  const keys: number[] = [];
  const from = start > APART ? info.startTime + start - MARGIN : undefined;
  await scanPackets(
    input,
    ({ stream, keyframe, hidden, pts }) => {
      if (stream === streamIndex && keyframe && !hidden && pts !== null && pts >= origin) keys.push(pts);
    },
    settings,
    { from, signal },
  );
  const isWanted = keyFrameChoice(plan, info.duration);
  return keys
    .sort((a, b) => a - b)
    .filter((ticks) => {
      const time = ((ticks - origin) * num) / den;
      return time >= start && time < end && isWanted(time);
    });
}

/** Timestamps, in order, of the frames that are on screen at the given times. */
async function shownAt(
  file: DescribedFile,
  times: readonly number[],
  settings: FrameSettings,
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const { origin } = file;
  const { num, den } = file.timeBase;
  const wanted = [...times].sort((a, b) => a - b);
  const ticks = await shownTicks(file, settings, signal);
  let index = 0;
  const shown = wanted.map((time) => {
    while (index + 1 < ticks.length && (((ticks[index + 1] ?? 0) - origin) * num) / den <= time) index++;
    return ticks[index] ?? origin;
  });
  return [...new Set(shown)];
}

/** Timestamps of all frames that are shown, in order. */
async function shownTicks(
  file: DescribedFile,
  settings: FrameSettings,
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const { input, streamIndex, origin } = file;
  let ticks: number[] = [];
  let complete = true;
  await scanPackets(
    input,
    ({ stream, hidden, pts }) => {
      if (stream !== streamIndex || hidden) return;
      if (pts === null) complete = false;
      else if (pts >= origin) ticks.push(pts);
    },
    settings,
    { signal },
  );
  if (!complete) {
    ticks = [];
    await scanFrames(file, (at) => ticks.push(at), settings, signal);
  }
  return ticks.sort((a, b) => a - b);
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
    // To seek to the start may lead past it.
    from: ((group[0] ?? 0) * num) / den > MARGIN ? ((group[0] ?? 0) * num) / den - MARGIN : null,
    select: anyOf(group.map((at) => `eq(pts,${at})`)),
    until: ((group.at(-1) ?? 0) * num) / den + MARGIN,
    skip: 'default',
  }));
}

/** Sums, paired so that they nest as little as possible: FFmpeg refuses sums of a hundred terms, which it nests each in the next. */
function anyOf(terms: readonly string[]): string {
  const [first = '0', ...others] = terms;
  if (others.length === 0) return first;
  const half = terms.length >> 1;
  return `(${anyOf(terms.slice(0, half))}+${anyOf(terms.slice(half))})`;
}

/** Frames by their place in the file. */
function jumpingRuns({ timeBase: { num, den }, origin, info, ...file }: DescribedFile, plan: SamplingPlan): Run[] {
  const frames = placesOf(file.places, plan, (ticks) => ((ticks - origin) * num) / den, info.duration);
  const skip = plan.kind === 'keyframes' && !file.keysNeedOthers ? 'nokey' : 'default';
  const groups: Place[][] = [];
  for (const frame of frames) {
    const group = groups.at(-1);
    const near = group && ((frame.ticks - group.at(-1)!.ticks) * num) / den < APART && group.length < FRAMES_A_RUN;
    if (near) group.push(frame);
    else groups.push([frame]);
  }
  return groups.map((group) => {
    const margin = group[0]!.ticks - (MARGIN * den) / num;
    const key = entersAnywhere(info.format)
      ? file.places.findLastIndex(({ keyframe, ticks }) => keyframe && ticks <= margin)
      : -1;
    const stamps = new Set(group.map(({ raw }) => raw % WRAP));
    const passed = file.places.slice(Math.max(0, key), file.places.indexOf(group.at(-1)!) + 1);
    const selected = passed.filter(({ raw, keyframe }) => stamps.has(raw % WRAP) && (keyframe || skip === 'default'));
    return {
      from: null,
      select: anyOf([...stamps].map((stamp) => `eq(mod(pts,${WRAP}),${stamp})`)),
      until: Infinity,
      skip,
      places: { byte: file.places[key]?.position ?? 0, selected, wanted: new Set(group) },
    };
  });
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
  const process = startProcess(settings.ffmpegPath, ffmpegArguments(file, run, outputs, canvas, settings), (line) => {
    // showinfo tells of every frame before its data comes.
    const frame = / n: *\d+ pts: *(-?\d+) .* iskey:([01]) /.exec(line);
    if (frame) shown.push({ ticks: Number(frame[1]), keyframe: frame[2] === '1' });
    return line.includes('[error]') || line.includes('[fatal]');
  });
  const end = attend(process, signal);
  const { num, den } = file.timeBase;
  let place = 0;
  /** The frame's timestamp, mended; null for one that is not wanted. */
  const mended = (ticks: number): number | null => {
    if (!run.places) return ticks;
    const { selected, wanted } = run.places;
    const found = selected.findIndex(({ raw }, k) => k >= place && raw % WRAP === ticks % WRAP);
    if (found < 0) return null;
    place = found + 1;
    return wanted.has(selected[found]!) ? selected[found]!.ticks : null;
  };
  try {
    const read = patientReader(process, settings);
    for (;;) {
      const body = await read(canvas.width * canvas.height * 3);
      checkCancelled(signal);
      if (!body) break;
      const { ticks: raw, keyframe } = await arrival(shown);
      const ticks = mended(raw);
      if (ticks === null) continue;
      const containerTime = (ticks * num) / den;
      yield {
        time: ((ticks - file.origin) * num) / den,
        containerTime,
        keyframe,
        images: cutCanvas(body, canvas, outputs),
      };
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
  { input, streamIndex, streamId, geometry, colour, timeBase, info }: DescribedFile,
  run: Run,
  outputs: readonly Dimensions[],
  canvas: Dimensions,
  settings: FrameSettings,
): string[] {
  const until = run.until < FAR ? `trim=end_pts=${Math.ceil((run.until * timeBase.den) / timeBase.num)},` : '';
  // Streams may be found in another order from elsewhere in the file.
  const stream = run.places?.byte ? `0:i:${streamId}` : `0:${streamIndex}`;
  const choice = `[${stream}]${until}select='${run.select}',showinfo=checksum=0,${run.places ? 'setpts=N,' : ''}split=${outputs.length}`;
  const splits = outputs.map((_, i) => `[s${i}]`).join('');
  const branches = outputs.map(
    (output, i) =>
      `[s${i}]${filterChain(geometry.orientation, output, sdrFilter(colour))},pad=${canvas.width}:ih[o${i}]`,
  );
  // All sizes of a frame come as one tall picture, so that they cannot get out of step.
  const stack = outputs.map((_, i) => `[o${i}]`).join('') + (outputs.length > 1 ? `vstack=${outputs.length}` : 'null');
  return [
    ...['-nostdin', '-hide_banner', '-loglevel', 'level+info', '-nostats', '-progress', 'pipe:2'],
    ...['-protocol_whitelist', PROTOCOLS, '-format_whitelist', CONTAINERS, '-max_pixels', `${settings.maxPixels}`],
    ...['-threads', `${settings.threads}`, '-skip_frame', run.skip],
    ...['-noautorotate', '-copyts', '-max_error_rate', '1'],
    ...(run.from === null ? [] : ['-noaccurate_seek', '-seek_timestamp', '1', '-ss', `${run.from}`]),
    ...(run.places?.byte ? ['-f', info.format, '-skip_initial_bytes', `${run.places.byte}`] : []),
    ...input,
    ...['-filter_complex', [`${choice}${splits}`, ...branches, `${stack}[out]`].join(';'), '-map', '[out]'],
    ...(run.places ? ['-frames:v', `${run.places.selected.length}`] : []),
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
