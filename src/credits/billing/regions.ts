import { resample } from '../../frames/resample.js';
import type { FrameSize, RgbImage } from '../../frames/types.js';
import type { Model } from '../../inference/types.js';
import { findText, type TextBox } from '../text-boxes.js';

/** Frames are decoded at this size, and not enlarged: small print of a large film is read from its own pixels. */
export const PICTURE_SIZE: FrameSize = { width: 1280, height: 720, fit: 'inside' };
/** Text is looked for in pictures of about this width: smaller ones are enlarged to the first, larger ones reduced to the second. */
const SOUGHT = { least: 640, most: 960 };

/** Neighbours of a row are one piece of text where less than so much of their height lies between them: columns may stand close. */
const JOINED = 0.12;
/** They are of one row where so much of the lower one lies beside the other. */
const BESIDE = 0.6;

function scaled(image: RgbImage, width: number): RgbImage {
  if (width === image.width) return image;
  const whole = { left: 0, top: 0, width: image.width, height: image.height };
  return resample(image, whole, width, Math.round((image.height * width) / image.width));
}

/** Share of the lower one's height that lies beside the other. */
function besides(a: TextBox, b: TextBox): number {
  return (Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)) / Math.min(a.height, b.height);
}

function union(a: TextBox, b: TextBox): TextBox {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
    score: Math.min(a.score, b.score),
  };
}

/** Words of a line that were found apart become one piece. @param aspect width of the picture for its height */
export function joined(boxes: readonly TextBox[], aspect: number): TextBox[] {
  const rest = [...boxes].sort((a, b) => a.x - b.x);
  const pieces: TextBox[] = [];
  for (const box of rest) {
    const before = pieces.findIndex(
      (piece) =>
        besides(piece, box) > BESIDE &&
        Math.max(piece.height, box.height) < 1.7 * Math.min(piece.height, box.height) &&
        (box.x - piece.x - piece.width) * aspect < JOINED * Math.min(piece.height, box.height),
    );
    if (before < 0) pieces.push(box);
    else pieces[before] = union(pieces[before]!, box);
  }
  return pieces.sort((a, b) => a.y - b.y);
}

/** What lies in a gutter and is so much lower than the texts on both sides of it is no text: the network half links columns that stand close. */
const BRIDGE = { height: 0.65, reach: 0.5 };

/** Pieces but for what the network sees between two columns. @param aspect width of the picture for its height */
export function withoutBridges(boxes: readonly TextBox[], aspect: number): TextBox[] {
  return boxes.filter((box) => {
    const [from, to] = [box.x, box.x + box.width];
    const high = boxes.filter((other) => other.height * BRIDGE.height > box.height && besides(box, other) > BESIDE);
    const isNear = (gap: number, { height }: TextBox): boolean => Math.abs(gap) * aspect < BRIDGE.reach * height;
    const before = high.some((one) => one.x < from && isNear(from - one.x - one.width, one));
    const behind = high.some((one) => one.x + one.width > to && isNear(one.x - to, one));
    return !(before && behind);
  });
}

/** The pieces of text of a picture, from top to bottom. */
export async function piecesOf(text: Model, image: RgbImage): Promise<TextBox[]> {
  const sought = scaled(image, Math.max(SOUGHT.least, Math.min(SOUGHT.most, image.width)));
  const [boxes] = await findText(text, [sought]);
  const aspect = image.width / image.height;
  return withoutBridges(joined(boxes!, aspect), aspect);
}

/** What stands above capitals is found only in part: a line's picture begins so much of its height higher, and ends so much lower. */
const ROOM = { above: 0.2, below: 0.05 };

/** The region that a line is read from: with its accents, but not into the lines above and below. */
export function withAccents(box: TextBox, others: readonly TextBox[]): TextBox {
  const beside = others.filter(({ x, width }) => x < box.x + box.width && x + width > box.x);
  const ends = beside.map(({ y, height }) => y + height).filter((foot) => foot <= box.y + 0.1 * box.height);
  const begins = beside.map(({ y }) => y).filter((top) => top >= box.y + 0.9 * box.height);
  const y = Math.min(box.y, Math.max(0, box.y - ROOM.above * box.height, ...ends));
  const foot = Math.max(box.y + box.height, Math.min(1, box.y + (1 + ROOM.below) * box.height, ...begins));
  return { ...box, y, height: foot - y };
}
