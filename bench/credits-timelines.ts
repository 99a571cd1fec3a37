/**
 * Credits start on hand-marked episodes and films of which only a table of features a second is known, 5-fold over
 * titles: `npm run bench -- credits-timelines [FOLDER]`; with a folder of other titles it learns from all the known ones
 * and measures on those.
 */
import { join } from 'node:path';
import {
  chained,
  contextRows,
  FEATURES,
  LEADER_ROWS,
  readTimelines,
  ROW_SECONDS,
  spliced,
  startOnRows,
  type Marked,
  type Timeline,
} from '../notebooks-ts/credits-films/timeline-features.js';
import {
  logOddsOf,
  randomOf,
  trainBoostedChoice,
  trainBoostedTrees,
  type BoostedTrees,
  type BoostingSettings,
} from '../src/credits/boosting.js';
import { learnChoice, probabilities } from './credits-choice.js';
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
  /** That it is their first rather than any other second of the title. */
  readonly choice: readonly number[];
}

const COMMON = { ridge: 4, rowShare: 0.5, featureShare: 0.2, depth: 4, rate: 0.08 };
const INSIDE: BoostingSettings = { ...COMMON, rounds: 120, leafWeight: 10, seed: 7 };
const CHOICE: BoostingSettings = { ...COMMON, rounds: 240, leafWeight: 1, seed: 5 };
/** So many models of each question, from other seeds and other splices, answer together. */
const VOICES = 3;
/** Each title lends its story and its credits to so many spliced ones, a voice. */
const SPLICES = 3;
/** Such a share of the spliced titles has credits of two kinds, the first of which lasts so many seconds. */
const CHAINED = { share: 0.6, least: 8, most: 60 };
/** Marks and features agree to this many seconds. */
const MARK_SPREAD = 0.7;
/** What is left of the file says much, and only the choice between the seconds of one title can weigh it. */
const TITLE_ONLY = new Set(['left', 'length']);
const SECONDS_OWN = FEATURES.map((_, f) => f).filter((f) => !TITLE_ONLY.has(FEATURES[f]!));
const own = (row: Float32Array): Float32Array => Float32Array.from(SECONDS_OWN, (f) => row[f]!);

const prepare = (folder: string): Prepared[] =>
  readTimelines(folder).map((timeline) => ({ timeline, rows: contextRows(timeline), start: startOnRows(timeline) }));

/** How much each second of the tail is the first one; sums to 1. */
function targetOf(first: number, seconds: number, start: number): number[] {
  const near = Array.from({ length: seconds - first }, (_, k) =>
    Math.exp(-0.5 * ((first + k + 0.5 - start) / MARK_SPREAD) ** 2),
  );
  const sum = near.reduce((a, b) => a + b, 0);
  return near.map((value) => value / sum);
}

/** Far from the start some seconds are enough: every so manieth beyond so many, in a title and in a spliced one. */
const REAL_ROWS = { near: 90, step: 4 };
const SPLICED_ROWS = { near: 60, step: 8 };

/** One second to learn from. */
interface Second {
  readonly row: Float32Array;
  readonly group: number;
  /** Seconds from the start. */
  readonly away: number;
  readonly inside: boolean;
  readonly target: number;
  /** How many alike it stands for. */
  readonly count: number;
}

function secondsOf(
  { timeline, rows, start }: Omit<Prepared, 'rows'> & { readonly rows: readonly Float32Array[] | null },
  group: number,
  { near, step }: typeof REAL_ROWS,
): Second[] {
  const { first, seconds, end } = timeline;
  const target = targetOf(first, seconds, start);
  const asked = target.map((_, k) => first + k).filter((t) => Math.abs(t - start) < near || t % step === 0);
  const context = rows === null ? contextRows(timeline, asked) : asked.map((t) => rows[t - first]!);
  return asked.map((t, k) => ({
    row: context[k]!,
    group,
    away: Math.abs(t - start),
    inside: t - start >= -0.5 && t < end,
    target: target[t - first]!,
    count: Math.abs(t - start) < near ? 1 : step,
  }));
}

/** Every title's story with another's credits, `SPLICES` times. */
function splicesOf(set: readonly Prepared[], seed: number): Second[] {
  const random = randomOf(seed);
  const marked = set.map(({ timeline, start }): Marked => ({ ...timeline, start }));
  return Array.from({ length: SPLICES }, (_, round) => {
    const order = marked
      .map((one) => ({ one, at: random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ one }) => one);
    const another = (k: number): Marked => order[k % order.length]!;
    const twoKinds = (k: number): Marked => {
      const opening = another(k);
      const most = Math.min(CHAINED.most, opening.end - opening.start);
      return chained(opening, Math.floor(CHAINED.least + random() * Math.max(0, most - CHAINED.least)), another(k + 1));
    };
    return order.flatMap((story, k) => {
      const timeline = spliced(story, random() < CHAINED.share ? twoKinds(k + 1) : another(k + 1));
      return secondsOf({ timeline, start: timeline.start, rows: null }, set.length * (round + 1) + k, SPLICED_ROWS);
    });
  }).flat();
}

interface Voice {
  readonly inside: BoostedTrees;
  readonly choice: BoostedTrees;
}

function trainVoice(seconds: readonly Second[], voice: number): Voice {
  const rows = seconds.map(({ row }) => row);
  const seeded = (settings: BoostingSettings): BoostingSettings => ({ ...settings, seed: settings.seed + 100 * voice });
  return {
    inside: trainBoostedTrees(
      SECONDS_OWN.map((f) => FEATURES[f]!),
      rows.map(own),
      seconds.map((second) => (second.inside ? 1 : 0)),
      seconds.map(({ away }) => (away < 1.2 ? 0.2 : 1)),
      seeded(INSIDE),
    ),
    choice: trainBoostedChoice(
      FEATURES,
      rows,
      seconds.map(({ target }) => target),
      seconds.map(({ count }) => count),
      seconds.map(({ group }) => group),
      seeded(CHOICE),
    ),
  };
}

/** Trains the first stage; the result reads titles. */
function train(set: readonly Prepared[]): (one: Prepared) => Read {
  const real = set.flatMap((one, group) => secondsOf(one, group, REAL_ROWS));
  const voices = Array.from({ length: VOICES }, (_, voice) =>
    trainVoice([...real, ...splicesOf(set, 1000 + voice)], voice),
  );
  const mean = (says: (voice: Voice) => number): number =>
    voices.reduce((sum, voice) => sum + says(voice), 0) / voices.length;
  return (one) => ({
    one,
    inside: one.rows.map((row) => own(row)).map((row) => mean(({ inside }) => logOddsOf(inside, row))),
    choice: one.rows.map((row) => mean(({ choice }) => logOddsOf(choice, row))),
  });
}

/** Windows over which the log-odds of being inside are averaged, seconds from the one in question. */
const INSIDE_WINDOWS = [
  [-40, -10],
  [-10, -3],
  [-3, 0],
  [0, 3],
  [3, 12],
  [12, 40],
  [0, Infinity],
] as const;
const EVIDENCE = ['choice', ...INSIDE_WINDOWS.map(() => 'inside'), 'inside', 'inside', 'length', 'length'] as const;
/** Log-odds beyond these say no more. */
const INSIDE_MOST = 5;
const CHOICE_LEAST = -12;

/**
 * What a start at each second would have for and against it. A title's sum over story and credits, and the logarithm of
 * the credits' length with its square (a log-normal length), make it the score of a semi-Markov model of two states.
 */
function startEvidence({ inside, choice }: Read): number[][] {
  const slots = inside.length;
  const sums = new Float64Array(slots + 1);
  inside.forEach((value, t) => {
    sums[t + 1] = sums[t]! + Math.max(-INSIDE_MOST, Math.min(INSIDE_MOST, value));
  });
  const at = (t: number): number => Math.max(0, Math.min(slots, t));
  const sum = (a: number, b: number): number => sums[at(b)]! - sums[at(a)]!;
  return probabilities(choice).map((chosen, t) => {
    const left = Math.log(slots - t);
    return [
      Math.max(CHOICE_LEAST, Math.log(chosen)),
      ...INSIDE_WINDOWS.map(([a, b]) => sum(t + a, t + b) / Math.max(1, at(t + b) - at(t + a))),
      sum(t, slots),
      sum(t - 60, t),
      left,
      left * left,
    ];
  });
}

/**
 * The second with the most probability around it: a start within 2 s is worth 1.5, within 5 s .5. The likeliest single
 * second is often a lone change (a fade, a cut), while several seconds share what speaks for the true start.
 */
function bestSecond(chances: readonly number[]): number {
  const sums = new Float64Array(chances.length + 1);
  chances.forEach((p, t) => {
    sums[t + 1] = sums[t]! + p;
  });
  const around = (t: number, reach: number): number =>
    sums[Math.min(chances.length, t + reach + 1)]! - sums[Math.max(0, t - reach)]!;
  const worth = chances.map((p, t) => around(t, 2) + 0.5 * around(t, 5) + 1e-3 * p);
  return worth.indexOf(Math.max(...worth));
}

const likeliest = (chances: readonly number[]): number => chances.indexOf(Math.max(...chances));

/** So many seconds around a likely one are the same guess. */
const APART = 8;

/** The likeliest seconds, each with its neighbours, that are not the same guess. */
function likeliestApart(chances: readonly number[], count: number): number[] {
  const left = chances.map((_, t) => chances.slice(Math.max(0, t - 2), t + 3).reduce((a, b) => a + b, 0));
  return Array.from({ length: count }, () => {
    const best = likeliest(left);
    left.fill(-1, Math.max(0, best - APART), best + APART + 1);
    return best;
  });
}

/** The chance of each second of a title's tail that the credits start with it. */
type Fused = (read: Read) => number[];

/** Learns how much each piece of evidence counts. */
function fuse(reads: readonly Read[], kinds: readonly string[]): Fused {
  const only = EVIDENCE.map((_, k) => k).filter((k) => kinds.includes(EVIDENCE[k]!));
  const evidence = (read: Read): number[][] => startEvidence(read).map((values) => only.map((k) => values[k]!));
  const score = learnChoice(
    reads.map((read) => {
      const {
        timeline: { first, seconds },
        start,
      } = read.one;
      return { rows: evidence(read), target: targetOf(first, seconds, start) };
    }),
  );
  return (read) => probabilities(evidence(read).map(score));
}

interface Outcome {
  readonly one: Prepared;
  /** Rows. */
  readonly found: number;
}

/**
 * The reference: boosted trees that ask of every second by itself whether it lies inside the credits, and the start
 * that has the most for it when what they say of the seconds before and after is added up.
 */
function trainPlain(set: readonly Prepared[]): (one: Prepared) => Outcome {
  const seconds = set.flatMap(({ timeline, rows }, group) =>
    secondsOf({ timeline, rows, start: timeline.start }, group, REAL_ROWS),
  );
  const inside = trainBoostedTrees(
    FEATURES,
    seconds.map(({ row }) => row),
    seconds.map((second) => (second.inside ? 1 : 0)),
    seconds.map(({ count }) => count),
    INSIDE,
  );
  return (one) => {
    const says = one.rows.map((row) => Math.max(-INSIDE_MOST, Math.min(INSIDE_MOST, logOddsOf(inside, row))));
    const rest = new Array<number>(says.length).fill(0);
    for (let t = says.length - 1; t >= 0; t--) rest[t] = says[t]! + (rest[t + 1] ?? 0);
    return { one, found: one.timeline.first + likeliest(rest) + 0.5 };
  };
}

function row(
  name: string,
  outcomes: readonly Outcome[],
  markOf: (one: Prepared) => number = ({ timeline }) => timeline.start,
): string {
  const errors = outcomes.map(({ one, found }) => (found - markOf(one)) * ROW_SECONDS);
  const share = (test: (error: number) => boolean): string =>
    ((100 * errors.filter(test).length) / errors.length).toFixed(1);
  const early = errors.filter((error) => error < -10).length;
  return `| ${name} | ${[2, 5, 10].map((limit) => share((error) => Math.abs(error) <= limit)).join(' | ')} | ${early} | ${share((error) => error < -2)} |`;
}

type Choose = (chances: readonly number[], one: Prepared) => number;

const outcomeOf = (one: Prepared, chances: readonly number[], choose: Choose): Outcome => ({
  one,
  found: one.timeline.first + choose(chances, one) + 0.5,
});

/** What could be had if it were known which of the likeliest three it is. */
function bestOfThree(chances: readonly number[], { timeline: { first, start } }: Prepared): number {
  const away = (t: number): number => Math.abs(first + t + 0.5 - start);
  return likeliestApart(chances, 3).reduce((a, b) => (away(b) < away(a) ? b : a));
}

const PLAIN = 'reference: boosted trees that ask each second by itself';
const ALL = ['choice', 'inside', 'length'];
const VARIANTS: readonly (readonly [string, readonly string[], Choose])[] = [
  ['all evidence', ALL, bestSecond],
  ['the likeliest second, its neighbours unasked', ALL, likeliest],
  ['without the choice between the title’s seconds', ['inside', 'length'], bestSecond],
  ['without the inside model', ['choice', 'length'], bestSecond],
  ['without the learnt length', ['choice', 'inside'], bestSecond],
  ['choice alone', ['choice'], bestSecond],
  ['the nearest to the mark of the three likeliest, 8 s apart', ALL, bestOfThree],
];

const known = prepare(join(DATA, 'credits-timelines'));
const elsewhere = process.argv[2];
const foldOf = (k: number): number => k % FOLDS;

/** Each title as a model reads it that has learnt from the other folds, or from one in so many of their titles. */
function unseenReads(oneIn = 1): Read[] {
  const reads: Read[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const read = train(known.filter((_, k) => foldOf(k) !== fold).filter((_, k) => k % oneIn === 0));
    known.forEach((one, k) => {
      if (foldOf(k) === fold) reads[k] = read(one);
    });
  }
  return reads;
}

/** The start of each title, the evidence weighed as the other folds teach. */
function unseenStarts(reads: readonly Read[], kinds: readonly string[], choose: Choose): Outcome[] {
  const starts: Outcome[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const fused = fuse(
      reads.filter((_, k) => foldOf(k) !== fold),
      kinds,
    );
    reads.forEach((read, k) => {
      if (foldOf(k) === fold) starts[k] = outcomeOf(read.one, fused(read), choose);
    });
  }
  return starts;
}

const reads = unseenReads();
const rows: [string, Outcome[]][] = [];
let tested = known;
if (elsewhere === undefined) {
  for (const [name, kinds, choose] of VARIANTS) rows.push([name, unseenStarts(reads, kinds, choose)]);
  rows.push(['all evidence, trees learnt from half as many titles', unseenStarts(unseenReads(2), ALL, bestSecond)]);
  const plain: Outcome[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const find = trainPlain(known.filter((_, k) => foldOf(k) !== fold));
    known.forEach((one, k) => {
      if (foldOf(k) === fold) plain[k] = find(one);
    });
  }
  rows.push([PLAIN, plain]);
} else {
  const read = train(known);
  tested = prepare(elsewhere);
  const seen = tested.map(read);
  for (const [name, kinds, choose] of VARIANTS) {
    const fused = fuse(reads, kinds);
    rows.push([name, seen.map((title) => outcomeOf(title.one, fused(title), choose))]);
  }
  rows.push([PLAIN, tested.map(trainPlain(known))]);
}
const found = rows[0]![1];
for (const {
  one: { timeline, start },
  found: at,
} of found) {
  const error = (at - start) * ROW_SECONDS;
  if (Math.abs(error) > 5)
    console.error(
      `${timeline.title}: ${error.toFixed(1)} s, credits at ${timeline.start.toFixed(0)} of ${timeline.seconds}`,
    );
}
const always = tested.map((one) => ({ one, found: one.timeline.seconds - 34 }));
writeSection(
  'credits-timelines',
  [
    '### Credits start on hand-marked timelines',
    '',
    `${tested.length} titles, ${elsewhere === undefined ? `${FOLDS}-fold over titles` : `none of them among the ${known.length} learnt from`};` +
      ' per cent of the titles within 2, 5, 10 s; titles more than 10 s early; per cent more than 2 s early. The weights of the evidence are' +
      ' learnt from what models say of titles that they have not seen.',
    '',
    '| | 2 s | 5 s | 10 s | > 10 s early | > 2 s early % |',
    '|---|---|---|---|---|---|',
    ...rows.map(([name, outcomes]) => row(name, outcomes)),
    row('reference: always 34 s before the end', always),
    '',
    `${tested.filter(({ timeline }) => timeline.leader).length} titles begin with a distributor's leader of ${LEADER_ROWS} s;` +
      ` ${tested.filter((one) => one.start !== one.timeline.start).length} of them seem to be marked on a copy without it, which no feature tells.` +
      ' With those marks moved by the leader:',
    '',
    '| | 2 s | 5 s | 10 s | > 10 s early | > 2 s early % |',
    '|---|---|---|---|---|---|',
    row('all evidence', found, ({ start }) => start),
  ].join('\n'),
);
