import type { Evidence } from './evidence.js';
import { ROLL_SPEEDS } from './segmenter.js';
import type { TextBox } from './text-boxes.js';

/** Lines are the same when their edges and heights differ by less: fractions of the picture, and a ratio. Read at another size they are twice as high. */
const SAME_LINE = { edge: 0.02, height: 2.2 };
/** How far lines of one roll may be from where its speed puts them, picture heights; and for each second between. */
const SAME_PLACE = { height: 0.015, heightPerSecond: 0.02 };
/** Lines that must agree on a speed. */
const AGREEING = 2;
/** A cut line at the foot is as high as what is in. */
const FOOT = 0.98;

const middle = ({ y, height }: TextBox): number => y + height / 2;

const isSameLine = (a: TextBox, b: TextBox): boolean =>
  Math.abs(a.x - b.x) < SAME_LINE.edge &&
  Math.abs(a.x + a.width - b.x - b.width) < SAME_LINE.edge &&
  a.height < SAME_LINE.height * b.height &&
  b.height < SAME_LINE.height * a.height;

/**
 * How fast text rises from one frame to a later one, picture heights a second, told from where its lines stand: over footage
 * the picture's own motion says little. 0 where it stands; null where no two lines agree.
 */
export function textRise(before: Evidence, after: Evidence): number | null {
  const seconds = after.time - before.time;
  const shifts = (before.boxes ?? []).flatMap((a) =>
    (after.boxes ?? []).filter((b) => isSameLine(a, b)).map((b) => middle(a) - middle(b)),
  );
  const agreeing = (shift: number): number[] => shifts.filter((other) => Math.abs(other - shift) < SAME_PLACE.height);
  let best: number[] = [];
  for (const shift of shifts) {
    const own = agreeing(shift);
    if (own.length > best.length) best = own;
  }
  if (best.length < AGREEING) return null;
  const rise = best.reduce((sum, shift) => sum + shift, 0) / best.length / seconds;
  return Math.abs(rise) < ROLL_SPEEDS.slowest ? 0 : rise > 0 && rise < ROLL_SPEEDS.fastest ? rise : null;
}

/** Frames by which the speed of a roll is told, over so many seconds at most. */
const SPEED = { frames: 6, seconds: 5, agreement: 0.15 };

/** The speed of the roll whose text a frame shows, picture heights a second; null where its text does not roll. @param from index of that frame */
export function rollSpeed(samples: readonly Evidence[], from: number): number | null {
  const speeds: number[] = [];
  for (let k = from; k < Math.min(samples.length - 1, from + SPEED.frames); k++) {
    const [before, after] = [samples[k]!, samples[k + 1]!];
    if (after.time - samples[from]!.time > SPEED.seconds) break;
    const speed = textRise(before, after);
    if (speed !== null) speeds.push(speed);
  }
  // What stands before it rolls is a card.
  if (speeds[0] === 0) return null;
  const rolling = speeds.filter((speed) => speed > 0).sort((a, b) => a - b);
  const usual = rolling[rolling.length >> 1];
  if (usual === undefined) return null;
  const agreeing = rolling.filter((speed) => Math.abs(speed - usual) < SPEED.agreement * usual);
  return agreeing.length > speeds.length / 2 ? usual : null;
}

/** Whether some line of a frame is one of those that an other frame shows, later or earlier, where the roll's speed puts it. */
export function rollsTo(sample: Evidence, like: Evidence, speed: number): boolean {
  const seconds = like.time - sample.time;
  const near = SAME_PLACE.height + SAME_PLACE.heightPerSecond * Math.abs(seconds);
  return (sample.boxes ?? []).some((box) => {
    const isCut = box.y + box.height > FOOT;
    const moved = speed * seconds;
    return (like.boxes ?? []).some(
      (other) =>
        Math.abs(isCut ? box.y - other.y - moved : middle(box) - middle(other) - moved) < near &&
        (isCut ? box.x < other.x + other.width && other.x < box.x + box.width : isSameLine(box, other)),
    );
  });
}
