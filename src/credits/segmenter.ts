import type { Chapter } from '../frames/types.js';
import { atOnce, type Steps } from '../slices.js';
import type { Evidence } from './evidence.js';
import type { Look, LookModel } from './look.js';
import { LOOKS, lookOf } from './look.js';
import { crossingSteps, viterbiSteps } from './semi-markov.js';
import type { Run, SemiMarkovModel } from './semi-markov.js';

/**
 * The states of a film's end. Black and scenes appear more than once, because what may follow them differs. `names` are
 * cards of a few small lines over a going story, with pauses.
 */
const STATES = [
  'story', 'epilogue', 'blackBefore', 'cards', 'names', 'roll', 'blackBetween', 'sceneInside', 'blackAfter', 'sceneAfter', 'logo',
] as const;
export type State = (typeof STATES)[number];

/** Median and log-spread of a state's length (log-normal), and its longest, all in seconds. */
interface Length {
  readonly median: number;
  readonly spread: number;
  readonly longest: number;
}

/** What the segmenter has learnt; see data/credits-segmenter.json. */
export interface SegmenterSettings {
  readonly lengths: Readonly<Record<Exclude<State, 'story'>, Length>>;
  /** Prior probability that a file has closing credits. */
  readonly prior: number;
  /** Likelihood of each look in each state. */
  readonly looks: Readonly<Record<State, Look>>;
  readonly next: Readonly<Partial<Record<State, Readonly<Partial<Record<State | 'end', number>>>>>>;
  /** Share of the frames with text whose text is sentences, in a story; default one half. */
  readonly storySentences?: number;
  /** Cost of a second too early against a second too late. */
  readonly earlyCost: number;
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
      state === 'story' ? slots : Math.max(1, Math.round(settings.lengths[state].longest / slotSeconds))),
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
  look: LookModel,
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
    const seen = lookOf(sample, look);
    STATES.forEach((state, s) => {
      const likely = LOOKS.reduce((sum, name) => sum + settings.looks[state][name] * seen[name], 0);
      rows[s]![slot]! += weight * (Math.log(likely) + motionLog(state, sample) + sentenceLog(state, sample, settings.storySentences) + wordsLog(state, sample));
    });
  });
  return rows;
}

/** Slower than this is a card that breathes or zooms, faster is a cut; picture heights a second. */
const ROLL_SPEEDS = { slowest: 0.02, fastest: 0.45 };

/** Whether what has edges rises as a roll does. */
export const isRolling = ({ rise }: Evidence): boolean => rise !== null && rise > ROLL_SPEEDS.slowest && rise < ROLL_SPEEDS.fastest;

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

/** What people call the chapter of the closing credits. */
const CREDITS_TITLE = /credits|abspann|g[ée]n[ée]rique de fin|cr[ée]ditos|titoli di coda|титры|end titles|outro|エンド|片尾/i;
const OPENING_TITLE = /opening|intro|vorspann|начальные/i;
/** A chapter's beginning speaks for a change in so many slots on either side, with so much evidence in all. */
const CHAPTER = { slots: 2, named: 4, unnamed: 0.5 };

/** A chapter is one more witness of a boundary; that of the credits by name a strong one, none of them the verdict. */
function addChapters(
  evidence: readonly Float64Array[],
  chapters: readonly Chapter[],
  from: number,
  slotSeconds: number,
): void {
  for (const { start, title } of chapters) {
    const named = title !== null && CREDITS_TITLE.test(title) && !OPENING_TITLE.test(title);
    const gain = (named ? CHAPTER.named : CHAPTER.unnamed) / CHAPTER.slots;
    const first = Math.round((start - from) / slotSeconds);
    STATES.forEach((state, s) => {
      const row = evidence[s]!;
      for (let k = 0; k < CHAPTER.slots; k++) {
        const [story, credits] = [first - 1 - k, first + k];
        if (state === 'story' && story >= 0 && story < row.length) row[story]! += gain;
        if (isCredits(state) && credits >= 0 && credits < row.length) row[credits]! += gain;
      }
    });
  }
}

/** @param samples in order of time */
export function segment(...about: Parameters<typeof segmentSteps>): Segmentation {
  return atOnce(segmentSteps(...about));
}

/** {@link segment} in steps: a long tail takes most of a second. */
export function* segmentSteps(
  samples: readonly Evidence[],
  settings: SegmenterSettings,
  look: LookModel,
  window: { readonly start: number; readonly end: number },
  slotSeconds: number,
  chapters: readonly Chapter[] = [],
): Steps<Segmentation> {
  const slots = Math.max(1, Math.ceil((window.end - window.start) / slotSeconds - 1e-6));
  const model = filmModel(settings, slots, slotSeconds);
  const evidence = slotEvidence(samples, settings, look, window.start, slots, slotSeconds);
  addChapters(evidence, chapters, window.start, slotSeconds);
  const before = (s: number): boolean => s === -1 || !isAfterStory(STATES[s]!);
  const starts = yield* crossingSteps(model, evidence, (from, to) => before(from) && isCredits(STATES[to]!));
  const present = starts.reduce((sum, p) => sum + p, 0);
  // The best sequence among those that say what the sum over all of them says: with credits, or without.
  const { next } = settings;
  const decided = filmModel(present >= 0.5
    ? { ...settings, prior: 1, next: { ...next, blackBefore: { ...next.blackBefore, end: 0 } } } : { ...settings, prior: 0 }, slots, slotSeconds);
  return { runs: yield* viterbiSteps(decided, evidence), starts, present };
}

/**
 * The slot with the least expected cost when a slot too early costs `earlyCost` and a slot too late costs 1: that
 * quantile of the starts (the newsvendor's rule).
 * @param starts probability of a start at each slot; need not sum to 1
 */
export function quantileSlot(starts: Float64Array, earlyCost: number): number {
  const goal = (earlyCost / (earlyCost + 1)) * starts.reduce((sum, p) => sum + p, 0);
  let sum = 0;
  for (let slot = 0; slot < starts.length; slot++) {
    sum += starts[slot]!;
    if (sum >= goal) return slot;
  }
  return starts.length - 1;
}
