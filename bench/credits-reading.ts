/**
 * Measures how closing credits are read: drawn rolls and cards (20 fonts, 5 layouts, 360p and 720p, black and footage), beside a plain reference
 * in the same run, PP-OCR as it comes on a frame every three seconds. Each font is drawn once, every second one at 720p; `--whole` draws each at both
 * sizes. `--choose` measures on the fonts and names that choices may be made on, and writes nothing; `--films N` takes the first N.
 * `--seed N` draws other names and pages, in a table of its own: choices have never seen them, nor what went wrong there.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBilling } from '../src/credits/billing/read.js';
import { PICTURE_SIZE } from '../src/credits/billing/regions.js';
import { isSureName, SURE_NAME } from '../src/credits/billing/sure.js';
import { randomOf } from '../src/credits/boosting.js';
import { cut, lineReader } from '../src/credits/recognition.js';
import { findText } from '../src/credits/text-boxes.js';
import { openMedia } from '../src/frames/media.js';
import { createModels } from '../src/inference/registry.js';
import { bare, pair, plainly } from './credits-reading-counts.js';
import {
  casesOf,
  CHOOSING_FONTS,
  drawFilm,
  type Film,
  footageOf,
  hasFont,
  LAYOUTS,
  MEASURED_FONTS,
  Names,
  writeFilm,
} from './credits-reading-films.js';
import { writeSection } from './results.js';

const DATA = process.env['KINOSCOPE_DATA'] ?? '../shared/data';
const choosing = process.argv.includes('--choose');
const seed = Number(process.argv[process.argv.indexOf('--seed') + 1] || 0) || 0;
const most = Number(process.argv[process.argv.indexOf('--films') + 1] || 1000) || 1000;
const fonts = (choosing ? CHOOSING_FONTS : MEASURED_FONTS).filter(hasFont);
const media = openMedia({});
const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
const names = new Names(DATA, choosing ? 0 : 1);
const footage = new Map<number, Awaited<ReturnType<typeof footageOf>>>();
for (const height of [360, 720])
  footage.set(height, await footageOf(media, join(DATA, 'video/trailer-joker.mp4'), 30, height));

/** A frame every so many seconds: each line of a roll is there for longer, and so is each card. */
const REFERENCE_SECONDS = 3;

/** PP-OCR as it comes: every text of these frames. */
async function everyText(file: string, seconds: number): Promise<string[]> {
  const times = Array.from({ length: Math.ceil(seconds / REFERENCE_SECONDS) }, (_, k) => k * REFERENCE_SECONDS + 1);
  const [text, lines] = await Promise.all([models.load('ppocr-det'), lineReader(models)]);
  const found = new Set<string>();
  for await (const { images } of media.source.frames(file, {
    plan: { kind: 'exactAt', times: times.filter((time) => time < seconds) },
    sizes: [PICTURE_SIZE],
  })) {
    const image = images[0]!;
    const [boxes] = await findText(text, [image]);
    for (const box of boxes!) found.add(plainly((await lines.read(cut(image, box))).text));
  }
  return [...found];
}

interface Measured {
  readonly film: Film;
  readonly names: number;
  /** Names that were read right to the letter: by their text, in cast or crew, and by the reference. */
  readonly read: number;
  readonly told: number;
  readonly plain: number;
  /** As told, but for accents: the reference has few. */
  readonly plainBare: number;
  readonly sure: number;
  readonly sureWrong: number;
  readonly toldNames: number;
  readonly pairs: { readonly true: number; readonly told: number; readonly right: number };
  readonly cpu: number;
  readonly seconds: number;
  /** Of every name of the answer: its confidence, and whether it is one of the film's. */
  readonly calibration: readonly (readonly [confidence: number, right: boolean])[];
}

async function measure(film: Film, file: string, seconds: number): Promise<Measured> {
  const began = process.cpuUsage();
  const answer = await readBilling({
    file,
    source: media.source,
    models,
    credits: [{ kind: 'roll', start: 0, end: seconds + 1 }],
  });
  const { user, system } = process.cpuUsage(began);
  const reference = new Set(await everyText(file, seconds));
  const { cast, crew } = film.truth;
  const all = [...cast.map(({ actor }) => actor), ...crew.map(({ name }) => name)].map(plainly);
  const told = [
    ...answer.cast.map(({ actor, confidence }) => ({ name: plainly(actor), confidence })),
    ...answer.crew.flatMap((one) => one.names.map(({ text, confidence }) => ({ name: plainly(text), confidence }))),
  ];
  const texts = new Set(answer.lines.flatMap(({ parts }) => parts.map(({ text }) => plainly(text))));
  const tolds = new Set(told.map(({ name }) => name));
  const isTrue = new Set(all);
  const pairs = new Set([
    ...cast.map((one) => pair(one.character, one.actor)),
    ...crew.map((one) => pair(one.role, one.name)),
  ]);
  const toldPairs = [
    ...answer.cast.map((one) => pair(one.character ?? '', one.actor)),
    ...answer.crew.flatMap(({ role, names: own }) => own.map(({ text }) => pair(role, text))),
  ];
  const bareReference = new Set([...reference].map(bare));
  if (process.argv.includes('--show')) {
    console.log(film.font[0], film.layout, film.ground, film.height);
    for (const name of all.filter((one) => !tolds.has(one)))
      console.log('  missing', name, texts.has(name) ? '(read)' : '');
    for (const { name, confidence } of told.filter((one) => !isTrue.has(one.name)))
      console.log('  wrong', name, confidence.toFixed(2));
    const wrong = toldPairs.filter((one) => !pairs.has(one));
    for (const one of wrong.slice(0, 12)) console.log('  pair', one);
  }
  return {
    film,
    names: all.length,
    read: all.filter((name) => texts.has(name)).length,
    told: all.filter((name) => tolds.has(name)).length,
    plain: all.filter((name) => reference.has(name)).length,
    plainBare: all.filter((name) => bareReference.has(bare(name))).length,
    sure: told.filter(isSureName).length,
    sureWrong: told.filter((one) => isSureName(one) && !isTrue.has(one.name)).length,
    toldNames: told.length,
    pairs: { true: pairs.size, told: toldPairs.length, right: new Set(toldPairs.filter((one) => pairs.has(one))).size },
    cpu: (user + system) / 1e6,
    seconds,
    calibration: told.map(({ name, confidence }) => [confidence, isTrue.has(name)]),
  };
}

const folder = mkdtempSync(join(tmpdir(), 'kinoscope-credits-reading-'));
const measured: Measured[] = [];
try {
  const isWhole = process.argv.includes('--whole') || choosing;
  // Of two films of a font the first is of 360p, the second of 720p.
  const cases = casesOf(fonts).filter((_, k) => isWhole || k % 2 === (k >> 1) % 2);
  for (const [k, what] of cases.slice(0, most).entries()) {
    const random = randomOf(seed + 977 * k + (choosing ? 5 : 11));
    for (let warm = 0; warm < 12; warm++) random();
    const film = drawFilm(random, names, what);
    const file = join(folder, `${k}.mp4`);
    const seconds = await writeFilm(film, random, footage.get(film.height)!, file);
    const one = await measure(film, file, seconds);
    measured.push(one);
    console.log(
      `${k} ${what.font[0]}, ${what.layout}, ${what.height}, ${what.ground}: read ${one.read}, told ${one.told}, plain ${one.plain} of ${one.names}; pairs ${one.pairs.right} of ${one.pairs.true} (${one.pairs.told} told); ${one.cpu.toFixed(1)} s for ${seconds.toFixed(0)} s`,
    );
    rmSync(file);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const sum = (some: readonly Measured[], of: (one: Measured) => number): number =>
  some.reduce((total, one) => total + of(one), 0);
const percent = (part: number, all: number): string => ((100 * part) / Math.max(1, all)).toFixed(1);
function row(label: string, some: readonly Measured[]): string {
  const all = sum(some, (one) => one.names);
  const [right, told, there] = [
    sum(some, (one) => one.pairs.right),
    sum(some, (one) => one.pairs.told),
    sum(some, (one) => one.pairs.true),
  ];
  const f1 = (2 * right) / Math.max(1, told + there);
  const sure = sum(some, (one) => one.sure);
  const left = percent(
    sure,
    sum(some, (one) => one.toldNames),
  );
  const sureRight = percent(sure - sum(some, (one) => one.sureWrong), sure);
  return `| ${label} | ${all} | ${percent(
    sum(some, (one) => one.read),
    all,
  )} | ${percent(
    sum(some, (one) => one.told),
    all,
  )} | ${f1.toFixed(3)} | ${left} | ${sureRight} | ${percent(
    sum(some, (one) => one.plain),
    all,
  )} | ${percent(
    sum(some, (one) => one.plainBare),
    all,
  )} | ${(sum(some, (one) => one.cpu) / sum(some, (one) => one.seconds)).toFixed(2)} |`;
}
const lines = [
  seed === 0 ? '### Reading drawn credits' : `### Reading drawn credits, another draw (--seed ${seed})`,
  '',
  `${measured.length} films of credits, ${fonts.length} fonts. Names: right to the letter, accents and spaces included, in what was read, and in cast or crew. Pairs: role or`,
  `character with name, both right to the letter, F1. Sure: of the names told those with a confidence of ${SURE_NAME} and more, which reach players, and`,
  'how many of them are right. No columns of the drawn films run into each other (in films before they did). Reference: PP-OCR as it comes, all',
  'texts of a frame every three seconds, no matter what they are; without accents and spaces beside it. CPU: seconds a second of credits.',
  '',
  '| films | names | read | told | pairs F1 | sure | of them right | reference | its letters only | CPU |',
  '|---|---|---|---|---|---|---|---|---|---|',
  ...[360, 720].map((height) =>
    row(
      `${height}p`,
      measured.filter((one) => one.film.height === height),
    ),
  ),
  ...(['black', 'footage'] as const).map((ground) =>
    row(
      ground,
      measured.filter((one) => one.film.ground === ground),
    ),
  ),
  ...LAYOUTS.map((layout) =>
    row(
      layout.replaceAll('|', '/'),
      measured.filter((one) => one.film.layout === layout),
    ),
  ),
  row('all', measured),
];
if (choosing || most < 1000) {
  console.log(lines.join('\n'));
  const all = measured.flatMap((one) => one.calibration);
  for (let low = 0; low < 1; low += 0.1) {
    const some = all.filter(([confidence]) => confidence >= low && confidence < low + 0.1);
    console.log(low.toFixed(1), some.length, percent(some.filter(([, right]) => right).length, some.length));
  }
} else writeSection(seed === 0 ? 'credits-reading' : `credits-reading --seed ${seed}`, lines.join('\n'));
await models.close();
process.exit(0);
