import type { Evidence } from './evidence.js';
import { isPlain } from './frame-classifier.js';
import type { TextBox } from './text-boxes.js';

/**
 * Where text stays through the story while the pictures change: tickers, clocks, scores and subtitles, whose letters change
 * but not their place. A grid of cells over the picture, row by row.
 */
export interface OverlayRegions {
  /** Share of the story's frames that have text there: 0 where that is too little. */
  readonly shares: readonly number[];
}

const GRID = { columns: 32, rows: 18 };
/**
 * A cell is an overlay's when, in the first half of what was searched, so many frames at least, over so many seconds, have
 * text there and so large a share of all. What has it less often than `constant` pauses, as subtitles do.
 */
const OVERLAY = { frames: 4, seconds: 15, share: 0.3, constant: 0.6, spread: 0.5 };
/** What is taller, a fraction of the picture's height, is no line of text, but a face or a tree that was read as one. */
const TALLEST = 0.15;
/** Text is an overlay's when so much of its area lies in such cells. */
const COVERED = 0.6;
/** Words of subtitles reach further than most of them do. */
const COVERED_PAUSING = 0.5;

/** Cells that a box touches by half at least in its height: boxes are a little larger than their letters. */
function cellsOf({ x, y, width, height }: TextBox): { cell: number; area: number }[] {
  const cells: { cell: number; area: number }[] = [];
  const [right, foot] = [x + width, y + height];
  for (let row = Math.max(0, Math.floor(y * GRID.rows)); row < Math.min(GRID.rows, foot * GRID.rows); row++) {
    const tall = Math.min(foot, (row + 1) / GRID.rows) - Math.max(y, row / GRID.rows);
    for (
      let column = Math.max(0, Math.floor(x * GRID.columns));
      column < Math.min(GRID.columns, right * GRID.columns);
      column++
    ) {
      const wide = Math.min(right, (column + 1) / GRID.columns) - Math.max(x, column / GRID.columns);
      cells.push({ cell: row * GRID.columns + column, area: tall * wide });
    }
  }
  return cells;
}

/** Pictures of so many different levels at least are a story that goes on. */
function areChanging(samples: readonly Evidence[]): boolean {
  const levels = samples.map(({ stats }) => stats.lumaMedian + stats.entropy / 6);
  return Math.max(...levels) - Math.min(...levels) > 0.05;
}

/**
 * @param samples in order of time, read thoroughly
 * @param half until when frames count, seconds: credits that began before are too long to be told from an overlay
 */
export function overlayRegions(samples: readonly Evidence[], half: number): OverlayRegions | null {
  const story = samples.filter(
    (sample) => sample.boxes !== null && sample.thorough && sample.time < half && !isPlain(sample),
  );
  const seconds = (story.at(-1)?.time ?? 0) - (story[0]?.time ?? 0);
  if (story.length < OVERLAY.frames || seconds < OVERLAY.seconds || !areChanging(story)) return null;
  const seen = Array.from({ length: GRID.rows * GRID.columns }, () => ({ count: 0, first: Infinity, last: -Infinity }));
  for (const { time, boxes } of story) {
    const lines = boxes!.filter(({ height }) => height < TALLEST);
    for (const cell of new Set(lines.flatMap((box) => cellsOf(box).map((one) => one.cell)))) {
      const at = seen[cell]!;
      at.count++;
      at.first = Math.min(at.first, time);
      at.last = time;
    }
  }
  const shares = seen.map(({ count, first, last }) => {
    const share = count / story.length;
    return share >= OVERLAY.share && count >= 3 && last - first >= OVERLAY.spread * seconds ? share : 0;
  });
  return shares.some((share) => share > 0) ? { shares } : null;
}

/** Whether a box of a frame is an overlay's. On a plain ground only what never pauses is: there a roll's lines come in. */
export function isInRegions(box: TextBox, sample: Evidence, { shares }: OverlayRegions): boolean {
  const pausing = !isPlain(sample);
  let [all, covered] = [0, 0];
  for (const { cell, area } of cellsOf(box)) {
    all += area;
    if (shares[cell]! >= (pausing ? OVERLAY.share : OVERLAY.constant)) covered += area;
  }
  return covered > (pausing ? COVERED_PAUSING : COVERED) * all;
}

/** The top of the regions in the picture's lowest quarter; 1 where there are none. */
export function footRegion({ shares }: OverlayRegions): number {
  const cell = shares.findIndex((share, k) => share > 0 && Math.floor(k / GRID.columns) >= 0.75 * GRID.rows);
  return cell < 0 ? 1 : Math.floor(cell / GRID.columns) / GRID.rows;
}
