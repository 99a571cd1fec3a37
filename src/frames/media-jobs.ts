import type { AudioSource } from './av/audio-copy.js';
import type { Orientation } from './geometry.js';
import type { FrameSettings } from './settings.js';
import type { Timeline } from './timeline.js';
import type { FrameRequest } from './types.js';

/** What the media processes are asked to do. */

/** Ticks a second of everything that is written: whole numbers for 24, 25, 30 and 29.97 frames a second. */
export const TICKS_PER_SECOND = 90_000;

/** A job that reads a file. */
export type ReadJob = { readonly file: string; readonly settings: FrameSettings } & (
  | { readonly kind: 'probe' }
  | { readonly kind: 'count'; readonly before: number; readonly timeline?: Timeline }
  | { readonly kind: 'sound'; readonly timeline?: Timeline }
  | { readonly kind: 'hear'; readonly timeline?: Timeline }
  /** Without a timeline it measures one, and tells it before the first frame. */
  | { readonly kind: 'decode'; readonly request: Pick<FrameRequest, 'plan' | 'sizes'>; readonly timeline?: Timeline }
);

export type MediaJob =
  | ReadJob
  | ({ readonly kind: 'encode' } & EncodeJob)
  | ({ readonly kind: 'proxy' } & ProxyJob)
  | ({ readonly kind: 'join' } & JoinJob);

/** Writes a film again so that browsers play it: fragmented MP4 on a player's clock. */
export interface ProxyJob {
  readonly file: string;
  readonly settings: FrameSettings;
  readonly output: string;
  /** Whether pictures and sound are taken over as they are: they have to be H.264 and AAC then. */
  readonly copies: { readonly pictures: boolean; readonly sound: boolean };
}

/** Writes a film whose pictures and sound come as two files into one, MP4. */
export interface JoinJob {
  /** Its pictures. */
  readonly file: string;
  readonly sound: string;
  readonly settings: FrameSettings;
  readonly output: string;
}

/** A part of a fragmented MP4 file that begins with a key frame; what lies before the first is what all have in common. */
export interface Fragment {
  /** Seconds of a player's clock. */
  readonly start: number;
  readonly end: number;
  /** Bytes. */
  readonly offset: number;
  readonly size: number;
}

/** Encodes pictures to a film. */
export interface EncodeJob {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly encoder: string;
  readonly encoderOptions: Readonly<Record<string, string>>;
  readonly frameRate: { readonly num: number; readonly den: number };
  readonly orientation: Orientation;
  /** A film whose sound is copied as it is. */
  readonly audio: AudioSource | null;
}

/** What is wanted of a picture. */
export interface PictureJob {
  /** `measure` reads no more than the header; `decode` gives the pixels. */
  readonly kind: 'measure' | 'decode';
  readonly file: string;
  /** A picture of more pixels is refused before it is decoded. */
  readonly maxPixels: number;
  /** Of what is decoded, also the screen in it, straightened. */
  readonly screen?: boolean;
  /** Of what is measured, also where and when it says that it was taken. */
  readonly taken?: boolean;
}
