import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AV_CHANNEL_ORDER_NATIVE,
  AV_CODEC_ID_PCM_S16LE,
  AV_SAMPLE_FMT_S16,
  AVMEDIA_TYPE_AUDIO,
} from 'node-av/constants';
import { Dictionary, FormatContext, type Frame, Packet, Rational, type Stream } from 'node-av/lib';
import { LevelMeter, SOUND_RATE, type SoundPrint, toWords } from '../sound-print.js';
import { type AudibleFilm, listen } from './listen.js';
import { checkSound } from './sound-reader.js';

const MONO = 4n;

/** The fingerprint of a film's best sound, on the time of its pictures; null where it has none. @throws KinoscopeError `unreadable` */
export async function readSoundPrint(film: AudibleFilm): Promise<SoundPrint | null> {
  const print = new ChromaprintFile();
  try {
    await listen(film, {
      rate: SOUND_RATE,
      filters: `aformat=sample_fmts=s16:sample_rates=${SOUND_RATE}:channel_layouts=mono`,
      reached: () => print.seconds,
      take: (frame) => void (frame && print.write(frame)),
    });
    return print.finish();
  } finally {
    print.close();
  }
}

/** FFmpeg's muxer of chromaprint, which writes all it has at the end: into a file that has no name any more. */
class ChromaprintFile {
  private readonly format = new FormatContext();
  private readonly stream: Stream;
  private readonly packet = new Packet();
  private readonly meter = new LevelMeter();
  private readonly fd = openNameless();
  private samples = 0;

  constructor() {
    this.packet.alloc();
    checkSound(this.format.allocOutputContext2(null, 'chromaprint', `pipe:${this.fd}`), 'the fingerprint');
    this.stream = this.format.newStream();
    const { codecpar } = this.stream;
    codecpar.codecType = AVMEDIA_TYPE_AUDIO;
    codecpar.codecId = AV_CODEC_ID_PCM_S16LE;
    codecpar.format = AV_SAMPLE_FMT_S16;
    codecpar.sampleRate = SOUND_RATE;
    codecpar.channelLayout = { order: AV_CHANNEL_ORDER_NATIVE, nbChannels: 1, mask: MONO };
    this.stream.timeBase = new Rational(1, SOUND_RATE);
    checkSound(this.format.openOutputSync(), 'the fingerprint');
    checkSound(this.format.writeHeaderSync(Dictionary.fromObject({ fp_format: 'raw' })), 'the fingerprint');
  }

  get seconds(): number {
    return this.samples / SOUND_RATE;
  }

  write(frame: Frame): void {
    const { packet } = this;
    const bytes = frame.data?.[0]?.subarray(0, frame.nbSamples * 2);
    if (!bytes || bytes.length === 0) return;
    this.meter.push(bytes);
    packet.data = bytes;
    packet.streamIndex = this.stream.index;
    packet.pts = packet.dts = BigInt(this.samples);
    packet.duration = BigInt(frame.nbSamples);
    checkSound(this.format.writeFrameSync(packet), 'the fingerprint');
    packet.unref();
    this.samples += frame.nbSamples;
  }

  finish(): SoundPrint | null {
    if (this.samples === 0) return null;
    checkSound(this.format.writeTrailerSync(), 'the fingerprint');
    this.format.closeOutputSync();
    const levels = this.meter.finish();
    // a word for each level at most
    const bytes = Buffer.alloc(levels.length * 4 + 4);
    return { words: toWords(bytes.subarray(0, readSync(this.fd, bytes, 0, bytes.length, 0))), levels };
  }

  close(): void {
    this.packet.free();
    this.format.freeContext();
    closeSync(this.fd);
  }
}

function openNameless(): number {
  const folder = mkdtempSync(join(tmpdir(), 'kinoscope-sound-'));
  try {
    return openSync(join(folder, 'print'), 'w+');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
