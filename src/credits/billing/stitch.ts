import type { TextBox } from '../text-boxes.js';
import type { Reading } from './types.js';
import { isAgreed, likeness } from './vote.js';

/** Follows pieces of text from frame to frame, so that each is known once, wherever it stands. */

/** Two pieces are the same when their edges differ by less: shares of the picture's width; and their heights by less: a ratio. */
const SAME = { edge: 0.018, height: 1.6 };
/** How far a piece may be from where the others' motion puts it, picture heights. */
const PLACE = 0.014;
/** Nothing rolls faster from one frame to the next, picture heights; what moves less stands. */
const MOST_SHIFT = 0.62;
const STANDS = 0.006;
/** A piece that touches the picture's edge may be cut; hardly, where it is so high beside the others, of which there are so many. */
const EDGE = 0.006;
const HARDLY_CUT = { height: 0.8, others: 3 };
/** Readings of one piece: at least, and at most. One that stands is read until two agree, and again, as cards may change in place. */
const READINGS = { least: 2, most: 5 };
/** A letter that is less likely than this calls for another reading: often it is one with an accent. */
const CLEAR = 0.6;
/** Readings of two lines that stand at the same place are less alike, 0 to 1. */
const ALIKE = 0.7;
/** A piece that was missed for so many frames is looked for no more. */
const MISSED = 2;

/** One piece of text on its way through the frames. */
export interface Track {
  readonly page: number;
  /** As it was first found. */
  readonly box: TextBox;
  /** Its middle on the page, picture heights. */
  readonly y: number;
  readonly start: number;
  end: number;
  /** Frames that it was found in. */
  seen: number;
  readonly readings: Reading[];
}

interface Followed {
  readonly track: Track;
  last: TextBox;
  /** The page's offset when it was last seen. */
  offset: number;
  /** Frames since then. */
  missed: number;
  /** It stood while others rolled: a channel's name, a caption. */
  overlay: boolean;
}

const middle = ({ y, height }: TextBox): number => y + height / 2;
const isInside = ({ y, height }: TextBox): boolean => y > EDGE && y + height < 1 - EDGE;

/** Pieces that can be read. @param isFirst nothing was seen before: what is hardly cut may never be seen whole */
function wholeOf(boxes: readonly TextBox[], isFirst: boolean): TextBox[] {
  const inside = boxes.filter(isInside);
  const heights = inside.map(({ height }) => height).sort((a, b) => a - b);
  const usual = heights[heights.length >> 1];
  if (!isFirst || usual === undefined || inside.length < HARDLY_CUT.others) return inside;
  const isUsual = ({ height }: TextBox): boolean =>
    height > HARDLY_CUT.height * usual && height < usual / HARDLY_CUT.height;
  return boxes.filter((box) => isInside(box) || isUsual(box));
}

const isSame = (a: TextBox, b: TextBox): boolean =>
  Math.abs(a.x - b.x) < SAME.edge &&
  Math.abs(a.x + a.width - b.x - b.width) < SAME.edge &&
  a.height < SAME.height * b.height &&
  b.height < SAME.height * a.height;

/** How far the pieces rose since the frame before, picture heights; null where they are others. */
function shiftOf(before: readonly Followed[], boxes: readonly TextBox[], expected: number | null): number | null {
  const shifts = before.flatMap(({ last, missed }) =>
    missed > 0 ? [] : boxes.filter((box) => isSame(last, box)).map((box) => middle(last) - middle(box)),
  );
  const near = (shift: number): number[] => shifts.filter((other) => Math.abs(other - shift) < PLACE / 2);
  // What stands beside what moves is an overlay.
  const likely = (shift: number): number => (expected === null ? Math.min(shift, STANDS) : -Math.abs(shift - expected));
  let best: { shift: number; count: number } | null = null;
  for (const shift of shifts) {
    if (shift < -PLACE || shift > MOST_SHIFT) continue;
    const own = near(shift);
    if (best === null || own.length > best.count || (own.length === best.count && likely(shift) > likely(best.shift)))
      best = { shift: own.reduce((sum, one) => sum + one, 0) / own.length, count: own.length };
  }
  if (best === null) return null;
  const few = best.count < 2 && boxes.length > 2 && before.filter(({ missed }) => missed === 0).length > 2;
  const isExpected = Math.abs(best.shift - (expected ?? 0)) < 2 * PLACE;
  if (few && !isExpected) return null;
  return Math.abs(best.shift) < STANDS ? 0 : best.shift;
}

/** Whether a piece is the one that is followed, which the page has taken along. @param offset the page's */
const isAt = ({ last, offset: before }: Followed, box: TextBox, offset: number): boolean =>
  isSame(last, box) && Math.abs(middle(last) - middle(box) - (offset - before)) < PLACE;

/** The pieces of a stretch of credits, frame by frame. */
export class Stitcher {
  private readonly all: Followed[] = [];
  private followed: Followed[] = [];
  private page = 0;
  private offset = 0;
  private speed: number | null = null;
  private before: number | null = null;
  private isFirst = true;

  /** All pieces but overlays, which stand while the text rolls. */
  get tracks(): Track[] {
    return this.all.filter(({ overlay }) => !overlay).map(({ track }) => track);
  }

  /** What comes next is of another stretch. */
  turn(): void {
    this.page++;
    this.offset = 0;
    this.followed = [];
    this.speed = null;
    this.isFirst = true;
  }

  /**
   * Takes the pieces of the next frame.
   * @param read reads a piece; asked only for those that need it
   */
  async take(time: number, boxes: readonly TextBox[], read: (box: TextBox) => Promise<Reading>): Promise<void> {
    const whole = wholeOf(boxes, this.isFirst);
    const seconds = this.before === null ? null : time - this.before;
    const expected = this.speed === null || seconds === null ? null : this.speed * seconds;
    const shift = shiftOf(this.followed, whole, expected);
    if (shift === null && whole.length > 0 && this.followed.length > 0) this.turn();
    if (shift !== null && seconds !== null) this.speed = shift / seconds;
    this.offset += shift ?? 0;
    const rolls = shift !== null && shift > 0;
    const moved = whole.map((box) =>
      this.followed.find((one) => !(rolls && one.overlay) && isAt(one, box, this.offset)),
    );
    const pieces = await Promise.all(
      whole.map(async (box, k) => {
        const known = moved[k] ?? (rolls ? this.overlayAt(box, moved) : null);
        const reading = known === null || this.isWanted(known, rolls) ? await read(box) : null;
        return { box, known, reading };
      }),
    );
    // Other cards may stand where the last ones stood.
    const unlike = pieces.filter(({ known, reading }) => known !== null && reading !== null && !isLike(known, reading));
    if (!rolls && unlike.length > pieces.filter(({ known }) => known !== null).length / 2) {
      this.turn();
      for (const { box, reading } of pieces) this.follow(time, box, null, reading ?? (await read(box)));
    } else for (const { box, known, reading } of pieces) this.follow(time, box, known, reading);
    for (const one of this.followed) if (one.track.end < time) one.missed++;
    this.followed = this.followed.filter(({ missed }) => missed <= MISSED);
    this.before = time;
    this.isFirst = false;
  }

  /** What stands at a place while others roll; what has moved does not, nor what another piece of the frame is. */
  private overlayAt(box: TextBox, others: readonly (Followed | undefined)[]): Followed | null {
    const stands = ({ track, last }: Followed): boolean => Math.abs(middle(track.box) - middle(last)) < PLACE;
    const overlay = this.followed.find((one) => isAt(one, box, one.offset) && stands(one) && !others.includes(one));
    if (overlay !== undefined) overlay.overlay = true;
    return overlay ?? null;
  }

  private isWanted({ track: { readings }, overlay }: Followed, rolls: boolean): boolean {
    if (overlay || readings.length >= READINGS.most) return false;
    return readings.length < READINGS.least || !rolls || !isAgreed(readings) || !readings.slice(-2).every(isClear);
  }

  private follow(time: number, box: TextBox, known: Followed | null, reading: Reading | null): void {
    if (known !== null && (reading === null || isLike(known, reading))) {
      if (reading !== null) known.track.readings.push(reading);
      known.track.end = time;
      known.track.seen++;
      Object.assign(known, { last: box, offset: this.offset, missed: 0 });
    } else if (reading !== null && reading.length > 0) {
      const track = {
        page: this.page,
        box,
        y: middle(box) + this.offset,
        start: time,
        end: time,
        seen: 1,
        readings: [reading],
      };
      const one = { track, last: box, offset: this.offset, missed: 0, overlay: false };
      this.all.push(one);
      this.followed = [...this.followed.filter((other) => other !== known), one];
    }
  }
}

const isClear = (reading: Reading): boolean => reading.every(({ probability }) => probability >= CLEAR);

function isLike({ track }: Followed, reading: Reading): boolean {
  const last = track.readings.at(-1);
  return last === undefined || likeness(last, reading) >= ALIKE;
}
