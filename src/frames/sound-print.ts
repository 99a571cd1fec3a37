/** What is kept of a film's sound to compare it with others. */
export interface SoundPrint {
  /**
   * Chromaprint's fingerprint (algorithm 1): word k tells of the {@link WORD_SPAN} seconds from k * {@link WORD_SECONDS} on, counted from
   * the first picture. Two are alike as far as their bits are.
   */
  readonly words: Uint32Array;
  /** How loud each {@link WORD_SECONDS} are, decibels above -96 dBFS (0: silent). */
  readonly levels: Uint8Array;
}

/** Chromaprint resamples to this rate. */
export const SOUND_RATE = 11_025;
/** Samples from one word to the next: chromaprint's frames of 4096 samples overlap by two thirds. */
const HOP = 1365;
export const WORD_SECONDS = HOP / SOUND_RATE;
/** Seconds of sound that a word tells of: 16 frames and the filters before them. */
export const WORD_SPAN = (4096 + 19 * HOP) / SOUND_RATE;
/** No more is kept of the sound of what claims to be longer, seconds. */
export const LONGEST_SOUND = 6 * 3600;
const FLOOR_DB = -96;

/** Measures how loud samples are that come in pieces: signed 16-bit, mono, {@link SOUND_RATE}. */
export class LevelMeter {
  private readonly levels: number[] = [];
  private sum = 0;
  private count = 0;

  push(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + 1 < bytes.byteLength; at += 2) {
      const sample = view.getInt16(at, true) / 32768;
      this.sum += sample * sample;
      if (++this.count === HOP) this.measure();
    }
  }

  finish(): Uint8Array {
    if (this.count > HOP / 2) this.measure();
    return Uint8Array.from(this.levels);
  }

  private measure(): void {
    const decibels = 10 * Math.log10(this.sum / this.count + 1e-12);
    this.levels.push(Math.max(0, Math.min(255, Math.round(decibels - FLOOR_DB))));
    this.sum = this.count = 0;
  }
}

/** Chromaprint's words from the bytes that FFmpeg's muxer writes. */
export function toWords(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: Math.floor(bytes.byteLength / 4) }, (_, k) => view.getUint32(4 * k, true));
}
