import { AV_NOPTS_VALUE } from 'node-av/constants';
import type { Container } from './container.js';

/**
 * Where, on its own timeline, the container says that the video ends, or all of its streams where it says no more;
 * null where it says nothing.
 */
export function declaredEnd({ format, stream, seconds }: Container): { end: number; of: 'video' | 'any' } | null {
  if (stream.duration !== AV_NOPTS_VALUE && stream.duration > 0n) {
    const start = stream.startTime === AV_NOPTS_VALUE ? 0n : stream.startTime;
    return { end: seconds(start + stream.duration), of: 'video' };
  }
  if (format.duration <= 0n) return null;
  // Matroska's duration is counted from zero, whatever the first timestamp is.
  const start = format.iformat?.name === 'matroska,webm' || format.startTime === AV_NOPTS_VALUE ? 0n : format.startTime;
  return { end: Number(start + format.duration) / 1e6, of: 'any' };
}

/** Where, on its own timeline, the video's last packet ends; the file is read to its end. */
export function scanEnd(container: Container): number {
  for (let packet = container.read(); packet; packet = container.read()) packet.free();
  return container.reached.video;
}
