/** Contracts of `frames`: a local file becomes pictures with exact times. */

/** Packed 8-bit RGB, row by row, no padding: `data.length === width * height * 3`. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/**
 * A size that a consumer asks for. `fill` scales to exactly width x height (aspect not kept: what classifiers expect);
 * `inside` keeps the aspect of the displayed picture (rotation and sample aspect applied) and fits into
 * width x height, never enlarging.
 */
export interface FrameSize {
  readonly width: number;
  readonly height: number;
  readonly fit: 'fill' | 'inside';
}

/** A stretch of time in seconds on the container's timeline, `start <= t < end`. */
export interface TimeWindow {
  readonly start: number;
  readonly end: number;
}

/**
 * Which frames of a file are wanted. Times are presentation times in seconds since the first video frame (a file's
 * non-zero start time is subtracted, so the first frame of every file has time 0).
 *
 * - `everySecond`: the first frame at or after each whole second k (times k <= t); decoding may skip frames that no
 *   other frame refers to, so a frame may be the next one kept. With `thumbnail`, every frame that is decoded on the way
 *   comes as well, in that one (small) size: about every third to every one, as the film was encoded. Only node-av
 *   gives thumbnails.
 * - `keyframes`: every key frame inside the window (whole file without one), or with `times` only the first one at or
 *   after each of them, or with `most` the first one in each of so many equal stretches of the file; only key packets are
 *   decoded.
 * - `exactAt`: for each time the frame that is on screen then (the last frame with presentation time <= t, the first
 *   frame for a time before it); a frame that several times ask for comes once.
 * - `every`: every frame inside the window (whole file without one).
 */
export type SamplingPlan =
  | { readonly kind: 'everySecond'; readonly window?: TimeWindow; readonly thumbnail?: FrameSize }
  | {
      readonly kind: 'keyframes';
      readonly window?: TimeWindow;
      readonly times?: readonly number[];
      readonly most?: number;
    }
  | { readonly kind: 'exactAt'; readonly times: readonly number[] }
  | { readonly kind: 'every'; readonly window?: TimeWindow };

/**
 * A decoded frame, in every size that was asked for (same order as the request's `sizes`); in none of them when it is a
 * thumbnail between two that the plan wants.
 */
export interface Frame {
  /** Presentation time in seconds since the first video frame; the frame's own, never computed from an index. */
  readonly time: number;
  /** Presentation time in seconds on the container's own timeline (`time` + the start time). */
  readonly containerTime: number;
  readonly keyframe: boolean;
  readonly images: readonly RgbImage[];
  /** Where the plan asks for thumbnails. */
  readonly thumbnail?: RgbImage;
}

export interface FrameRequest {
  readonly plan: SamplingPlan;
  /** At least one; every frame comes in all of them, from one decode. */
  readonly sizes: readonly FrameSize[];
  readonly signal?: AbortSignal;
}

/** What one decoding pass found out about the file as a whole. */
export interface DecodeSummary {
  /** Without those that were thumbnails only. */
  readonly frames: number;
  /** Presentation time of the last frame seen, seconds. */
  readonly lastTime: number;
  /** Seconds that the file is long, as its container says; where it does not, or the loop was left, as far as it was read. */
  readonly duration: number;
  /** The file ends (or breaks) more than a second before its container says that it does. */
  readonly truncated: boolean;
  /** What the decoder complained about, one line each, at most 20. */
  readonly warnings: readonly string[];
}

/**
 * A running pass. Frames come in order of time; the decoder waits when they are not taken, so memory does not grow with
 * the film. Leaving the loop early, or aborting, ends the decoder and everything it started.
 */
export interface FrameStream extends AsyncIterable<Frame> {
  /** Settles after the last frame (or after the loop was left early, then with what was seen so far). */
  readonly summary: Promise<DecodeSummary>;
}

/** One way of decoding. All adapters pass one contract suite. */
export interface FrameSource {
  readonly name: 'node-av' | 'ffmpeg';
  /** @throws KinoscopeError `unreadable` (from the iteration) when no frame at all can be decoded */
  frames(file: string, request: FrameRequest): FrameStream;
  /** Says that frames are asked for soon: where a decoder takes time to start, it is started. @returns what takes that back */
  expect(): () => void;
  /**
   * How many frames are shown before `time` (seconds since the first one): the number of the frame that shows then, the
   * first being 0, at any frame rate. Reads the file up to there, decodes nothing.
   *
   * @throws KinoscopeError as `frames`
   */
  countBefore(file: string, time: number, signal?: AbortSignal): Promise<number>;
}

export interface Chapter {
  readonly start: number;
  readonly end: number;
  readonly title: string | null;
}

/** What a container says about itself. */
export interface MediaInfo {
  /** Container format as FFmpeg names it, e.g. `mov,mp4,m4a,3gp,3g2,mj2`. */
  readonly format: string;
  /** Seconds from the first frame to the end of the last; measured by a packet scan where the container does not say. */
  readonly duration: number;
  /** Displayed size in pixels: rotation and sample aspect ratio applied. */
  readonly width: number;
  readonly height: number;
  /** Clockwise rotation that a player applies: 0, 90, 180 or 270 degrees. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** Average frame rate, frames a second; null where it is not known. */
  readonly frameRate: number | null;
  /** The frames do not follow each other at one rate, as far as the container tells. Missing in what was stored before it was looked at. */
  readonly variableRate?: boolean;
  readonly codec: string;
  /** How its pictures are stored, as FFmpeg names it, e.g. `yuv420p10le`. Missing in what was stored before it was looked at. */
  readonly pixelFormat?: string;
  /** Presentation time of the first video frame on the container's timeline, seconds. */
  readonly startTime: number;
  /**
   * Seconds on a player's clock at which the first picture shows: players count from the earliest timestamp of any stream.
   * Missing in what was stored before it was measured.
   */
  readonly videoStart?: number;
  readonly audio: { readonly codec: string; readonly sampleRate: number; readonly channels: number } | null;
  readonly chapters: readonly Chapter[];
  /** Container tags, keys in lower case. */
  readonly tags: Readonly<Record<string, string>>;
}
