import { basename, resolve } from 'node:path';
import { KinoscopeError } from '../errors.js';
import { saysGuessed } from './description.js';
import { displayedSize, type Geometry, quarterTurn } from './geometry.js';
import { checkMediaFile } from './media-file.js';
import { attend, brokenBy, checkCancelled, lastComplaint, readLines, startProcess, warningsOf } from './media-process.js';
import { CONTAINERS, type FrameSettings, PROTOCOLS } from './settings.js';
import type { MediaInfo } from './types.js';

/** What ffprobe tells, as far as it is used here; every member may be missing in a broken file. */
interface Described {
  readonly format?: {
    readonly format_name?: string;
    readonly start_time?: string;
    readonly duration?: string;
    readonly tags?: Readonly<Record<string, string>>;
  };
  readonly streams?: readonly DescribedStream[];
  readonly chapters?: readonly {
    readonly start_time: string;
    readonly end_time: string;
    readonly tags?: { readonly title?: string };
  }[];
  readonly frames?: readonly { readonly best_effort_timestamp?: number }[];
}

interface DescribedStream {
  readonly index: number;
  readonly codec_type?: string;
  readonly codec_name?: string;
  readonly width?: number;
  readonly height?: number;
  readonly sample_aspect_ratio?: string;
  readonly avg_frame_rate?: string;
  readonly time_base: string;
  readonly start_pts?: number;
  readonly duration_ts?: number;
  readonly sample_rate?: string;
  readonly channels?: number;
  readonly disposition?: { readonly attached_pic?: number };
  readonly side_data_list?: readonly { readonly rotation?: number }[];
}

/** A file as the ffmpeg adapter knows it before it decodes. */
export interface DescribedFile {
  readonly name: string;
  /** With the protocol that ffmpeg shall read it by. */
  readonly url: string;
  readonly info: MediaInfo;
  readonly streamIndex: number;
  readonly geometry: Geometry;
  readonly timeBase: { readonly num: number; readonly den: number };
  /** Timestamp of the first frame that can be decoded, ticks of the time base. */
  readonly origin: number;
  /** Where the container says that the video ends, or all streams; null where it does not say. */
  readonly declaredEnd: { readonly end: number; readonly of: 'video' | 'any' } | null;
}

export interface ScannedPacket {
  readonly stream: number;
  /** Presentation time and duration, seconds. */
  readonly time: number;
  readonly duration: number;
  /** Presentation timestamp, ticks; null in containers that store none (AVI). */
  readonly ticks: number | null;
  /** An edit list says that it is not shown. */
  readonly discarded: boolean;
}

export async function ffprobe(file: string, settings: FrameSettings, signal?: AbortSignal): Promise<MediaInfo> {
  return (await describeFile(file, settings, signal)).info;
}

/** @throws KinoscopeError as `probe` */
export async function describeFile(file: string, settings: FrameSettings, signal?: AbortSignal): Promise<DescribedFile> {
  await checkMediaFile(file);
  const name = basename(file);
  const url = `file:${resolve(file)}`;
  const { text, warnings } = await runFfprobe(['-of', 'json', '-show_format', '-show_streams', '-show_chapters', url], settings, signal);
  const described = parse(text);
  const { format, streams = [] } = described;
  if (!format?.format_name) {
    throw new KinoscopeError('unreadable', `${name} is not a video file that can be read${lastComplaint(warnings)}`);
  }
  const video = bestVideo(streams);
  if (!video) throw new KinoscopeError('unreadable', `${name} has no video stream`);
  const geometry = geometryOf(name, video, settings);

  const first = await runFfprobe(
    ['-of', 'json', '-select_streams', `${video.index}`, '-read_intervals', '%+#50', '-show_entries', 'frame=best_effort_timestamp', url],
    settings,
    signal,
  );
  const origin = parse(first.text).frames?.find((frame) => frame.best_effort_timestamp !== undefined)?.best_effort_timestamp;
  if (origin === undefined) throw new KinoscopeError('unreadable', `${name} has no picture that can be decoded`);

  const [num = 0, den = 1] = ratio(video.time_base);
  const startTime = (origin * num) / den;
  const guessed = saysGuessed(warnings);
  const declaredEnd = endOf(format, video, guessed);
  const end = declaredEnd?.end ?? (await lastPacketEnd(url, { stream: video.index }, settings, signal)) ?? startTime;
  const audio = streams.find(({ codec_type }) => codec_type === 'audio');
  const [frames = 0, seconds = 0] = ratio(video.avg_frame_rate);
  const since = (time: string): number => Math.max(0, Number(time) - startTime);
  const info: MediaInfo = {
    format: format.format_name,
    duration: end - startTime,
    ...displayedSize(geometry),
    rotation: geometry.rotation,
    frameRate: frames > 0 && seconds > 0 ? frames / seconds : null,
    codec: video.codec_name ?? 'unknown',
    startTime,
    audio: audio
      ? { codec: audio.codec_name ?? 'unknown', sampleRate: Number(audio.sample_rate ?? 0), channels: audio.channels ?? 0 }
      : null,
    chapters: (described.chapters ?? []).map((chapter) => ({
      start: since(chapter.start_time),
      end: since(chapter.end_time),
      title: chapter.tags?.title?.trim() || null,
    })),
    tags: Object.fromEntries(Object.entries(format.tags ?? {}).map(([key, value]) => [key.toLowerCase(), value])),
  };
  return { name, url, info, streamIndex: video.index, geometry, timeBase: { num, den }, origin, declaredEnd };
}

/** All packets of a file, in the order of the file; `from` skips those before about that time. */
export async function scanPackets(
  url: string,
  onPacket: (packet: ScannedPacket) => void,
  settings: FrameSettings,
  { from, signal }: { from?: number; signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const interval = from === undefined ? [] : ['-read_intervals', `${from}%`];
  const entries = 'packet=stream_index,pts,pts_time,dts_time,duration_time,flags';
  await runFfprobe([...interval, '-of', 'compact=p=0', '-show_entries', entries, url], settings, signal, (line) => {
    const fields = fieldsOf(line);
    const time = Number(fields['pts_time'] ?? fields['dts_time']);
    if (Number.isNaN(time)) return;
    onPacket({
      stream: Number(fields['stream_index']),
      time,
      duration: Number(fields['duration_time']) || 0,
      ticks: fields['pts'] === undefined ? null : Number(fields['pts']),
      discarded: fields['flags']?.includes('D') ?? false,
    });
  });
}

/** Timestamps of all frames of a stream, in ticks; decodes the whole of it. */
export async function scanFrames(
  { url, streamIndex }: DescribedFile,
  onFrame: (ticks: number) => void,
  settings: FrameSettings,
  signal?: AbortSignal,
): Promise<void> {
  const args = ['-of', 'compact=p=0', '-select_streams', `${streamIndex}`, '-show_entries', 'frame=best_effort_timestamp', url];
  await runFfprobe(args, settings, signal, (line) => {
    const ticks = Number(fieldsOf(line)['best_effort_timestamp']);
    if (!Number.isNaN(ticks)) onFrame(ticks);
  });
}

/** `pts=12|pts_time=N/A` becomes `{ pts: '12' }`. */
function fieldsOf(line: string): Readonly<Record<string, string | undefined>> {
  const fields = line.split('|').map((field) => field.split('=', 2) as [string, string]);
  return Object.fromEntries(fields.filter(([, value]) => value !== 'N/A'));
}

/** Where the packets of a file end, seconds on its timeline; null when it holds none. */
export async function lastPacketEnd(
  url: string,
  { stream, near }: { stream?: number; near?: number },
  settings: FrameSettings,
  signal?: AbortSignal,
): Promise<number | null> {
  let last: number | null = null;
  const onPacket = (packet: ScannedPacket): void => {
    if (stream !== undefined && packet.stream !== stream) return;
    last = Math.max(last ?? -Infinity, packet.time + packet.duration);
  };
  if (near !== undefined) await scanPackets(url, onPacket, settings, { from: near, signal });
  if (last === null) await scanPackets(url, onPacket, settings, { signal });
  return last;
}

async function runFfprobe(
  args: readonly string[],
  settings: FrameSettings,
  signal: AbortSignal | undefined,
  onLine?: (line: string) => void,
): Promise<{ text: string; warnings: string[] }> {
  checkCancelled(signal);
  const guards = ['-protocol_whitelist', PROTOCOLS, '-format_whitelist', CONTAINERS, '-max_pixels', `${settings.maxPixels}`];
  const process = startProcess(settings.ffprobePath, ['-v', 'warning', ...guards, ...args], 1);
  const end = attend(process, signal);
  let hung = false;
  const watchdog = setTimeout(() => {
    hung = true;
    void process.kill();
  }, settings.stallSeconds * 1000);
  try {
    const lines: string[] = [];
    const take = onLine ?? ((line: string) => lines.push(line));
    readLines(process.pipe, (line) => {
      watchdog.refresh();
      take(line);
    });
    const [status] = await Promise.all([process.exited, new Promise((read) => process.pipe.on('close', read))]);
    checkCancelled(signal);
    if (hung) throw new KinoscopeError('unreadable', 'Reading takes too long or hangs');
    if (typeof status === 'string') throw brokenBy(status, `The film broke ${settings.ffprobePath}`);
    return { text: lines.join('\n'), warnings: warningsOf(process.stderr) };
  } finally {
    clearTimeout(watchdog);
    await end();
  }
}

function parse(text: string): Described {
  try {
    return JSON.parse(text) as Described;
  } catch {
    return {};
  }
}

function bestVideo(streams: readonly DescribedStream[]): DescribedStream | undefined {
  const area = ({ width = 0, height = 0 }: DescribedStream): number => width * height;
  return streams
    .filter(({ codec_type, disposition }) => codec_type === 'video' && disposition?.attached_pic !== 1)
    .reduce<DescribedStream | undefined>((best, one) => (best && area(best) >= area(one) ? best : one), undefined);
}

function geometryOf(name: string, stream: DescribedStream, { maxPixels }: FrameSettings): Geometry {
  const { width = 0, height = 0, sample_aspect_ratio, side_data_list = [] } = stream;
  if (width < 1 || height < 1) throw new KinoscopeError('unreadable', `${name} has a video stream without a picture size`);
  if (width * height > maxPixels) {
    throw new KinoscopeError('unreadable', `${name} has pictures of ${width} x ${height}, more than ${maxPixels} pixels`);
  }
  const [across = 0, down = 0] = ratio(sample_aspect_ratio);
  return {
    codedWidth: width,
    codedHeight: height,
    pixelAspect: across > 0 && down > 0 ? across / down : 1,
    // ffprobe counts counter-clockwise.
    rotation: quarterTurn(-(side_data_list.find(({ rotation }) => rotation !== undefined)?.rotation ?? 0)),
  };
}

function endOf(format: NonNullable<Described['format']>, stream: DescribedStream, guessed: boolean): DescribedFile['declaredEnd'] {
  const [num = 0, den = 1] = ratio(stream.time_base);
  if (guessed) return null;
  if (stream.duration_ts) return { end: (((stream.start_pts ?? 0) + stream.duration_ts) * num) / den, of: 'video' };
  const duration = Number(format.duration ?? 0);
  if (!(duration > 0)) return null;
  // Matroska's duration is counted from zero, whatever the first timestamp is.
  const start = format.format_name === 'matroska,webm' ? 0 : Number(format.start_time ?? 0);
  return { end: start + duration, of: 'any' };
}

/** The two numbers of `30000/1001` or `1:1`. */
function ratio(text = ''): number[] {
  return text.split(/[/:]/).map(Number);
}
