import {
  AV_CH_LAYOUT_STEREO,
  AV_CHANNEL_ORDER_NATIVE,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_SAMPLE_FMT_FLTP,
  type FFEncoderCodec,
} from 'node-av/constants';
import { Codec, CodecContext, type Frame, Packet, Rational } from 'node-av/lib';
import { KinoscopeError } from '../../core/errors.js';
import type { AudioCopy, AudioSource } from './audio-copy.js';
import type { FragmentedFile } from './fragments.js';
import { checkSound, SoundReader } from './sound-reader.js';

const RATE = 48_000;
const FRAME_SAMPLES = 1024;
const BITS_PER_SECOND = 160_000n;
/** A browser does not show pictures of times without any sound, so there are no gaps in it. */
const FILTERS = `aformat=sample_fmts=fltp:sample_rates=${RATE}:channel_layouts=stereo,asetnsamples=n=${FRAME_SAMPLES}:p=0`;

/**
 * Adds a stream of AAC in stereo for the best sound of a film, of whatever kind that is; null where it has none.
 * @throws KinoscopeError `unreadable`
 */
export function encodeAudio(source: AudioSource, output: FragmentedFile): AudioCopy | null {
  let sound: EncodedSound | null = null;
  const reader = SoundReader.open(source, {
    rate: RATE,
    filters: FILTERS,
    reached: () => sound?.reached ?? 0,
    take: (frame) => sound?.encode(frame),
  });
  if (!reader) return null;
  const encoded = (sound = new EncodedSound(output));
  return {
    writeUntil(seconds) {
      while (!reader.ended && encoded.reached < seconds) reader.readOn();
    },
    close() {
      reader.close();
      encoded.close();
    },
  };
}

class EncodedSound {
  private readonly encoder = openEncoder();
  private readonly target;
  private readonly coded = new Packet();
  /** Seconds. */
  reached = 0;

  constructor(private readonly output: FragmentedFile) {
    this.coded.alloc();
    this.target = output.format.newStream();
    checkSound(this.target.codecpar.fromContext(this.encoder), 'its encoder');
    this.target.timeBase = this.encoder.timeBase;
  }

  encode(frame: Frame | null): void {
    checkSound(this.encoder.sendFrameSync(frame), 'a part');
    while (this.encoder.receivePacketSync(this.coded) >= 0) {
      this.reached = Number(this.coded.pts) / RATE;
      // what the encoder puts before the first sample
      if (this.coded.pts >= 0n) this.output.write(this.coded, this.target, this.encoder.timeBase);
      this.coded.unref();
    }
  }

  close(): void {
    this.coded.free();
    this.encoder.freeContext();
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
  checkSound(context.open2Sync(), 'its encoder');
  return context;
}
