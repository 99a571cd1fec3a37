/**
 * Generated films of every archetype, each with known credits: `npm run bench -- credits-films [COUNT] [FIRST]`, by default
 * 200 from seed 1000 on (what is learnt from films uses seeds below that). What was found is kept in the folder
 * KINOSCOPE_FILMS (default: kinoscope-films in the temporary folder), so that a run that was broken off goes on.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ARCHETYPES } from '../notebooks-ts/credits-films/archetypes.js';
import { filmMedia, makeFilm, type FilmTruth } from '../notebooks-ts/credits-films/film-maker.js';
import { Footage } from '../notebooks-ts/credits-films/footage.js';
import { readerOf } from '../src/credits/boundary.js';
import type { Evidence } from '../src/credits/evidence.js';
import type { FrameClasses } from '../src/credits/frame-classifier.js';
import { parameters } from '../src/credits/parameters.js';
import { everyFrame } from '../src/credits/read-frames.js';
import { lineReader } from '../src/credits/recognition.js';
import { SLOT_SECONDS, type Search } from '../src/credits/search-result.js';
import { search, type CreditsParameters } from '../src/credits/search.js';
import { segment } from '../src/credits/segmenter.js';
import { startEdge } from '../src/credits/start.js';
import { openMedia } from '../src/frames/media.js';
import { createModels } from '../src/inference/registry.js';
import { sha256 } from '../src/parameters/learnt.js';
import { rulesVersion } from '../src/parameters/rules.js';
import { writeSection } from './results.js';

const DATA = process.env['KINOSCOPE_DATA'] ?? '../shared/data';
const [count = 200, from = 1000] = process.argv
  .slice(2)
  .filter((argument) => /^\d+$/.test(argument))
  .map(Number);
const folder = process.env['KINOSCOPE_FILMS'] ?? join(tmpdir(), 'kinoscope-films');
mkdirSync(folder, { recursive: true });

interface Answer {
  readonly truth: FilmTruth;
  readonly start: number | null;
  readonly scene: boolean;
}

interface Outcome extends Answer {
  readonly found: Search;
}

/** What was seen is kept until a rule or a table changes. */
const RULES = sha256(rulesVersion('credits', ['credits/detect'])).slice(0, 12);

const isScene = (state: string): boolean => state === 'sceneInside' || state === 'sceneAfter';

const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
const text = await models.load('ppocr-det', 2);
const lines = await lineReader(models);
const footage = new Footage(openMedia({}), DATA, folder);

async function outcome(seed: number): Promise<Outcome> {
  const notes = join(folder, `${seed}.${RULES}.json`);
  if (existsSync(notes)) return JSON.parse(readFileSync(notes, 'utf8')) as Outcome;
  const film = await makeFilm(footage, seed);
  const media = filmMedia(film);
  const info = await media.probe('');
  const context = { file: '', source: media.source, text, lines };
  const found = await search(context, info, parameters, () => undefined);
  let start: number | null = null;
  if (found.segmentation.start !== null) {
    const near = found.window.start + found.segmentation.start * SLOT_SECONDS;
    const edge = startEdge(found, parameters.frameClassifier, near);
    start = await edge.find(
      readerOf(text, found),
      edge.window === null
        ? []
        : await everyFrame(found.inside ? { ...context, inside: found.inside } : context, [edge.window]).of(
            edge.window,
          ),
    );
  }
  const { truth } = film;
  const error = start !== null && truth.creditsStart !== null ? (start - truth.creditsStart).toFixed(2) : '';
  console.error(
    `${seed} ${truth.archetype}: ${truth.creditsStart?.toFixed(2) ?? 'none'} -> ${start?.toFixed(2) ?? 'none'} ${error}`,
  );
  const one = { truth, start, scene: found.segmentation.runs.some(({ state }) => isScene(state)), found };
  writeFileSync(notes, JSON.stringify(one));
  return one;
}

const outcomes: Outcome[] = [];
try {
  for (let seed = from; seed < from + count; seed++) outcomes.push(await outcome(seed));
} finally {
  await models.close();
  await footage.close();
}

/** The segmenter's own start (to its slot) on the same samples with some evidence taken away. */
function again(change: (sample: Evidence) => Evidence, about: CreditsParameters): Answer[] {
  return outcomes.map(({ truth, found: { samples, window } }) => {
    const found = segment(samples.map(change), about.segmenter, about.frameClassifier, window, SLOT_SECONDS);
    return {
      truth,
      scene: found.runs.some(({ state }) => isScene(state)),
      start: found.start === null ? null : window.start + (found.start + 0.5) * SLOT_SECONDS,
    };
  });
}

function row(name: string, answers: readonly Answer[]): string {
  const withCredits = answers.filter(({ truth }) => truth.creditsStart !== null);
  const without = answers.filter(({ truth }) => truth.creditsStart === null);
  const errors = withCredits.map(({ truth, start }) => (start === null ? Infinity : start - truth.creditsStart!));
  const within = (limit: number): string =>
    ((100 * errors.filter((error) => Math.abs(error) <= limit).length) / errors.length).toFixed(1);
  const story = answers.reduce((sum, { truth }) => sum + truth.story, 0);
  const skipped = answers.reduce(
    (sum, { truth, start }) => sum + (start === null ? 0 : Math.max(0, (truth.creditsStart ?? truth.duration) - start)),
    0,
  );
  const scenes = withCredits.filter(({ truth }) => truth.sceneStart !== null);
  const plain = withCredits.filter(({ truth }) => truth.sceneStart === null);
  return (
    `| ${name} | ${within(1)} | ${within(3)} | ${errors.filter((error) => error === Infinity).length} | ` +
    `${((100 * skipped) / story).toFixed(2)} | ${without.filter(({ start }) => start !== null).length} of ${without.length} | ` +
    `${scenes.filter(({ scene }) => scene).length} of ${scenes.length} | ${plain.filter(({ scene }) => scene).length} of ${plain.length} |`
  );
}

const same = (sample: Evidence): Evidence => sample;
const ones: FrameClasses = { picture: 1, lines: 1, names: 1, text: 1, black: 1 };
const noClasses = Object.fromEntries(
  Object.keys(parameters.segmenter.classes).map((state) => [state, ones]),
) as CreditsParameters['segmenter']['classes'];
const flat = Object.fromEntries(
  Object.entries(parameters.segmenter.lengths).map(([state, length]) => [state, { ...length, spread: 4 }]),
) as unknown as CreditsParameters['segmenter']['lengths'];
const { next } = parameters.segmenter;
const noNames = Object.fromEntries(
  Object.entries(next).map(([state, after]) => [state, { ...after, names: 0 }]),
) as CreditsParameters['segmenter']['next'];
const settled = (change: Partial<CreditsParameters['segmenter']>): CreditsParameters => ({
  ...parameters,
  segmenter: { ...parameters.segmenter, ...change },
});
writeSection(
  'credits-films',
  [
    '### Credits of generated films',
    '',
    `${outcomes.length} films (seeds from ${from}): real clips, drawn or real credits, ${ARCHETYPES.length} archetypes; key frames every 2, 5 or 10 s. The frames that the search`,
    'asks for are painted and pass through a JPEG in place of a video codec. Per cent of the films with credits whose start is within',
    '1 and 3 s; credits not found; story skipped, per cent of all story; false credits in films without; scenes inside or after found,',
    'and reported where there is none.',
    '',
    '| | 1 s | 3 s | missed | story skipped % | false credits | scenes found | false scenes |',
    '|---|---|---|---|---|---|---|---|',
    row('detector, to the frame', outcomes),
    row('segmenter alone, to the second', again(same, parameters)),
    row(
      'without motion',
      again((sample) => ({ ...sample, rise: null }), parameters),
    ),
    row('without text and luma', again(same, settled({ classes: noClasses }))),
    row('without learnt lengths', again(same, settled({ lengths: flat }))),
    row('without an epilogue', again(same, settled({ next: { ...next, story: { ...next.story, epilogue: 0 } } }))),
    row('without names over a story', again(same, settled({ next: noNames }))),
    row('an early second costs no more than a late one', again(same, settled({ earlyCost: 1 }))),
    '',
    '| archetype | films | within 1 s | worst error, s (none: missed) |',
    '|---|---|---|---|',
    ...ARCHETYPES.map((archetype) => {
      const own = outcomes.filter(({ truth }) => truth.archetype === archetype);
      const errors = own.map(({ truth, start }) => {
        if (truth.creditsStart === null) return start === null ? 0 : -Infinity;
        return start === null ? Infinity : start - truth.creditsStart;
      });
      const worst = [...errors].sort((a, b) => Math.abs(b) - Math.abs(a))[0];
      const said =
        worst === undefined
          ? ''
          : worst === Infinity
            ? 'none'
            : worst === -Infinity
              ? 'false credits'
              : worst.toFixed(2);
      return `| ${archetype} | ${own.length} | ${errors.filter((error) => Math.abs(error) <= 1).length} | ${said} |`;
    }),
  ].join('\n'),
);
