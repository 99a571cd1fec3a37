import { ffmpegSource } from './ffmpeg.js';
import { nodeAvSource } from './nodeav.js';
import { completeSettings, type FrameSettings } from './settings.js';
import type { FrameSource } from './types.js';

/** The way of decoding that the settings choose. */
export function createFrameSource(settings: Partial<FrameSettings> = {}): FrameSource {
  const complete = completeSettings(settings);
  return complete.kind === 'ffmpeg' ? ffmpegSource(complete) : nodeAvSource(complete);
}
