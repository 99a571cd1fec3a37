import { BlockCollector, METER, METER_RATE, MIXED, type SoundBlocks, SPEECH_RATE } from '../sound-blocks.js';
import { type AudibleFilm, listen } from './listen.js';

/** Seconds of sound that are handed on at a time. */
const TOGETHER = 1;

/**
 * Meters a film's best sound and mixes it down.
 * @returns whether that was not all; null where the film has no sound
 * @throws KinoscopeError `unreadable`
 */
export async function readSoundBlocks(
  film: AudibleFilm,
  hand: (blocks: SoundBlocks) => void,
): Promise<{ truncated: boolean } | null> {
  const collector = new BlockCollector();
  let samples = 0;
  const end = await listen(film, {
    rate: METER_RATE,
    filters: `${METER},${MIXED}`,
    reached: () => samples / SPEECH_RATE,
    take: (frame) => {
      const bytes = frame?.data?.[0]?.subarray(0, frame.nbSamples * Float32Array.BYTES_PER_ELEMENT);
      if (frame && bytes) {
        collector.hear(new Float32Array(Uint8Array.from(bytes).buffer));
        for (const [key, value] of Object.entries(frame.getMetadata().getAll())) collector.read(key, value);
        samples += frame.nbSamples;
      }
      if (collector.seconds >= TOGETHER) hand(collector.take());
    },
  });
  if (collector.seconds > 0) hand(collector.take());
  return end;
}
