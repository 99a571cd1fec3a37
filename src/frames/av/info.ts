import { AV_LOG_ERROR, AV_LOG_INFO, AV_LOG_WARNING, AV_NOPTS_VALUE, AVMEDIA_TYPE_AUDIO } from 'node-av/constants';
import { avGetCodecName, avGetPixFmtName, Log } from 'node-av/lib';
import { keptTags } from '../description.js';
import { displayedSize } from '../geometry.js';
import type { FrameSettings } from '../settings.js';
import { playerStart, variesIn } from '../timecode.js';
import type { Timeline } from '../timeline.js';
import type { MediaInfo } from '../types.js';
import { openContainer } from './container.js';
import { firstFrameTicks } from './decode.js';
import { measureTimeline } from './measure.js';

/**
 * Reads what a file says about itself, all but its chapters: node-av shows these nowhere but in libav's description of
 * the file, which goes to standard error for {@link parseChapters} to read.
 */
export function readInfo(
  file: string,
  settings: FrameSettings,
  onRead: () => void,
): { info: MediaInfo; timeline: Timeline } {
  Log.setLevel(AV_LOG_WARNING);
  const container = openContainer(file, settings, onRead);
  const { format, stream } = container;
  Log.setLevel(AV_LOG_INFO);
  format.dumpFormat(0, '', false);
  Log.setLevel(AV_LOG_ERROR);

  const audio = format.streams[format.findBestStream(AVMEDIA_TYPE_AUDIO)]?.codecpar;
  const { num, den } = stream.avgFrameRate;
  const about = {
    format: format.iformat?.name ?? 'unknown',
    ...displayedSize(container.geometry),
    rotation: container.geometry.orientation.rotation,
    frameRate: num > 0 && den > 0 ? num / den : null,
    variableRate: variesIn(num / den, stream.rFrameRate.num / stream.rFrameRate.den),
    codec: avGetCodecName(stream.codecpar.codecId) ?? 'unknown',
    pixelFormat: avGetPixFmtName(stream.codecpar.format as Parameters<typeof avGetPixFmtName>[0]) ?? 'unknown',
    audio: audio
      ? { codec: avGetCodecName(audio.codecId) ?? 'unknown', sampleRate: audio.sampleRate, channels: audio.channels }
      : null,
    chapters: [],
    tags: keptTags(format.metadata?.getAll() ?? {}),
  };
  const containerStart = format.startTime === AV_NOPTS_VALUE ? null : Number(format.startTime) / 1e6;
  const timeline = measureTimeline(container);
  const startTime = container.seconds(firstFrameTicks(container, settings));
  container.close();
  const videoStart = playerStart(startTime, containerStart);
  return { info: { ...about, startTime, videoStart, duration: Math.max(0, timeline.end - startTime) }, timeline };
}
