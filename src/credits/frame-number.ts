import type { FrameSource, MediaInfo } from '../frames/types.js';

/** How far, in frames, a time may be from a whole number of them at a steady rate: containers round times. */
const OFF_BEAT = 0.1;

/** Number of the frame that shows at a time, seconds since the first picture; counted where the rate does not tell it. */
export async function frameNumber({ file, info, source, signal }: FilmToCount, time: number): Promise<number | null> {
  if (info.frameRate === null) return source.countBefore(file, time, signal);
  const frame = time * info.frameRate;
  if (!info.variableRate && Math.abs(frame - Math.round(frame)) < OFF_BEAT) return Math.round(frame);
  return source.countBefore(file, time, signal);
}

export interface FilmToCount {
  readonly file: string;
  readonly info: Pick<MediaInfo, 'frameRate' | 'variableRate'>;
  readonly source: Pick<FrameSource, 'countBefore'>;
  readonly signal?: AbortSignal | undefined;
}
