import { basename } from 'node:path';
import {
  AV_DISPOSITION_ATTACHED_PIC,
  AV_NOPTS_VALUE,
  AV_PKT_DATA_DISPLAYMATRIX,
  AVERROR_EOF,
  AVMEDIA_TYPE_VIDEO,
  AVSEEK_FLAG_BACKWARD,
} from 'node-av/constants';
import { Codec, CodecContext, Dictionary, FFmpegError, FormatContext, Packet, type Stream } from 'node-av/lib';
import { KinoscopeError } from '../../errors.js';
import { type Dimensions, type Geometry, matrixRotation } from '../geometry.js';
import { CONTAINERS, type FrameSettings, PROTOCOLS } from '../settings.js';

/** An open file with a video stream, as libavformat sees it. Timestamps are ticks of the stream's time base. */
export interface Container {
  readonly name: string;
  /** Both may be used only before the first `seek` or `rewind`. */
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
  /** Seconds, on the container's timeline, where the packets read so far end: of the video and of all streams. */
  readonly reached: { readonly video: number; readonly any: number };
  /** Has `read` come to the end of the file? */
  readonly ended: boolean;
  close(): void;
}

export function timestamp(packet: Packet): bigint {
  return packet.pts === AV_NOPTS_VALUE ? packet.dts : packet.pts;
}

/**
 * @param onRead called for every packet that is read
 * @throws KinoscopeError `unreadable`: not a video container, no video stream, too many pixels
 */
export function openContainer(file: string, settings: FrameSettings, onRead: () => void): Container {
  const name = basename(file);
  let format = openFormat(file, name, settings);
  const index = format.findBestStream(AVMEDIA_TYPE_VIDEO);
  const stream = format.streams[index];
  if (!stream || (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) !== 0) {
    throw new KinoscopeError('unreadable', `${name} has no video stream`);
  }
  const { num, den } = stream.timeBase;
  const secondsPerTick = format.streams.map(({ timeBase }) => timeBase.num / timeBase.den);
  const reached = { video: -Infinity, any: -Infinity };
  const packet = new Packet();
  packet.alloc();
  let ended = false;

  const rewind = (): void => {
    // Opening again works for every container, seeking to the start does not.
    format.closeInputSync();
    format = openFormat(file, name, settings);
    ended = false;
  };
  return {
    name,
    format,
    stream,
    geometry: geometryOf(name, stream, settings),
    reached,
    get ended() {
      return ended;
    },
    seconds: (ticks) => (Number(ticks) * num) / den,
    ticks: (seconds) => BigInt(Math.floor((seconds * den) / num)),
    read() {
      for (;;) {
        onRead();
        const result = format.readFrameSync(packet);
        if (result < 0) {
          if (result !== AVERROR_EOF) process.stderr.write(`Reading ended early: ${FFmpegError.strerror(result)}\n`);
          ended = true;
          return null;
        }
        const at = timestamp(packet);
        if (at !== AV_NOPTS_VALUE) {
          const end = Number(at + packet.duration) * (secondsPerTick[packet.streamIndex] ?? 0);
          reached.any = Math.max(reached.any, end);
          if (packet.streamIndex === index) reached.video = Math.max(reached.video, end);
        }
        const wanted = packet.streamIndex === index ? packet.clone() : null;
        packet.unref();
        if (wanted) return wanted;
      }
    },
    seek(ticks) {
      ended = false;
      if (format.seekFrameSync(index, ticks, AVSEEK_FLAG_BACKWARD) < 0) rewind();
    },
    rewind,
    close() {
      packet.free();
      format.closeInputSync();
    },
  };
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
    rotation: matrixRotation(codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX)),
  };
}

function checkSize(name: string, { width, height }: Dimensions, { maxPixels }: Pick<FrameSettings, 'maxPixels'>): void {
  if (width * height > maxPixels) {
    throw new KinoscopeError('unreadable', `${name} has pictures of ${width} x ${height}, more than ${maxPixels} pixels`);
  }
}

/**
 * @param frames what will be asked of it: consecutive frames, those among them that others refer to, or lone ones. For a lone frame
 *   threads that work on a frame each would only be handed its packet one after the other.
 * @throws KinoscopeError `unreadable` when this build of FFmpeg has no decoder for the stream
 */
export function openDecoder(container: Container, settings: FrameSettings, frames: 'all' | 'referenced' | 'lone'): CodecContext {
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
