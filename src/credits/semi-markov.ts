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

/** log of the sum of exp(scores[1..last]): one logarithm for all of them, since this is where the time goes. */
function logSum(scores: Float64Array, last: number): number {
  let largest = -Infinity;
  for (let d = 1; d <= last; d++) if (scores[d]! > largest) largest = scores[d]!;
  if (largest === -Infinity) return largest;
  let sum = 0;
  for (let d = 1; d <= last; d++) if (scores[d]! > largest - NEGLIGIBLE) sum += exp(scores[d]! - largest);
  return largest + log(sum);
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
  const durations = yield* durationTables(model, slots);
  const scores = new Float64Array(slots + 1);
  const enter = states.map((s) => new Float64Array(slots + 1).fill(-Infinity).fill(model.start[s]!, 0, 1));
  let ended = states.map(() => -Infinity);
  for (let t = 1; t <= slots; t++) {
    yield;
    ended = states.map((s) => {
      const [table, entered, sum] = [durations[s]!, enter[s]!, sums[s]!];
      const reach = Math.min(t, table.length - 1);
      for (let d = 1; d <= reach; d++) scores[d] = entered[t - d]! - sum[t - d]! + table[d]!;
      return logSum(scores, reach) + sum[t]!;
    });
    for (const to of states)
      enter[to]![t] = states.reduce((total, s) => addLogs(total, ended[s]! + model.next[s]![to]!), -Infinity);
  }
  return states.reduce((total, s) => addLogs(total, ended[s]! + model.end[s]!), -Infinity);
}

/**
 * How likely it is, given all the evidence, that the sequence steps at slot t from one to another of the states that
 * `counts` names (`from` is -1 for a sequence that starts there). Where at most one such step can happen, the sum is
 * the probability that it happens at all.
 */
export function crossings<State extends string>(
  model: SemiMarkovModel<State>,
  evidence: readonly Float64Array[],
  counts: (from: number, to: number) => boolean,
): Float64Array {
  return atOnce(crossingSteps(model, evidence, counts));
}

/** {@link crossings}, a slot a step. */
export function* crossingSteps<State extends string>(
  model: SemiMarkovModel<State>,
  evidence: readonly Float64Array[],
  counts: (from: number, to: number) => boolean,
): Steps<Float64Array> {
  const slots = evidence[0]?.length ?? 0;
  const states = model.states.map((_, s) => s);
  const sums = runningSums(evidence);
  const durations = yield* durationTables(model, slots);
  const scores = new Float64Array(slots + 1);
  const empty = (): Float64Array[] => states.map(() => new Float64Array(slots + 1).fill(-Infinity));
  // Forwards: everything before slot t, with state s beginning (enter) or having just ended (leave) there.
  const enter = empty();
  const leave = empty();
  for (const s of states) enter[s]![0] = model.start[s]!;
  for (let t = 1; t <= slots; t++) {
    yield;
    for (const s of states) {
      const [table, entered, sum] = [durations[s]!, enter[s]!, sums[s]!];
      const reach = Math.min(t, table.length - 1);
      for (let d = 1; d <= reach; d++) scores[d] = entered[t - d]! - sum[t - d]! + table[d]!;
      leave[s]![t] = logSum(scores, reach) + sum[t]!;
    }
    for (const to of states) {
      for (const s of states) enter[to]![t] = addLogs(enter[to]![t]!, leave[s]![t]! + model.next[s]![to]!);
    }
  }
  // Backwards: everything from slot t on, with state s beginning (after) or having just ended (then) there.
  const after = empty();
  const then = empty();
  for (const s of states) then[s]![slots] = model.end[s]!;
  for (let t = slots - 1; t >= 0; t--) {
    yield;
    for (const s of states) {
      const [table, rest, sum] = [durations[s]!, then[s]!, sums[s]!];
      const reach = Math.min(slots - t, table.length - 1);
      for (let d = 1; d <= reach; d++) scores[d] = table[d]! + sum[t + d]! + rest[t + d]!;
      after[s]![t] = logSum(scores, reach) - sum[t]!;
    }
    for (const s of states) {
      for (const to of states) then[s]![t] = addLogs(then[s]![t]!, model.next[s]![to]! + after[to]![t]!);
    }
  }
  const all = states.reduce((total, s) => addLogs(total, model.start[s]! + after[s]![0]!), -Infinity);
  const steps = new Float64Array(slots);
  for (const to of states) {
    if (counts(-1, to)) steps[0]! += exp(model.start[to]! + after[to]![0]! - all);
    for (const s of states) {
      if (!counts(s, to)) continue;
      yield;
      for (let t = 1; t < slots; t++) {
        steps[t]! += exp(leave[s]![t]! + model.next[s]![to]! + after[to]![t]! - all);
      }
    }
  }
  return steps;
}
