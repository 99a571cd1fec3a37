import type { TextBox } from './text-boxes.js';

/** How the text of one picture is laid out. Lengths are fractions of the picture's height or width. */
export interface TextLayout {
  readonly boxes: number;
  /** Share of the picture under text. */
  readonly area: number;
  /** Median height of a line. */
  readonly lineHeight: number;
  /** Height of the tallest line. */
  readonly tallest: number;
  /** Upper edge of the first line, 0 at the picture's top. */
  readonly top: number;
  /** From the top of the first line to the foot of the last. */
  readonly extent: number;
  /** Share of the lines that lie in the lowest quarter: 1 for subtitles. */
  readonly atFoot: number;
  /** Mean distance of a line's middle from the picture's middle, 0 centred to 0.5 at an edge. */
  readonly offCentre: number;
  /** Largest share of lines that begin at one x, and that end at one x: columns. */
  readonly leftColumn: number;
  readonly rightColumn: number;
  /** Largest share of lines that are centred on one x. */
  readonly centreColumn: number;
  /** Share of the lines that have another beside them: two or more columns. */
  readonly beside: number;
  /** Mean width of a line, and the mean distance of a line's width from that: names are ragged, sentences are not. */
  readonly lineWidth: number;
  readonly raggedness: number;
}

const NO_TEXT: TextLayout = {
  boxes: 0,
  area: 0,
  lineHeight: 0,
  tallest: 0,
  top: 1,
  extent: 0,
  atFoot: 0,
  offCentre: 0,
  leftColumn: 0,
  rightColumn: 0,
  centreColumn: 0,
  beside: 0,
  lineWidth: 0,
  raggedness: 0,
};

/** Two lines share a column when they agree to this fraction of the width. */
const COLUMN_TOLERANCE = 0.02;

function largestGroup(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  let best = 0;
  for (let from = 0, to = 0; to < sorted.length; to++) {
    while (sorted[to]! - sorted[from]! > COLUMN_TOLERANCE) from++;
    best = Math.max(best, to - from + 1);
  }
  return best / sorted.length;
}

export function layoutOf(boxes: readonly TextBox[]): TextLayout {
  if (boxes.length === 0) return NO_TEXT;
  const heights = boxes.map((box) => box.height).sort((a, b) => a - b);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const top = Math.min(...boxes.map((box) => box.y));
  const lineWidth = mean(boxes.map((box) => box.width));
  const overlaps = (a: TextBox, b: TextBox): boolean =>
    Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y) > 0.5 * Math.min(a.height, b.height);
  return {
    boxes: boxes.length,
    area: boxes.reduce((sum, box) => sum + box.width * box.height, 0),
    lineHeight: heights[heights.length >> 1]!,
    tallest: heights[heights.length - 1]!,
    top,
    extent: Math.max(...boxes.map((box) => box.y + box.height)) - top,
    atFoot: boxes.filter((box) => box.y + box.height / 2 > 0.75).length / boxes.length,
    offCentre: mean(boxes.map((box) => Math.abs(box.x + box.width / 2 - 0.5))),
    leftColumn: largestGroup(boxes.map((box) => box.x)),
    rightColumn: largestGroup(boxes.map((box) => box.x + box.width)),
    centreColumn: largestGroup(boxes.map((box) => box.x + box.width / 2)),
    beside: boxes.filter((box) => boxes.some((other) => other !== box && overlaps(box, other))).length / boxes.length,
    lineWidth,
    raggedness: mean(boxes.map((box) => Math.abs(box.width - lineWidth))),
  };
}
