import { SPEECH_RATE } from '../frames/sound-blocks.js';
import type { Model, Tensor } from '../inference/types.js';

/** In models/manifest.json, whose notes say how it is fed. */
export const SPEECH_NETWORK = 'speech-silero';

/** Samples that one probability is of, and those before them that the network sees as well. */
const CHUNK = 512;
const CONTEXT = 64;
const STATE = 128;
/** Stretches that are heard side by side, for one after the other takes three times as long. */
const LANES = 16;
/** Chunks of a stretch (16 s), and of what lies before it, with which the network's state begins (1 s): `bench -- sound` compares with one stretch. */
const STRETCH = 500;
const RUN_IN = 32;
const PAGE = LANES * STRETCH;

/** Hears how much of mono sound is speech, page by page: memory does not grow with the film. */
export class SpeechDetector {
  /** What lies before the page, and the page. */
  private readonly sound = new Float32Array(CONTEXT + (RUN_IN + PAGE) * CHUNK);
  /** Samples of the page. */
  private filled = 0;
  private readonly clock = new SpeechClock();

  constructor(private readonly network: Model) {}

  /** @param samples at 16 kHz, -1 to 1 */
  async push(samples: Float32Array): Promise<void> {
    const start = CONTEXT + RUN_IN * CHUNK;
    for (let done = 0; done < samples.length;) {
      const part = samples.subarray(done, done + PAGE * CHUNK - this.filled);
      this.sound.set(part, start + this.filled);
      this.filled += part.length;
      done += part.length;
      if (this.filled === PAGE * CHUNK) await this.hear();
    }
  }

  /** @returns seconds of speech */
  async finish(): Promise<number> {
    if (this.filled > 0) {
      this.sound.fill(0, CONTEXT + RUN_IN * CHUNK + this.filled);
      await this.hear();
    }
    return this.clock.finish();
  }

  private async hear(): Promise<void> {
    const chunks = Math.ceil(this.filled / CHUNK);
    const stretch = Math.ceil(chunks / LANES);
    const lanes = Math.ceil(chunks / stretch);
    const probabilities = new Float32Array(lanes * stretch);
    let state: Tensor = { dims: [2, lanes, STATE], data: new Float32Array(2 * lanes * STATE) };
    const sr: Tensor = { dims: [], data: BigInt64Array.of(BigInt(SPEECH_RATE)) };
    for (let step = -RUN_IN; step < stretch; step++) {
      const data = new Float32Array(lanes * (CONTEXT + CHUNK));
      for (let lane = 0; lane < lanes; lane++) {
        const at = (RUN_IN + lane * stretch + step) * CHUNK;
        data.set(this.sound.subarray(at, at + CONTEXT + CHUNK), lane * (CONTEXT + CHUNK));
      }
      const answer = await this.network.run({ input: { dims: [lanes, CONTEXT + CHUNK], data }, state, sr });
      state = answer['state']!;
      if (step < 0) continue;
      for (let lane = 0; lane < lanes; lane++)
        probabilities[lane * stretch + step] = Number(answer['probability']!.data[lane]);
    }
    for (const probability of probabilities.subarray(0, chunks)) this.clock.push(probability);
    this.sound.copyWithin(0, chunks * CHUNK, CONTEXT + (RUN_IN + chunks) * CHUNK);
    this.filled = 0;
  }
}

/** Chunks, and seconds, by which Silero's `get_speech_timestamps` (utils_vad.py) makes stretches of speech of probabilities. */
const BEGINS = 0.5;
const ENDS = 0.35;
const CHUNK_SECONDS = CHUNK / SPEECH_RATE;
const SHORTEST_SPEECH = 0.25;
const SHORTEST_PAUSE = 0.1;
const PADDING = 0.03;

/** Adds up the stretches of speech. */
export class SpeechClock {
  private at = 0;
  private start: number | null = null;
  private pause: number | null = null;
  /** Where the last stretch ended. */
  private last = 0;
  private total = 0;

  /** @param probability of the next 32 ms */
  push(probability: number): void {
    if (probability >= BEGINS) {
      this.start ??= this.at;
      this.pause = null;
    } else if (probability < ENDS && this.start !== null) {
      this.pause ??= this.at;
      if (this.at - this.pause >= SHORTEST_PAUSE) this.end(this.pause);
    }
    this.at += CHUNK_SECONDS;
  }

  /** @returns seconds */
  finish(): number {
    this.end(this.at);
    return this.total;
  }

  private end(at: number): void {
    if (this.start !== null && at - this.start > SHORTEST_SPEECH) {
      const [from, to] = [Math.max(this.last, this.start - PADDING), Math.min(this.at, at + PADDING)];
      this.total += to - from;
      this.last = to;
    }
    this.start = this.pause = null;
  }
}
