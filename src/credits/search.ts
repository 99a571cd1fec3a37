import { inSlices } from '../core/slices.js';
import type { MediaInfo, TimeWindow } from '../frames/types.js';
import { LitFrames } from './bars.js';
import { chapterWitnesses, type ChapterWitness } from './chapters.js';
import { readNamesClosely } from './close-reading.js';
import type { Evidence } from './evidence.js';
import { filmSettingsSteps } from './film-kinds.js';
import { creditTextProbability, isPlain, type FrameClassifier } from './frame-classifier.js';
import {
  grid,
  joined,
  LAST_SECONDS,
  middleOf,
  openGaps,
  secondsOf,
  THOROUGH_SECONDS,
  timesBetween,
  timesInDoubt,
} from './gaps.js';
import { layoutOf } from './layout.js';
import { firstSure, isOverPictures } from './names-over-pictures.js';
import { readLater, readFrames, type ReadContext, type Unread } from './read-frames.js';
import { LinePictures } from './recognition.js';
import { SLOT_SECONDS, stretchesOf, type Search } from './search-result.js';
import { isCredits, segmentSteps, type Segmentation, type SegmenterSettings } from './segmenter.js';
import { besideOverlays, overlaysOf, type StaticOverlays } from './static-overlay.js';
import { rollSpeed } from './text-motion.js';
import { framesToRead, readWords, withWords, type ReadLine } from './words-read.js';
import type { WordsModel } from './words.js';

export interface CreditsParameters {
  readonly segmenter: SegmenterSettings;
  readonly frameClassifier: FrameClassifier;
  readonly words: WordsModel;
}

/** The tail that is searched: at least this long, and at least this share of the film. */
const TAIL_SECONDS = 600;
const TAIL_SHARE = 0.25;
/** No tail is longer, whatever a film's length: work does not grow with it. Closing credits of an hour do not exist. */
const LONGEST_TAIL_SECONDS = 3600;
/** Credits that begin this close to the tail's edge may have begun before it, seconds. */
const EDGE_SECONDS = 30;
/** One key frame is read in so many seconds: long before the end, near it, and in the last minute. */
const READ_SECONDS = { early: 40, usual: 10, last: 6 };
/** Near the end one in so many seconds is decoded; those that are not read wait until it is clear which of them matter. */
const KEPT_SECONDS = 2;
/**
 * So many frames before text over pictures are read thoroughly: they show whether it is there all through the film. They are
 * not needed where so many of its frames were, and no larger a share of all its frames shows any text.
 */
const EARLIER = { frames: 8, enough: 4, share: 0.15 };
/** Refinement goes on while the segmentation still moves, at most so often. */
const ROUNDS = 3;
/** Where credits are neither likelier than the one nor less likely than the other, every frame that was kept is read. */
const DOUBTFUL = { least: 0.01, most: 0.95 };

/** How likely there are credits at all, at most, where no frame of them was seen. */
const UNSEEN = 0.49;

const byTime = (a: Evidence, b: Evidence): number => a.time - b.time;

/**
 * Some key frames of the tail are read first, then those around every place where the segmentation changes, then one
 * frame a second where key frames are far apart, until it stays as it is.
 */
export async function search(
  context: ReadContext,
  info: MediaInfo,
  parameters: CreditsParameters,
  onProgress: (done: number) => void,
): Promise<Search> {
  const lit = new LitFrames();
  const tail = new TailSearch({ ...context, pictures: new LinePictures(), lit }, info, parameters, onProgress);
  try {
    await tail.sweepAll();
    // What was read with the bars says little: all of it is read again without them.
    const inside = context.inside === undefined ? lit.inside() : null;
    if (inside) {
      tail.expectNothing();
      return { ...(await search({ ...context, inside }, info, parameters, onProgress)), inside };
    }
    await tail.readEarlier();
    await tail.recognise();
    await tail.readDoubtful();
    await tail.refine();
    const found = await tail.result();
    if (found.segmentation.start === null) tail.expectNothing();
    return found;
  } catch (error) {
    tail.expectNothing();
    throw error;
  }
}

/** The tail of one film, and what is known of it so far. */
class TailSearch {
  private readonly earliest: number;
  private start: number;
  private end: number;
  private readonly chapters: readonly ChapterWitness[];
  /** As it was read, and beside overlays and with words. */
  private seen: Evidence[] = [];
  private samples: Evidence[] = [];
  private overlays: StaticOverlays = { places: [], regions: null };
  private readonly words = new Map<number, readonly ReadLine[]>();
  private truncated = false;
  private unread: Unread[] = [];
  private segmentation!: Segmentation;
  /** Takes back that frames about the boundaries will be asked for. */
  expectNothing = (): void => undefined;

  constructor(
    private readonly context: ReadContext,
    private readonly info: MediaInfo,
    private readonly parameters: CreditsParameters,
    private readonly onProgress: (done: number) => void,
  ) {
    const { duration } = info;
    this.earliest = Math.max(0, duration - LONGEST_TAIL_SECONDS);
    this.start = Math.max(this.earliest, duration - Math.max(TAIL_SECONDS, TAIL_SHARE * duration));
    this.end = duration;
    this.chapters = chapterWitnesses(info.chapters, duration);
  }

  /** Key frames of the tail, of more of the film where the credits may have begun before it. */
  async sweepAll(): Promise<void> {
    await this.sweep(this.start, this.end + 1);
    await this.decode();
    // Their boundaries will be looked for in other frames.
    if (this.segmentation.start !== null) this.expectNothing = this.context.source.expect();
    while (
      this.start > this.earliest &&
      this.segmentation.starts.some((p, slot) => p > 0.05 && slot * SLOT_SECONDS < EDGE_SECONDS)
    ) {
      const earlier = Math.max(this.earliest, this.start - TAIL_SECONDS);
      await this.sweep(earlier, this.start);
      this.start = earlier;
      await this.decode();
    }
  }

  /** More of the story before text over pictures. */
  async readEarlier(): Promise<void> {
    const { start } = this;
    if (!isOverPictures(this.samples, this.segmentation, this.window)) return;
    const until = stretchesOf({ segmentation: this.segmentation, window: this.window }).find(({ state }) =>
      isCredits(state),
    )!.start;
    const story = this.samples.filter(({ time }) => time < until);
    const withText = story.filter(({ boxes }) => (boxes?.length ?? 0) > 0).length;
    const read = story.filter(({ thorough }) => thorough).length;
    if (read >= EARLIER.enough && withText <= EARLIER.share * story.length) return;
    const times = grid(start, until, Math.max(KEPT_SECONDS, (until - start) / EARLIER.frames));
    const earlier = await readFrames(
      this.context,
      { kind: 'keyframes', window: { start, end: until }, times },
      { wanted: () => true, thorough: () => true },
    );
    const again = new Set(earlier.evidence.map(({ time }) => time));
    this.seen = this.seen.filter(({ time }) => !again.has(time));
    await this.add(earlier.evidence);
  }

  /** Reads the words of frames where they tell most; whether there were any. */
  async recognise(): Promise<boolean> {
    const { words, context, parameters } = this;
    const frames = framesToRead(
      this.samples,
      this.segmentation,
      this.start,
      SLOT_SECONDS,
      words,
      parameters.frameClassifier,
    );
    for (const frame of frames) {
      words.set(frame.time, await readWords(frame, context.pictures!, context.lines, parameters.words));
    }
    if (frames.length > 0) await this.decode();
    return frames.length > 0;
  }

  /** Every frame that was kept of the last minute, where it is in doubt whether there are credits at all. */
  async readDoubtful(): Promise<void> {
    const { present } = this.segmentation;
    if (present < DOUBTFUL.least || present > DOUBTFUL.most) return;
    const last = this.unread.filter(({ sample: { time } }) => time > this.end - LAST_SECONDS);
    if (last.length > 0) await this.readKept(new Set(last));
  }

  /** Frames around every place where the segmentation changes, until it stays as it is. */
  async refine(): Promise<void> {
    const refined: TimeWindow[] = [];
    const between = new Set<number>();
    let doubted = false;
    for (let round = 0; round < ROUNDS;) {
      const gaps = this.gaps([]);
      const stretches = stretchesOf({ segmentation: this.segmentation, window: this.window });
      const far = timesBetween(this.samples, gaps, stretches).filter((time) => !between.has(time));
      const kept = new Set(gaps.flatMap((gap) => middleOf(gap, this.unread) ?? []));
      const open = this.gaps(refined);
      if (far.length > 0) {
        far.forEach((time) => between.add(time));
        await this.readBetween(far);
      } else if (kept.size > 0) await this.readKept(kept);
      else if (open.length > 0) {
        await this.keepSeconds(open);
        refined.push(...open);
        round++;
        this.onProgress(0.7 + (0.2 * round) / ROUNDS);
      } else if (!(await this.recognise())) {
        const times = doubted ? [] : timesInDoubt(this.samples, this.segmentation, this.window);
        if (times.length === 0) break;
        doubted = true;
        const filled = await readFrames(
          this.context,
          { kind: 'exactAt', times },
          { wanted: () => true, thorough: () => true },
        );
        await this.add(filled.evidence);
      }
    }
    while (await this.recognise());
  }

  /** What was found; text over pictures is looked at closely first. */
  async result(): Promise<Search> {
    const { window, samples, overlays, segmentation, chapters, truncated } = this;
    const found = { window, samples, overlays, segmentation, chapters, truncated };
    if (segmentation.start !== null && !showsCredits(found, this.parameters.frameClassifier))
      return withoutCredits({ ...found, close: [] }, UNSEEN);
    const { close, present } = await readNamesClosely(this.context, found, this.parameters.frameClassifier);
    if (present >= 0.5 || segmentation.start === null) return { ...found, close };
    return (await this.rollBeside(found)) ?? withoutCredits({ ...found, close: [] }, present);
  }

  /** What is found where text over pictures turned out to be the film's own: a roll on a plain ground may still follow it. */
  private async rollBeside(found: Omit<Search, 'close'>): Promise<Search | null> {
    const samples = found.samples.map((sample) =>
      sample.boxes === null || isPlain(sample) ? sample : { ...sample, boxes: [], layout: layoutOf([]), words: null },
    );
    const beside = { ...found, samples, segmentation: await this.segmented(samples), close: [] };
    const { start } = beside.segmentation;
    if (start === null) return null;
    const sure = firstSure(samples, beside.window.start + start * SLOT_SECONDS, this.parameters.frameClassifier);
    return sure >= 0 && rollSpeed(samples, sure) !== null ? beside : null;
  }

  get window(): TimeWindow {
    return { start: this.start, end: this.end };
  }

  private async sweep(from: number, to: number): Promise<void> {
    const { duration } = this.info;
    const near = Math.max(from, Math.min(to, duration - THOROUGH_SECONDS));
    const times = [...grid(from, near, READ_SECONDS.early), ...grid(near, to, KEPT_SECONDS)];
    const thorough = (time: number): boolean => time > duration - THOROUGH_SECONDS;
    // A little less, for key frames that come a little early.
    const readGap = (time: number): number =>
      (time > duration - LAST_SECONDS ? READ_SECONDS.last : READ_SECONDS.usual) - 1;
    const swept = await readFrames(
      this.context,
      { kind: 'keyframes', window: { start: from, end: to }, times },
      {
        wanted: ({ time }, last) => !thorough(time) || last === null || time - last.time >= readGap(time),
        thorough,
        onTime: (time) => this.onProgress(0.7 * Math.min(1, (time - from) / Math.max(1, to - from))),
      },
    );
    this.truncated ||= swept.truncated;
    this.end = Math.min(this.end, swept.duration);
    this.unread = [...swept.unread, ...this.unread];
    this.seen = [...this.seen, ...swept.evidence].sort(byTime);
  }

  /** Where more frames are wanted, but for some windows. */
  private gaps(done: readonly TimeWindow[]): TimeWindow[] {
    return openGaps(this.samples, this.segmentation, this.window, done, this.parameters.frameClassifier);
  }

  /** Decodes one frame a second of some gaps, to be read where they halve what is open. */
  private async keepSeconds(gaps: readonly TimeWindow[]): Promise<void> {
    const { unread } = await readFrames(this.context, secondsOf(joined(gaps)), {
      wanted: () => false,
      thorough: () => true,
    });
    this.unread.push(...unread.filter(({ sample }) => this.isNew(sample)));
  }

  /** Key frames at times between those that were read far apart. */
  private async readBetween(times: readonly number[]): Promise<void> {
    const window = { start: times[0]! - 1, end: times.at(-1)! + 1 };
    const read = await readFrames(
      this.context,
      { kind: 'keyframes', window, times },
      { wanted: (sample) => this.isNew(sample), thorough: () => false },
    );
    await this.add(read.evidence);
  }

  /** Whether no frame so near was read. */
  private isNew(sample: { readonly time: number }): boolean {
    return this.samples.every(({ time }) => Math.abs(time - sample.time) > 0.3);
  }

  private async readKept(kept: ReadonlySet<Unread>): Promise<void> {
    const read = await readLater(this.context, [...kept]);
    this.unread = this.unread.filter((frame) => !kept.has(frame));
    await this.add(read);
  }

  private async add(evidence: readonly Evidence[]): Promise<void> {
    this.seen = [...this.seen, ...evidence].sort(byTime);
    await this.decode();
  }

  private async decode(): Promise<void> {
    const { window, parameters } = this;
    this.overlays = overlaysOf(this.seen, (window.start + window.end) / 2);
    this.samples = withWords(
      this.seen.map((sample) => besideOverlays(sample, this.overlays)),
      this.words,
      parameters.frameClassifier,
    );
    this.segmentation = await this.segmented(this.samples);
  }

  private async segmented(samples: readonly Evidence[]): Promise<Segmentation> {
    const { window, parameters, chapters } = this;
    const settings = await inSlices(filmSettingsSteps(samples, parameters, window));
    return inSlices(segmentSteps(samples, settings, parameters.frameClassifier, window, SLOT_SECONDS, chapters));
  }
}

/** Whether some frame of the credits shows text that may be theirs by its words: a film that goes dark, or on with sentences, has none. */
export function showsCredits(found: Omit<Search, 'close'>, classifier: FrameClassifier): boolean {
  const credits = stretchesOf(found).filter(({ state }) => isCredits(state));
  return found.samples.some(
    (sample) =>
      credits.some(({ start, end }) => sample.time >= start && sample.time < end) &&
      (sample.words ?? 0) >= 0 &&
      creditTextProbability(sample, classifier) > 0.5,
  );
}

/** The same where it turned out that there are none. */
const withoutCredits = (found: Search, present: number): Search => ({
  ...found,
  segmentation: { ...found.segmentation, present: Math.min(found.segmentation.present, present), start: null },
});
