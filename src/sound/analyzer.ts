import type { SoundBlocks } from '../frames/sound-blocks.js';
import type { MediaInfo } from '../frames/types.js';
import type { Models } from '../inference/types.js';
import { LoudnessHistogram } from './loudness.js';
import { SPEECH_NETWORK, SpeechDetector } from './speech.js';
import type { SoundResult } from './types.js';

/** Windows of the meter that begin before the sound does: 400 ms and 3 s, every 100 ms. */
const UNFILLED = { momentary: 3, shortTerm: 29 } as const;

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
const tenths = (value: number | null): number | null => (value === null ? null : rounded(value, 1));

/** A film of which no sound is heard, for a reason. */
export const unheard = (track: MediaInfo['audio'], reason: string): SoundResult => ({
  track,
  reason,
  duration: 0,
  loudness: null,
  loudnessRange: null,
  truePeak: null,
  speech: null,
  silence: null,
});

/** Hears the sound of a film block by block, and says then what it is like. */
export async function createSoundAnalyzer({ models }: { readonly models: Models }) {
  const speech = new SpeechDetector(await models.load(SPEECH_NETWORK));
  const [momentary, shortTerm] = [new LoudnessHistogram(), new LoudnessHistogram()];
  const windows = { momentary: 0, shortTerm: 0 };
  let duration = 0;
  let peak = 0;
  return {
    async push(blocks: SoundBlocks): Promise<void> {
      for (const loudness of blocks.momentary) if (windows.momentary++ >= UNFILLED.momentary) momentary.push(loudness);
      for (const loudness of blocks.shortTerm) if (windows.shortTerm++ >= UNFILLED.shortTerm) shortTerm.push(loudness);
      peak = Math.max(peak, blocks.peak);
      duration += blocks.seconds;
      await speech.push(blocks.samples);
    },
    async finish(track: MediaInfo['audio']): Promise<SoundResult> {
      const spoken = await speech.finish();
      if (duration === 0) return unheard(track, 'no sound comes out of its track');
      return {
        track,
        reason: '',
        duration: rounded(duration, 3),
        loudness: tenths(momentary.integrated()),
        loudnessRange: tenths(shortTerm.range()),
        truePeak: peak === 0 ? null : rounded(20 * Math.log10(peak), 1),
        speech: rounded(Math.min(1, spoken / duration), 3),
        silence: momentary.count === 0 ? null : rounded(momentary.silent / momentary.count, 3),
      };
    },
  };
}
