import { rmSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import {
  AV_BUFFERSRC_FLAG_KEEP_REF,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_PIX_FMT_RGB24,
  AV_PIX_FMT_YUV420P,
  AV_PKT_DATA_DISPLAYMATRIX,
  AVCOL_PRI_BT709,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT709,
  AVCOL_TRC_BT709,
  AVFMT_GLOBALHEADER,
  type FFEncoderCodec,
} from 'node-av/constants';
import {
  Codec,
  CodecContext,
  Dictionary,
  FFmpegError,
  FilterGraph,
  FormatContext,
  Frame,
  Packet,
  Rational,
} from 'node-av/lib';
import { KinoscopeError } from '../../core/errors.js';
import { displayMatrix } from '../geometry.js';
import { type EncodeJob, TICKS_PER_SECOND } from '../media-jobs.js';
import { readRecordSync } from '../records.js';
import { copyAudio } from './audio-copy.js';

/** Encodes the pictures that come in at the record descriptor, until a `finish`; without one nothing is left behind. */
export async function encode(job: EncodeJob): Promise<void> {
  const context = openEncoder(job);
  const format = new FormatContext();
  check(format.allocOutputContext2(null, null, job.file), 'the container');
  if ((format.oformat?.flags ?? 0) & AVFMT_GLOBALHEADER) context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  check(context.open2Sync(), `the encoder ${job.encoder}`);
  const stream = format.newStream();
  check(stream.codecpar.fromContext(context), 'the stream');
  stream.timeBase = context.timeBase;
  stream.avgFrameRate = context.framerate;
  if (job.orientation.rotation !== 0 || job.orientation.mirrored) {
    stream.codecpar.addCodedSideData(AV_PKT_DATA_DISPLAYMATRIX, displayMatrix(job.orientation));
  }
  const audio = job.audio && copyAudio(job.audio, format);
  check(format.openOutputSync(), 'the file');
  let finished = false;
  try {
    const options = format.oformat?.name === 'mp4' ? { movflags: '+faststart' } : {};
    check(
      format.writeHeaderSync(Dictionary.fromObject(options)),
      audio ? 'the header; perhaps this container cannot hold the sound (.mkv can)' : 'the header',
    );
    const toYuv = converter(job);
    const write = packetWriter(context, format);
    const duration = BigInt(Math.round((TICKS_PER_SECOND * job.frameRate.den) / job.frameRate.num));
    for (let next = readRecordSync(); next; next = readRecordSync()) {
      if (next.record.type === 'finish') {
        finished = true;
        break;
      }
      if (next.record.type !== 'picture') continue;
      audio?.writeUntil(next.record.ticks / TICKS_PER_SECOND);
      const frame = toYuv(next.body);
      frame.pts = BigInt(next.record.ticks);
      frame.duration = duration;
      write(frame);
      frame.unref();
      // The native parts of frames are only freed when the event loop turns.
      await setImmediate();
    }
    if (finished) {
      write(null);
      audio?.writeUntil(Infinity);
      check(format.writeTrailerSync(), 'the end of the file');
    }
    format.closeOutputSync();
  } finally {
    audio?.close();
    if (!finished) rmSync(job.file, { force: true });
  }
}

/** An encoder whose time base is {@link TICKS_PER_SECOND}, not opened yet. */
export function openEncoder(
  job: Pick<EncodeJob, 'encoder' | 'width' | 'height' | 'frameRate' | 'encoderOptions'>,
): CodecContext {
  const codec = Codec.findEncoderByName(job.encoder as FFEncoderCodec);
  if (!codec) throw new KinoscopeError('unavailable', `This build of FFmpeg has no encoder ${job.encoder}`);
  const context = new CodecContext();
  context.allocContext3(codec);
  context.width = job.width;
  context.height = job.height;
  context.pixelFormat = AV_PIX_FMT_YUV420P;
  context.colorSpace = AVCOL_SPC_BT709;
  context.colorPrimaries = AVCOL_PRI_BT709;
  context.colorTrc = AVCOL_TRC_BT709;
  context.colorRange = AVCOL_RANGE_MPEG;
  context.timeBase = new Rational(1, TICKS_PER_SECOND);
  context.framerate = new Rational(job.frameRate.num, job.frameRate.den);
  for (const [name, value] of Object.entries(job.encoderOptions)) {
    check(context.setOption(name, value), `the encoder option ${name}=${value}`);
  }
  return context;
}

/** RGB to the encoder's YUV; the frame that comes back is valid until the next call. */
function converter({ width, height }: EncodeJob): (rgb: Buffer) => Frame {
  const graph = new FilterGraph();
  graph.alloc();
  const source = `buffer@in=video_size=${width}x${height}:pix_fmt=rgb24:time_base=1/${TICKS_PER_SECOND}`;
  check(graph.parse2(`${source},scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,buffersink@out`), 'scaling');
  check(graph.configSync(), 'scaling');
  const yuv = new Frame();
  yuv.alloc();
  return (data) => {
    const rgb = Frame.fromVideoBuffer(data, { width, height, format: AV_PIX_FMT_RGB24 });
    // Asked for each time: a filter does not keep its graph from being collected.
    check(graph.getFilter('buffer@in')?.buffersrcAddFrameSync(rgb, AV_BUFFERSRC_FLAG_KEEP_REF) ?? -1, 'scaling');
    check(graph.getFilter('buffersink@out')?.buffersinkGetFrameSync(yuv) ?? -1, 'scaling');
    rgb.free();
    return yuv;
  };
}

function packetWriter(context: CodecContext, format: FormatContext): (frame: Frame | null) => void {
  const packet = new Packet();
  packet.alloc();
  const stream = format.streams[0];
  return (frame) => {
    check(context.sendFrameSync(frame), 'a picture');
    while (context.receivePacketSync(packet) >= 0) {
      packet.streamIndex = 0;
      if (stream) packet.rescaleTs(context.timeBase, stream.timeBase);
      check(format.interleavedWriteFrameSync(packet), 'a packet');
    }
  };
}

function check(result: number, what: string): void {
  if (result < 0)
    throw new KinoscopeError('internal', `Video could not be written: ${what}: ${FFmpegError.strerror(result)}`);
}
