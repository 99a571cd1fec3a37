/**
 * Credits start on hand-marked episodes and films of which only a table of features a second is known, 5-fold over
 * titles: `npm run bench -- credits-timelines [FOLDER]`; with a folder of other titles it learns from all the known ones
 * and measures on those.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { logOddsOf, trainBoostedChoice, trainBoostedTrees } from '../src/credits/boosting.js';
import type { BoostedTrees, BoostingSettings } from '../src/credits/boosting.js';
import { learnChoice, probabilities } from './credits-choice.js';
import { contextRows, FEATURES, LEADER_ROWS, readTimelines, ROW_SECONDS, startOnRows } from './credits-timeline-features.js';
import type { Timeline } from './credits-timeline-features.js';
import { writeSection } from './results.js';

const DATA = process.env['KINOSCOPE_DATA'] ?? '../shared/data';
const FOLDS = 5;

interface Prepared {
  readonly timeline: Timeline;
  readonly rows: readonly Float32Array[];
  /** Start of the credits to learn from, in rows. */
  readonly start: number;
}

/** What the first stage says of every second of a title's tail, log-odds. */
interface Read {
  readonly one: Prepared;
  /** That the second lies inside the credits. */
  readonly inside: readonly number[];
  /** That it is their first, asked of each second alone. */
  readonly entry: readonly number[];
  /** That it is their first rather than any other second of the title. */
  readonly choice: readonly number[];
}

const COMMON = { leafWeight: 4, ridge: 4, rowShare: 0.5, featureShare: 0.2, depth: 4 };
const INSIDE: BoostingSettings = { ...COMMON, rounds: 80, rate: 0.1, leafWeight: 10, seed: 7 };
const ENTRY: BoostingSettings = { ...COMMON, rounds: 120, rate: 0.08, seed: 9 };
const CHOICE: BoostingSettings = { ...COMMON, rounds: 120, rate: 0.08, leafWeight: 0.5, ridge: 1, seed: 5 };
/** So many models of each question, from other seeds, answer together. */
const VOICES = 3;
/** Marks and features agree to this many seconds. */
const MARK_SPREAD = 0.7;
/** What is left of the file says much, and only the choice between the seconds of one title can weigh it. */
const TITLE_ONLY = new Set(['left', 'length']);
const SECONDS_OWN = FEATURES.map((_, f) => f).filter((f) => !TITLE_ONLY.has(FEATURES[f]!));
const own = (row: Float32Array): Float32Array => Float32Array.from(SECONDS_OWN, (f) => row[f]!);

const prepare = (folder: string): Prepared[] => readTimelines(folder).map((timeline) => ({
  timeline, rows: contextRows(timeline), start: startOnRows(timeline),
}));

/** How much each second of the tail is the first one; sums to 1. */
function targetOf({ timeline: { first }, rows, start }: Prepared): number[] {
  const near = rows.map((_, k) => Math.exp(-0.5 * ((first + k + 0.5 - start) / MARK_SPREAD) ** 2));
  const sum = near.reduce((a, b) => a + b, 0);
  return near.map((value) => value / sum);
}

/** Far from the start every fourth second is enough. */
const NEAR_SECONDS = 90;
const FAR_STEP = 4;

/** Trains the first stage; the result reads titles. */
function train(set: readonly Prepared[]): (one: Prepared) => Read {
  const names = SECONDS_OWN.map((f) => FEATURES[f]!);
  const seconds = set.flatMap((one, group) => {
    const { timeline: { first, end }, rows, start } = one;
    const target = targetOf(one);
    return rows.flatMap((row, k) => {
      const away = first + k - start;
      const near = Math.abs(away) < NEAR_SECONDS;
      if (!near && (first + k) % FAR_STEP !== 0) return [];
      return [{ row, group, away: Math.abs(away), inside: away >= -0.5 && first + k < end, target: target[k]!, count: near ? 1 : FAR_STEP }];
    });
  });
  const rows = seconds.map(({ row }) => row);
  const alone = rows.map(own);
  const voices = (settings: BoostingSettings, teach: (settings: BoostingSettings) => BoostedTrees): BoostedTrees[] =>
    Array.from({ length: VOICES }, (_, voice) => teach({ ...settings, seed: settings.seed + 100 * voice }));
  const inside = voices(INSIDE, (settings) => trainBoostedTrees(names, alone,
    seconds.map((second) => (second.inside ? 1 : 0)), seconds.map(({ away }) => (away < 1.2 ? 0.2 : 1)), settings));
  const entry = voices(ENTRY, (settings) => trainBoostedTrees(names, alone, seconds.map(({ away }) => (away <= 0.8 ? 1 : 0)),
    seconds.map(({ away }) => (away <= 0.8 ? 3 : away < 2.6 ? 0.3 : 1)), settings));
  const choice = voices(CHOICE, (settings) => trainBoostedChoice(FEATURES, rows, seconds.map(({ target }) => target),
    seconds.map(({ count }) => count), seconds.map(({ group }) => group), settings));
  const said = (models: readonly BoostedTrees[], row: Float32Array): number =>
    models.reduce((sum, model) => sum + logOddsOf(model, row), 0) / models.length;
  return (one) => ({
    one,
    inside: one.rows.map((row) => said(inside, own(row))),
    entry: one.rows.map((row) => said(entry, own(row))),
    choice: one.rows.map((row) => said(choice, row)),
  });
}

/** Windows over which the log-odds of being inside are averaged, seconds from the one in question. */
const INSIDE_WINDOWS = [[-40, -10], [-10, -3], [-3, 0], [0, 3], [3, 12], [12, 40], [0, Infinity]] as const;
const EVIDENCE = [
  'entry', 'entry', 'choice', ...INSIDE_WINDOWS.map(() => 'inside'), 'inside', 'inside', 'length', 'length',
] as const;
/** Log-odds beyond these say no more. */
const INSIDE_MOST = 5;
const ENTRY_LEAST = -3;
const CHOICE_LEAST = -12;

/**
 * What a start at each second would have for and against it. A title's sum over story and credits, and the logarithm of
 * the credits' length with its square (a log-normal length), make it the score of a semi-Markov model of two states.
 */
function startEvidence({ inside, entry, choice }: Read): number[][] {
  const slots = inside.length;
  const sums = new Float64Array(slots + 1);
  inside.forEach((value, t) => { sums[t + 1] = sums[t]! + Math.max(-INSIDE_MOST, Math.min(INSIDE_MOST, value)); });
  const at = (t: number): number => Math.max(0, Math.min(slots, t));
  const sum = (a: number, b: number): number => sums[at(b)]! - sums[at(a)]!;
  const chosen = probabilities(choice);
  return entry.map((value, t) => {
    const left = Math.log(slots - t);
    return [
      value, Math.max(ENTRY_LEAST, value), Math.max(CHOICE_LEAST, Math.log(chosen[t]!)),
      ...INSIDE_WINDOWS.map(([a, b]) => sum(t + a, t + b) / Math.max(1, at(t + b) - at(t + a))),
      sum(t, slots), sum(t - 60, t), left, left * left,
    ];
  });
}

type Fused = (read: Read) => number;

/** Learns how much each piece of evidence counts; the result is the likeliest start, in rows. */
function fuse(reads: readonly Read[], kinds: readonly string[]): Fused {
  const only = EVIDENCE.map((_, k) => k).filter((k) => kinds.includes(EVIDENCE[k]!));
  const evidence = (read: Read): number[][] => startEvidence(read).map((values) => only.map((k) => values[k]!));
  const score = learnChoice(reads.map((read) => ({ rows: evidence(read), target: targetOf(read.one) })));
  return (read) => {
    const chances = probabilities(evidence(read).map(score));
    return read.one.timeline.first + chances.indexOf(Math.max(...chances)) + 0.5;
  };
}

interface Outcome {
  readonly one: Prepared;
  /** Rows. */
  readonly found: number;
}

function row(name: string, outcomes: readonly Outcome[], markOf: (one: Prepared) => number = ({ timeline }) => timeline.start): string {
  const errors = outcomes.map(({ one, found }) => (found - markOf(one)) * ROW_SECONDS);
  const share = (test: (error: number) => boolean): string => ((100 * errors.filter(test).length) / errors.length).toFixed(1);
  const early = errors.filter((error) => error < -10).length;
  return `| ${name} | ${[2, 5, 10].map((limit) => share((error) => Math.abs(error) <= limit)).join(' | ')} | ${early} | ${share((error) => error < -2)} |`;
}

const VARIANTS: readonly (readonly [string, readonly string[]])[] = [
  ['all evidence', ['entry', 'choice', 'inside', 'length']],
  ['without the choice between the title’s seconds', ['entry', 'inside', 'length']],
  ['without the first-second model', ['choice', 'inside', 'length']],
  ['without the inside model', ['entry', 'choice', 'length']],
  ['without the learnt length', ['entry', 'choice', 'inside']],
  ['first-second model alone', ['entry']],
  ['choice alone', ['choice']],
];

const known = prepare(join(DATA, 'credits-timelines'));
const elsewhere = process.argv[2];
// Each title as a model reads it that has not seen it.
const reads: Read[] = [];
for (let fold = 0; fold < FOLDS; fold++) {
  const read = train(known.filter((_, k) => k % FOLDS !== fold));
  known.forEach((one, k) => { if (k % FOLDS === fold) reads[k] = read(one); });
}
if (process.env['DUMP'] !== undefined) {
  writeFileSync(process.env['DUMP'], JSON.stringify(reads.map(({ one, ...rest }) => ({ ...rest, title: one.timeline.title, first: one.timeline.first, seconds: one.timeline.seconds, start: one.timeline.start, clean: one.start }))));
}
const outcomes: Outcome[][] = [];
let tested = known;
if (elsewhere === undefined) {
  for (const [, kinds] of VARIANTS) {
    const own_: Outcome[] = [];
    for (let fold = 0; fold < FOLDS; fold++) {
      const fused = fuse(reads.filter((_, k) => k % FOLDS !== fold), kinds);
      reads.forEach((read, k) => { if (k % FOLDS === fold) own_.push({ one: read.one, found: fused(read) }); });
    }
    outcomes.push(own_);
  }
} else {
  const read = train(known);
  tested = prepare(elsewhere);
  const seen = tested.map(read);
  for (const [, kinds] of VARIANTS) {
    const fused = fuse(reads, kinds);
    outcomes.push(seen.map((one) => ({ one: one.one, found: fused(one) })));
  }
}
for (const { one: { timeline, start }, found } of outcomes[0]!) {
  const error = (found - start) * ROW_SECONDS;
  if (Math.abs(error) > 5) console.error(`${timeline.title}: ${error.toFixed(1)} s, credits at ${timeline.start.toFixed(0)} of ${timeline.seconds}`);
}
const always = tested.map((one) => ({ one, found: one.timeline.seconds - 34 }));
writeSection('credits-timelines', [
  '### Credits start on hand-marked timelines', '',
  `${tested.length} titles, ${elsewhere === undefined ? `${FOLDS}-fold over titles` : `none of them among the ${known.length} learnt from`};`
  + ' per cent of the titles within 2, 5, 10 s; titles more than 10 s early; per cent more than 2 s early. The weights of the evidence are'
  + ' learnt from what models say of titles that they have not seen.', '',
  '| | 2 s | 5 s | 10 s | > 10 s early | > 2 s early % |', '|---|---|---|---|---|---|',
  ...VARIANTS.map(([name], v) => row(name, outcomes[v]!)),
  row('reference: always 34 s before the end', always), '',
  `${tested.filter(({ timeline }) => timeline.leader).length} titles begin with a distributor's leader of ${LEADER_ROWS} s;`
  + ` ${tested.filter((one) => one.start !== one.timeline.start).length} of them seem to be marked on a copy without it, which no feature tells.`
  + ' With those marks moved by the leader:', '',
  '| | 2 s | 5 s | 10 s | > 10 s early | > 2 s early % |', '|---|---|---|---|---|---|',
  row('all evidence', outcomes[0]!, ({ start }) => start),
].join('\n'));
