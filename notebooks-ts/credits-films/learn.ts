/**
 * Learns the segmenter's table (data/credits-segmenter.json): how long each state lasts and what follows it from
 * hand-marked timelines and generated films, how its frames look from the frames of generated films.
 *
 *     npx tsx notebooks-ts/credits-films/learn.ts [--no-write]
 *
 * The films are those that `npm run bench -- credits-films 96 0` looked at (seeds below 1000; the bench measures on others).
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Evidence } from '../../src/credits/evidence.js';
import { FRAME_CLASSES, classifyFrame, type FrameClasses } from '../../src/credits/frame-classifier.js';
import { parameters } from '../../src/credits/parameters.js';
import type { SegmenterSettings, State } from '../../src/credits/segmenter.js';
import type { FilmTruth } from './film-maker.js';
import type { Made } from './sections.js';
import { readTimelines, ROW_SECONDS } from './timeline-features.js';

const DATA = process.env['KINOSCOPE_DATA'] ?? '../shared/data';
const folder = process.env['KINOSCOPE_FILMS'] ?? join(tmpdir(), 'kinoscope-films');

interface Watched {
  readonly truth: FilmTruth;
  readonly found: { readonly samples: readonly Evidence[] };
}

const films = readdirSync(folder)
  .filter((name) => /^\d{1,3}\.credits-.*\.json$/.test(name))
  .sort()
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
/** What is believed of a state's frames before any is counted, as if so many frames had been seen: there are few of some. */
const BELIEF_FRAMES = 150;
const believed = (picture: number, lines: number, names: number, text: number, black: number): FrameClasses => ({
  picture,
  lines,
  names,
  text,
  black,
});
/** States that look alike share what was seen of them. */
const ALIKE: readonly { readonly states: readonly State[]; readonly belief: FrameClasses }[] = [
  { states: ['story', 'sceneInside', 'sceneAfter'], belief: believed(0.83, 0.1, 0.015, 0.015, 0.04) },
  { states: ['epilogue'], belief: believed(0.1, 0.03, 0.12, 0.7, 0.05) },
  { states: ['blackBefore', 'blackBetween', 'blackAfter'], belief: believed(0.02, 0.01, 0.005, 0.005, 0.96) },
  { states: ['cards'], belief: believed(0.08, 0.04, 0.15, 0.68, 0.05) },
  { states: ['names'], belief: believed(0.37, 0.15, 0.44, 0.02, 0.02) },
  { states: ['roll'], belief: believed(0.04, 0.02, 0.2, 0.72, 0.02) },
  { states: ['logo'], belief: believed(0.38, 0.02, 0.1, 0.4, 0.1) },
];

/** Stories that were made to mislead do not tell how often stories carry text. */
const MISLEADING = /^(none, (?!ends on black)|epilogue|burnt-in)/;
const OVER_STORY: readonly string[] = ['small names over the story', 'cards over footage'];

const seen = new Map<State, FrameClasses[]>();
for (const {
  truth: { sections, archetype },
  found: { samples },
} of films) {
  sections.forEach(({ start, end }, k) => {
    const state = OVER_STORY.includes(archetype) && sections[k]!.what === 'cards' ? 'names' : stateOf(sections, k);
    if (state === 'story' && MISLEADING.test(archetype)) return;
    const inside = samples.filter(({ time }) => time > start + MARGIN && time < end - MARGIN);
    seen.set(state, [
      ...(seen.get(state) ?? []),
      ...inside.map((sample) => classifyFrame(sample, parameters.frameClassifier)),
    ]);
  });
}
const rounded = (value: number): number => Number(value.toPrecision(3));
const classes = Object.fromEntries(
  ALIKE.flatMap(({ states, belief }) => {
    const frames = states.flatMap((state) => seen.get(state) ?? []);
    const share = (name: keyof FrameClasses): number =>
      frames.reduce((sum, frame) => sum + frame[name], BELIEF_FRAMES * belief[name]) / (frames.length + BELIEF_FRAMES);
    const shares = Object.fromEntries(FRAME_CLASSES.map((name) => [name, rounded(share(name))]));
    return states.map((state) => [state, shares]);
  }),
) as unknown as SegmenterSettings['classes'];

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
const known = parameters.segmenter.lengths;
const rest = logNormal(after);
const lengths: SegmenterSettings['lengths'] = {
  ...known,
  cards: { ...known.cards, ...part },
  roll: { ...known.roll, median: whole.median, spread: part.spread },
  blackAfter: { ...known.blackAfter, median: rest.median, spread: Math.max(1, rest.spread) },
};

console.log(`${films.length} films, ${timelines.length} timelines`);
console.log('credits last (log-normal):', whole, '; left after them in', after.length, 'titles:', rest);
console.table(classes);
if (!process.argv.includes('--no-write')) {
  const file = new URL('../../data/credits-segmenter.json', import.meta.url);
  const text = JSON.stringify({ ...parameters.segmenter, prior: PRIOR, classes, lengths }, null, 2);
  // Innermost lists and tables on one line each.
  writeFileSync(file, `${text.replace(/[[{][^[\]{}]*[\]}]/g, (inner) => inner.replace(/\s+/g, ' '))}\n`);
}
