import { basename } from 'node:path';
import {
  AV_BUFFERSRC_FLAG_KEEP_REF,
  AV_CH_LAYOUT_STEREO,
  AV_CHANNEL_ORDER_NATIVE,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_NOPTS_VALUE,
  AV_SAMPLE_FMT_FLTP,
  AVMEDIA_TYPE_AUDIO,
  type FFEncoderCodec,
} from 'node-av/constants';
import {
  avGetSampleFmtName,
  Codec,
  CodecContext,
  FFmpegError,
  FilterGraph,
  Frame,
  Packet,
  Rational,
} from 'node-av/lib';
import { KinoscopeError } from '../../core/errors.js';
import type { AudioCopy, AudioSource } from './audio-copy.js';
import { openFormat } from './container.js';
import type { FragmentedFile } from './fragments.js';

const RATE = 48_000;
const FRAME_SAMPLES = 1024;
const BITS_PER_SECOND = 160_000n;
/**
 * Sound that starts late, has gaps or drifts is filled up or stretched to its timestamps; a browser does not show pictures of
 * times without any.
 */
const CHAIN =
  `aresample=${RATE}:async=1000:first_pts=0,aformat=sample_fmts=fltp:sample_rates=${RATE}:channel_layouts=stereo,` +
  `asetnsamples=n=${FRAME_SAMPLES}:p=0,abuffersink@out`;

/**
 * Adds a stream of AAC in stereo for the best sound of a film, of whatever kind that is; null where it has none.
 * @param shiftAt seconds to add to the times of packets by their position in the file
 * @throws KinoscopeError `unreadable`
 */
export function encodeAudio(source: AudioSource, output: FragmentedFile): AudioCopy | null {
  const { file, maxPixels } = source;
  const input = openFormat(file, basename(file), { maxPixels });
  const stream = input.streams[input.findBestStream(AVMEDIA_TYPE_AUDIO)];
  const codec = stream && Codec.findDecoder(stream.codecpar.codecId);
  if (!stream || !codec) {
    input.closeInputSync();
    return null;
  }
  const decoder = new CodecContext();
  decoder.allocContext3(codec);
  decoder.parametersToContext(stream.codecpar);
  decoder.pktTimebase = stream.timeBase;
  check(decoder.open2Sync(codec), 'its format cannot be decoded');
  return new EncodedSound(source, input, stream, decoder, output);
}

class EncodedSound implements AudioCopy {
  private readonly encoder: CodecContext;
  private readonly target;
  private readonly packet = new Packet();
  private readonly coded = new Packet();
  private readonly frame = new Frame();
  private readonly filtered = new Frame();
  private graph: FilterGraph | null = null;
  private graphSource = '';
  /** Where the next samples are expected, ticks of {@link RATE}. */
  private next = 0;
  private reached = 0;
  private ended = false;

  constructor(
    private readonly source: AudioSource,
    private readonly input: ReturnType<typeof openFormat>,
    private readonly stream: NonNullable<ReturnType<typeof openFormat>['streams'][number]>,
    private readonly decoder: CodecContext,
    private readonly output: FragmentedFile,
  ) {
    for (const one of [this.packet, this.coded, this.frame, this.filtered]) one.alloc();
    this.encoder = openEncoder();
    this.target = output.format.newStream();
    check(this.target.codecpar.fromContext(this.encoder), 'its encoder');
    this.target.timeBase = this.encoder.timeBase;
  }

  writeUntil(seconds: number): void {
    while (!this.ended && this.reached < seconds) this.readOn();
  }

  close(): void {
    for (const one of [this.packet, this.coded, this.frame, this.filtered]) one.free();
    this.graph?.free();
    this.decoder.freeContext();
    this.encoder.freeContext();
    this.input.closeInputSync();
  }

  private readOn(): void {
    const { packet } = this;
    if (this.input.readFrameSync(packet) < 0) {
      this.ended = true;
      this.decode(null, 0);
      this.filter(null);
      return this.encode(null);
    }
    if (packet.streamIndex === this.stream.index) this.decode(packet, this.source.shiftAt?.(Number(packet.pos)) ?? 0);
    packet.unref();
  }

  private decode(packet: Packet | null, shift: number): void {
    // what a decoder refuses is a gap, which is filled
    this.decoder.sendPacketSync(packet);
    const { num, den } = this.stream.timeBase;
    while (this.decoder.receiveFrameSync(this.frame) >= 0) {
      const { frame } = this;
      const ticks = frame.bestEffortTimestamp;
      const seconds = ticks === AV_NOPTS_VALUE ? null : (Number(ticks) * num) / den - this.source.startTime + shift;
      const at = seconds === null ? this.next : Math.round(seconds * RATE);
      this.next = at + Math.round((frame.nbSamples * RATE) / frame.sampleRate);
      frame.pts = BigInt(at);
      if (this.next > 0) this.filter(frame);
      frame.unref();
    }
  }

  private filter(frame: Frame | null): void {
    if (frame) this.prepare(frame);
    if (!this.graph) return;
    // asked for each time: a filter does not keep its graph from being collected
    check(this.graph.getFilter('abuffer@in')?.buffersrcAddFrameSync(frame, AV_BUFFERSRC_FLAG_KEEP_REF) ?? -1, 'a part');
    while ((this.graph.getFilter('abuffersink@out')?.buffersinkGetFrameSync(this.filtered) ?? -1) >= 0) {
      this.encode(this.filtered);
      this.filtered.unref();
    }
  }

  /** Sound may change its rate or channels on the way. */
  private prepare({ sampleRate, format, channelLayout: { mask, nbChannels } }: Frame): void {
    const layout = mask > 0n ? `0x${mask.toString(16)}` : `${nbChannels}c`;
    const kind = avGetSampleFmtName(format as Parameters<typeof avGetSampleFmtName>[0]);
    const source = `abuffer@in=time_base=1/${RATE}:sample_rate=${sampleRate}:sample_fmt=${kind}:channel_layout=${layout}`;
    if (source === this.graphSource) return;
    // where it begins again it is filled up to its time once more
    const first = this.graph === null ? 0 : Math.round(this.reached * RATE);
    this.graph?.free();
    this.graph = new FilterGraph();
    this.graph.alloc();
    check(this.graph.parse2(`${source},${CHAIN.replace('first_pts=0', `first_pts=${first}`)}`), 'a part');
    check(this.graph.configSync(), 'a part');
    this.graphSource = source;
  }

  private encode(frame: Frame | null): void {
    check(this.encoder.sendFrameSync(frame), 'a part');
    while (this.encoder.receivePacketSync(this.coded) >= 0) {
      this.reached = Number(this.coded.pts) / RATE;
      // what the encoder puts before the first sample
      if (this.coded.pts >= 0n) this.output.write(this.coded, this.target, this.encoder.timeBase);
      this.coded.unref();
    }
  }
}

function openEncoder(): CodecContext {
  const codec = Codec.findEncoderByName('aac' as FFEncoderCodec);
  if (!codec) throw new KinoscopeError('unavailable', 'This build of FFmpeg has no encoder for AAC');
  const context = new CodecContext();
  context.allocContext3(codec);
  context.sampleRate = RATE;
  context.sampleFormat = AV_SAMPLE_FMT_FLTP;
  context.channelLayout = { order: AV_CHANNEL_ORDER_NATIVE, nbChannels: 2, mask: AV_CH_LAYOUT_STEREO };
  context.bitRate = BITS_PER_SECOND;
  context.timeBase = new Rational(1, RATE);
  context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  check(context.open2Sync(), 'its encoder');
  return context;
}

function check(result: number, what: string): void {
  if (result < 0)
    throw new KinoscopeError('unreadable', `The sound cannot be copied: ${what}: ${FFmpegError.strerror(result)}`);
}
