import { KinoscopeError } from '../core/errors.js';
import { describeFile } from './ffprobe.js';
import { attend, brokenBy, checkCancelled, startProcess } from './media-process.js';
import { nodeAvHeard, nodeAvSound } from './nodeav.js';
import { CONTAINERS, type FrameSettings, PROTOCOLS } from './settings.js';
import { BlockCollector, METER, METER_RATE, MIXED, type SoundBlocks, type SoundSummary } from './sound-blocks.js';
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
  const film = { file, startTime: info.startTime, length: Math.min(LONGEST_SOUND, info.duration) };
  // the muxer tells nothing of how loud the sound is, which is therefore decoded twice
  const words: Buffer[] = [];
  const mono = ['-ac', '1'];
  for await (const bytes of decoded(
    film,
    SOUND_RATE,
    [],
    [...mono, '-f', 'chromaprint', '-fp_format', 'raw'],
    settings,
    signal,
  ))
    words.push(bytes);
  const meter = new LevelMeter();
  for await (const bytes of decoded(film, SOUND_RATE, [], [...mono, '-f', 's16le'], settings, signal))
    meter.push(bytes);
  return { words: toWords(Buffer.concat(words)), levels: meter.finish() };
}

/** Seconds of sound that are handed on at a time. */
const TOGETHER = 1;

/** A film's best sound, metered and mixed down, in the way of decoding that the settings choose. */
export async function* hearSound(
  file: string,
  settings: FrameSettings,
  signal?: AbortSignal,
): AsyncGenerator<SoundBlocks, SoundSummary, undefined> {
  if (settings.kind === 'node-av') return yield* nodeAvHeard(file, settings, signal);
  const { info } = await describeFile(file, settings, signal);
  if (info.audio === null) return { truncated: false };
  const film = { file, startTime: info.startTime, length: Math.min(LONGEST_SOUND, info.duration) };
  const collector = new BlockCollector();
  const filters = [METER, 'ametadata=mode=print:file=pipe\\\\:2', MIXED];
  const onLine = (line: string): boolean => {
    const [, key, value] = /^(lavfi\.[\w.]+)=(.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) collector.read(key, value);
    return key === undefined && !line.startsWith('frame:');
  };
  for await (const bytes of decoded(film, METER_RATE, filters, ['-f', 'f32le'], settings, signal, onLine)) {
    collector.hear(new Float32Array(Uint8Array.from(bytes).buffer));
    if (collector.seconds >= TOGETHER) yield collector.take();
  }
  // what was measured may have come after the last samples
  yield collector.take();
  return { truncated: info.duration > LONGEST_SOUND };
}

interface Excerpt {
  readonly file: string;
  /** Where the pictures start, seconds of the container's clock. */
  readonly startTime: number;
  /** Seconds. */
  readonly length: number;
}

/**
 * The sound of a film at a rate, behind filters, in a format; in whole samples of four bytes.
 * @param onLine as {@link startProcess} has it
 */
async function* decoded(
  { file, startTime, length }: Excerpt,
  rate: number,
  filters: readonly string[],
  format: readonly string[],
  settings: FrameSettings,
  signal: AbortSignal | undefined,
  onLine?: (line: string) => boolean,
): AsyncGenerator<Buffer, void, undefined> {
  checkCancelled(signal);
  const chain = [`asetpts=PTS-${startTime}/TB`, `aresample=${rate}:async=1000:first_pts=0`, ...filters];
  const process = startProcess(
    settings.ffmpegPath,
    [
      ...['-nostdin', '-hide_banner', '-loglevel', 'error', '-protocol_whitelist', PROTOCOLS],
      ...['-format_whitelist', CONTAINERS, '-copyts', '-i', `file:${file}`, '-vn', '-sn', '-dn'],
      ...['-t', `${length}`, '-af', chain.join(','), ...format, 'pipe:1'],
    ],
    onLine,
  );
  const end = attend(process, signal);
  const limit = setTimeout(() => void process.kill(), settings.maxSeconds * 1000);
  try {
    let rest = Buffer.alloc(0);
    for await (const bytes of process.pipe as AsyncIterable<Buffer>) {
      checkCancelled(signal);
      rest = Buffer.concat([rest, bytes]);
      yield rest.subarray(0, rest.length & ~3);
      rest = rest.subarray(rest.length & ~3);
    }
    if (rest.length > 0) yield rest;
    const status = await process.exited;
    if (status !== 0) throw brokenBy(status, 'the sound could not be decoded');
  } catch (error) {
    checkCancelled(signal);
    throw error instanceof KinoscopeError ? error : new KinoscopeError('unreadable', 'the sound could not be decoded');
  } finally {
    clearTimeout(limit);
    await end();
  }
}
