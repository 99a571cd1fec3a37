import type { MediaInfo } from '../frames/types.js';

/** What the sound of a film is like. Levels are those of EBU R 128, whose meter is ITU-R BS.1770's. */
export interface SoundResult {
  /** Its best track, as the container describes it; null where the film has none. */
  readonly track: MediaInfo['audio'];
  /** Why nothing is told of it; '' where something is. */
  readonly reason: string;
  /** Seconds of sound that were heard, from the first picture on. */
  readonly duration: number;
  /** Integrated loudness, LUFS; null where nothing is louder than -70 LUFS. */
  readonly loudness: number | null;
  /** Loudness range (EBU Tech 3342), LU; null where no 3 seconds are louder than -70 LUFS. */
  readonly loudnessRange: number | null;
  /** Highest true peak, dB below full scale (dBTP): to a tenth above -26; null where there is nothing but zeros. */
  readonly truePeak: number | null;
  /** Shares of `duration`, 0 to 1; null where there is too little to tell. */
  readonly speech: number | null;
  /** Of windows of 400 ms that are not louder than -70 LUFS. */
  readonly silence: number | null;
}
