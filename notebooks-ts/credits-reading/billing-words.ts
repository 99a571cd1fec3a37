/**
 * Learns what the name of a person, of a character, a job, a company and a sentence look like (data/billing-words.json): multinomial
 * logistic regression over pieces of letters. One half of the titles teaches, the other measures.
 *
 *     npx tsx notebooks-ts/credits-reading/billing-words.ts [FOLDER OF DATA]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { sourcesOf, type Source } from '../../bench/credits-words-lines.js';
import { kindProbabilities, type TextKind, TEXT_KINDS } from '../../src/credits/billing/text-kinds.js';
import { randomOf } from '../../src/credits/boosting.js';
import { BUCKETS, piecesOf } from '../../src/credits/words.js';
import { pick, type Random } from '../credits-films/drawing.js';

const DATA = process.argv[2] ?? '../shared/data';
const LINES = { learn: 240_000, measure: 12_000 };
const SETTINGS = { passes: 3, rate: 0.15 };

interface Example {
  readonly text: string;
  readonly kind: TextKind;
}

const { jobs, companies } = JSON.parse(readFileSync('data/billing-terms.json', 'utf8')) as Record<string, string[]>;
const BEFORE =
  '1st,First,2nd,Second,Third,Key,Lead,Senior,Junior,Assistant,Additional,Chief,Head,Executive,Associate,Supervising,Co-,Unit,Set,Post,Digital,Rigging,Costume,Camera,Sound,Art,Music,Stunt,Location,Production,Casting'.split(
    ',',
  );

function jobOf(random: Random): string {
  const job = pick(random, jobs!);
  const cased = job.replace(/(^|[\s-])(\p{L})/gu, (_, gap: string, letter: string) => gap + letter.toUpperCase());
  const kind = random();
  if (kind < 0.4) return cased;
  if (kind < 0.75) return `${pick(random, BEFORE)} ${cased}`.replace('- ', '-');
  if (kind < 0.85) return `${cased} by`;
  if (kind < 0.95) return `${pick(random, BEFORE)} ${pick(random, BEFORE)} ${cased}`.replace('- ', '-');
  return `Assistant to Mr. ${pick(random, ['Weiss', 'Smith', 'Jones', 'Lee'])}`;
}

function companyOf(random: Random, { names }: Source): string {
  const words = pick(random, names).split(' ');
  const company = pick(random, companies!).replace(/^\p{L}/u, (letter) => letter.toUpperCase());
  const kind = random();
  if (kind < 0.6) return `${words.at(-1)} ${company}`;
  if (kind < 0.8)
    return `${words.at(-1)} ${company} ${pick(random, ['GmbH', 'Inc.', 'Ltd.', 'LLC', 'Company', 'S.A.'])}`;
  return `${words.at(-1)} & ${words[0]} ${company}`;
}

function sentenceOf(random: Random, { prose }: Source): string {
  const words = pick(random, prose).split(/\s+/);
  const from = Math.floor(random() * Math.max(1, words.length - 9));
  return words.slice(from, from + 4 + Math.floor(random() * 8)).join(' ');
}

function draw(random: Random, source: Source): Example {
  const kind = pick(random, TEXT_KINDS);
  const text = {
    person: () => pick(random, source.names),
    character: () => pick(random, source.roles),
    job: () => jobOf(random),
    company: () => companyOf(random, source),
    sentence: () => sentenceOf(random, source),
  }[kind]();
  const shape = random();
  return { kind, text: shape < 0.4 ? text.toUpperCase() : shape < 0.44 ? text.toLowerCase() : text };
}

const { learn, measure } = sourcesOf(DATA, '.');
const many = (source: Source, count: number, seed: number): Example[] => {
  const random = randomOf(seed);
  return Array.from({ length: count }, () => draw(random, source));
};

const classes = TEXT_KINDS.length;
const weights = new Float64Array(BUCKETS * classes);
const squares = new Float64Array(BUCKETS * classes).fill(1e-3);
const bias = new Float64Array(classes);
for (let pass = 0; pass < SETTINGS.passes; pass++) {
  for (const { text, kind } of many(learn, LINES.learn, pass + 1)) {
    const pieces = piecesOf(text);
    const scale = 1 / Math.sqrt(pieces.length);
    const scores = TEXT_KINDS.map(
      (_, c) => bias[c]! + scale * pieces.reduce((sum, piece) => sum + weights[piece * classes + c]!, 0),
    );
    const highest = Math.max(...scores);
    const exps = scores.map((score) => Math.exp(score - highest));
    const sum = exps.reduce((total, value) => total + value, 0);
    for (let c = 0; c < classes; c++) {
      const error = exps[c]! / sum - (TEXT_KINDS[c] === kind ? 1 : 0);
      bias[c]! -= 0.002 * error;
      for (const piece of pieces) {
        const at = piece * classes + c;
        squares[at]! += (error * scale) ** 2;
        weights[at]! -= (SETTINGS.rate * error * scale) / Math.sqrt(squares[at]!);
      }
    }
  }
}
const step = weights.reduce((most, w) => Math.max(most, Math.abs(w)), 0) / 127;
const table = { weights: Int8Array.from(weights, (w) => Math.round(w / step)), step, bias: [...bias] };
const tested = many(measure, LINES.measure, 99);
for (const kind of TEXT_KINDS) {
  const some = tested.filter((one) => one.kind === kind);
  const said = some.map(({ text }) => {
    const all = kindProbabilities(text, table);
    return TEXT_KINDS.reduce((best, one) => (all[one] > all[best] ? one : best));
  });
  console.log(
    kind,
    some.length,
    TEXT_KINDS.map((one) => `${one} ${((100 * said.filter((s) => s === one).length) / some.length).toFixed(1)}`).join(
      ', ',
    ),
  );
}
writeFileSync(
  'data/billing-words.json',
  `${JSON.stringify({ kinds: TEXT_KINDS, weights: Buffer.from(table.weights.buffer).toString('base64'), step, bias: table.bias })}\n`,
);
