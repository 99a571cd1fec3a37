import { basename } from 'node:path';
import { AV_BUFFERSRC_FLAG_KEEP_REF, AV_NOPTS_VALUE, AVMEDIA_TYPE_AUDIO } from 'node-av/constants';
import {
  avGetSampleFmtName,
  Codec,
  CodecContext,
  FilterGraph,
  type FormatContext,
  Frame,
  Packet,
  type Stream,
} from 'node-av/lib';
import { KinoscopeError } from '../../core/errors.js';
import type { AudioSource } from './audio-copy.js';
import { openFormat } from './container.js';

/** In what form sound is wanted. */
export interface SoundForm {
  /** Samples a second, the time base of what comes out. */
  readonly rate: number;
  /** libavfilter's filters behind the resampler. */
  readonly filters: string;
  /** How far what came out reaches, seconds: a graph that begins again fills up to there. */
  reached(): number;
  /** Takes what comes out, frame by frame; null at the end. */
  take(frame: Frame | null): void;
}

/** What comes after a longer gap is left out, seconds: to fill it up would cost what the file claims, not what it holds. */
const LONGEST_GAP = 1200;

/**
 * Decodes the best sound of a film on the time of its pictures. Sound that starts late, has gaps or drifts is filled up or
 * stretched to its timestamps, and ends at a gap of more than {@link LONGEST_GAP}.
 */
export class SoundReader {
  private readonly packet = new Packet();
  private readonly frame = new Frame();
  private readonly filtered = new Frame();
  private graph: FilterGraph | null = null;
  private graphSource = '';
  /** Where the next samples are expected, ticks of the wanted rate. */
  private next = 0;
  /** There was a gap that is too long. */
  broken = false;
  ended = false;

  private constructor(
    private readonly source: AudioSource,
    private readonly input: FormatContext,
    private readonly stream: Stream,
    private readonly decoder: CodecContext,
    private readonly form: SoundForm,
  ) {
    for (const one of [this.packet, this.frame, this.filtered]) one.alloc();
  }

  /** Null where the film has no sound that can be decoded. @throws KinoscopeError `unreadable` */
  static open(source: AudioSource, form: SoundForm): SoundReader | null {
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
    checkSound(decoder.open2Sync(codec), 'its codec cannot be decoded');
    return new SoundReader(source, input, stream, decoder, form);
  }

  /** Reads one packet of the file. */
  readOn(): void {
    const { packet } = this;
    const ended = this.input.readFrameSync(packet) < 0;
    if (ended) this.decode(null, 0);
    else if (packet.streamIndex === this.stream.index)
      this.decode(packet, this.source.shiftAt?.(Number(packet.pos)) ?? 0);
    packet.unref();
    if (!ended && !this.broken) return;
    this.ended = true;
    this.filter(null);
    this.form.take(null);
  }

  close(): void {
    for (const one of [this.packet, this.frame, this.filtered]) one.free();
    this.graph?.free();
    this.decoder.freeContext();
    this.input.closeInputSync();
  }

  private decode(packet: Packet | null, shift: number): void {
    const { rate } = this.form;
    // what a decoder refuses is a gap, which is filled
    this.decoder.sendPacketSync(packet);
    const { num, den } = this.stream.timeBase;
    while (this.decoder.receiveFrameSync(this.frame) >= 0) {
      const { frame } = this;
      const ticks = frame.bestEffortTimestamp;
      const seconds = ticks === AV_NOPTS_VALUE ? null : (Number(ticks) * num) / den - this.source.startTime + shift;
      const at = seconds === null ? this.next : Math.round(seconds * rate);
      this.broken ||= at - Math.max(0, this.next) > LONGEST_GAP * rate;
      this.next = at + Math.round((frame.nbSamples * rate) / frame.sampleRate);
      frame.pts = BigInt(at);
      if (this.next > 0 && !this.broken) this.filter(frame);
      frame.unref();
    }
  }

  private filter(frame: Frame | null): void {
    if (frame) this.prepare(frame);
    if (!this.graph) return;
    // asked for each time: a filter does not keep its graph from being collected
    checkSound(
      this.graph.getFilter('abuffer@in')?.buffersrcAddFrameSync(frame, AV_BUFFERSRC_FLAG_KEEP_REF) ?? -1,
      'a part',
    );
    while ((this.graph.getFilter('abuffersink@out')?.buffersinkGetFrameSync(this.filtered) ?? -1) >= 0) {
      this.form.take(this.filtered);
      this.filtered.unref();
    }
  }

  /** Sound may change its rate or channels on the way. */
  private prepare({ sampleRate, format, channelLayout: { mask, nbChannels } }: Frame): void {
    const { rate, filters } = this.form;
    const layout = mask > 0n ? `0x${mask.toString(16)}` : `${nbChannels}c`;
    const kind = avGetSampleFmtName(format as Parameters<typeof avGetSampleFmtName>[0]);
    const source = `abuffer@in=time_base=1/${rate}:sample_rate=${sampleRate}:sample_fmt=${kind}:channel_layout=${layout}`;
    if (source === this.graphSource) return;
    // where it begins again it is filled up to its time once more
    const first = this.graph === null ? 0 : Math.round(this.form.reached() * rate);
    this.graph?.free();
    this.graph = new FilterGraph();
    this.graph.alloc();
    const chain = `aresample=${rate}:async=1000:first_pts=${first},${filters},abuffersink@out`;
    const what = `${nbChannels} ${nbChannels === 1 ? 'channel' : 'channels'} of ${sampleRate} Hz`;
    checkSound(this.graph.parse2(`${source},${chain}`), what);
    checkSound(this.graph.configSync(), what);
    this.graphSource = source;
  }
}

/** @throws KinoscopeError `unreadable` */
export function checkSound(result: number, what: string): void {
  if (result < 0) throw new KinoscopeError('unreadable', `the sound cannot be read: ${what}`);
}
