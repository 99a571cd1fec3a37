import { KinoscopeError } from '../core/errors.js';

/** Samples a second of the sound in {@link SoundBlocks}. */
export const SPEECH_RATE = 16_000;

/** Some blocks of 100 ms, one after the other, of a film's sound on the time of its pictures. */
export interface SoundBlocks {
  /** Mixed to one channel at {@link SPEECH_RATE}, -1 to 1. */
  readonly samples: Float32Array;
  /** Loudness of the 400 ms that end with each block (EBU Tech 3341, "momentary"), LUFS; -120.7 before there are so many. */
  readonly momentary: Float32Array;
  /** That of the 3 s that end with it ("short-term"). */
  readonly shortTerm: Float32Array;
  /** Highest true peak (ITU-R BS.1770) since the sound began, 1 is full scale; in thousandths, as FFmpeg tells it. */
  readonly peak: number;
  readonly seconds: number;
}

/** How all of the sound was heard. */
export interface SoundSummary {
  /** It ends earlier than the file says, or was not heard to its end. */
  readonly truncated: boolean;
}

/**
 * FFmpeg's filters that meter sound and then mix it down: between two resamplers, as the meter is to have the film's own channels. `ebur128`
 * leaves what it measures in the metadata of each 100 ms, and is not to write it on the log.
 */
export const METER = 'ebur128=metadata=1:framelog=verbose:peak=true';
export const MIXED = `aresample=${SPEECH_RATE},aformat=sample_fmts=flt:channel_layouts=mono`;
/** Samples a second that the meter takes. */
export const METER_RATE = 48_000;

/**
 * No film's sound is so far above full scale (40 dB), and a meter that meets what is no number tells nothing more of what follows. Floats in
 * a file may be anything.
 */
const HIGHEST = 100;

/** Puts blocks together from samples, and from metadata that come as FFmpeg's text. */
export class BlockCollector {
  private samples: Float32Array[] = [];
  private momentary: number[] = [];
  private shortTerm: number[] = [];
  private peak = 0;
  private count = 0;

  /** Of the blocks that are collected. */
  get seconds(): number {
    return this.count / SPEECH_RATE;
  }

  hear(samples: Float32Array): void {
    this.samples.push(samples);
    this.count += samples.length;
  }

  /** @param value as in `lavfi.r128.M` */
  read(key: string, value: string): void {
    const level = Number(value);
    if (key === 'lavfi.r128.M') this.momentary.push(level);
    else if (key === 'lavfi.r128.S') this.shortTerm.push(level);
    else if (key.startsWith('lavfi.r128.true_peak') && level > this.peak) this.peak = level;
  }

  /** What came since the last time. @throws KinoscopeError `unreadable` where it is beyond all sound */
  take(): SoundBlocks {
    const samples = new Float32Array(this.count);
    let at = 0;
    for (const part of this.samples) {
      samples.set(part, at);
      at += part.length;
    }
    if (!(this.peak <= HIGHEST && samples.every((sample) => Math.abs(sample) <= HIGHEST)))
      throw new KinoscopeError('unreadable', 'the sound has samples that are no numbers, or far beyond full scale');
    const blocks = {
      samples,
      momentary: Float32Array.from(this.momentary),
      shortTerm: Float32Array.from(this.shortTerm),
      peak: this.peak,
      seconds: this.seconds,
    };
    this.samples = [];
    this.momentary = [];
    this.shortTerm = [];
    this.count = 0;
    return blocks;
  }
}
