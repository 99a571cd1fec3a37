import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { AV_NOPTS_VALUE, AVFMT_FLAG_BITEXACT } from 'node-av/constants';
import { Dictionary, FFmpegError, FormatContext } from 'node-av/lib';
import { KinoscopeError } from '../../core/errors.js';
import type { JoinJob } from '../media-jobs.js';
import { copyAudio } from './audio-copy.js';
import { openContainer, openFormat, timestamp } from './container.js';

/** Packets that are copied before the event loop turns, which frees them. */
const BATCH = 64;
/** Files whose clocks begin further apart than this, seconds, have clocks of their own, which both begin with the film. */
const SAME_CLOCK = 1;

/** Copies the pictures of one file and the sound of another into an MP4 file. @throws KinoscopeError `unreadable` */
export async function join(job: JoinJob, onRead: () => void): Promise<void> {
  const container = openContainer(job.file, job.settings, onRead);
  const { stream } = container;
  const format = new FormatContext();
  check(format.allocOutputContext2(null, 'mp4', job.output));
  // Nothing of this build is in the file, which is known by its content.
  format.setFlags(AVFMT_FLAG_BITEXACT);
  const target = format.newStream();
  stream.codecpar.copy(target.codecpar);
  // Each container numbers codecs in its own way.
  target.codecpar.codecTag = 0;
  target.timeBase = stream.timeBase;
  target.avgFrameRate = stream.avgFrameRate;
  const first = stream.startTime === AV_NOPTS_VALUE ? 0n : stream.startTime;
  const sound = copyAudio(
    { file: job.sound, startTime: soundStart(job, container.seconds(first)), maxPixels: job.settings.maxPixels },
    format,
  );
  if (!sound) throw new KinoscopeError('unreadable', `${basename(job.sound)} has no sound`);
  try {
    check(format.openOutputSync());
    check(format.writeHeaderSync(Dictionary.fromObject({ movflags: '+faststart' })));
    let count = 0;
    for (let packet = container.read(); packet; packet = container.read()) {
      if (packet.pts !== AV_NOPTS_VALUE) packet.pts -= first;
      if (packet.dts !== AV_NOPTS_VALUE) packet.dts -= first;
      sound.writeUntil(container.seconds(timestamp(packet)));
      packet.streamIndex = target.index;
      packet.rescaleTs(stream.timeBase, target.timeBase);
      check(format.interleavedWriteFrameSync(packet));
      packet.free();
      // The native parts of packets are only freed when the event loop turns.
      if (++count % BATCH === 0) await setImmediate();
    }
    if (count === 0) throw new KinoscopeError('unreadable', `${container.name} has no pictures`);
    sound.writeUntil(Infinity);
    check(format.writeTrailerSync());
    format.closeOutputSync();
  } finally {
    sound.close();
    container.close();
  }
}

/** Where the sound's clock stands when the first picture shows. */
function soundStart({ sound, settings }: JoinJob, pictures: number): number {
  const format = openFormat(sound, basename(sound), settings);
  const start = format.startTime === AV_NOPTS_VALUE ? 0 : Number(format.startTime) / 1e6;
  format.closeInputSync();
  return Math.abs(start - pictures) < SAME_CLOCK ? pictures : start;
}

function check(result: number): void {
  if (result < 0)
    throw new KinoscopeError('unreadable', `Pictures and sound could not be joined (${FFmpegError.strerror(result)})`);
}
