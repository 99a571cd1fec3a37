/**
 * Measures how lone pictures of real credits are read: stills whose names were typed by eye (bench/fixtures/credits-stills.json: role, or null, and
 * name), beside PP-OCR as it comes. A film shows each line many times, so these are harder than its frames together. `--show` lists what is wrong.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { billingReader } from '../src/credits/billing/line-reader.js';
import { parseBilling } from '../src/credits/billing/parse.js';
import { piecesOf } from '../src/credits/billing/regions.js';
import { rowsOf } from '../src/credits/billing/rows.js';
import { Stitcher } from '../src/credits/billing/stitch.js';
import { cut, lineReader } from '../src/credits/recognition.js';
import { findText } from '../src/credits/text-boxes.js';
import { readPicture } from '../src/frames/picture.js';
import { createModels } from '../src/inference/registry.js';
import { writeSection } from './results.js';

const DATA = process.env['KINOSCOPE_DATA'] ?? '../shared/data';
const typed = JSON.parse(readFileSync('bench/fixtures/credits-stills.json', 'utf8')) as Record<
  string,
  [role: string | null, name: string][]
>;
const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
const text = await models.load('ppocr-det');
const [own, plain] = [await billingReader(models), await lineReader(models)];

/** Marks that fonts do not tell apart are one; a role's case is not told by small capitals. */
const plainly = (line: string): string =>
  line
    .normalize('NFC')
    .replace(/[’‘`´]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/\s+/g, ' ')
    .trim();
const bare = (line: string): string =>
  plainly(line)
    .normalize('NFD')
    .replace(/[\p{M}\s]/gu, '');
const pair = (role: string, name: string): string => `${bare(role).toLowerCase()} = ${plainly(name)}`;

const sums = {
  names: 0,
  read: 0,
  told: 0,
  bare: 0,
  plain: 0,
  plainBare: 0,
  pairs: 0,
  toldPairs: 0,
  rightPairs: 0,
  sure: 0,
  sureWrong: 0,
};
for (const [file, names] of Object.entries(typed)) {
  const image = await readPicture(join(DATA, 'credits-stills/credits', file));
  const stitcher = new Stitcher();
  await stitcher.take(0, await piecesOf(text, image), (box) => own.read(cut(image, box)));
  const rows = rowsOf(stitcher.tracks, image.width / image.height);
  const { cast, crew } = parseBilling(rows);
  const texts = new Set(rows.flatMap(({ parts }) => parts.map((part) => plainly(part.text))));
  const told = [
    ...cast.map(({ actor, confidence }) => ({ name: plainly(actor), confidence })),
    ...crew.flatMap((one) => one.names.map((name) => ({ name: plainly(name.text), confidence: name.confidence }))),
  ];
  const tolds = new Set(told.map(({ name }) => name));
  const [boxes] = await findText(text, [image]);
  const reference = await Promise.all(boxes!.map(async (box) => plainly((await plain.read(cut(image, box))).text)));
  const isTrue = new Set(names.map(([, name]) => plainly(name)));
  const pairs = new Set(names.flatMap(([role, name]) => (role === null ? [] : [pair(role, name)])));
  const toldPairs = [
    ...cast.map(({ character, actor }) => pair(character ?? '', actor)),
    ...crew.flatMap(({ role, names: some }) => some.map((one) => pair(role, one.text))),
  ];
  const count = (has: (name: string) => boolean): number => names.filter(([, name]) => has(name)).length;
  const [bareTexts, bareReference] = [new Set([...texts].map(bare)), new Set(reference.map(bare))];
  sums.names += names.length;
  sums.read += count((name) => texts.has(plainly(name)));
  sums.told += count((name) => tolds.has(plainly(name)));
  sums.bare += count((name) => bareTexts.has(bare(name)));
  sums.plain += count((name) => reference.includes(plainly(name)));
  sums.plainBare += count((name) => bareReference.has(bare(name)));
  sums.pairs += pairs.size;
  sums.toldPairs += toldPairs.length;
  sums.rightPairs += toldPairs.filter((one) => pairs.has(one)).length;
  sums.sure += told.filter(({ confidence }) => confidence >= 0.5).length;
  sums.sureWrong += told.filter(({ name, confidence }) => confidence >= 0.5 && !isTrue.has(name)).length;
  if (!process.argv.includes('--show')) continue;
  console.log(file, `${count((name) => texts.has(plainly(name)))} of ${names.length}`);
  console.log(
    '  missing',
    names
      .map(([, name]) => name)
      .filter((name) => !texts.has(plainly(name)))
      .join(' | '),
  );
  console.log(
    '  not told',
    names
      .map(([, name]) => name)
      .filter((name) => texts.has(plainly(name)) && !tolds.has(plainly(name)))
      .join(' | '),
  );
  console.log(
    '  wrong',
    told
      .filter(({ name }) => !isTrue.has(name))
      .map(({ name, confidence }) => `${name} ${confidence.toFixed(2)}`)
      .join(' | '),
  );
  console.log(
    '  pairs',
    toldPairs
      .filter((one) => !pairs.has(one))
      .slice(0, 8)
      .join(' | '),
  );
}
const percent = (part: number, all = sums.names): string => ((100 * part) / all).toFixed(1);
const lines = [
  '### Reading stills of real credits',
  '',
  `${Object.keys(typed).length} stills, ${sums.names} names typed by eye. Per cent of the names right to the letter: in what was read, and in cast or crew; with accents and spaces`,
  'left aside. Pairs: role or character with name, F1 (the role without case and spaces). Of names told with a confidence of 0.5 and more, per cent wrong.',
  'The rules that part columns which were read as one text were found by looking at these stills: the figures are not of unseen pictures.',
  '',
  '| reader | read | told | letters only | pairs F1 | sure and wrong |',
  '|---|---|---|---|---|---|',
  `| kinoscope | ${percent(sums.read)} | ${percent(sums.told)} | ${percent(sums.bare)} | ${((2 * sums.rightPairs) / (sums.pairs + sums.toldPairs)).toFixed(3)} | ${percent(sums.sureWrong, sums.sure)} |`,
  `| PP-OCR as it comes | ${percent(sums.plain)} | | ${percent(sums.plainBare)} | | |`,
];
if (process.argv.includes('--show')) console.log(lines.join('\n'));
else writeSection('credits-reading-stills', lines.join('\n'));
await models.close();
