import { describe, expect, test } from '@jest/globals';
import { atOnce } from '../../src/core/slices.js';
import { departures, logEvidenceSteps, type SemiMarkovModel, viterbi } from '../../src/credits/semi-markov.js';

describe('sequences of states that last', () => {
  const [A, B] = ['a', 'b'];
  const log = Math.log;
  const model: SemiMarkovModel<string> = {
    states: [A!, B!, 'c'],
    start: [log(0.7), log(0.3), -Infinity],
    end: [log(0.2), log(0.5), log(0.9)],
    next: [
      [-Infinity, log(0.6), log(0.2)],
      [log(0.4), -Infinity, log(0.1)],
      [log(0.1), -Infinity, -Infinity],
    ],
    longest: [3, 2, 5],
    duration: (s, slots) => log([0.5, 0.3, 0.2, 0.1, 0.05, 0.02][slots - 1]! * (s + 1)),
  };
  const evidence = [
    [0.4, 0.1, 0.3, 0.6, 0.2, 0.1],
    [0.1, 0.5, 0.4, 0.1, 0.3, 0.2],
    [0.2, 0.3, 0.1, 0.2, 0.4, 0.7],
  ].map((row) => Float64Array.from(row, log));

  /** Every sequence there can be, with its logarithm of likelihood. */
  function all(
    of = model,
    seenOf: readonly Float64Array[] = evidence,
  ): { runs: { s: number; from: number; to: number }[]; score: number }[] {
    const found: ReturnType<typeof all> = [];
    const slots = evidence[0]!.length;
    const go = (runs: { s: number; from: number; to: number }[], score: number): void => {
      const last = runs.at(-1);
      const at = last?.to ?? 0;
      if (at === slots) {
        const whole = score + of.end[last!.s]!;
        if (whole > -Infinity) found.push({ runs, score: whole });
        return;
      }
      of.states.forEach((_, s) => {
        const step = last === undefined ? of.start[s]! : of.next[last.s]![s]!;
        for (let d = 1; d <= Math.min(of.longest[s]!, slots - at); d++) {
          const seen = seenOf[s]!.slice(at, at + d).reduce((sum, value) => sum + value, 0);
          go([...runs, { s, from: at, to: at + d }], score + step + of.duration(s, d) + seen);
        }
      });
    };
    go([], 0);
    return found.filter(({ score }) => score > -Infinity);
  }

  /** Logarithm of the sum, however large or small. */
  const total = (scores: readonly number[]): number => {
    const most = Math.max(...scores);
    return most + log(scores.reduce((sum, score) => sum + Math.exp(score - most), 0));
  };
  /** Without a way back to the first states. */
  const oneWay = (first: number, of = model): SemiMarkovModel<string> => ({
    ...of,
    next: of.next.map((row, s) => row.map((step, to) => (s >= first && to < first ? -Infinity : step))),
  });
  const roomy = { ...model, longest: [6, 6, 6] };
  const changed = (by: (s: number, slot: number) => number): Float64Array[] =>
    evidence.map((row, s) => row.map((value, slot) => value + by(s, slot)));

  describe.each<[string, Float64Array[]]>([
    ['', evidence],
    [', and grows', changed(() => 300)],
    [', and vanishes', changed(() => -300)],
    [', and is far likelier of one state', changed((s) => (s === 1 ? 250 : 0))],
    [', and is far less likely of one state', changed((s) => (s === 2 ? -600 : 0))],
    [', and turns', changed((s, slot) => ((s === 0) === slot < 3 ? 0 : -230))],
    [', and turns late', changed((s, slot) => (slot > 3 && s === 0 ? 700 : 0))],
    [', and stands out in one slot', changed((_, slot) => (slot === 2 ? 500 : 0))],
  ])('where the evidence is what it is%s', (_, seen) => {
    test.each([model, roomy])('the likeliest is the best of all', (of) => {
      const best = all(of, seen).reduce((a, b) => (b.score > a.score ? b : a));
      const runs = best.runs.map(({ s, from, to }) => ({ state: of.states[s], from, to }));
      expect(viterbi(of, seen)).toEqual(runs);
    });

    test.each([model, roomy])('the likelihood of all is their sum', (of) => {
      const sum = total(all(of, seen).map(({ score }) => score));
      expect(atOnce(logEvidenceSteps(of, seen))).toBeCloseTo(sum, 7);
    });

    test.each([
      [1, oneWay(1)],
      [1, oneWay(1, roomy)],
      [2, oneWay(2)],
      [2, oneWay(2, roomy)],
    ])('a step beyond the first states (%d) is as likely as the sequences that take it', (first, of) => {
      const sequences = all(of, seen);
      const whole = total(sequences.map(({ score }) => score));
      const found = departures(of, seen, (s) => s < first);
      expect(found).toHaveLength(6);
      found.forEach((p, slot) => {
        const own = sequences.filter(({ runs }) => runs.find(({ s }) => s >= first)?.from === slot);
        expect(p).toBeCloseTo(
          own.reduce((sum, { score }) => sum + Math.exp(score - whole), 0),
          9,
        );
      });
    });
  });

  test('a model that returns to the first states has more than one step beyond them', () => {
    expect(() => departures(model, evidence, (s) => s === 0)).toThrow(RangeError);
    expect(() => departures(model, evidence, (s) => s < 2)).toThrow(RangeError);
    const last = { ...model, next: model.next.map((row, s) => (s === 1 ? [-Infinity, ...row.slice(1)] : row)) };
    expect(() => departures(last, evidence, (s) => s === 0)).toThrow(RangeError);
  });

  test('of no slots there is nothing', () => {
    const none = evidence.map(() => new Float64Array(0));
    expect([...departures(oneWay(1), none, (s) => s === 0)]).toEqual([]);
    for (const seen of [none, []]) expect(atOnce(logEvidenceSteps(model, seen))).toBe(-Infinity);
    expect([viterbi(model, none), viterbi(model, [])]).toEqual([[], []]);
  });

  test('where there is none, nothing is found', () => {
    const short = { ...model, longest: [1, 1, 1], next: model.next.map((row) => row.map(() => -Infinity)) };
    expect(viterbi(short, evidence)).toEqual([]);
    expect(atOnce(logEvidenceSteps(short, evidence))).toBe(-Infinity);
  });
});
