/** What a stretch of a film is, seen from its closing credits. `story` is never listed as a segment of its own. */
export type SegmentKind = 'cards' | 'roll' | 'scene-inside' | 'scene-after' | 'logo' | 'black';

export interface CreditsSegment {
  readonly kind: SegmentKind;
  /** Seconds since the first video frame, `start <= t < end`. */
  readonly start: number;
  readonly end: number;
  /** 0 to 1. */
  readonly confidence: number;
  /** What was seen, for a person: "37 text boxes a frame, scrolling 42 px/s, luma 6". */
  readonly evidence: string;
}

/**
 * When a player may offer the next episode: at the `start` of the credits, `afterLastScene` (when a scene follows
 * the credits, at its end), or `neverWhenSceneFollows`.
 */
export type NextEpisodePolicy = 'start' | 'afterLastScene' | 'neverWhenSceneFollows';

export interface CreditsResult {
  /** Seconds since the first video frame; null where no closing credits were found. */
  readonly creditsStart: number | null;
  /** Seconds; null where there is nothing to offer, `reason` says why. */
  readonly nextEpisodeAt: number | null;
  /** Number of the frame at `creditsStart`, the first frame being 0; counted where the frame rate varies. */
  readonly frame: number | null;
  /** `creditsStart` as hh:mm:ss.mmm. */
  readonly timecode: string | null;
  /** `frame` as SMPTE timecode, hh:mm:ss:ff, with a semicolon where frame numbers are dropped. */
  readonly smpte: string | null;
  /** 0 to 1: that the credits start there, or that there are none. */
  readonly confidence: number;
  readonly segments: readonly CreditsSegment[];
  readonly reason: string;
  /** The file ends before its container says that it does. */
  readonly truncated: boolean;
  /** Versions of the networks that took part, e.g. `ppocr-det@0a1b2c3d4e5f`. */
  readonly models: readonly string[];
}
