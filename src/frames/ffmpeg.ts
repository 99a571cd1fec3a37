import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { KinoscopeError } from '../core/errors.js';
import { sdrFilter } from './dynamic-range.js';
import { jumpingRuns, planRuns, type Run, shownTicks, WRAP } from './ffmpeg-runs.js';
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
import { keyFrameChoice } from './plan.js';
import { CONTAINERS, type FrameSettings, PROTOCOLS } from './settings.js';
import { frameStream } from './stream.js';
import { FAR } from './timeline.js';
import type { DecodeSummary, Frame, FrameRequest, FrameSource, RgbImage } from './types.js';

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
    expect: () => () => undefined,
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

/** Such as `ffmpeg@7.1.1`; `ffmpeg@none` where there is no such program. */
export async function ffmpegVersion({ ffmpegPath }: FrameSettings): Promise<string> {
  const said = await promisify(execFile)(ffmpegPath, ['-version']).then(
    ({ stdout }) => stdout,
    () => '',
  );
  return `ffmpeg@${/^ffmpeg version (\S+)/.exec(said)?.[1] ?? 'none'}`;
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
