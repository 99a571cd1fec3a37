import type { Evidence } from './evidence.js';
import { creditTextProbability, isPlain, type FrameClassifier } from './frame-classifier.js';
import type { LinePictures, LineReader } from './recognition.js';
import type { Segmentation } from './segmenter.js';
import { isReadable, wordsLogOdds, type WordsModel } from './words.js';

/** Lines that are read of a frame, and how well a line must be read: half a sentence that is read badly may look like a name. */
const READ = { lines: 4, confidence: 0.8, names: 0.9 };
/**
 * One line says so much at most; those of a frame are of one hand, so each adds only a part. A frame of names may still be of
 * a story (who speaks, who sings), sentences are hardly ever of credits.
 */
const ODDS = { sentence: -5, name: 2, part: 0.7, least: -5, most: 1.5 };
/** A frame shows what two read frames say that agree and lie no further apart, or what one says that is so near; seconds. */
const SAME = { between: 60, near: 6 };
/** Frames are read no closer together than this, seconds, and at most so many a round and a film. */
const SPARING = { seconds: 4, frames: 5, most: 12 };
/** From where the credits may have begun with this probability, frames that may show their text are read. */
const BEGUN = 0.02;
const MAY_BE_TEXT = 0.3;

/** Log-odds by its words that a frame shows credits; null where nothing could be read. */
export async function wordsOf(
  sample: Evidence,
  pictures: LinePictures,
  reader: LineReader,
  model: WordsModel,
): Promise<number | null> {
  const lines = (sample.boxes ?? []).flatMap((box) => pictures.of(box) ?? []);
  const every = Math.max(1, lines.length / READ.lines);
  const chosen = Array.from({ length: Math.min(lines.length, READ.lines) }, (_, k) => lines[Math.floor(k * every)]!);
  const read = await Promise.all(chosen.map((line) => reader.read(line)));
  const clear = read
    .filter(({ text }) => isReadable(text))
    .map(({ text, confidence }) => ({ odds: wordsLogOdds(text, model), confidence }))
    .filter(({ odds, confidence }) => confidence >= (odds > 0 ? READ.names : READ.confidence));
  if (clear.length === 0) return null;
  const sum = clear.reduce((total, { odds }) => total + Math.max(ODDS.sentence, Math.min(ODDS.name, odds)), 0);
  // A word of the picture itself among letters that nobody reads here is no name.
  if (sum > 0 && (clear.length < 2 || clear.length < read.length / 2)) return null;
  return Math.max(ODDS.least, Math.min(ODDS.most, ODDS.part * sum));
}

/** What was read of one frame: its log-odds, null where nothing could be read, and whether its text stands on a plain ground. */
export interface ReadFrame {
  readonly odds: number | null;
  readonly plain: boolean;
}

/** What was read of a film, by the time of the frame. */
export type WordsByTime = ReadonlyMap<number, ReadFrame>;

/** What the frames that were read, of the same ground, say about another frame of text; null where they are too far away or disagree. */
function told(sample: Evidence, words: WordsByTime): number | null {
  const { time } = sample;
  const ground = isPlain(sample);
  const read = [...words]
    .flatMap(([at, { odds, plain }]) => (odds === null || plain !== ground ? [] : [{ at, odds }]))
    .sort((a, b) => a.at - b.at);
  const before = read.findLast(({ at }) => at <= time);
  const after = read.find(({ at }) => at >= time);
  if (
    before !== undefined &&
    after !== undefined &&
    after.at - before.at <= SAME.between &&
    before.odds > 0 === after.odds > 0
  ) {
    return (before.odds + after.odds) / 2;
  }
  const near = [before, after]
    .flatMap((one) => (one !== undefined && Math.abs(one.at - time) <= SAME.near ? [one] : []))
    .sort((a, b) => Math.abs(a.at - time) - Math.abs(b.at - time));
  return near[0]?.odds ?? null;
}

const isText = (sample: Evidence, classifier: FrameClassifier): boolean =>
  (sample.boxes?.length ?? 0) > 0 && creditTextProbability(sample, classifier) > MAY_BE_TEXT;

/** Frames whose words would tell most: of text, where credits may have begun, and about which those that were read say nothing. */
export function framesToRead(
  samples: readonly Evidence[],
  { starts }: Pick<Segmentation, 'starts'>,
  from: number,
  slotSeconds: number,
  words: WordsByTime,
  classifier: FrameClassifier,
): Evidence[] {
  let begun = 0;
  const first = starts.findIndex((p) => (begun += p) >= BEGUN);
  if (first < 0) return [];
  const spaced: Evidence[] = [];
  const isApart = (time: number, from: number): boolean => Math.abs(time - from) >= SPARING.seconds;
  for (const sample of samples) {
    if (sample.time < from + (first - 2) * slotSeconds || !isText(sample, classifier) || told(sample, words) !== null)
      continue;
    if (
      [...words.keys()].every((time) => isApart(sample.time, time)) &&
      isApart(sample.time, spaced.at(-1)?.time ?? -Infinity)
    )
      spaced.push(sample);
  }
  const count = Math.max(0, Math.min(spaced.length, SPARING.frames, SPARING.most - words.size));
  return Array.from(
    { length: count },
    (_, k) => spaced[count === 1 ? 0 : Math.round((k * (spaced.length - 1)) / (count - 1))]!,
  );
}

/** Frames of text with what the words of those that were read say about them. */
export const withWords = (samples: readonly Evidence[], words: WordsByTime, classifier: FrameClassifier): Evidence[] =>
  samples.map((sample) => (isText(sample, classifier) ? { ...sample, words: told(sample, words) } : sample));
