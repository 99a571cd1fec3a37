/**
 * Measures how real credits are read: stills whose names were typed by eye (bench/fixtures/credits-stills.json: role, or null, and name), beside
 * PP-OCR as it comes, and the credits of two films (bench/fixtures/credits-own.json). A film shows each line many times: its stills are
 * harder than it is. Every second still has helped to choose rules and weights; `--choose` reads these alone, lists what is wrong and writes nothing.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { billingReader } from '../src/credits/billing/line-reader.js';
import { readRows, takePicture } from '../src/credits/billing/read.js';
import { rowsOf } from '../src/credits/billing/rows.js';
import { Stitcher } from '../src/credits/billing/stitch.js';
import { SURE_NAME } from '../src/credits/billing/sure.js';
import { cut, lineReader } from '../src/credits/recognition.js';
import { findText } from '../src/credits/text-boxes.js';
import { openMedia } from '../src/frames/media.js';
import { readPicture } from '../src/frames/picture.js';
import { createModels } from '../src/inference/registry.js';
import { bare, type Counts, countsOf, type Pairs, plainly, sumOf } from './credits-reading-counts.js';
import { writeSection } from './results.js';

const DATA = process.env['KINOSCOPE_DATA'] ?? '../shared/data';
const choosing = process.argv.includes('--choose');
const fixture = <T>(name: string): [string, T][] =>
  Object.entries(JSON.parse(readFileSync(`bench/fixtures/${name}.json`, 'utf8')) as Record<string, T>);
const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
const [text, own, plain] = await Promise.all([models.load('ppocr-det'), billingReader(models), lineReader(models)]);

interface Still extends Counts {
  readonly isChosen: boolean;
  readonly plain: number;
  readonly plainLetters: number;
}

async function still(file: string, names: Pairs, isChosen: boolean): Promise<Still> {
  const image = await readPicture(join(DATA, 'credits-stills/credits', file));
  const stitcher = new Stitcher();
  await takePicture(stitcher, 0, image, text, own);
  if (choosing) console.log(file);
  const counts = countsOf(rowsOf(stitcher.tracks, image.width / image.height), names, SURE_NAME, choosing);
  const [boxes] = choosing ? [[]] : await findText(text, [image]);
  const texts = await Promise.all(boxes!.map(async (box) => plainly((await plain.read(cut(image, box))).text)));
  const reference = new Set(texts);
  const letters = new Set(texts.map(bare));
  return {
    ...counts,
    isChosen,
    plain: names.filter(([, name]) => reference.has(plainly(name))).length,
    plainLetters: names.filter(([, name]) => letters.has(bare(name))).length,
  };
}

const stills: Still[] = [];
for (const [k, [file, names]] of fixture<Pairs>('credits-stills').entries())
  if (!choosing || k % 2 === 0) stills.push(await still(file, names, k % 2 === 0));

const films: [string, Counts][] = [];
const { source } = openMedia({});
for (const [file, { names, ...stretch }] of choosing
  ? []
  : fixture<{ kind: 'roll' | 'cards'; start: number; end: number; names: Pairs }>('credits-own')) {
  const { rows } = await readRows({ file: join(DATA, 'video', file), source, models, credits: [stretch] });
  films.push([file, countsOf(rows, names, SURE_NAME, process.argv.includes('--show'))]);
}

const percent = (part: number, all: number): string => (all === 0 ? '' : ((100 * part) / all).toFixed(1));
function row(label: string, some: readonly Counts[]): string {
  const sum = (of: (one: Counts) => number): number => sumOf(some, of);
  const names = sum((one) => one.names);
  const f1 =
    (2 * sum((one) => one.rightPairs)) /
    Math.max(
      1,
      sum((one) => one.pairs + one.toldPairs),
    );
  return [
    `| ${label} | ${names}`,
    percent(sum((one) => one.read), names),
    percent(sum((one) => one.letters), names),
    percent(sum((one) => one.told), sum((one) => one.withRole)),
    f1.toFixed(3),
    percent(sum((one) => one.sure - one.sureWrong), sum((one) => one.sure)),
  ].join(' | ') + ' |'; // prettier-ignore
}
const unseen = stills.filter(({ isChosen }) => !isChosen);
const names = sumOf(unseen, (one) => one.names);
const lines = [
  '### Reading real credits',
  '',
  `Names typed by eye. Per cent of them right to the letter, the case of capitals and the shape of quotes left aside; with accents and spaces left aside;`,
  `of those with a role, in cast or crew. Pairs: role or character with name, F1. Sure: of names told with a confidence of ${SURE_NAME} and more, per cent that stand`,
  'there; people of whom nothing was typed count as wrong. Rules, weights and confidence were chosen on the stills of the first row (and earlier rules',
  'that part columns by looking at both rows).',
  '',
  '| of | names | read | letters only | told | pairs F1 | sure and right |',
  '|---|---|---|---|---|---|---|',
  row(`${stills.length - unseen.length} stills for choosing`, stills.filter(({ isChosen }) => isChosen)),
  row(`${unseen.length} other stills`, unseen),
  `| the same, PP-OCR as it comes | | ${percent(unseen.reduce((sum, one) => sum + one.plain, 0), names)} | ${percent(unseen.reduce((sum, one) => sum + one.plainLetters, 0), names)} | | | |`,
  row(`all ${stills.length} stills`, stills),
  ...films.map(([file, counts]) => row(file, [counts])),
]; // prettier-ignore
if (choosing) console.log(lines.join('\n'));
else writeSection('credits-reading-stills', lines.join('\n'));
await models.close();
process.exit(0);
