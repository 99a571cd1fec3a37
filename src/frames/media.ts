import { ffmpegVersion } from './ffmpeg.js';
import { createFrameSource } from './frame-source.js';
import { joinFilm, type JoinRequest } from './join.js';
import { Turns } from './pictures/turns.js';
import { probe } from './probe.js';
import { type ProxyRequest, writeProxy } from './proxy.js';
import { completeSettings, type FrameSettings } from './settings.js';
import type { SoundBlocks, SoundSummary } from './sound-blocks.js';
import type { SoundPrint } from './sound-print.js';
import { hearSound, readSound } from './sound.js';
import type { FrameSource, MediaInfo } from './types.js';

/** Films that are asked at a time what they hold: each may take what a process may take, whoever sends it. */
const PROBES = 3;

/** Injection token of {@link Media}. */
export const MEDIA = Symbol('MEDIA');

/** Reading files with the settings in force. */
export interface Media {
  /** @throws KinoscopeError `not-found`, `unreadable` */
  probe(file: string): Promise<MediaInfo>;
  readonly source: FrameSource;
  /** The system's ffmpeg, `ffmpeg@7.1.1`, where that decodes; null: the decoder of this package. */
  decoder(): Promise<string | null>;
  /** The fingerprint of its best sound; null where it has none. @throws KinoscopeError `unreadable`, `cancelled` */
  sound(file: string, signal?: AbortSignal): Promise<SoundPrint | null>;
  /** Its best sound, metered and mixed down, in order; nothing where it has none. @throws KinoscopeError `unreadable`, `cancelled` */
  hear(file: string, signal?: AbortSignal): AsyncGenerator<SoundBlocks, SoundSummary, undefined>;
}

/** What the token stands for, too. */
export interface Transcoder {
  /** Writes a film again so that browsers play it. @throws KinoscopeError as {@link writeProxy} */
  proxy(file: string, request: ProxyRequest): Promise<void>;
}

/** And this. */
export interface Joiner {
  /** Writes the pictures of a file and the sound of another into one. @throws KinoscopeError as {@link joinFilm} */
  join(pictures: string, request: JoinRequest): Promise<void>;
}

export function openMedia(settings: Partial<FrameSettings>): Media & Transcoder & Joiner {
  const complete = completeSettings(settings);
  const probes = new Turns(PROBES);
  let decoder: Promise<string | null> | undefined;
  return {
    decoder: () => (decoder ??= complete.kind === 'ffmpeg' ? ffmpegVersion(complete) : Promise.resolve(null)),
    probe: (file) => probes.with(undefined, () => probe(file, settings)),
    source: createFrameSource(settings),
    sound: (file, signal) => readSound(file, complete, signal),
    hear: (file, signal) => hearSound(file, complete, signal),
    proxy: (file, request) => writeProxy(file, request, complete),
    join: (pictures, request) => joinFilm(pictures, request, complete),
  };
}
