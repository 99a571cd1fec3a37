/**
 * Generated films of every archetype, each with known credits: `npm run bench -- credits-films [COUNT]`, default 22.
 * KINOSCOPE_FILMS names a folder where the films are kept for the next run.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomOf } from '../src/credits/boosting.js';
import { knowledge } from '../src/credits/knowledge.js';
import { exactStart, search, SLOT_SECONDS } from '../src/credits/search.js';
import type { Knowledge, Search } from '../src/credits/search.js';
import { quantileSlot, segment } from '../src/credits/segmenter.js';
import type { Evidence } from '../src/credits/evidence.js';
import type { Eye } from '../src/credits/watch.js';
import { openMedia } from '../src/frames/media.js';
import { createModels } from '../src/inference/registry.js';
import { ARCHETYPES, makeFilm } from './credits-film-maker.js';
import type { FilmTruth } from './credits-film-maker.js';
import { writeSection } from './results.js';

const DATA = process.env['KINOSCOPE_DATA'] ?? '../shared/data';
const count = Number(process.argv.find((argument) => /^\d+$/.test(argument)) ?? 22);
const kept = process.env['KINOSCOPE_FILMS'];
const folder = kept ?? mkdtempSync(join(tmpdir(), 'kinoscope-films-'));
mkdirSync(folder, { recursive: true });
const media = openMedia({});
const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
const text = await models.load('ppocr-det');

interface Answer {
  readonly truth: FilmTruth;
  readonly start: number | null;
  readonly scene: boolean;
}

interface Outcome extends Answer {
  readonly found: Search;
}

async function film(seed: number): Promise<{ file: string; truth: FilmTruth }> {
  const file = join(folder, `${seed}.mp4`);
  const notes = join(folder, `${seed}.json`);
  if (existsSync(notes)) return { file, truth: JSON.parse(readFileSync(notes, 'utf8')) as FilmTruth };
  const random = randomOf(seed * 7919 + 5);
  for (let k = 0; k < 12; k++) random();
  const truth = await makeFilm(media, DATA, file, ARCHETYPES[seed % ARCHETYPES.length]!, seed, random, [2, 5, 10][seed % 3]!);
  writeFileSync(notes, JSON.stringify(truth));
  return { file, truth };
}

const isScene = (state: string): boolean => state === 'sceneInside' || state === 'sceneAfter';

const outcomes: Outcome[] = [];
try {
  for (let seed = 0; seed < count; seed++) {
    const { file, truth } = await film(seed);
    const eye: Eye = { file, source: media.source, text, classifier: null };
    const found = await search(eye, await media.probe(file), knowledge, () => undefined);
    let start: number | null = null;
    if (found.segmentation.present >= 0.5) {
      const near = found.window.start + quantileSlot(found.segmentation.starts, knowledge.segmenter.earlyCost) * SLOT_SECONDS;
      start = await exactStart(eye, found, knowledge.look, near);
    }
    outcomes.push({ truth, start, found, scene: found.segmentation.runs.some(({ state }) => isScene(state)) });
    const error = start !== null && truth.creditsStart !== null ? (start - truth.creditsStart).toFixed(2) : '';
    console.error(`${seed} ${truth.archetype}: ${truth.creditsStart?.toFixed(2) ?? 'none'} -> ${start?.toFixed(2) ?? 'none'} ${error}`);
    if (kept !== undefined) writeFileSync(join(folder, `${seed}.found.json`), JSON.stringify({ truth, found, start }));
  }
} finally {
  await models.close();
  if (kept === undefined) rmSync(folder, { recursive: true, force: true });
}

/** The segmenter's own start (to its slot) on the same samples with some evidence taken away. */
function again(change: (sample: Evidence) => Evidence, about: Knowledge): Answer[] {
  return outcomes.map(({ truth, found: { samples, window } }) => {
    const found = segment(samples.map(change), about.segmenter, about.look, window, SLOT_SECONDS);
    const slot = quantileSlot(found.starts, about.segmenter.earlyCost);
    return {
      truth, scene: found.runs.some(({ state }) => isScene(state)),
      start: found.present >= 0.5 ? window.start + (slot + 0.5) * SLOT_SECONDS : null,
    };
  });
}

function row(name: string, answers: readonly Answer[]): string {
  const withCredits = answers.filter(({ truth }) => truth.creditsStart !== null);
  const without = answers.filter(({ truth }) => truth.creditsStart === null);
  const errors = withCredits.map(({ truth, start }) => (start === null ? Infinity : start - truth.creditsStart!));
  const within = (limit: number): string => ((100 * errors.filter((error) => Math.abs(error) <= limit).length) / errors.length).toFixed(0);
  const story = answers.reduce((sum, { truth }) => sum + truth.story, 0);
  const skipped = answers.reduce((sum, { truth, start }) =>
    sum + (start === null ? 0 : Math.max(0, (truth.creditsStart ?? truth.duration) - start)), 0);
  const scenes = withCredits.filter(({ truth }) => truth.sceneStart !== null);
  const plain = withCredits.filter(({ truth }) => truth.sceneStart === null);
  return `| ${name} | ${within(1)} | ${within(3)} | ${errors.filter((error) => error === Infinity).length} | `
    + `${((100 * skipped) / story).toFixed(2)} | ${without.filter(({ start }) => start !== null).length} of ${without.length} | `
    + `${scenes.filter(({ scene }) => scene).length} of ${scenes.length} | ${plain.filter(({ scene }) => scene).length} of ${plain.length} |`;
}

const same = (sample: Evidence): Evidence => sample;
const ones = [1, 1, 1] as const;
const noLooks = Object.fromEntries(Object.keys(knowledge.segmenter.looks).map((state) => [state, ones])) as unknown as Knowledge['segmenter']['looks'];
writeSection('credits-films', [
  '### Credits of generated films', '',
  `${outcomes.length} films: real clips, drawn or real credits, ${ARCHETYPES.length} archetypes. Per cent of the films with credits whose start is within`,
  '1 and 3 s; credits not found; story skipped, per cent of all story; false credits in films without; scenes inside or after found,',
  'and reported where there is none.', '',
  '| | 1 s | 3 s | missed | story skipped % | false credits | scenes found | false scenes |', '|---|---|---|---|---|---|---|---|',
  row('detector, to the frame', outcomes),
  row('segmenter alone, to the second', again(same, knowledge)),
  row('without motion', again((sample) => ({ ...sample, rise: null }), knowledge)),
  row('without text and luma', again(same, { ...knowledge, segmenter: { ...knowledge.segmenter, looks: noLooks } })),
  row('an early second costs no more than a late one', again(same, { ...knowledge, segmenter: { ...knowledge.segmenter, earlyCost: 1 } })),
  '', '| archetype | error, s (none: missed) |', '|---|---|',
  ...ARCHETYPES.map((archetype) => {
    const own = outcomes.filter(({ truth }) => truth.archetype === archetype);
    const errors = own.map(({ truth, start }) => {
      if (truth.creditsStart === null) return start === null ? 'right' : 'false';
      return start === null ? 'none' : (start - truth.creditsStart).toFixed(2);
    });
    return `| ${archetype} | ${errors.join(', ')} |`;
  }),
].join('\n'));
