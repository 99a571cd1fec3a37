import { setImmediate } from 'node:timers/promises';
import type { ReadJob } from '../media-jobs.js';
import { LONGEST_SOUND } from '../sound-print.js';
import { shiftsOf, type Timeline } from '../timeline.js';
import type { Container } from './container.js';
import { firstFrameTicks } from './decode.js';
import { type SoundForm, SoundReader } from './sound-reader.js';

/** Packets between two turns of the event loop, which frees their native parts. */
const BATCH = 256;

/** A film as those who listen to it know it. */
export interface AudibleFilm extends Pick<ReadJob, 'file' | 'settings'> {
  readonly container: Container;
  readonly timeline: Timeline;
  /** Tells that work goes on. */
  alive(): void;
}

/**
 * Decodes a film's best sound, on the time of its pictures, up to their end and for {@link LONGEST_SOUND} at most.
 * @returns whether that was not all; null where the film has no sound
 * @throws KinoscopeError `unreadable`
 */
export async function listen(
  { file, settings, container, timeline, alive }: AudibleFilm,
  form: SoundForm,
): Promise<{ truncated: boolean } | null> {
  const startTime = container.seconds(firstFrameTicks(container, settings));
  const shift = timeline.stretches.length > 1 ? shiftsOf(timeline) : null;
  const source = {
    file,
    startTime,
    maxPixels: settings.maxPixels,
    ...(shift && { shiftAt: (position: number) => container.seconds(BigInt(shift(position))) }),
  };
  const reader = SoundReader.open(source, form);
  if (!reader) return null;
  const length = timeline.end - startTime;
  try {
    for (let count = 1; !reader.ended && form.reached() < Math.min(LONGEST_SOUND, length); count++) {
      reader.readOn();
      if (count % BATCH !== 0) continue;
      alive();
      await setImmediate();
    }
    return { truncated: timeline.truncated || reader.broken || length > LONGEST_SOUND };
  } finally {
    reader.close();
  }
}
