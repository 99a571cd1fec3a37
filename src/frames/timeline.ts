/**
 * What the packets of a film's video say about its time. A header's duration is a claim: work is planned by where the
 * packets end. A recording's clock may start again, go back or jump (joined transport streams, VOBs); the film's time goes
 * on there as if it had not.
 */
export interface Timeline {
  /** Where the last picture ends, seconds on the container's timeline, mended. */
  readonly end: number;
  /** The packets end more than a second before the header says. */
  readonly truncated: boolean;
  /** At least one; the first holds from the file's start. */
  readonly stretches: readonly Stretch[];
  /** Where there is more than one stretch, the key packets' positions (bytes) and mended times (ticks), in order. */
  readonly keys: readonly (readonly [position: number, ticks: number])[];
}

/** A part of a file, from this byte on, whose timestamps are the film's after `shift` ticks are added. */
export interface Stretch {
  readonly from: number;
  readonly shift: number;
}

/** A packet of the video; timestamps in ticks, null where the container stores none, and the position in bytes. */
export interface VideoPacket {
  readonly pts: number | null;
  readonly dts: number | null;
  readonly duration: number;
  readonly position: number;
  readonly keyframe: boolean;
  /** An edit list says that it is not shown. */
  readonly hidden: boolean;
}

/** What a header says of the end of the video or of all streams, seconds on the container's timeline. */
export interface DeclaredEnd {
  readonly end: number;
  readonly of: 'video' | 'any';
}

/** A header and the packets may differ by this, seconds. */
const TOLERANCE = 1;
/**
 * A clock has jumped that goes back or ahead by more, seconds: FFmpeg's own limits for recordings. Of other containers, of which some store
 * no decoding times, only a far way back is one.
 */
const JUMPS = {
  recordings: { back: 0.1, ahead: 10 },
  others: { back: 10, ahead: Infinity },
  none: { back: Infinity, ahead: Infinity },
} as const;
/** No longer than this goes by at a jump, seconds. */
const LONGEST_STEP = 10;
/** A last picture counts as shown no longer than this, seconds: the length of one packet is a claim as well. */
const LONGEST_PICTURE = 300;
/** No recording has been joined from more pieces. */
const MOST_STRETCHES = 10_000;

/** Containers of broadcasts and recordings, whose clocks run on, wrap and start again. */
const RECORDINGS = ['mpegts', 'mpeg', 'ogg', 'wtv', 'nut', 'live_flv', 'flv'];
/** Containers whose headers tell a duration; that of others is libav's own measure. */
const HEADED = ['mov', 'matroska', 'avi', 'asf', 'flv', 'mxf'];
/** Containers that can be read from any byte on. */
const STREAMS = ['mpegts', 'mpeg'];

const isOneOf =
  (names: readonly string[]) =>
  (format: string): boolean =>
    format.split(',').some((name) => names.includes(name));
/** By the container's name as FFmpeg gives it: may its clock jump; does its header tell a duration; can it be entered at any byte? */
export const mayJump = isOneOf(RECORDINGS);
export const tellsDuration = isOneOf(HEADED);
export const entersAnywhere = isOneOf(STREAMS);

/** Later than any packet, seconds: where to look for a file's last packets. */
export const FAR = 1e9;

/** Whether the packets end where the header says that they do. */
export function agrees(reached: Readonly<Record<'video' | 'any', number>>, declared: DeclaredEnd): boolean {
  return Math.abs(reached[declared.of] - declared.end) <= TOLERANCE;
}

export function isTruncated(reached: Readonly<Record<'video' | 'any', number>>, declared: DeclaredEnd | null): boolean {
  return declared !== null && reached[declared.of] < declared.end - TOLERANCE;
}

/** Follows the video's packets in the order of the file, and mends their clock. */
export class TimelineScan {
  readonly stretches: Stretch[] = [{ from: 0, shift: 0 }];
  readonly keys: [position: number, ticks: number][] = [];
  private last: number | null = null;
  private step: number;
  private latest = -Infinity;
  private position = 0;

  /**
   * @param secondsPerTick of the video's time base
   * @param frameRate frames a second, for packets without a duration
   * @param jumps what counts as one; none for packets that do not begin with the file, where decoding times are guesses
   */
  constructor(
    private readonly secondsPerTick: number,
    frameRate: number | null,
    private readonly jumps: keyof typeof JUMPS,
  ) {
    this.step = frameRate === null ? 0 : 1 / (frameRate * secondsPerTick);
  }

  /** @returns what to add to the packet's timestamps, ticks */
  offer({ pts, dts, duration, position, keyframe, hidden }: VideoPacket): number {
    if (position >= 0) this.position = position;
    if (duration > 0) this.step = duration;
    if (dts !== null) this.follow(dts);
    const { shift } = this.stretches.at(-1)!;
    const at = pts ?? dts;
    if (at === null) return shift;
    if (keyframe) this.keys.push([this.position, at + shift]);
    const shown = Math.min(duration > 0 ? duration : this.step, LONGEST_PICTURE / this.secondsPerTick);
    if (!hidden) this.latest = Math.max(this.latest, at + shift + shown);
    return shift;
  }

  private follow(dts: number): void {
    const mended = dts + this.stretches.at(-1)!.shift;
    const moved = this.last === null ? 0 : (mended - this.last) * this.secondsPerTick;
    const { back, ahead } = JUMPS[this.jumps];
    if (moved >= -back && moved <= ahead) {
      this.last = Math.max(this.last ?? -Infinity, mended);
    } else if (this.stretches.length < MOST_STRETCHES) {
      this.last = Math.round(this.last! + Math.min(this.step, LONGEST_STEP / this.secondsPerTick));
      this.stretches.push({ from: this.position, shift: this.last - dts });
    }
  }

  /** Where the last picture ends, seconds on the mended timeline; -Infinity without any. */
  get end(): number {
    return this.latest * this.secondsPerTick;
  }

  timeline(truncated: boolean): Timeline {
    const { stretches } = this;
    const end = this.latest === -Infinity ? 0 : this.end;
    return { end, truncated, stretches, keys: stretches.length > 1 ? this.keys : [] };
  }
}

/** Tells the shift of each packet of a file that is read in any order, by its position. */
export function shiftsOf({ stretches }: Pick<Timeline, 'stretches'>): (position: number) => number {
  let current = 0;
  return (position) => {
    if (position >= 0) {
      while (current + 1 < stretches.length && stretches[current + 1]!.from <= position) current++;
      while (current > 0 && stretches[current]!.from > position) current--;
    }
    return stretches[current]!.shift;
  };
}
