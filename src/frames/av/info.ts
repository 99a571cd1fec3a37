import { AV_LOG_ERROR, AV_LOG_INFO, AV_LOG_WARNING, AV_NOPTS_VALUE, AVMEDIA_TYPE_AUDIO } from 'node-av/constants';
import { avGetCodecName, Log } from 'node-av/lib';
import { displayedSize } from '../geometry.js';
import type { FrameSettings } from '../settings.js';
import type { Chapter, MediaInfo } from '../types.js';
import { type Container, openContainer } from './container.js';
import { firstFrameTicks } from './decode.js';

export async function readInfo(file: string, settings: FrameSettings): Promise<MediaInfo> {
  let guessed = false;
  const lines: string[] = [];
  Log.setCallback((level, line) => {
    if (level === AV_LOG_WARNING && line.includes('Estimating duration from bitrate')) guessed = true;
    lines.push(line);
  }, { maxLevel: AV_LOG_INFO });
  Log.setLevel(AV_LOG_INFO);
  const container = openContainer(file, settings);
  const { format, stream } = container;
  lines.length = 0;
  // libav's description of the file is the only place where node-av shows the chapters.
  format.dumpFormat(0, '', false);
  await new Promise((resolve) => setTimeout(resolve, 20));
  Log.resetCallback();
  Log.setLevel(AV_LOG_ERROR);

  const startTicks = firstFrameTicks(container, settings);
  const startTime = container.seconds(startTicks);
  const audioIndex = format.findBestStream(AVMEDIA_TYPE_AUDIO);
  const audio = format.streams[audioIndex]?.codecpar;
  const { num, den } = stream.avgFrameRate;
  return {
    format: format.iformat?.name ?? 'unknown',
    duration: (declaredEnd(container, guessed)?.end ?? scanEnd(container)) - startTime,
    ...displayedSize(container.geometry),
    rotation: container.geometry.rotation,
    frameRate: num > 0 && den > 0 ? num / den : null,
    codec: avGetCodecName(stream.codecpar.codecId) ?? 'unknown',
    startTime,
    audio: audio
      ? { codec: avGetCodecName(audio.codecId) ?? 'unknown', sampleRate: audio.sampleRate, channels: audio.channels }
      : null,
    chapters: parseChapters(lines.join('\n'), startTime),
    tags: Object.fromEntries(
      Object.entries(format.metadata?.getAll() ?? {}).map(([key, value]) => [key.toLowerCase(), value]),
    ),
  };
}

/**
 * Where, on its own timeline, the container says that the video ends, or all of its streams where it says no more;
 * null where it says nothing or libav guessed.
 */
export function declaredEnd({ format, stream, seconds }: Container, guessed = false): { end: number; of: 'video' | 'any' } | null {
  if (stream.duration !== AV_NOPTS_VALUE && stream.duration > 0n) {
    const start = stream.startTime === AV_NOPTS_VALUE ? 0n : stream.startTime;
    return { end: seconds(start + stream.duration), of: 'video' };
  }
  if (format.duration <= 0n || guessed) return null;
  // Matroska's duration is counted from zero, whatever the first timestamp is.
  const start = format.iformat?.name === 'matroska,webm' || format.startTime === AV_NOPTS_VALUE ? 0n : format.startTime;
  return { end: Number(start + format.duration) / 1e6, of: 'any' };
}

function scanEnd(container: Container): number {
  for (let packet = container.read(); packet; packet = container.read()) packet.free();
  return container.reached.video;
}

/** Reads `Chapter #0:0: / start 0.000000, / end 2.000000 / ... / title : / Opening` as av_dump_format logs it. */
function parseChapters(log: string, startTime: number): Chapter[] {
  return log
    .split(/^ *Chapter #/m)
    .slice(1)
    .flatMap((text) => {
      const times = /start (-?[\d.]+), \nend (-?[\d.]+)/.exec(text);
      if (!times) return [];
      const title = /^ *title +: \n(.*)$/m.exec(text.split(/^ *Stream #/m, 1)[0] ?? '');
      const since = (seconds: string | undefined): number => Math.max(0, Number(seconds) - startTime);
      return [{ start: since(times[1]), end: since(times[2]), title: title?.[1]?.trim() || null }];
    });
}
