import type { Evidence } from './evidence.js';
import type { FrameClassifier } from './frame-classifier.js';
import {
  besideAllOverlays,
  favourOfCredits,
  firstNames,
  isPause,
  presentBesides,
  timesToReadClosely,
} from './names-over-pictures.js';
import { closeFrames, type CloseFrame, type ReadContext } from './read-frames.js';
import type { Search } from './search-result.js';

/** Of the frames that tell whether such text is all through the film one in so many is read first: mostly they are enough. */
const FIRST = { story: 3, credits: 2 };

interface CloseReading {
  /** In order of time, beside overlays; none where none were read. */
  readonly close: readonly Evidence[];
  /** How likely there are credits at all. */
  readonly present: number;
}

/**
 * Reads names over pictures at a larger size: some frames of the story and of the credits, all that were chosen where these leave it
 * in doubt whether such text is all through the film, and back from the first names that are sure to where they began.
 */
export async function readNamesClosely(
  context: ReadContext,
  found: Omit<Search, 'close'>,
  classifier: FrameClassifier,
): Promise<CloseReading> {
  const { present } = found.segmentation;
  const times = timesToReadClosely(found, classifier);
  if (times === null) return { close: [], present };
  const { sure, story, before, credits } = times;
  const frames = await closeFrames(
    context,
    [...story, ...before, ...credits].sort((a, b) => a - b),
  );
  const read = new Map<CloseFrame, Evidence>();
  const readAt = async (time: number): Promise<CloseFrame | undefined> => {
    const frame = frames.findLast((one) => one.time <= time + 1e-3) ?? frames[0];
    if (frame !== undefined && !read.has(frame)) read.set(frame, await frame.read());
    return frame;
  };
  const close = (): Evidence[] =>
    besideAllOverlays(
      [...read.values()].sort((a, b) => a.time - b.time),
      found,
      classifier,
    );
  for (const time of story.filter((_, k) => k % FIRST.story === 1)) await readAt(time);
  for (const time of credits.filter((_, k) => k % FIRST.credits === 0)) await readAt(time);
  for (const time of before) {
    const frame = await readAt(time);
    if (frame !== undefined && isPause(frame.time, firstNames(close(), sure).first.time)) break;
  }
  const favour = (): number | null => favourOfCredits(close(), found, sure, classifier);
  if ((favour() ?? -1) < 0) for (const time of [...story, ...credits]) await readAt(time);
  return { close: close(), present: presentBesides(present, favour()) };
}
