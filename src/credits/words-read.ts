import { kindsOf } from './billing/text-kinds.js';
import type { Evidence } from './evidence.js';
import { creditTextProbability, isPlain, type FrameClassifier } from './frame-classifier.js';
import type { LinePictures, LineReader } from './recognition.js';
import type { Segmentation } from './segmenter.js';
import type { TextBox } from './text-boxes.js';
import { textRise } from './text-motion.js';
import { isReadable, wordsLogOdds, type WordsModel } from './words.js';

/**
 * Lines that are read of a frame, and how well a line must be read: half a sentence that is read badly may look like a name.
 * Lines of these log-odds, for and against credits, contradict each other.
 */
const READ = { lines: 4, confidence: 0.8, names: 0.9, contradiction: 1 };
/**
 * One line says so much at most; those of a frame are of one hand, so each adds only a part. A frame of names may still be of
 * a story (who speaks, who sings), sentences are hardly ever of credits.
 */
const ODDS = { sentence: -5, name: 2, part: 0.7, least: -5, most: 1.5 };
/**
 * Jobs of two cards that follow each other so soon, seconds, are of credits: who speaks is named with one job, and seldom so soon
 * after another. They say so much, log-odds. Jobs differ in so many of their first letters; of more words is a sentence.
 */
const JOBS = { within: 20, odds: 4, letters: 3, words: 5 };
/** A frame shows what two read frames say that agree and lie no further apart, or what one says that is so near; a page is followed so long; seconds. */
const SAME = { between: 60, near: 6, page: 12 };
/** Text of one kind differs by less: ratios of mean widths, and of heights (a frame read at half the size shows higher lines). */
const LIKE = { width: 2, height: 2.2 };
/** Frames are read no closer together than this, seconds, or to one of which nothing could be read; and at most so many a round and a film. */
const SPARING = { seconds: 4, nothing: 0.9, frames: 4, most: 12 };
/** So many frames that all read as credits are enough: only what comes before the first of them may tell more of where these begin. */
const ENOUGH = 2;
/** From where the credits may have begun with this probability, frames that may show their text are read. */
const BEGUN = 0.02;
const MAY_BE_TEXT = 0.3;
/** Small names over a picture look like subtitles: so many lines may be theirs where a frame shows credits' text this likely. */
const MAY_BE_NAMES = { lines: 2, probability: 0.05 };

/** A line of a frame that was read. */
export interface ReadLine {
  readonly box: TextBox;
  /** Log-odds by its letters that it is of credits; null where it was not read clearly. */
  readonly odds: number | null;
  /** The first letters of a job that it names. */
  readonly job: string | null;
}

/** What was read of a film, by the time of the frame. */
export type WordsByTime = ReadonlyMap<number, readonly ReadLine[]>;

/** Reads some lines of a frame; more where these contradict each other: a page of sentences holds names, too. */
export async function readWords(
  sample: Evidence,
  pictures: LinePictures,
  reader: LineReader,
  model: WordsModel,
): Promise<ReadLine[]> {
  const lines = (sample.boxes ?? []).filter((box) => pictures.of(box) !== undefined);
  const every = Math.max(1, lines.length / READ.lines);
  const chosen = Array.from({ length: Math.min(lines.length, READ.lines) }, (_, k) => lines[Math.floor(k * every)]!);
  const read = async (boxes: readonly TextBox[]): Promise<ReadLine[]> =>
    Promise.all(
      boxes.map(async (box) => {
        const { text, confidence } = await reader.read(pictures.of(box)!);
        const odds = wordsLogOdds(text, model);
        const isClear = isReadable(text) && confidence >= (odds > 0 ? READ.names : READ.confidence);
        return { box, odds: isClear ? odds : null, job: isClear && odds > 0 ? jobOf(text) : null };
      }),
    );
  const first = await read(chosen);
  const says = (sign: number): boolean => first.some(({ odds }) => odds !== null && odds * sign > READ.contradiction);
  return says(1) && says(-1) ? [...first, ...(await read(lines.filter((box) => !chosen.includes(box))))] : first;
}

function jobOf(text: string): string | null {
  const isShort = text.split(/\s+/).length <= JOBS.words;
  return isShort && kindsOf(text).namesJob ? text.slice(0, JOBS.letters).toLowerCase() : null;
}

/** Log-odds by its words that a frame shows credits; null where nothing could be read. Of its lines those count that it still shows beside overlays. */
export function wordsOf({ boxes }: Evidence, lines: readonly ReadLine[]): number | null {
  const shown = lines.filter(({ box }) => boxes?.includes(box));
  const clear = shown.flatMap(({ odds }) => odds ?? []);
  if (clear.length === 0) return null;
  const sum = clear.reduce((total, odds) => total + Math.max(ODDS.sentence, Math.min(ODDS.name, odds)), 0);
  // A word of the picture itself among letters that nobody reads here is no name.
  if (sum > 0 && (clear.length < 2 || clear.length < shown.length / 2)) return null;
  return Math.max(ODDS.least, Math.min(ODDS.most, ODDS.part * sum));
}

/** A frame that was read, and what its words say. */
interface ReadFrame {
  readonly sample: Evidence;
  readonly odds: number;
}

function readFramesOf(samples: readonly Evidence[], words: WordsByTime): ReadFrame[] {
  const read = samples.flatMap((sample) => {
    const lines = (words.get(sample.time) ?? []).filter(({ box }) => sample.boxes?.includes(box));
    const odds = wordsOf(sample, lines);
    return odds === null ? [] : [{ sample, odds, jobs: lines.flatMap(({ job }) => job ?? []) }];
  });
  const followEachOther = (a: (typeof read)[number], b: (typeof read)[number]): boolean =>
    Math.abs(a.sample.time - b.sample.time) <= JOBS.within &&
    a.jobs.some((job) => b.jobs.length > 0 && !b.jobs.includes(job));
  const heard = read.map((one) => ({
    sample: one.sample,
    odds: one.odds > 0 && read.some((other) => followEachOther(one, other)) ? JOBS.odds : one.odds,
  }));
  return heard.filter((one) => one.odds <= 0 || one.odds > ODDS.most || !heard.some((other) => isOnPageOf(one, other)));
}

/** Whether two frames show lines of one page, or card, that stands or is scrolled. */
const showOnePage = (a: Evidence, b: Evidence): boolean =>
  Math.abs(a.time - b.time) <= SAME.page && (a.time < b.time ? textRise(a, b) : textRise(b, a)) !== null;

/** Whether a frame shows lines of a page of which another one shows sentences: such a page holds names, too. */
const isOnPageOf = ({ sample }: ReadFrame, page: ReadFrame): boolean =>
  page.odds <= ODDS.least && showOnePage(sample, page.sample);

/** What a frame that was read says of another one: of jobs only where that shows the same lines. */
const says = ({ sample, odds }: ReadFrame, of: Evidence): number =>
  odds > ODDS.most && !showOnePage(sample, of) ? ODDS.most : odds;

/** Whether two frames show text of one kind: on the same ground, lines of about the same size and, in the mean, width. */
function isLike(a: Evidence, b: Evidence): boolean {
  if (a.layout === null || b.layout === null || isPlain(a) !== isPlain(b)) return false;
  const within = (x: number, y: number, ratio: number): boolean => x < ratio * y && y < ratio * x;
  return (
    within(a.layout.lineWidth, b.layout.lineWidth, LIKE.width) &&
    within(a.layout.lineHeight, b.layout.lineHeight, LIKE.height)
  );
}

/** What the frames that were read, with text of its kind, say about another; null where they are too far away or disagree. */
function told(sample: Evidence, read: readonly ReadFrame[]): number | null {
  const { time } = sample;
  const own = read.find((one) => one.sample.time === time);
  if (own !== undefined) return own.odds;
  const alike = read.filter((one) => isLike(one.sample, sample));
  const before = alike.findLast((one) => one.sample.time <= time);
  const after = alike.find((one) => one.sample.time >= time);
  if (
    before !== undefined &&
    after !== undefined &&
    after.sample.time - before.sample.time <= SAME.between &&
    before.odds > 0 === after.odds > 0
  ) {
    return (says(before, sample) + says(after, sample)) / 2;
  }
  const away = (one: ReadFrame): number => Math.abs(one.sample.time - time);
  const near = [before, after]
    .flatMap((one) => (one !== undefined && away(one) <= SAME.near ? [one] : []))
    .sort((a, b) => away(a) - away(b));
  return near[0] === undefined ? null : says(near[0], sample);
}

function isText(sample: Evidence, classifier: FrameClassifier): boolean {
  const lines = sample.boxes?.length ?? 0;
  if (lines === 0) return false;
  const probability = creditTextProbability(sample, classifier);
  const mayBeNames = lines >= MAY_BE_NAMES.lines && !isPlain(sample) && probability > MAY_BE_NAMES.probability;
  return probability > MAY_BE_TEXT || mayBeNames;
}

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
  const read = readFramesOf(samples, words);
  const isApart = (time: number, from: number, least = SPARING.seconds): boolean => Math.abs(time - from) >= least;
  const said = new Set(read.map(({ sample }) => sample.time));
  const until = read.length >= ENOUGH && read.every(({ odds }) => odds > 0) ? read[0]!.sample.time : Infinity;
  for (const sample of samples) {
    if (sample.time > until) break;
    if (sample.time < from + (first - 2) * slotSeconds || !isText(sample, classifier) || told(sample, read) !== null)
      continue;
    if (
      [...words.keys()].every((time) =>
        isApart(sample.time, time, said.has(time) ? SPARING.seconds : SPARING.nothing),
      ) &&
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
export function withWords(samples: readonly Evidence[], words: WordsByTime, classifier: FrameClassifier): Evidence[] {
  const read = readFramesOf(samples, words);
  return samples.map((sample) => (isText(sample, classifier) ? { ...sample, words: told(sample, read) } : sample));
}
