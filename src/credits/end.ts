import { CHAPTER_SECONDS, type Edge, firstFrame, type Read, settled, sharesText, WINDOW_SECONDS } from './boundary.js';
import type { Evidence } from './evidence.js';
import { creditTextProbability, isBlack, isPlain, type FrameClassifier } from './frame-classifier.js';
import type { TextLayout } from './layout.js';
import type { PlainFrame } from './read-frames.js';
import type { Search } from './search-result.js';

/** Where credits end, near a slot: at the first frame after them that shows none of their text any more. */
export function endEdge(
  { samples, window: { end }, chapters }: Search,
  classifier: FrameClassifier,
  near: number,
): Edge {
  const isText = (sample: Evidence): boolean => creditTextProbability(sample, classifier) > 0.5;
  const isPicture = (sample: Evidence): boolean => !isPlain(sample) && sample.layout?.boxes === 0;
  // Text that a scene shows at its start is none of the credits'.
  const scene = samples.findIndex((sample) => sample.time >= near && isPicture(sample));
  let at = samples.findLastIndex(
    (sample, k) => sample.time <= near + 1.2 && (scene < 0 || k < scene) && isText(sample),
  );
  if (at < 0 || near - samples[at]!.time > 8) return settled(near);
  // A last card that looks less like one has lines as high as the others'; the title of what follows has not.
  const lineHeight = samples[at]!.layout?.lineHeight ?? 0;
  for (
    let next = samples[at + 1];
    next !== undefined && next.time < near && isAlike(next.layout, lineHeight);
    next = samples[at + 1]
  )
    at++;
  const last = samples[at]!;
  const next = samples[at + 1]?.time ?? end;
  const window = { start: last.time, end: Math.min(next, last.time + WINDOW_SECONDS) + 0.001 };
  const named = isPlain(last)
    ? []
    : chapters.flatMap(({ kind, start, end: to }) =>
        kind === 'credits' ? [to] : kind === 'preview' || kind === 'scene' ? [start] : [],
      );
  const find = async (read: Read, frames: readonly PlainFrame[]): Promise<number> => {
    const exact = await firstFrame(
      frames,
      window,
      next,
      'start',
      async (sample) => !showsStill(await read(sample), last, classifier),
    );
    return named.find((time) => time - exact < CHAPTER_SECONDS.early && exact - time < CHAPTER_SECONDS.late) ?? exact;
  };
  return { window, find };
}

/** Lines of cards that follow each other differ less in height. */
const CARD_HEIGHT = 1.3;

const isAlike = (layout: TextLayout | null, height: number): boolean =>
  layout !== null &&
  layout.boxes > 0 &&
  layout.lineHeight < CARD_HEIGHT * height &&
  height < CARD_HEIGHT * layout.lineHeight;

/** Whether a frame after the last that is sure still shows its text, or more of its kind. */
function showsStill(evidence: Evidence, like: Evidence, classifier: FrameClassifier): boolean {
  return (
    sharesText(evidence.boxes ?? [], like) ||
    (isPlain(evidence) === isPlain(like) && creditTextProbability(evidence, classifier) > 0.5)
  );
}

/** Where black ends, near a slot: at the first frame that is not black. */
export function lightEdge({ samples }: Search, near: number): Edge {
  const dark = samples.findLast((sample) => sample.time <= near + 1.2 && isBlack(sample));
  const light = samples.find(({ time }) => dark !== undefined && time > dark.time);
  if (dark === undefined || light === undefined || near - dark.time > 3) return settled(near);
  const window = { start: dark.time, end: light.time + 0.001 };
  return {
    window,
    find: (_read, frames) =>
      firstFrame(frames, window, light.time, 'start', (sample) => Promise.resolve(sample.stats.lumaHigh >= 0.09)),
  };
}
