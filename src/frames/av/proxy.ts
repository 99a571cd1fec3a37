import { setImmediate } from 'node:timers/promises';
import {
  AV_BUFFERSRC_FLAG_KEEP_REF,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_NOPTS_VALUE,
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AV_PKT_DATA_NEW_EXTRADATA,
  AV_PKT_FLAG_DISCARD,
  AVMEDIA_TYPE_AUDIO,
} from 'node-av/constants';
import { FFmpegError, FilterGraph, Frame, Packet, type CodecContext } from 'node-av/lib';
import { KinoscopeError } from '../../core/errors.js';
import { sdrFilter } from '../dynamic-range.js';
import { displayedSize, filterChain, outputSize, type Dimensions, type Geometry } from '../geometry.js';
import { type ProxyJob, TICKS_PER_SECOND } from '../media-jobs.js';
import { writeRecordSync } from '../records.js';
import { playerStart } from '../timecode.js';
import { shiftsOf, type Timeline } from '../timeline.js';
import { type AudioCopy, copyAudio } from './audio-copy.js';
import { type Container, openContainer } from './container.js';
import { decode, firstFrameTicks } from './decode.js';
import { openEncoder } from './encode.js';
import { FRAGMENT_SECONDS, FragmentedFile } from './fragments.js';
import { ParameterSets } from './h264.js';
import { measureTimeline } from './measure.js';
import { colourOf, sourceFilter } from './scale.js';
import { encodeAudio } from './sound.js';

/** The longer and the shorter side of a picture are no longer. */
const LARGEST = { longer: 1280, shorter: 720 } as const;
/** x264's usual quality at a quick preset; no picture refers to a later one, so that each is stored where it is shown. */
const ENCODER = { preset: 'veryfast', crf: '23', maxrate: '4M', bufsize: '8M', bf: '0', g: '1000', 'forced-idr': '1' };
/** Sound that starts later than this, seconds, is filled up, as browsers show no pictures without any. */
const LATE = 0.3;
/** Packets that are copied before the event loop turns, which frees them. */
const BATCH = 64;

/** Packets without a decoding time that may follow each other: H.264 reorders no more than 16 pictures. */
const LONGEST_WAIT = 64;

/** Where things stand on a player's clock, which counts from the container's earliest timestamp. */
interface Clock {
  /** Seconds on the container's timeline that are 0 on a player's. */
  readonly zero: number;
  /** When the first picture shows, seconds. */
  readonly videoStart: number;
  /** When the film ends. */
  readonly end: number;
  readonly timeline: Timeline;
}

/**
 * Writes a film as fragmented MP4, and tells of each fragment in a record.
 * @throws KinoscopeError `unreadable`, also where what is to be copied has no times of its own
 */
export async function makeProxy(job: ProxyJob, onRead: () => void): Promise<void> {
  const container = openContainer(job.file, job.settings, onRead);
  const clock = readClock(container, job);
  const file = new FragmentedFile(job.output, (fragment) => writeRecordSync({ type: 'fragment', bytes: 0, fragment }));
  const pictures = job.copies.pictures
    ? new CopiedPictures(container, clock, file)
    : new EncodedPictures(container, clock, file, job);
  const sound = soundOf(job, container, clock, file);
  try {
    file.open();
    await pictures.write((seconds) => sound?.writeUntil(seconds));
    sound?.writeUntil(Infinity);
    file.close(clock.end);
  } finally {
    sound?.close();
    container.close();
  }
}

function readClock(container: Container, { settings }: ProxyJob): Clock {
  const started = container.format.startTime;
  const timeline = measureTimeline(container);
  container.follow(timeline);
  const first = container.seconds(firstFrameTicks(container, settings));
  container.rewind();
  const videoStart = playerStart(first, started === AV_NOPTS_VALUE ? null : Number(started) / 1e6);
  const zero = first - videoStart;
  return { zero, videoStart, end: timeline.end - zero, timeline };
}

function soundOf(job: ProxyJob, container: Container, clock: Clock, file: FragmentedFile): AudioCopy | null {
  const { format } = container;
  const stream = format.streams[format.findBestStream(AVMEDIA_TYPE_AUDIO)];
  if (!stream) return null;
  const shift = clock.timeline.stretches.length > 1 ? shiftsOf(clock.timeline) : null;
  const source = {
    file: job.file,
    startTime: clock.zero,
    maxPixels: job.settings.maxPixels,
    ...(shift && { shiftAt: (position: number) => container.seconds(BigInt(shift(position))) }),
  };
  const { startTime, timeBase } = stream;
  const start = startTime === AV_NOPTS_VALUE ? 0 : (Number(startTime) * timeBase.num) / timeBase.den - clock.zero;
  return job.copies.sound && start < LATE ? copyAudio(source, file.format) : encodeAudio(source, file);
}

/** Packets of the film, which is H.264, that go over as they are. */
class CopiedPictures {
  private readonly target;
  private readonly parameters;

  constructor(
    private readonly container: Container,
    private readonly clock: Clock,
    private readonly file: FragmentedFile,
  ) {
    this.target = file.format.newStream();
    container.stream.codecpar.copy(this.target.codecpar);
    // Each container numbers codecs in its own way.
    this.target.codecpar.codecTag = 0;
    this.target.timeBase = container.stream.timeBase;
    this.parameters = new ParameterSets(container.stream.codecpar.extradata);
  }

  async write(before: (seconds: number) => void): Promise<void> {
    const { container } = this;
    if (sdrFilter(colourOf(container.stream.codecpar)) !== '')
      throw new KinoscopeError('unreadable', `The pictures of ${container.name} are of high dynamic range`);
    let count = 0;
    let waiting: Packet[] = [];
    for (let packet = container.read(); packet; packet = container.read()) {
      // nothing can be shown before the first key frame
      if (count === 0 && !packet.isKeyframe) {
        packet.free();
        continue;
      }
      // browsers and what is drawn over the film count on one size
      if (!this.parameters.stay(packet.data ?? Buffer.alloc(0), packet.getSideData(AV_PKT_DATA_NEW_EXTRADATA)))
        throw new KinoscopeError('unreadable', `The pictures of ${container.name} change their format`);
      waiting.push(packet);
      if (packet.dts !== AV_NOPTS_VALUE) {
        for (const one of withDecodingTimes(waiting)) this.add(one, before);
        waiting = [];
      }
      if (++count % BATCH === 0) await setImmediate();
      if (waiting.length > LONGEST_WAIT) break;
    }
    if (count === 0 || waiting.length > 0)
      throw new KinoscopeError('unreadable', `${container.name} does not say when its pictures are decoded`);
  }

  private add(packet: Packet, before: (seconds: number) => void): void {
    const { container, clock, file, target } = this;
    const { timeBase } = container.stream;
    const zero = BigInt(Math.round((clock.zero * timeBase.den) / timeBase.num));
    if (packet.pts === AV_NOPTS_VALUE || (packet.flags & AV_PKT_FLAG_DISCARD) !== 0)
      throw new KinoscopeError('unreadable', `${container.name} does not say when its pictures are shown`);
    packet.pts -= zero;
    packet.dts -= zero;
    const seconds = container.seconds(packet.pts);
    before(seconds);
    file.writePicture(packet, target, timeBase, seconds);
    packet.free();
  }
}

/**
 * Matroska stores no decoding times, and libav cannot tell the first ones before it has seen how far pictures are reordered.
 * @param packets of which the last alone has one
 */
function withDecodingTimes(packets: readonly Packet[]): readonly Packet[] {
  const last = packets.at(-1)!;
  const step = last.duration > 0n ? last.duration : 1n;
  for (let index = packets.length - 2; index >= 0; index--) packets[index]!.dts = packets[index + 1]!.dts - step;
  return packets;
}

/** Every picture of the film, decoded, made smaller and SDR where it is not, and encoded again. */
class EncodedPictures {
  private readonly encoder: CodecContext;
  private readonly target;
  private readonly size: Dimensions;
  private readonly packet = new Packet();
  private graph: FilterGraph | null = null;
  private graphSource = '';
  private readonly yuv = new Frame();

  constructor(
    private readonly container: Container,
    private readonly clock: Clock,
    private readonly file: FragmentedFile,
    private readonly job: ProxyJob,
  ) {
    this.size = proxySize(container.geometry);
    const { num, den } = container.stream.avgFrameRate;
    this.encoder = openEncoder({
      encoder: 'libx264',
      ...this.size,
      frameRate: num > 0 && den > 0 ? { num, den } : { num: 25, den: 1 },
      encoderOptions: { ...ENCODER, threads: `${job.settings.threads}` },
    });
    this.encoder.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
    check(this.encoder.open2Sync());
    this.target = file.format.newStream();
    check(this.target.codecpar.fromContext(this.encoder));
    this.target.timeBase = this.encoder.timeBase;
    this.packet.alloc();
    this.yuv.alloc();
  }

  async write(before: (seconds: number) => void): Promise<void> {
    const { container, clock, job } = this;
    const progress = { lastTime: -Infinity, startTime: 0 };
    const plan = { kind: 'every' } as const;
    let key = -Infinity;
    for (const { frame, time } of decode(container, plan, job.settings, clock.timeline.end, progress)) {
      const seconds = time + clock.videoStart;
      const starts = seconds - key >= FRAGMENT_SECONDS;
      if (starts) key = seconds;
      const yuv = this.convert(frame);
      yuv.pts = BigInt(Math.round(seconds * TICKS_PER_SECOND));
      yuv.pictType = starts ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
      this.encode(yuv, before);
      yuv.unref();
      // The native parts of frames are only freed when the event loop turns.
      await setImmediate();
    }
    this.encode(null, before);
  }

  /** The frame that comes back is valid until the next call. */
  private convert(frame: Frame): Frame {
    // A stream may change its picture format on the way.
    const toSdr = sdrFilter(colourOf(frame));
    const source = sourceFilter(frame);
    if (!this.graph || source + toSdr !== this.graphSource) {
      this.graph?.free();
      this.graph = new FilterGraph();
      this.graph.alloc();
      const chain = filterChain(this.container.geometry.orientation, this.size, toSdr);
      const toYuv = 'scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,buffersink@out';
      check(this.graph.parse2(`${source},${chain},${toYuv}`));
      check(this.graph.configSync());
      this.graphSource = source + toSdr;
    }
    check(this.graph.getFilter('buffer@in')?.buffersrcAddFrameSync(frame, AV_BUFFERSRC_FLAG_KEEP_REF) ?? -1);
    check(this.graph.getFilter('buffersink@out')?.buffersinkGetFrameSync(this.yuv) ?? -1);
    return this.yuv;
  }

  private encode(frame: Frame | null, before: (seconds: number) => void): void {
    check(this.encoder.sendFrameSync(frame));
    while (this.encoder.receivePacketSync(this.packet) >= 0) {
      const seconds = Number(this.packet.pts) / TICKS_PER_SECOND;
      before(seconds);
      this.file.writePicture(this.packet, this.target, this.encoder.timeBase, seconds);
      this.packet.unref();
    }
  }
}

/** No side is longer than it may be, or than the film's; both are even, as the encoder wants them. */
function proxySize(geometry: Geometry): Dimensions {
  const displayed = displayedSize(geometry);
  const wide = displayed.width >= displayed.height;
  const { longer, shorter } = LARGEST;
  const size = outputSize(displayed, {
    width: wide ? longer : shorter,
    height: wide ? shorter : longer,
    fit: 'inside',
  });
  const even = (side: number): number => Math.max(2, side - (side % 2));
  return { width: even(size.width), height: even(size.height) };
}

function check(result: number): void {
  if (result < 0)
    throw new KinoscopeError('unreadable', `A picture could not be copied (${FFmpegError.strerror(result)})`);
}
