/**
 * Learns the segmenter's table (data/credits-segmenter.json): how long each state lasts and what follows it from
 * hand-marked timelines and generated films, how its frames look from the frames of generated films.
 *
 *     npx tsx notebooks-ts/credits-learn.ts [--no-write]
 *
 * The films are those that `npm run bench -- credits-films 44 0` looked at (seeds below 1000; the bench measures on others).
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FilmTruth, Made } from '../bench/credits-film-maker.js';
import { readTimelines, ROW_SECONDS } from '../bench/credits-timeline-features.js';
import type { Evidence } from '../src/credits/evidence.js';
import { knowledge } from '../src/credits/knowledge.js';
import { lookOf } from '../src/credits/look.js';
import type { SegmenterSettings, State } from '../src/credits/segmenter.js';

const DATA = process.env['KINOSCOPE_DATA'] ?? '../shared/data';
const folder = process.env['KINOSCOPE_FILMS'] ?? join(tmpdir(), 'kinoscope-films');

interface Watched {
  readonly truth: FilmTruth;
  readonly found: { readonly samples: readonly Evidence[] };
}

const films = readdirSync(folder).filter((name) => /^\d{1,3}\.credits-.*\.json$/.test(name)).sort()
  .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Watched);

/** The segmenter's name of a stretch: black and scenes are told apart by what stands before and after them. */
function stateOf(sections: readonly Made[], k: number): State {
  const { what } = sections[k]!;
  const isCredits = ({ what: other }: Made): boolean => other === 'cards' || other === 'roll';
  const begun = sections.slice(0, k).some(isCredits);
  const more = sections.slice(k + 1).some(isCredits);
  if (what === 'black') return !begun ? (more ? 'blackBefore' : 'story') : more ? 'blackBetween' : 'blackAfter';
  if (what === 'scene') return more ? 'sceneInside' : 'sceneAfter';
  return what;
}

/** Files of a library that have closing credits: trailers and clips are few. */
const PRIOR = 0.8;
/** Frames closer than this to a change may show either side, seconds. */
const MARGIN = 0.6;
/**
 * What is believed of each state's frames (picture, text, black) before any is counted, as if so many frames had been
 * seen: there are few frames of some states.
 */
const BELIEF_FRAMES = 150;
const BELIEFS: SegmenterSettings['looks'] = {
  story: [0.94, 0.02, 0.04], sceneInside: [0.94, 0.02, 0.04], sceneAfter: [0.94, 0.02, 0.04],
  epilogue: [0.15, 0.8, 0.05], blackBefore: [0.02, 0.02, 0.96], blackBetween: [0.02, 0.02, 0.96], blackAfter: [0.02, 0.02, 0.96],
  cards: [0.14, 0.81, 0.05], roll: [0.05, 0.93, 0.02], logo: [0.4, 0.5, 0.1],
};
const rounded = (value: number): number => Number(value.toPrecision(3));

/** Stories that were made to mislead do not tell how often stories carry text. */
const MISLEADING = /^(none, (?!ends on black)|epilogue|burnt-in)/;

const looks = new Map<State, [number, number, number]>();
for (const { truth: { sections, archetype }, found: { samples } } of films) {
  sections.forEach(({ start, end }, k) => {
    const state = stateOf(sections, k);
    if (state === 'story' && MISLEADING.test(archetype)) return;
    const sums = looks.get(state) ?? [0, 0, 0];
    for (const sample of samples.filter(({ time }) => time > start + MARGIN && time < end - MARGIN)) {
      const { picture, text, black } = lookOf(sample, knowledge.look);
      sums[0] += picture;
      sums[1] += text;
      sums[2] += black;
    }
    looks.set(state, sums);
  });
}
/** States that look alike share what was seen of them. */
const ALIKE: readonly (readonly State[])[] = [
  ['story', 'sceneInside', 'sceneAfter'], ['epilogue'], ['blackBefore', 'blackBetween', 'blackAfter'], ['cards'], ['roll'], ['logo'],
];
const learntLooks = Object.fromEntries(ALIKE.flatMap((states) => {
  const sums = [0, 1, 2].map((look) => states.reduce((sum, state) => sum + (looks.get(state)?.[look] ?? 0), BELIEF_FRAMES * BELIEFS[states[0]!][look]!));
  const total = sums[0]! + sums[1]! + sums[2]!;
  return states.map((state) => [state, sums.map((sum) => rounded(sum / total))]);
})) as unknown as SegmenterSettings['looks'];

function logNormal(seconds: readonly number[]): { median: number; spread: number } {
  const logs = seconds.map((value) => Math.log(Math.max(1, value)));
  const middle = logs.reduce((a, b) => a + b, 0) / logs.length;
  const spread = Math.sqrt(logs.reduce((a, b) => a + (b - middle) ** 2, 0) / logs.length);
  return { median: rounded(Math.exp(middle)), spread: rounded(spread) };
}

/**
 * Marks know the credits' length, not its parts. Titles are mostly episodes, so a film's credits, ten times as long, are
 * given by a spread wider than theirs; parts of one another are shorter than the whole.
 */
const SPREAD_FOR_FILMS = 2;
const PART = 0.5;
const timelines = readTimelines(join(DATA, 'credits-timelines'));
const whole = logNormal(timelines.map(({ start, end }) => (end - start) * ROW_SECONDS));
const after = timelines.map(({ end, seconds }) => (seconds - end) * ROW_SECONDS).filter((rest) => rest > 1.5);
const part = { median: rounded(whole.median * PART), spread: rounded(whole.spread * SPREAD_FOR_FILMS) };
const known = knowledge.segmenter.lengths;
const rest = logNormal(after);
const lengths: SegmenterSettings['lengths'] = {
  ...known,
  cards: { ...known.cards, ...part },
  roll: { ...known.roll, median: whole.median, spread: part.spread },
  blackAfter: { ...known.blackAfter, median: rest.median, spread: Math.max(1, rest.spread) },
};

console.log(`${films.length} films, ${timelines.length} timelines`);
console.log('credits last (log-normal):', whole, '; left after them in', after.length, 'titles:', rest);
console.table(Object.fromEntries(Object.entries(learntLooks).map(([state, [picture, text, black]]) => [state, { picture, text, black }])));
if (!process.argv.includes('--no-write')) {
  const file = new URL('../data/credits-segmenter.json', import.meta.url);
  const text = JSON.stringify({ ...knowledge.segmenter, prior: PRIOR, looks: learntLooks, lengths }, null, 2);
  // Innermost lists and tables on one line each.
  writeFileSync(file, `${text.replace(/[[{][^[\]{}]*[\]}]/g, (inner) => inner.replace(/\s+/g, ' '))}\n`);
}
