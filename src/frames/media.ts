import { createFrameSource } from './frame-source.js';
import { probe } from './probe.js';
import type { FrameSettings } from './settings.js';
import type { FrameSource, MediaInfo } from './types.js';

/** Injection token of {@link Media}. */
export const MEDIA = Symbol('MEDIA');

/** Reading files with the settings in force. */
export interface Media {
  /** @throws KinoscopeError `not-found`, `unreadable` */
  probe(file: string): Promise<MediaInfo>;
  readonly source: FrameSource;
}

export function openMedia(settings: Partial<FrameSettings>): Media {
  return { probe: (file) => probe(file, settings), source: createFrameSource(settings) };
}
