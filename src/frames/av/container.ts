import { basename } from 'node:path';
import {
  AV_CODEC_ID_H264,
  AV_CODEC_ID_HEVC,
  AV_CODEC_ID_VVC,
  AV_DISPOSITION_ATTACHED_PIC,
  AV_DISPOSITION_DEFAULT,
  AV_DISPOSITION_STILL_IMAGE,
  AV_DISPOSITION_TIMED_THUMBNAILS,
  AV_NOPTS_VALUE,
  AV_PKT_DATA_DISPLAYMATRIX,
  AV_PKT_FLAG_DISCARD,
  AVERROR_EOF,
  AVFMT_FLAG_GENPTS,
  AVMEDIA_TYPE_VIDEO,
  AVSEEK_FLAG_BACKWARD,
  AVSEEK_FLAG_BYTE,
} from 'node-av/constants';
import {
  avGetCodecName,
  Codec,
  CodecContext,
  Dictionary,
  FFmpegError,
  FormatContext,
  Packet,
  type Stream,
} from 'node-av/lib';
import { KinoscopeError } from '../../core/errors.js';
import { type Dimensions, type Geometry, orientationOf, readMatrix } from '../geometry.js';
import { CONTAINERS, type FrameSettings, PROTOCOLS } from '../settings.js';
import { entersAnywhere, shiftsOf, type Timeline, type VideoPacket } from '../timeline.js';
import { filmTrack } from '../tracks.js';

/** An open file with a video stream, as libavformat sees it. Timestamps are ticks of the stream's time base, mended once `follow` was called. */
export interface Container {
  readonly name: string;
  /** Both hold until the next `seek` or `rewind`. */
  readonly format: FormatContext;
  readonly stream: Stream;
  readonly geometry: Geometry;
  /** Seconds that a number of ticks stands for; exact where the result is a whole number. */
  seconds(ticks: bigint): number;
  ticks(seconds: number): bigint;
  /** The next packet of the video stream, owned by the caller, or null when the file ends or breaks. */
  read(): Packet | null;
  /** Goes to a place from which the frame at `ticks` can be decoded, as far as the file has an index; else to its start. */
  seek(ticks: bigint): void;
  rewind(): void;
  /** From now on, packets have the film's time and seeking goes by it. To be called at the start of the file. */
  follow(timeline: Timeline): void;
  /** Seconds, on the container's timeline, where the packets read so far end: of the video and of all streams. */
  readonly reached: { readonly video: number; readonly any: number };
  /** Has `read` come to the end of the file? */
  readonly ended: boolean;
  close(): void;
}

export function timestamp(packet: Packet): bigint {
  return packet.pts === AV_NOPTS_VALUE ? packet.dts : packet.pts;
}

export function videoPacketOf({ pts, dts, duration, pos, isKeyframe, flags }: Packet): VideoPacket {
  const known = (ticks: bigint): number | null => (ticks === AV_NOPTS_VALUE ? null : Number(ticks));
  return {
    pts: known(pts),
    dts: known(dts),
    duration: Number(duration),
    position: Number(pos),
    keyframe: isKeyframe,
    hidden: (flags & AV_PKT_FLAG_DISCARD) !== 0,
  };
}

/** Their pictures come in an order that libav cannot tell from decoding times alone. */
const REORDERED = [AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_VVC];

/**
 * @param onRead called for every packet that is read
 * @throws KinoscopeError `unreadable`: not a video container, no video stream, too many pixels
 */
export function openContainer(file: string, settings: FrameSettings, onRead: () => void): Container {
  return new OpenContainer(file, settings, onRead);
}

class OpenContainer implements Container {
  readonly name: string;
  format: FormatContext;
  readonly geometry: Geometry;
  readonly reached = { video: -Infinity, any: -Infinity };
  ended = false;

  private readonly index: number;
  private readonly timeBase: { readonly num: number; readonly den: number };
  private readonly secondsPerTick: readonly number[];
  private readonly packet = new Packet();
  private shiftAt: (position: number) => number = () => 0;
  private keys: Timeline['keys'] = [];

  constructor(
    private readonly file: string,
    private readonly settings: FrameSettings,
    private readonly onRead: () => void,
  ) {
    this.name = basename(file);
    this.format = openFormat(file, this.name, settings);
    this.index = filmStream(this.format);
    const film = this.format.streams[this.index];
    if (!film) throw new KinoscopeError('unreadable', `${this.name} has no video stream`);
    completeTimes(this.format, this.index);
    this.timeBase = film.timeBase;
    this.secondsPerTick = this.format.streams.map(({ timeBase }) => timeBase.num / timeBase.den);
    this.geometry = geometryOf(this.name, film, settings);
    this.packet.alloc();
  }

  get stream(): Stream {
    return this.format.streams[this.index]!;
  }

  seconds(ticks: bigint): number {
    return (Number(ticks) * this.timeBase.num) / this.timeBase.den;
  }

  ticks(seconds: number): bigint {
    return BigInt(Math.floor((seconds * this.timeBase.den) / this.timeBase.num));
  }

  read(): Packet | null {
    const { packet, index } = this;
    for (;;) {
      this.onRead();
      const result = this.format.readFrameSync(packet);
      if (result < 0) {
        if (result !== AVERROR_EOF) process.stderr.write(`Reading ended early: ${FFmpegError.strerror(result)}\n`);
        this.ended = true;
        return null;
      }
      if (packet.streamIndex === index) this.mend();
      this.reach();
      const wanted = packet.streamIndex === index ? packet.clone() : null;
      packet.unref();
      if (wanted) return wanted;
    }
  }

  /** Notes how far the packets lead. */
  private reach(): void {
    const { packet, reached } = this;
    const at = timestamp(packet);
    if (at === AV_NOPTS_VALUE) return;
    const end = Number(at + packet.duration) * (this.secondsPerTick[packet.streamIndex] ?? 0);
    reached.any = Math.max(reached.any, end);
    if (packet.streamIndex === this.index) reached.video = Math.max(reached.video, end);
  }

  /** Takes the jumps of the clock out of the packet's times. */
  private mend(): void {
    const { packet } = this;
    const shift = BigInt(this.shiftAt(Number(packet.pos)));
    if (shift === 0n) return;
    if (packet.pts !== AV_NOPTS_VALUE) packet.pts += shift;
    if (packet.dts !== AV_NOPTS_VALUE) packet.dts += shift;
  }

  seek(ticks: bigint): void {
    this.ended = false;
    if (!goTo(this.format, this.index, ticks, this.keys)) this.rewind();
  }

  rewind(): void {
    // Opening again works for every container, seeking to the start does not.
    this.format.closeInputSync();
    this.format = openFormat(this.file, this.name, this.settings);
    completeTimes(this.format, this.index);
    this.ended = false;
  }

  follow(timeline: Timeline): void {
    this.shiftAt = shiftsOf(timeline);
    this.keys = timeline.keys;
  }

  close(): void {
    this.packet.free();
    this.format.closeInputSync();
  }
}

/** @param keys where there are any, the container's own times say nothing, and only these lead to a place */
function goTo(format: FormatContext, index: number, ticks: bigint, keys: Timeline['keys']): boolean {
  if (keys.length === 0) return format.seekFrameSync(index, ticks, AVSEEK_FLAG_BACKWARD) >= 0;
  const key = keys.findLast(([, at]) => BigInt(at) <= ticks);
  if (!key || !entersAnywhere(format.iformat?.name ?? '')) return false;
  return format.seekFrameSync(index, BigInt(key[0]), AVSEEK_FLAG_BYTE) >= 0;
}

/** AVI stores no presentation times: of the codecs where that can be done, libav tells them by the packets that follow. */
function completeTimes(format: FormatContext, index: number): void {
  const codec = format.streams[index]?.codecpar.codecId;
  if (codec !== undefined && !REORDERED.includes(codec)) format.setFlags(AVFMT_FLAG_GENPTS);
}

/** Index of the video stream that is the film; -1 without one. */
function filmStream(format: FormatContext): number {
  const stills = AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_STILL_IMAGE | AV_DISPOSITION_TIMED_THUMBNAILS;
  const tracks = format.streams.flatMap(({ codecpar, disposition, nbFrames, index }) =>
    codecpar.codecType !== AVMEDIA_TYPE_VIDEO
      ? []
      : [
          {
            index,
            codec: avGetCodecName(codecpar.codecId) ?? '',
            width: codecpar.width,
            height: codecpar.height,
            still: (disposition & stills) !== 0,
            pictures: Number(nbFrames),
            chosen: (disposition & AV_DISPOSITION_DEFAULT) !== 0,
          },
        ],
  );
  return filmTrack(tracks)?.index ?? -1;
}

/** @throws KinoscopeError `unreadable` when it is no video container that may be read */
export function openFormat(file: string, name: string, settings: Pick<FrameSettings, 'maxPixels'>): FormatContext {
  const format = new FormatContext();
  // The prefix keeps a file that is called `http:...` a file.
  const opened = format.openInputSync(
    `file:${file}`,
    null,
    Dictionary.fromObject({ protocol_whitelist: PROTOCOLS, format_whitelist: CONTAINERS }),
  );
  if (opened < 0) {
    throw new KinoscopeError('unreadable', `${name} is not a video file that can be read`);
  }
  // Looking at the streams decodes a picture of each, so what the container says of its size is checked before, as well
  // as what the pictures say after. (node-av 6.1 cannot hand libav's own limit to this step.)
  for (const { codecpar } of format.streams) checkSize(name, codecpar, settings);
  format.findStreamInfoSync();
  return format;
}

function geometryOf(name: string, stream: Stream, settings: FrameSettings): Geometry {
  const { codecpar } = stream;
  const { width: codedWidth, height: codedHeight } = codecpar;
  if (codedWidth < 1 || codedHeight < 1) {
    throw new KinoscopeError('unreadable', `${name} has a video stream without a picture size`);
  }
  checkSize(name, codecpar, settings);
  const [container, coded] = [stream.sampleAspectRatio, codecpar.sampleAspectRatio];
  const aspect = container.num > 0 && container.den > 0 ? container : coded;
  return {
    codedWidth,
    codedHeight,
    pixelAspect: aspect.num > 0 && aspect.den > 0 ? aspect.num / aspect.den : 1,
    orientation: orientationOf(readMatrix(codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX))),
  };
}

function checkSize(name: string, { width, height }: Dimensions, { maxPixels }: Pick<FrameSettings, 'maxPixels'>): void {
  if (width * height > maxPixels) {
    throw new KinoscopeError(
      'unreadable',
      `${name} has pictures of ${width} x ${height}, more than ${maxPixels} pixels`,
    );
  }
}

/**
 * @param frames what will be asked of it: consecutive frames, those among them that others refer to, or lone ones. For a lone frame
 *   threads that work on a frame each would only be handed its packet one after the other.
 * @throws KinoscopeError `unreadable` when this build of FFmpeg has no decoder for the stream
 */
export function openDecoder(
  container: Container,
  settings: FrameSettings,
  frames: 'all' | 'referenced' | 'lone',
): CodecContext {
  const { stream, name } = container;
  const codec = Codec.findDecoder(stream.codecpar.codecId);
  const context = new CodecContext();
  context.allocContext3(codec);
  context.parametersToContext(stream.codecpar);
  context.pktTimebase = stream.timeBase;
  context.threadCount = settings.threads;
  // Not as a dictionary to open2: node-av 6.1 frees such a one twice.
  context.setOption('max_pixels', String(settings.maxPixels));
  context.setOption('skip_frame', frames === 'referenced' ? 'noref' : 'default');
  if (frames === 'lone') context.setOption('thread_type', 'slice');
  if (!codec || context.open2Sync(codec) < 0) {
    throw new KinoscopeError('unreadable', `${name} has a video stream in a format that cannot be decoded`);
  }
  return context;
}
