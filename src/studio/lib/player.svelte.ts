import type { Moment, OnScreen } from '../overlay/overlay.js';

export type { Moment, OnScreen };

/** A little past a frame's edge rounding shows it, and not the one before. */
const EDGE = 0.001;

/** A film that is being watched: what the player, the line below it and the lists beside it share. */
export class Playing {
  /** Seconds. */
  time = $state(0);
  duration = $state(0);
  paused = $state(true);
  /** The browser cannot play it, or not yet. */
  broken = $state(false);
  /** It stands where a copy that is being written has not come to yet. */
  ahead = $state(false);
  /** Seconds up to which it can be played. */
  until = $state(Infinity);
  /** A still stands for the film. */
  readonly unplayable = $derived(this.broken || this.ahead);
  /** Who is there while it is paused. */
  moment = $state.raw<Moment | null>(null);
  /** Id of the one who is being named. */
  chosen = $state<string | null>(null);
  /** Seconds of a frame. */
  frame = 1 / 25;
  video: HTMLVideoElement | null = null;
  /** The still that stands for a film that cannot be shown. */
  still: HTMLImageElement | null = null;
  refresh: () => void = () => undefined;
  /** It goes on by itself once the copy has come to where it stands. */
  waiting = $state(false);

  seek(seconds: number, pause = false): void {
    const to = Math.min(Math.max(0, seconds), Math.max(0, this.duration - 0.01));
    this.time = to;
    const before = this.ahead;
    this.ahead = !this.broken && to >= this.until;
    if (!this.video || this.broken) return;
    if (!before) this.waiting = false;
    if (this.ahead && !pause && !this.video.paused) this.waiting = true;
    if (pause || this.ahead) this.video.pause();
    if (!this.ahead) this.video.currentTime = to;
  }

  /** More of it can be played now. */
  extend(until: number): void {
    this.until = until;
    if (!this.ahead || this.time >= until) return;
    this.seek(this.time);
    if (this.waiting) void this.video?.play().catch(() => undefined);
    this.waiting = false;
  }

  step(frames: number): void {
    this.show(Math.round(this.time / this.frame + frames) * this.frame);
  }

  /** The picture that begins at a second, or a moment before. */
  show(seconds: number): void {
    this.seek(seconds + EDGE, true);
  }

  toggle(): void {
    if (this.ahead) this.waiting = !this.waiting;
    if (!this.video || this.unplayable) return;
    if (this.video.paused) void this.video.play().catch(() => undefined);
    else this.video.pause();
  }
}
