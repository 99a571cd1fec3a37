import { KinoscopeError } from '../core/errors.js';
import type { SoundBlocks, SoundSummary } from '../frames/sound-blocks.js';
import type { MediaInfo } from '../frames/types.js';
import type { Models } from '../inference/types.js';
import { createSoundAnalyzer, unheard } from './analyzer.js';
import type { SoundResult } from './types.js';

interface Heard {
  readonly file: string;
  /** As its container describes it. */
  readonly track: MediaInfo['audio'];
  readonly media: { hear(file: string, signal?: AbortSignal): AsyncGenerator<SoundBlocks, SoundSummary, undefined> };
  readonly models: Models;
  readonly signal?: AbortSignal;
  /** @param time seconds that were heard */
  readonly onProgress?: (time: number) => void;
}

/**
 * What the sound of a film is like. Where it breaks off or cannot be read, the answer is of what was heard, and says so.
 * @throws KinoscopeError `cancelled`, `unavailable`, or where the decoder crashed, which may pass
 */
export async function hearFilm({
  file,
  track,
  media,
  models,
  signal,
  onProgress,
}: Heard): Promise<{ result: SoundResult; truncated: boolean }> {
  if (track === null) return { result: unheard(null, 'the film has no sound'), truncated: false };
  const analyzer = await createSoundAnalyzer({ models });
  let heard = 0;
  try {
    const blocks = media.hear(file, signal);
    for (;;) {
      const next = await blocks.next();
      if (next.done) return { result: await analyzer.finish(track), truncated: next.value.truncated };
      await analyzer.push(next.value);
      onProgress?.((heard += next.value.seconds));
    }
  } catch (error) {
    if (!(error instanceof KinoscopeError) || error.code !== 'unreadable' || error.mayPass) throw error;
    const result = await analyzer.finish(track);
    return { result: { ...result, reason: result.duration === 0 ? error.message : '' }, truncated: true };
  }
}
