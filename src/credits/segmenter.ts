import { atOnce, type Steps } from '../core/slices.js';
import type { ChapterWitness } from './chapters.js';
import { cheapestStartSteps, type StartCosts } from './decision.js';
import type { Evidence } from './evidence.js';
import { FRAME_CLASSES, classifyFrame, type FrameClasses, type FrameClassifier } from './frame-classifier.js';
import { departureSteps, viterbiSteps, type Run, type SemiMarkovModel } from './semi-markov.js';

/**
 * The states of a film's end. Black and scenes appear more than once, because what may follow them differs. `names` are
 * cards of a few small lines over a going story, with pauses.
 */
export const STATES = [
  'story',
  'epilogue',
  'blackBefore',
  'cards',
  'names',
  'roll',
  'blackBetween',
  'sceneInside',
  'blackAfter',
  'sceneAfter',
  'logo',
] as const;
export type State = (typeof STATES)[number];

/** Median and log-spread of a state's length (log-normal), and its longest, all in seconds. */
interface Length {
  readonly median: number;
  readonly spread: number;
  readonly longest: number;
}

/** The segmenter's parameters; see data/credits-segmenter.json. */
export interface SegmenterSettings extends StartCosts {
  readonly lengths: Readonly<Record<Exclude<State, 'story'>, Length>>;
  /** Prior probability that a file has closing credits. */
  readonly prior: number;
  /** Likelihood of each class of frame in each state. */
  readonly classes: Readonly<Record<State, FrameClasses>>;
  readonly next: Readonly<Partial<Record<State, Readonly<Partial<Record<State | 'end', number>>>>>>;
  /** Share of the frames with text whose text is sentences, in a story; default one half. */
  readonly storySentences?: number;
}

export const isCredits = (state: State): boolean => state === 'cards' || state === 'names' || state === 'roll';
/** An epilogue is what sentences on black tell before the credits: story still. */
export type StateAfterStory = Exclude<State, 'story' | 'epilogue' | 'blackBefore'>;
export const isAfterStory = (state: State): state is StateAfterStory =>
  state !== 'story' && state !== 'epilogue' && state !== 'blackBefore';

export interface Segmentation {
  readonly runs: readonly Run<State>[];
  /** Probability that the credits (not the black before them) begin at each slot. */
  readonly starts: Float64Array;
  /** Probability that there are credits at all. */
  readonly present: number;
  /** The slot at which the credits are said to start; null where there are none. */
  readonly start: number | null;
}

function logNormal(x: number, median: number, spread: number): number {
  const z = (Math.log(x) - Math.log(median)) / spread;
  return -0.5 * z * z - Math.log(x * spread) - 0.919;
}

/** `slotSeconds` long slots; the film ends with the last of `slots`. */
export function filmModel(settings: SegmenterSettings, slots: number, slotSeconds: number): SemiMarkovModel<State> {
  const log = Math.log;
  return {
    states: STATES,
    start: STATES.map((state) => (state === 'story' ? 0 : isCredits(state) ? log(0.05) : -Infinity)),
    end: STATES.map((state) => log(settings.next[state]?.end ?? 0)),
    next: STATES.map((from) => STATES.map((to) => log(settings.next[from]?.[to] ?? 0))),
    longest: STATES.map((state) =>
      state === 'story' ? slots : Math.max(1, Math.round(settings.lengths[state].longest / slotSeconds)),
    ),
    duration: (s, count) => {
      const state = STATES[s]!;
      if (state === 'story') {
        // The lengths of what follows say how much of the film the story leaves; all of it is story without credits.
        return log(count === slots ? 1 - settings.prior : settings.prior);
      }
      const { median, spread } = settings.lengths[state];
      return logNormal(count * slotSeconds, median, spread) + log(slotSeconds);
    },
  };
}

/** Neighbouring samples say much the same: one sample speaks for its share of this many seconds. */
const INDEPENDENT_SECONDS = 2;

/**
 * Log-likelihood of each slot in each state. A slot without a sample says nothing.
 * @param from time of the first slot, seconds
 */
export function slotEvidence(
  samples: readonly Evidence[],
  settings: SegmenterSettings,
  classifier: FrameClassifier,
  from: number,
  slots: number,
  slotSeconds: number,
): Float64Array[] {
  const rows = STATES.map(() => new Float64Array(slots));
  samples.forEach((sample, k) => {
    const slot = Math.floor((sample.time - from) / slotSeconds + 1e-6);
    if (slot < 0 || slot >= slots) return;
    const before = k > 0 ? sample.time - samples[k - 1]!.time : Infinity;
    const after = k + 1 < samples.length ? samples[k + 1]!.time - sample.time : Infinity;
    const weight = Math.min(1, Math.max(0.05, Math.min(before, after) / INDEPENDENT_SECONDS));
    const seen = classifyFrame(sample, classifier);
    // Text at the foot of black may be a roll's first line; where it is none of the credits', it is no picture either.
    const darkened = isSubtitledBlack(sample)
      ? { ...seen, picture: 0, text: 0, black: seen.picture + seen.text + seen.black }
      : seen;
    STATES.forEach((state, s) => {
      const likely = FRAME_CLASSES.reduce(
        (sum, name) => sum + settings.classes[state][name] * (isCredits(state) ? seen : darkened)[name],
        0,
      );
      rows[s]![slot]! +=
        weight *
        (Math.log(likely) +
          motionLog(state, sample) +
          sentenceLog(state, sample, settings.storySentences) +
          wordsLog(state, sample));
    });
  });
  return rows;
}

/** A line or two of subtitles on black: a song or a voice goes on, but there is no picture. */
const SUBTITLES = { lines: 2, dark: 0.95, plainness: 0.9 };

function isSubtitledBlack({ stats, layout, rise }: Evidence): boolean {
  return (
    layout !== null &&
    layout.boxes > 0 &&
    layout.boxes <= SUBTITLES.lines &&
    layout.atFoot === 1 &&
    stats.dark > SUBTITLES.dark &&
    stats.plainness > SUBTITLES.plainness &&
    (rise === null || Math.abs(rise) < ROLL_SPEEDS.slowest)
  );
}

/** Slower than this is a card that breathes or zooms, faster is a cut; picture heights a second. */
export const ROLL_SPEEDS = { slowest: 0.02, fastest: 0.45 };

/** Whether what has edges rises as a roll does. */
export const isRolling = ({ rise }: Evidence): boolean =>
  rise !== null && rise > ROLL_SPEEDS.slowest && rise < ROLL_SPEEDS.fastest;

/** Log-likelihood of what moves, in a state, against the same where nothing can be told. */
function motionLog(state: State, sample: Evidence): number {
  if (sample.rise === null) return 0;
  const rolls = isRolling(sample);
  if (state === 'roll') return rolls ? Math.log(0.9) : Math.log(0.2);
  return rolls ? Math.log(0.1) : Math.log(0.9);
}

/** Text of few lines that are, in the mean, so wide (a fraction of the picture's width) is sentences; names are narrower. */
const SENTENCE = { lines: 5, width: 0.36 };

/** Log-likelihood of sentences in a state whose text is one or the other, against the same where there is no text. */
function sentenceLog(state: State, { layout }: Evidence, inStory = 0.5): number {
  if (layout === null || layout.boxes === 0) return 0;
  const sentences = layout.boxes <= SENTENCE.lines && layout.lineWidth > SENTENCE.width;
  if (state === 'epilogue') return sentences ? Math.log(0.9) : Math.log(0.1);
  if (isCredits(state)) return sentences ? Math.log(0.1) : Math.log(0.9);
  return Math.log(sentences ? inStory : 1 - inStory);
}

/** What sentences say for an epilogue at most. */
const MOST_EPILOGUE = 1;

/** Log-likelihood of the words that were recognised in a state, against the same in a story. */
function wordsLog(state: State, { words }: Evidence): number {
  if (words === null) return 0;
  if (state === 'epilogue') return Math.min(MOST_EPILOGUE, -words);
  return isCredits(state) ? words : 0;
}

/**
 * A chapter's beginning speaks for a change in so many slots on either side, with so much evidence in all. An opening
 * is story: text in it is the opening's. A preview or a scene is no credits.
 */
const CHAPTER = { slots: 2, credits: 4, opening: 4, scene: 4, sceneSlots: 4, other: 0.5 };

/** A chapter is one more witness of a boundary; that of the credits by name a strong one, none of them the verdict. */
function addChapters(
  evidence: readonly Float64Array[],
  chapters: readonly ChapterWitness[],
  from: number,
  slotSeconds: number,
): void {
  const slotAt = (time: number): number => Math.round((time - from) / slotSeconds);
  const add = (gain: number, first: number, end: number, of: (state: State) => boolean): void => {
    STATES.forEach((state, s) => {
      const row = evidence[s]!;
      for (let slot = Math.max(0, first); of(state) && slot < Math.min(row.length, end); slot++) row[slot]! += gain;
    });
  };
  const isStory = (state: State): boolean => state === 'story';
  for (const { start, end, kind } of chapters) {
    const [first, last] = [slotAt(start), slotAt(end)];
    if (kind === 'opening') add(CHAPTER.opening / Math.max(1, last - first), first, last, isStory);
    else if (kind === 'preview' || kind === 'scene') {
      const slots = Math.max(1, Math.min(CHAPTER.sceneSlots, last - first));
      add(-CHAPTER.scene / slots, first, first + slots, isCredits);
    } else {
      add(CHAPTER[kind] / CHAPTER.slots, first - CHAPTER.slots, first, isStory);
      add(CHAPTER[kind] / CHAPTER.slots, first, first + CHAPTER.slots, isCredits);
    }
  }
}

/** The sequence's credits start no further from the decided start than this, seconds before and after it. */
const AROUND_START = { before: 8, after: 4 };
/** What is against the decision: less likely than anything that is seen. */
const RULED_OUT = -1e5;

/** The evidence of those sequences alone whose credits start about the decided slot. */
function startingAt(evidence: readonly Float64Array[], start: number, slotSeconds: number): Float64Array[] {
  const earliest = start - Math.round(AROUND_START.before / slotSeconds);
  const latest = start + Math.round(AROUND_START.after / slotSeconds);
  return STATES.map((state, s) =>
    evidence[s]!.map((value, slot) =>
      (isAfterStory(state) ? slot < earliest : slot >= latest) ? value + RULED_OUT : value,
    ),
  );
}

/** How likely the credits start at each slot. */
function startSteps(model: SemiMarkovModel<State>, evidence: readonly Float64Array[]): Steps<Float64Array> {
  return departureSteps(model, evidence, (s) => !isAfterStory(STATES[s]!));
}

/** What the words of one frame say at most for there being credits at all; where they begin, they say it all. */
const MOST_FAVOUR = 0.5;
/** Words that say more than `above` name jobs of cards that follow each other, which no story does by chance: they say so much. */
const JOBS_FAVOUR = { above: 2, most: 2 };

/** What a frame shows, its words speaking no louder than that for credits. */
function littleFavour(sample: Evidence): Evidence {
  const { words } = sample;
  if (words === null || words <= MOST_FAVOUR) return sample;
  return { ...sample, words: words > JOBS_FAVOUR.above ? JOBS_FAVOUR.most : MOST_FAVOUR };
}

/**
 * How likely there are credits at all. Words of neighbouring frames are one witness, not many: they may speak against credits and
 * tell where these begin, but type that moves does not become credits because each second of it reads like a name.
 * @param unheard the starts where words speak little for credits
 */
function* presentSteps(starts: Float64Array, unheard: () => Steps<Float64Array>, heard: boolean): Steps<number> {
  const total = (all: Float64Array): number =>
    Math.min(
      1,
      all.reduce((sum, p) => sum + p, 0),
    );
  const present = total(starts);
  return heard && present >= 0.5 ? Math.min(present, total(yield* unheard())) : present;
}

/** @param samples in order of time */
export function segment(...about: Parameters<typeof segmentSteps>): Segmentation {
  return atOnce(segmentSteps(...about));
}

/** {@link segment} in steps: a long tail takes most of a second. */
export function* segmentSteps(
  samples: readonly Evidence[],
  settings: SegmenterSettings,
  classifier: FrameClassifier,
  window: { readonly start: number; readonly end: number },
  slotSeconds: number,
  chapters: readonly ChapterWitness[] = [],
): Steps<Segmentation> {
  const slots = Math.max(1, Math.ceil((window.end - window.start) / slotSeconds - 1e-6));
  const model = filmModel(settings, slots, slotSeconds);
  const evidence = slotEvidence(samples, settings, classifier, window.start, slots, slotSeconds);
  addChapters(evidence, chapters, window.start, slotSeconds);
  const starts = yield* startSteps(model, evidence);
  const present = yield* presentSteps(
    starts,
    function* (): Steps<Float64Array> {
      const unheard = slotEvidence(samples.map(littleFavour), settings, classifier, window.start, slots, slotSeconds);
      addChapters(unheard, chapters, window.start, slotSeconds);
      return yield* startSteps(model, unheard);
    },
    samples.some(({ words }) => words !== null && words > MOST_FAVOUR),
  );
  const { next } = settings;
  if (present < 0.5)
    return {
      runs: yield* viterbiSteps(filmModel({ ...settings, prior: 0 }, slots, slotSeconds), evidence),
      starts,
      present,
      start: null,
    };
  // The best sequence among those that say what the sum over all of them says, not the single likeliest one: it may be another.
  const start = yield* cheapestStartSteps(starts, settings, slotSeconds);
  const decided = filmModel(
    { ...settings, prior: 1, next: { ...next, blackBefore: { ...next.blackBefore, end: 0 } } },
    slots,
    slotSeconds,
  );
  return { runs: yield* viterbiSteps(decided, startingAt(evidence, start, slotSeconds)), starts, present, start };
}
