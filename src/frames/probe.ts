import { ffprobe } from './ffprobe.js';
import { nodeAvProbe } from './nodeav.js';
import { completeSettings, type FrameSettings } from './settings.js';
import type { MediaInfo } from './types.js';

/**
 * Asks a file what it holds, in a process of its own.
 *
 * @throws KinoscopeError `not-found`, or `unreadable` for what is not a video file (a directory, an empty file, text,
 *   a playlist, sound without pictures), with one line that names the file
 */
export function probe(file: string, settings: Partial<FrameSettings> = {}, signal?: AbortSignal): Promise<MediaInfo> {
  const complete = completeSettings(settings);
  return complete.kind === 'ffmpeg' ? ffprobe(file, complete, signal) : nodeAvProbe(file, complete, signal);
}
