import type { Track } from './stitch.js';
import type { Reading } from './types.js';
import { likeness } from './vote.js';

/**
 * What was followed as several pieces although it is one place of the page: found again after it was lost, in some frames as one text and
 * in others as the columns that it has.
 */

/** Pieces are of one row where their middles differ by less of their mean height. */
const SAME_ROW = 0.4;
/** One text found twice: its edges differ by less, shares of the picture's width, or its letters are so much alike. */
const TWICE = { edge: 0.03, alike: 0.6, overlap: 0.7 };
/** Pieces are in each other's way where they share so much of the narrower one. */
const SHARED = 0.6;
/** Two halves make up a whole from so much of its width. */
const WHOLE = 0.7;
/** Columns are parted by so many heights of the lower one; nearer halves are one text. Boxes reach that far beyond their letters. */
const APART = 0.3;
/** Fewer letters than this, seen once, are none where another piece of the page was seen so often. */
const SPECK = { letters: 3, seen: 3 };
/** Half of a line lies so much inside the whole. */
const INSIDE = 0.8;
/** A whole that was seen so much more often than its halves is none of two columns. */
const OFTENER = 2;

const left = ({ box }: Track): number => box.x;
const right = ({ box }: Track): number => box.x + box.width;
const shared = (a: Track, b: Track): number =>
  Math.max(0, Math.min(right(a), right(b)) - Math.max(left(a), left(b))) / Math.min(a.box.width, b.box.width);
const sameRow = (a: Track, b: Track): boolean =>
  a.page === b.page && Math.abs(a.y - b.y) < (SAME_ROW / 2) * (a.box.height + b.box.height);
const together = (a: Track, b: Track): boolean => a.start <= b.end && b.start <= a.end;
const alike = (a: readonly Reading[], b: readonly Reading[]): number => likeness(a.at(-1) ?? [], b.at(-1) ?? []);

const hasSameEdges = (a: Track, b: Track): boolean =>
  Math.abs(left(a) - left(b)) < TWICE.edge && Math.abs(right(a) - right(b)) < TWICE.edge;

function isTwice(a: Track, b: Track): boolean {
  const isNear = hasSameEdges(a, b);
  const overlap = shared(a, b) * (Math.min(a.box.width, b.box.width) / Math.max(a.box.width, b.box.width));
  return (isNear || overlap > TWICE.overlap) && alike(a.readings, b.readings) > TWICE.alike;
}

/** One of two: the box of what was seen more often; both's readings, unless one of them holds a piece more than the other. */
function merged(a: Track, b: Track): Track {
  const [most, least] = a.seen >= b.seen ? [a, b] : [b, a];
  return {
    ...most,
    start: Math.min(a.start, b.start),
    end: Math.max(a.end, b.end),
    seen: a.seen + b.seen,
    readings: hasSameEdges(a, b) ? [...most.readings, ...least.readings] : most.readings,
  };
}

/** The pieces that a wide one holds, when together they make it up. */
function halvesOf(whole: Track, others: readonly Track[]): readonly Track[] | null {
  const inside = others
    .filter((one) => one.box.width < 0.9 * whole.box.width && shared(whole, one) > SHARED)
    .sort((a, b) => left(a) - left(b));
  const width = inside.reduce((sum, { box }) => sum + box.width, 0);
  return inside.length > 1 && width > WHOLE * whole.box.width ? inside : null;
}

/** Pieces that are in the way of others are left out. @param aspect of the picture, width for height */
function withoutRivals(row: readonly Track[], aspect: number): Track[] {
  const out = new Set<Track>();
  for (const whole of [...row].sort((a, b) => b.box.width - a.box.width)) {
    const halves = halvesOf(
      whole,
      row.filter((one) => one !== whole && !out.has(one)),
    );
    if (halves === null) continue;
    const gap = Math.max(...halves.slice(1).map((half, k) => left(half) - right(halves[k]!))) * aspect;
    const height = Math.min(...halves.map(({ box }) => box.height));
    const seen = Math.min(...halves.map((half) => half.seen));
    if (gap > APART * height && whole.seen <= OFTENER * seen) out.add(whole);
    else for (const half of halves) out.add(half);
  }
  const rest = row.filter((one) => !out.has(one));
  return rest.filter(
    (one) =>
      !rest.some(
        (other) =>
          other !== one &&
          shared(one, other) > SHARED &&
          (other.seen > one.seen || (other.seen === one.seen && other.box.width > one.box.width)),
      ),
  );
}

/** Letters of a piece that stand in another one, in order, as a share of its own. */
function sharedLetters(part: Track, whole: Track): number {
  const [own, other] = [part.readings.at(-1) ?? [], whole.readings.at(-1) ?? []];
  return own.length === 0 ? 1 : (likeness(own, other) * (own.length + other.length)) / (2 * own.length);
}

/** Half of a line that was found while it faded in or out, before or after the whole was. */
function isPartOf(part: Track, whole: Track): boolean {
  return (
    part !== whole &&
    part.seen < whole.seen &&
    sameRow(part, whole) &&
    part.box.width < WHOLE * whole.box.width &&
    shared(part, whole) > INSIDE &&
    sharedLetters(part, whole) > TWICE.alike
  );
}

/** A letter or two that one frame showed, of a page that others show: of a line that leaves the picture, or of the picture behind it. */
function isSpeck({ page, seen, readings }: Track, pieces: readonly Track[]): boolean {
  const letters = readings.at(-1)?.filter(({ text }) => /\p{L}/u.test(text)).length ?? 0;
  return (
    seen === 1 && letters < SPECK.letters && pieces.some((other) => other.page === page && other.seen >= SPECK.seen)
  );
}

/** One piece a place. @param aspect of the picture, width for height */
export function onePerPlace(tracks: readonly Track[], aspect: number): Track[] {
  const rows: Track[][] = [];
  // What rolls has a page longer than the screen: one place of it holds one text.
  const rolling = new Set(tracks.filter(({ y }) => y > 1).map(({ page }) => page));
  for (const track of tracks) {
    const isHere = (one: Track): boolean =>
      sameRow(one, track) && (rolling.has(track.page) || together(one, track) || isTwice(one, track));
    const row = rows.findLast((others) => others.some(isHere));
    if (row === undefined) {
      rows.push([track]);
      continue;
    }
    const again = row.findIndex((one) => isTwice(one, track));
    if (again < 0) row.push(track);
    else row[again] = merged(row[again]!, track);
  }
  const pieces = rows.flatMap((row) => withoutRivals(row, aspect));
  return pieces.filter((piece) => !isSpeck(piece, pieces) && !pieces.some((other) => isPartOf(piece, other)));
}
