import { KinoscopeError } from '../core/errors.js';
import { describeFile } from './ffprobe.js';
import { attend, brokenBy, checkCancelled, startProcess } from './media-process.js';
import { nodeAvSound } from './nodeav.js';
import { CONTAINERS, type FrameSettings, PROTOCOLS } from './settings.js';
import { LevelMeter, LONGEST_SOUND, SOUND_RATE, type SoundPrint, toWords } from './sound-print.js';

/** The fingerprint of a film's best sound, in the way of decoding that the settings choose; null where it has none. */
export async function readSound(
  file: string,
  settings: FrameSettings,
  signal?: AbortSignal,
): Promise<SoundPrint | null> {
  if (settings.kind === 'node-av') return nodeAvSound(file, settings, signal);
  const { info } = await describeFile(file, settings, signal);
  if (info.audio === null) return null;
  // the muxer tells nothing of how loud the sound is, which is therefore decoded twice
  const words: Buffer[] = [];
  const length = Math.min(LONGEST_SOUND, info.duration);
  await decoded(file, info.startTime, length, ['-f', 'chromaprint', '-fp_format', 'raw'], settings, signal, (bytes) =>
    words.push(bytes),
  );
  const meter = new LevelMeter();
  await decoded(file, info.startTime, length, ['-f', 's16le'], settings, signal, (bytes) => meter.push(bytes));
  return { words: toWords(Buffer.concat(words)), levels: meter.finish() };
}

/** Has `take` see the first `length` seconds of the sound in a format, in whole samples. */
async function decoded(
  file: string,
  startTime: number,
  length: number,
  format: readonly string[],
  settings: FrameSettings,
  signal: AbortSignal | undefined,
  take: (bytes: Buffer) => void,
): Promise<void> {
  checkCancelled(signal);
  const first = `aresample=${SOUND_RATE}:async=1000:first_pts=0`;
  const process = startProcess(settings.ffmpegPath, [
    ...['-nostdin', '-hide_banner', '-loglevel', 'error', '-protocol_whitelist', PROTOCOLS],
    ...['-format_whitelist', CONTAINERS, '-copyts', '-i', `file:${file}`, '-map', '0:a', '-frames:v', '0'],
    ...['-t', `${length}`, '-af', `asetpts=PTS-${startTime}/TB,${first}`, '-ac', '1', ...format, 'pipe:1'],
  ]);
  const end = attend(process, signal);
  const limit = setTimeout(() => void process.kill(), settings.maxSeconds * 1000);
  try {
    let rest = Buffer.alloc(0);
    for await (const bytes of process.pipe as AsyncIterable<Buffer>) {
      checkCancelled(signal);
      rest = Buffer.concat([rest, bytes]);
      take(rest.subarray(0, rest.length & ~1));
      rest = rest.subarray(rest.length & ~1);
    }
    const status = await process.exited;
    if (status !== 0) throw brokenBy(status, 'The sound could not be decoded');
  } catch (error) {
    checkCancelled(signal);
    throw error instanceof KinoscopeError ? error : new KinoscopeError('unreadable', 'The sound could not be decoded');
  } finally {
    clearTimeout(limit);
    await end();
  }
}
