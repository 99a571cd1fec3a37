import {
  AV_LOG_ERROR,
  AV_LOG_INFO,
  AV_LOG_WARNING,
  AV_NOPTS_VALUE,
  AVMEDIA_TYPE_AUDIO,
  avGetCodecName,
  Log,
} from 'node-av';
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
    duration: declaredDuration(container, guessed) ?? scanDuration(container, startTime),
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

/** Seconds that the container states for the video, or for the whole; null where it states none or libav guessed. */
export function declaredDuration({ format, stream, seconds }: Container, guessed = false): number | null {
  if (stream.duration !== AV_NOPTS_VALUE && stream.duration > 0n) return seconds(stream.duration);
  return format.duration > 0n && !guessed ? Number(format.duration) / 1e6 : null;
}

function scanDuration(container: Container, startTime: number): number {
  for (let packet = container.read(); packet; packet = container.read()) packet.free();
  return Math.max(0, container.reached.video - startTime);
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
