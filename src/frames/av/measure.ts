import { AV_NOPTS_VALUE } from 'node-av/constants';
import type { FormatContext, Stream } from 'node-av/lib';
import {
  agrees,
  type DeclaredEnd,
  FAR,
  isTruncated,
  mayJump,
  tellsDuration,
  type Timeline,
  TimelineScan,
} from '../timeline.js';
import { type Container, videoPacketOf } from './container.js';

/** What the header says. */
function declaredEnd({ iformat, duration, startTime }: FormatContext, stream: Stream): DeclaredEnd | null {
  const name = iformat?.name ?? '';
  if (!tellsDuration(name)) return null;
  // Of an AVI file that is cut off libav shortens the duration, but not the number of frames.
  const ticks = name === 'avi' && stream.nbFrames > 0n ? stream.nbFrames : stream.duration;
  if (ticks !== AV_NOPTS_VALUE && ticks > 0n) {
    const start = stream.startTime === AV_NOPTS_VALUE ? 0n : stream.startTime;
    return { end: (Number(start + ticks) * stream.timeBase.num) / stream.timeBase.den, of: 'video' };
  }
  if (duration <= 0n) return null;
  // Matroska's duration is counted from zero, whatever the first timestamp is.
  const start = name.startsWith('matroska') || startTime === AV_NOPTS_VALUE ? 0n : startTime;
  return { end: Number(start + duration) / 1e6, of: 'any' };
}

/**
 * Reads what the packets say about a film's time: the last ones where these agree with the header, else all of them.
 * Decodes nothing, and leaves the container at its start.
 */
export function measureTimeline(container: Container): Timeline {
  const { format, stream } = container;
  const jumps = mayJump(format.iformat?.name ?? '');
  const declared = declaredEnd(format, stream);
  const { num, den } = stream.avgFrameRate;
  const scan = (kind: 'recordings' | 'others' | 'none'): TimelineScan => {
    const found = new TimelineScan(container.seconds(1n), num > 0 && den > 0 ? num / den : null, kind);
    for (let packet = container.read(); packet; packet = container.read()) {
      found.offer(videoPacketOf(packet));
      packet.free();
    }
    return found;
  };
  let found: TimelineScan | null = null;
  if (!jumps) {
    container.seek(container.ticks(FAR));
    found = scan('none');
    const trusted = found.end > -Infinity && (declared === null || agrees(container.reached, declared));
    container.rewind();
    if (!trusted) found = null;
  }
  if (found === null) {
    found = scan(jumps ? 'recordings' : 'others');
    container.rewind();
  }
  return found.timeline(isTruncated(container.reached, declared));
}
