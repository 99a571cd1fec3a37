import { basename } from 'node:path';
import { AV_NOPTS_VALUE, AVMEDIA_TYPE_AUDIO } from 'node-av/constants';
import { FFmpegError, type FormatContext, Packet } from 'node-av/lib';
import { KinoscopeError } from '../../core/errors.js';
import { openFormat, timestamp } from './container.js';

export interface AudioSource {
  readonly file: string;
  /** Presentation time of the film's first picture on its container's timeline, seconds: time 0 of what is written. */
  readonly startTime: number;
  readonly maxPixels: number;
  /** Seconds to add to the times of packets at this position of the file, where its clock jumps. */
  readonly shiftAt?: (position: number) => number;
}

/** Packets of sound that go from one film to another as they are. */
export interface AudioCopy {
  /** Writes the packets that start before this time, seconds. */
  writeUntil(seconds: number): void;
  close(): void;
}

/**
 * Adds a stream for the best sound of a film to a container whose header is not written yet; null where it has none.
 * @throws KinoscopeError `unreadable`
 */
export function copyAudio(
  { file, startTime, maxPixels, shiftAt }: AudioSource,
  output: FormatContext,
): AudioCopy | null {
  const input = openFormat(file, basename(file), { maxPixels });
  const index = input.findBestStream(AVMEDIA_TYPE_AUDIO);
  const source = input.streams[index];
  if (!source) {
    input.closeInputSync();
    return null;
  }
  const target = output.newStream();
  source.codecpar.copy(target.codecpar);
  // Each container numbers codecs in its own way.
  target.codecpar.codecTag = 0;
  target.timeBase = source.timeBase;
  const { num, den } = source.timeBase;
  const start = BigInt(Math.round((startTime * den) / num));
  let offset = start;
  const packet = new Packet();
  packet.alloc();
  let waiting = false;
  let ended = false;

  const next = (): boolean => {
    while (!ended && !waiting) {
      if (input.readFrameSync(packet) < 0) {
        ended = true;
        break;
      }
      if (shiftAt) offset = start - BigInt(Math.round((shiftAt(Number(packet.pos)) * den) / num));
      if (packet.streamIndex !== index || timestamp(packet) === AV_NOPTS_VALUE || timestamp(packet) < offset)
        packet.unref();
      else waiting = true;
    }
    return waiting;
  };
  return {
    writeUntil(seconds) {
      while (next() && (Number(timestamp(packet) - offset) * num) / den < seconds) {
        if (packet.pts !== AV_NOPTS_VALUE) packet.pts -= offset;
        if (packet.dts !== AV_NOPTS_VALUE) packet.dts -= offset;
        packet.streamIndex = target.index;
        packet.rescaleTs(source.timeBase, target.timeBase);
        const written = output.interleavedWriteFrameSync(packet);
        if (written < 0)
          throw new KinoscopeError(
            'internal',
            `Video could not be written: the sound: ${FFmpegError.strerror(written)}`,
          );
        packet.unref();
        waiting = false;
      }
    },
    close() {
      packet.free();
      input.closeInputSync();
    },
  };
}
