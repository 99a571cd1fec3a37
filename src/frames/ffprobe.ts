import { basename, resolve } from 'node:path';
import { KinoscopeError } from '../core/errors.js';
import { keptChapters, keptTags } from './description.js';
import type { Colour } from './dynamic-range.js';
import { FileMemo } from './file-memo.js';
import { displayedSize, type Geometry, orientationOf } from './geometry.js';
import { checkMediaFile } from './media-file.js';
import { lastComplaint } from './media-process.js';
import { measure, runFfprobe } from './packet-scan.js';
import type { Place } from './places.js';
import type { FrameSettings } from './settings.js';
import { playerStart, variesIn } from './timecode.js';
import { type DeclaredEnd, tellsDuration, type Timeline } from './timeline.js';
import { filmTrack } from './tracks.js';
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
  readonly frames?: readonly DescribedFrame[];
}

interface DescribedStream {
  readonly index: number;
  readonly id?: string;
  readonly codec_type?: string;
  readonly codec_name?: string;
  readonly pix_fmt?: string;
  readonly width?: number;
  readonly height?: number;
  readonly sample_aspect_ratio?: string;
  readonly avg_frame_rate?: string;
  readonly r_frame_rate?: string;
  readonly time_base: string;
  readonly start_pts?: number;
  readonly duration_ts?: number;
  readonly sample_rate?: string;
  readonly channels?: number;
  readonly nb_frames?: string;
  readonly disposition?: Readonly<Record<string, number>>;
  readonly side_data_list?: readonly { readonly displaymatrix?: string }[];
}

interface DescribedFrame {
  readonly best_effort_timestamp?: number;
  readonly color_transfer?: string;
  readonly color_primaries?: string;
  readonly color_space?: string;
  readonly color_range?: string;
}

/** A file as the ffmpeg adapter knows it before it decodes. */
export interface DescribedFile {
  readonly name: string;
  /** With the protocol that ffmpeg shall read it by. */
  readonly url: string;
  readonly info: MediaInfo;
  readonly streamIndex: number;
  /** What the container calls the stream. */
  readonly streamId: string;
  readonly geometry: Geometry;
  /** Of the first frame. */
  readonly colour: Colour;
  readonly timeBase: { readonly num: number; readonly den: number };
  /** Timestamp of the first frame that can be decoded, ticks of the time base. */
  readonly origin: number;
  readonly timeline: Timeline;
  /** Where the clock jumps, all that is shown, in order of time. */
  readonly places: readonly Place[];
  /** A decoder that is given nothing but its key frames loses some, or puts them in a wrong order. */
  readonly keysNeedOthers: boolean;
  /** Only decoding times are stored. */
  readonly unordered: boolean;
  /** How ffmpeg and ffprobe are to open it. */
  readonly input: readonly string[];
}

const FRAME_ENTRIES = 'frame=best_effort_timestamp,color_transfer,color_primaries,color_space,color_range';

export async function ffprobe(file: string, settings: FrameSettings, signal?: AbortSignal): Promise<MediaInfo> {
  return (await describeFile(file, settings, signal)).info;
}

/** Their pictures come in an order that libav cannot tell from decoding times alone. */
const REORDERED = ['h264', 'hevc', 'vvc'];
const NEEDING_OTHERS = [...REORDERED, 'theora', 'vp3'];

/** A film is read in several passes: one measures it. */
const described = new FileMemo<DescribedFile>();

/** @throws KinoscopeError as `probe` */
export async function describeFile(
  file: string,
  settings: FrameSettings,
  signal?: AbortSignal,
): Promise<DescribedFile> {
  await checkMediaFile(file);
  const known = (await described.get(file)) ?? (await readDescription(file, settings, signal));
  await described.set(file, known);
  checkSize(known, settings);
  return known;
}

/** What ffprobe says of the file and its streams. @throws KinoscopeError `unreadable` */
async function readStreams(name: string, url: string, settings: FrameSettings, signal: AbortSignal | undefined) {
  const { text, warnings } = await runFfprobe(
    ['-of', 'json', '-show_format', '-show_streams', '-show_chapters', url],
    settings,
    signal,
  );
  const { format, streams = [], chapters = [] } = parse(text);
  if (!format?.format_name) {
    throw new KinoscopeError('unreadable', `${name} is not a video file that can be read${lastComplaint(warnings)}`);
  }
  const video = filmStream(streams);
  if (!video) throw new KinoscopeError('unreadable', `${name} has no video stream`);
  return { format: { ...format, format_name: format.format_name }, streams, chapters, video };
}

/** The first frame that decodes, and its time in ticks. @throws KinoscopeError `unreadable` */
async function readFirstFrame(
  name: string,
  stream: number,
  input: readonly string[],
  settings: FrameSettings,
  signal: AbortSignal | undefined,
) {
  const first = await runFfprobe(
    [
      '-of',
      'json',
      '-select_streams',
      `${stream}`,
      '-read_intervals',
      '%+#50',
      '-show_entries',
      FRAME_ENTRIES,
      ...input,
    ],
    settings,
    signal,
  );
  const frame = parse(first.text).frames?.find(({ best_effort_timestamp }) => best_effort_timestamp !== undefined);
  const origin = frame?.best_effort_timestamp;
  if (origin === undefined) throw new KinoscopeError('unreadable', `${name} has no picture that can be decoded`);
  return { frame, origin };
}

async function readDescription(
  file: string,
  settings: FrameSettings,
  signal: AbortSignal | undefined,
): Promise<DescribedFile> {
  const name = basename(file);
  const url = `file:${resolve(file)}`;
  const described = await readStreams(name, url, settings, signal);
  const { format, video } = described;
  const geometry = geometryOf(name, video);
  checkSize({ name, geometry }, settings);
  // AVI stores no presentation times: of the other codecs libav tells them by the packets that follow.
  const reordered = REORDERED.includes(video.codec_name ?? '');
  const input = [...(reordered ? [] : ['-fflags', '+genpts']), '-i', url];
  const { frame, origin } = await readFirstFrame(name, video.index, input, settings, signal);

  const [num = 0, den = 1] = ratio(video.time_base);
  const { timeline, places, unordered } = await measure(
    {
      input,
      stream: video.index,
      format: format.format_name,
      secondsPerTick: num / den,
      frameRate: frameRateOf(video),
      declared: endOf(format, video),
    },
    settings,
    signal,
  );
  return {
    name,
    url,
    info: infoOf(described, geometry, (origin * num) / den, timeline.end),
    streamIndex: video.index,
    streamId: video.id ?? '',
    geometry,
    colour: colourOf(frame),
    timeBase: { num, den },
    origin,
    timeline,
    places,
    unordered,
    keysNeedOthers: NEEDING_OTHERS.includes(video.codec_name ?? ''),
    input,
  };
}

/** Frames a second on average, null where the container does not say. */
function frameRateOf(video: DescribedStream): number | null {
  const [frames = 0, seconds = 0] = ratio(video.avg_frame_rate);
  return frames > 0 && seconds > 0 ? frames / seconds : null;
}

/** @param startTime, end of the pictures, seconds of the container's clock */
function infoOf(
  { format, streams, chapters, video }: Awaited<ReturnType<typeof readStreams>>,
  geometry: Geometry,
  startTime: number,
  end: number,
): MediaInfo {
  const [frames = 0, seconds = 0] = ratio(video.avg_frame_rate);
  const [base = 0, per = 0] = ratio(video.r_frame_rate);
  const audio = streams.find(({ codec_type }) => codec_type === 'audio');
  const since = (time: string): number => Math.max(0, Number(time) - startTime);
  return {
    format: format.format_name,
    duration: Math.max(0, end - startTime),
    ...displayedSize(geometry),
    rotation: geometry.orientation.rotation,
    frameRate: frameRateOf(video),
    variableRate: variesIn(frames / seconds, base / per),
    codec: video.codec_name ?? 'unknown',
    pixelFormat: video.pix_fmt ?? 'unknown',
    startTime,
    videoStart: playerStart(startTime, format.start_time === undefined ? null : Number(format.start_time)),
    audio: audio
      ? {
          codec: audio.codec_name ?? 'unknown',
          sampleRate: Number(audio.sample_rate ?? 0),
          channels: audio.channels ?? 0,
        }
      : null,
    chapters: keptChapters(
      chapters.map((chapter) => ({
        start: since(chapter.start_time),
        end: since(chapter.end_time),
        title: chapter.tags?.title?.trim() || null,
      })),
    ),
    tags: keptTags(format.tags ?? {}),
  };
}

function parse(text: string): Described {
  try {
    return JSON.parse(text) as Described;
  } catch {
    return {};
  }
}

function filmStream(streams: readonly DescribedStream[]): DescribedStream | undefined {
  const tracks = streams
    .filter(({ codec_type }) => codec_type === 'video')
    .map(({ index, codec_name = '', width = 0, height = 0, nb_frames, disposition = {} }) => ({
      index,
      codec: codec_name,
      width,
      height,
      still: ['attached_pic', 'still_image', 'timed_thumbnails'].some((mark) => disposition[mark] === 1),
      pictures: Number(nb_frames ?? 0),
      chosen: disposition['default'] === 1,
    }));
  const film = filmTrack(tracks);
  return streams.find(({ index }) => index === film?.index);
}

function geometryOf(name: string, stream: DescribedStream): Geometry {
  const { width = 0, height = 0, sample_aspect_ratio, side_data_list = [] } = stream;
  if (width < 1 || height < 1)
    throw new KinoscopeError('unreadable', `${name} has a video stream without a picture size`);
  const [across = 0, down = 0] = ratio(sample_aspect_ratio);
  return {
    codedWidth: width,
    codedHeight: height,
    pixelAspect: across > 0 && down > 0 ? across / down : 1,
    orientation: orientationOf(
      matrixOf(side_data_list.find(({ displaymatrix }) => displaymatrix !== undefined)?.displaymatrix),
    ),
  };
}

function colourOf(frame: DescribedFrame = {}): Colour {
  const stored = (name = 'unknown'): string => (name === 'unspecified' || name === 'reserved' ? 'unknown' : name);
  return {
    transfer: stored(frame.color_transfer),
    primaries: stored(frame.color_primaries),
    matrix: stored(frame.color_space),
    range: stored(frame.color_range),
  };
}

/** The numbers of a display matrix as ffprobe prints it, three in a line after the line's number. */
function matrixOf(text = ''): number[] {
  return text.split('\n').flatMap((line) => (line.split(':')[1] ?? '').trim().split(/\s+/).filter(Boolean).map(Number));
}

function checkSize({ name, geometry }: Pick<DescribedFile, 'name' | 'geometry'>, { maxPixels }: FrameSettings): void {
  const { codedWidth: width, codedHeight: height } = geometry;
  if (width * height <= maxPixels) return;
  throw new KinoscopeError('unreadable', `${name} has pictures of ${width} x ${height}, more than ${maxPixels} pixels`);
}

function endOf(format: NonNullable<Described['format']>, stream: DescribedStream): DeclaredEnd | null {
  if (!tellsDuration(format.format_name ?? '')) return null;
  const [num = 0, den = 1] = ratio(stream.time_base);
  // Of an AVI file that is cut off libav shortens the duration, but not the number of frames.
  const pictures = Number(stream.nb_frames ?? 0);
  if (format.format_name === 'avi' && pictures > 0)
    return { end: (((stream.start_pts ?? 0) + pictures) * num) / den, of: 'video' };
  if (stream.duration_ts) return { end: (((stream.start_pts ?? 0) + stream.duration_ts) * num) / den, of: 'video' };
  const duration = Number(format.duration ?? 0);
  if (!(duration > 0)) return null;
  // Matroska's duration is counted from zero, whatever the first timestamp is.
  const start = format.format_name?.startsWith('matroska') ? 0 : Number(format.start_time ?? 0);
  return { end: start + duration, of: 'any' };
}

/** The two numbers of `30000/1001` or `1:1`. */
function ratio(text = ''): number[] {
  return text.split(/[/:]/).map(Number);
}
