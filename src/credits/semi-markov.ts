import { atOnce, type Steps } from '../core/slices.js';

/**
 * A semi-Markov model decoded over evenly spaced slots: a state lasts for a number of slots that it draws from its own
 * distribution, instead of leaving with a constant chance (Yu, "Hidden semi-Markov models", 2010).
 */
export interface SemiMarkovModel<State extends string> {
  readonly states: readonly State[];
  /** Natural logarithms; -Infinity forbids. `start[s]`, `end[s]`, `next[s][t]`, all indexed as `states`. */
  readonly start: readonly number[];
  readonly end: readonly number[];
  readonly next: readonly (readonly number[])[];
  /** Log-probability that state `s` lasts `slots` slots (1 and more). */
  readonly duration: (s: number, slots: number) => number;
  /** Longest stay in state `s`, slots. */
  readonly longest: readonly number[];
}

export interface Run<State extends string> {
  readonly state: State;
  /** Slots, `from <= slot < to`. */
  readonly from: number;
  readonly to: number;
}

/** Running sums per state, so that the evidence of a run is one subtraction: `sums[s][t]` covers slots before t. */
function runningSums(evidence: readonly Float64Array[]): Float64Array[] {
  return evidence.map((row) => {
    const sums = new Float64Array(row.length + 1);
    for (let t = 0; t < row.length; t++) sums[t + 1] = sums[t]! + row[t]!;
    return sums;
  });
}

/** Terms so much smaller, in logarithms, leave a double unchanged to nine digits. */
const NEGLIGIBLE = 21;

const { exp, log, log1p } = Math;

/** log(exp(a) + exp(b)) without overflow. */
function addLogs(a: number, b: number): number {
  if (a === -Infinity || b > a + NEGLIGIBLE) return b;
  if (b === -Infinity || a > b + NEGLIGIBLE) return a;
  return a > b ? a + log1p(exp(b - a)) : b + log1p(exp(a - b));
}

/** How far in logarithms a value may lie above the one that sums are scaled by, and the least sum that is not lost in its rounding. */
const SCALED = { above: 200, least: 1e-200 };

/**
 * Stays in one state: each begins at a slot with a score, and lasts with the probability of its duration. Scores are logarithms;
 * they are summed as they are, scaled by one of them, since this is where the time goes.
 */
class Stays {
  private readonly scores: Float64Array;
  private readonly scaled: Float64Array;
  private readonly chances: Float64Array;
  private scale = -Infinity;
  /** The first slot at which a stay may begin. */
  private first = Infinity;

  /** @param durations log-probability of each number of slots */
  constructor(
    slots: number,
    private readonly durations: Float64Array,
  ) {
    this.scores = new Float64Array(slots + 1).fill(-Infinity);
    this.scaled = new Float64Array(slots + 1);
    this.chances = durations.map(exp);
  }

  /** One that begins at a slot; slots come in order. */
  begin(slot: number, score: number): void {
    if (score === -Infinity) return;
    const { scores, scaled } = this;
    scores[slot] = score;
    this.first = Math.min(this.first, slot);
    if (score > this.scale + SCALED.above) {
      this.scale = score;
      for (let t = this.first; t < slot; t++) scaled[t] = exp(scores[t]! - score);
    }
    scaled[slot] = exp(score - this.scale);
  }

  /** Logarithm of the sum of all that end at a slot. */
  ending(slot: number): number {
    const { scaled, chances, scores, durations } = this;
    const from = Math.max(this.first, slot - chances.length + 1);
    let sum = 0;
    for (let t = from; t < slot; t++) sum += scaled[t]! * chances[slot - t]!;
    if (sum > SCALED.least || from >= slot) return this.scale + log(sum);
    let total = -Infinity;
    for (let t = from; t < slot; t++) total = addLogs(total, scores[t]! + durations[slot - t]!);
    return total;
  }
}

/** Log-probability table of durations per state, so that the inner loops only look up. */
function* durationTables<State extends string>(model: SemiMarkovModel<State>, slots: number): Steps<Float64Array[]> {
  const tables: Float64Array[] = [];
  for (const s of model.states.keys()) {
    const table = new Float64Array(Math.min(model.longest[s]!, slots) + 1).fill(-Infinity);
    for (let d = 1; d < table.length; d++) table[d] = model.duration(s, d);
    tables.push(table);
    yield;
  }
  return tables;
}

/**
 * The most likely sequence of runs.
 * @param evidence one row a state: log-likelihood of each slot in that state
 */
export function viterbi<State extends string>(
  model: SemiMarkovModel<State>,
  evidence: readonly Float64Array[],
): Run<State>[] {
  return atOnce(viterbiSteps(model, evidence));
}

/** {@link viterbi}, a slot a step. */
export function* viterbiSteps<State extends string>(
  model: SemiMarkovModel<State>,
  evidence: readonly Float64Array[],
): Steps<Run<State>[]> {
  const slots = evidence[0]?.length ?? 0;
  if (slots === 0) return [];
  const count = model.states.length;
  const sums = runningSums(evidence);
  const durations = yield* durationTables(model, slots);
  // enter[s][t]: best score of everything before slot t, with state s beginning there; from: the state that led to it.
  const enter = model.states.map((_, s) => new Float64Array(slots + 1).fill(-Infinity).fill(model.start[s]!, 0, 1));
  const from = model.states.map(() => new Int8Array(slots + 1).fill(-1));
  const leave = model.states.map(() => new Float64Array(slots + 1).fill(-Infinity));
  const stay = model.states.map(() => new Int32Array(slots + 1));
  for (let t = 1; t <= slots; t++) {
    yield;
    for (let s = 0; s < count; s++) {
      const [table, entered, sum] = [durations[s]!, enter[s]!, sums[s]!];
      const reach = Math.min(t, table.length - 1);
      let best = -Infinity;
      let longest = 0;
      for (let d = 1; d <= reach; d++) {
        const score = entered[t - d]! - sum[t - d]! + table[d]!;
        if (score > best) {
          best = score;
          longest = d;
        }
      }
      leave[s]![t] = best + sum[t]!;
      stay[s]![t] = longest;
    }
    for (let to = 0; to < count; to++) {
      for (let s = 0; s < count; s++) {
        const score = leave[s]![t]! + model.next[s]![to]!;
        if (score > enter[to]![t]!) {
          enter[to]![t] = score;
          from[to]![t] = s;
        }
      }
    }
  }
  let last = 0;
  for (let s = 1; s < count; s++) {
    if (leave[s]![slots]! + model.end[s]! > leave[last]![slots]! + model.end[last]!) last = s;
  }
  const runs: Run<State>[] = [];
  for (let t = slots, s = last; t > 0;) {
    const begin = t - stay[s]![t]!;
    if (begin === t) return [];
    runs.unshift({ state: model.states[s]!, from: begin, to: t });
    const previous = from[s]![begin]!;
    t = begin;
    s = previous;
  }
  return runs;
}

/** Log-probability of all the evidence, summed over every sequence; a slot a step. */
export function* logEvidenceSteps<State extends string>(
  model: SemiMarkovModel<State>,
  evidence: readonly Float64Array[],
): Steps<number> {
  const slots = evidence[0]?.length ?? 0;
  const states = model.states.map((_, s) => s);
  const sums = runningSums(evidence);
  const stays = (yield* durationTables(model, slots)).map((table) => new Stays(slots, table));
  for (const s of states) stays[s]!.begin(0, model.start[s]!);
  let ended = states.map(() => -Infinity);
  for (let t = 1; t <= slots; t++) {
    yield;
    ended = states.map((s) => stays[s]!.ending(t) + sums[s]![t]!);
    for (const to of states) {
      let total = -Infinity;
      for (const s of states) total = addLogs(total, ended[s]! + model.next[s]![to]!);
      stays[to]!.begin(t, total - sums[to]![t]!);
    }
  }
  return states.reduce((total, s) => addLogs(total, ended[s]! + model.end[s]!), -Infinity);
}

/**
 * How likely it is, given all the evidence, that the sequence leaves the states `before` at slot t, or begins beyond them.
 * Their sum is the probability that it does so at all.
 * @throws RangeError where the model returns to one of them: then there may be more than one such step
 */
export function departures<State extends string>(
  model: SemiMarkovModel<State>,
  evidence: readonly Float64Array[],
  before: (s: number) => boolean,
): Float64Array {
  return atOnce(departureSteps(model, evidence, before));
}

/** {@link departures}, a slot a step. As no sequence returns, what comes before is summed forwards alone, what follows backwards alone. */
export function* departureSteps<State extends string>(
  model: SemiMarkovModel<State>,
  evidence: readonly Float64Array[],
  before: (s: number) => boolean,
): Steps<Float64Array> {
  const slots = evidence[0]?.length ?? 0;
  const early = [...model.states.keys()].filter(before);
  const late = [...model.states.keys()].filter((s) => !before(s));
  if (late.some((s) => early.some((to) => model.next[s]![to] !== -Infinity)))
    throw new RangeError('the model returns to states that come before');
  const sums = runningSums(evidence);
  const durations = yield* durationTables(model, slots);
  const leave = yield* leavingSteps(model, early, sums, durations);
  const after = yield* followingSteps(model, late, sums, durations);
  const steps = new Float64Array(slots).fill(-Infinity);
  for (const to of late) {
    yield;
    if (slots > 0) steps[0] = addLogs(steps[0]!, model.start[to]! + after[to]![0]!);
    for (const s of early) {
      const step = model.next[s]![to]!;
      if (step === -Infinity) continue;
      for (let t = 1; t < slots; t++) steps[t] = addLogs(steps[t]!, leave[s]![t]! + step + after[to]![t]!);
    }
  }
  const never = early.reduce((total, s) => addLogs(total, leave[s]![slots]! + model.end[s]!), -Infinity);
  const all = steps.reduce(addLogs, never);
  return steps.map((step) => exp(step - all));
}

/** Rows of the named states, `slots + 1` long. */
const emptyRows = (states: readonly number[], slots: number): Float64Array[] => {
  const rows: Float64Array[] = [];
  for (const s of states) rows[s] = new Float64Array(slots + 1).fill(-Infinity);
  return rows;
};

/** Everything before slot t, with state s having just ended there: over sequences of the named states alone. */
function* leavingSteps<State extends string>(
  model: SemiMarkovModel<State>,
  states: readonly number[],
  sums: readonly Float64Array[],
  durations: readonly Float64Array[],
): Steps<Float64Array[]> {
  const slots = (sums[0]?.length ?? 1) - 1;
  const leave = emptyRows(states, slots);
  // Scored less the state's own evidence up to where they begin.
  const stays = durations.map((table) => new Stays(slots, table));
  for (const s of states) stays[s]!.begin(0, model.start[s]!);
  for (let t = 1; t <= slots; t++) {
    yield;
    for (const s of states) leave[s]![t] = stays[s]!.ending(t) + sums[s]![t]!;
    for (const to of states) {
      let total = -Infinity;
      for (const s of states) total = addLogs(total, leave[s]![t]! + model.next[s]![to]!);
      stays[to]!.begin(t, total - sums[to]![t]!);
    }
  }
  return leave;
}

/** Everything from slot t on, with state s beginning there: over sequences of the named states alone. */
function* followingSteps<State extends string>(
  model: SemiMarkovModel<State>,
  states: readonly number[],
  sums: readonly Float64Array[],
  durations: readonly Float64Array[],
): Steps<Float64Array[]> {
  const slots = (sums[0]?.length ?? 1) - 1;
  const after = emptyRows(states, slots);
  // From the end backwards, scored with the state's own evidence up to where they end.
  const stays = durations.map((table) => new Stays(slots, table));
  for (const s of states) stays[s]!.begin(0, model.end[s]! + sums[s]![slots]!);
  for (let t = slots - 1; t >= 0; t--) {
    yield;
    for (const s of states) after[s]![t] = stays[s]!.ending(slots - t) - sums[s]![t]!;
    for (const s of states) {
      let total = -Infinity;
      for (const to of states) total = addLogs(total, model.next[s]![to]! + after[to]![t]!);
      stays[s]!.begin(slots - t, total + sums[s]![t]!);
    }
  }
  return after;
}
