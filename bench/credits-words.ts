/**
 * Learns to tell lines of credits from other lines (data/credits-words.json): names, roles, jobs and companies against
 * sentences, speech, code, points of a talk, numbers and messages. One half of the titles and files teaches, the other
 * measures. `--no-write` leaves the table as it is.
 */
import { writeFileSync } from 'node:fs';
import { randomOf } from '../src/credits/boosting.js';
import { BUCKETS, isReadable, piecesOf, wordsLogOdds, type WordsModel } from '../src/credits/words.js';
import { drawLine, sourcesOf, type Line, type Source } from './credits-words-lines.js';
import { writeSection } from './results.js';

const DATA = process.env['KINOSCOPE_DATA'] ?? '../shared/data';
const LINES = { learn: 160_000, measure: 20_000 };
const SETTINGS = { passes: 4, rate: 0.15, ridge: 2e-6 };

const { learn, measure } = sourcesOf(DATA, '.');
function lines(source: Source, count: number, seed: number): Line[] {
  const random = randomOf(seed);
  const all: Line[] = [];
  while (all.length < count) {
    const line = drawLine(random, source);
    if (isReadable(line.text)) all.push(line);
  }
  return all;
}

/** Logistic regression by adaptive gradient steps (AdaGrad), a line at a time. */
function learned(examples: readonly Line[]): WordsModel {
  const rows = examples.map(({ text }) => piecesOf(text));
  const weights = new Float64Array(BUCKETS);
  const squares = new Float64Array(BUCKETS).fill(1e-3);
  let [bias, biasSquares] = [0, 1e-3];
  for (let pass = 0; pass < SETTINGS.passes; pass++) {
    rows.forEach((pieces, k) => {
      const scale = 1 / Math.sqrt(pieces.length);
      const score = bias + scale * pieces.reduce((sum, piece) => sum + weights[piece]!, 0);
      const error = 1 / (1 + Math.exp(-score)) - (examples[k]!.credits ? 1 : 0);
      biasSquares += error * error;
      bias -= (SETTINGS.rate * error) / Math.sqrt(biasSquares);
      for (const piece of pieces) {
        const gradient = error * scale + SETTINGS.ridge * weights[piece]!;
        squares[piece]! += gradient * gradient;
        weights[piece]! -= (SETTINGS.rate * gradient) / Math.sqrt(squares[piece]!);
      }
    });
  }
  const largest = weights.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
  const step = largest / 127;
  return { weights: Int8Array.from(weights, (w) => Math.round(w / step)), step, bias };
}

const model = learned(lines(learn, LINES.learn, 1));
const tested = lines(measure, LINES.measure, 2).map((line) => ({ ...line, odds: wordsLogOdds(line.text, model) }));
const kinds = [...new Set(tested.map(({ kind }) => kind))].sort();
const percent = (part: number, all: number): string => ((100 * part) / all).toFixed(1);
const right = (some: typeof tested): string =>
  percent(some.filter(({ credits, odds }) => odds > 0 === credits).length, some.length);
const sure = (some: typeof tested): string =>
  percent(some.filter(({ credits, odds }) => (credits ? odds < -2 : odds > 2)).length, some.length);
writeSection(
  'credits-words',
  [
    '### Lines of credits by their letters',
    '',
    `Lines as a recogniser would read them, ${LINES.learn} to learn from and ${LINES.measure} of other titles: per cent told right, and per cent told wrong with`,
    'more than 88 % (log-odds beyond 2).',
    '',
    '| line | lines | right | surely wrong |',
    '|---|---|---|---|',
    `| all | ${tested.length} | ${right(tested)} | ${sure(tested)} |`,
    ...kinds.map((kind) => {
      const some = tested.filter((line) => line.kind === kind);
      return `| ${some[0]!.credits ? 'credits' : 'other'}: ${kind} | ${some.length} | ${right(some)} | ${sure(some)} |`;
    }),
  ].join('\n'),
);
if (!process.argv.includes('--no-write')) {
  writeFileSync(
    'data/credits-words.json',
    `${JSON.stringify({ weights: Buffer.from(model.weights.buffer).toString('base64'), step: model.step, bias: model.bias })}\n`,
  );
}
