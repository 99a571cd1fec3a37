/**
 * Learns which letters follow each other in names and roles (data/billing-letters.bin). Titles of even number teach; the names that
 * bench/credits-reading.ts draws are of the others, and say how well it does.
 *
 *     npx tsx notebooks-ts/credits-reading/letter-sequences.ts [FOLDER OF DATA]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import {
  BEGIN,
  decodeSequences,
  END,
  foldedLetter,
  ORDER,
  PARTS,
  sequenceHash,
} from '../../src/credits/billing/letter-sequences.js';

const DATA = process.argv[2] ?? '../shared/data';
/** Sequences of so many letters are kept when they were seen so often. */
const LEAST = [0, 1, 1, 2, 2, 3];

/** A word of a role counts as if so many were billed with it. */
const ROLE_WORDS = 20;

const folded = (text: string): string =>
  BEGIN + [...text.normalize('NFC').replace(/\s+/g, ' ').trim()].map(foldedLetter).join('') + END;

const rows: Record<string, string>[] = parse(
  gunzipSync(readFileSync(join(DATA, 'credits-reading/cast-roles.csv.gz'))),
  { columns: true, relaxQuotes: true, skipEmptyLines: true },
);
const isLearnt = ({ imdb_id: id }: Record<string, string>): boolean => Number(id!.at(-1)) % 2 === 0;
const textsOf = (some: Record<string, string>[]): Set<string> =>
  new Set(some.flatMap(({ name, role }) => [name, role].filter((text): text is string => Boolean(text))));
const learn = [...textsOf(rows.filter(isLearnt))].map(folded);
const measure = [...new Set(rows.filter((row) => !isLearnt(row)).map(({ name }) => name!))].map(folded);
const { jobs, companies } = JSON.parse(readFileSync('data/billing-terms.json', 'utf8')) as Record<string, string[]>;
learn.push(...companies!.map(folded));
// What roles are made of: few words, which the roles of an actor hardly hold, each as if so many had it.
const words = readFileSync('notebooks-ts/credits-reading/role-words.txt', 'utf8').split(/\s+/u).filter(Boolean);
for (const text of [...jobs!, ...words].map(folded)) learn.push(...Array<string>(ROLE_WORDS).fill(text));

/** By sequence, how often it was seen. */
const counts = new Map<string, number>();
for (const text of learn)
  for (let k = 1; k < text.length; k++)
    for (let n = 1; n <= Math.min(ORDER, k + 1); n++) {
      const sequence = text.slice(k + 1 - n, k + 1);
      counts.set(sequence, (counts.get(sequence) ?? 0) + 1);
    }
/** By what stands before: how often, how many letters follow, and how often those that are not kept. */
const contexts = new Map<string, { all: number; kinds: number; lost: number }>();
for (const [sequence, count] of counts) {
  const before = sequence.slice(0, -1);
  const context = contexts.get(before) ?? { all: 0, kinds: 0, lost: 0 };
  contexts.set(before, context);
  context.all += count;
  context.kinds++;
  if (count < LEAST[sequence.length]!) context.lost += count;
}
const known = new Map<string, number>();
function probability(sequence: string): number {
  if (sequence === '') return 1 / 400;
  const kept = known.get(sequence);
  if (kept !== undefined) return kept;
  const context = contexts.get(sequence.slice(0, -1));
  const shorter = probability(sequence.slice(1));
  const count = counts.get(sequence) ?? 0;
  const found = context === undefined ? shorter : (count + context.kinds * shorter) / (context.all + context.kinds);
  known.set(sequence, found);
  return found;
}
const quantised = (p: number): number => Math.max(0, Math.min(255, Math.round(-Math.log2(p) * PARTS)));
const kept = new Map<number, [cost: number, step: number]>();
const isContext = new Set<string>();
for (const [sequence, count] of counts) if (count >= LEAST[sequence.length]!) isContext.add(sequence.slice(0, -1));
const stepOf = (sequence: string): number => {
  const context = contexts.get(sequence);
  return context === undefined ? 0 : quantised((context.kinds + context.lost) / (context.all + context.kinds));
};
for (const [sequence, count] of counts)
  if (count >= LEAST[sequence.length]! || isContext.has(sequence))
    kept.set(sequenceHash(sequence), [quantised(probability(sequence)), stepOf(sequence)]);
if (!kept.has(sequenceHash(BEGIN))) kept.set(sequenceHash(BEGIN), [255, stepOf(BEGIN)]);

const sorted = [...kept].sort(([a], [b]) => a - b);
const content = Buffer.alloc(4 + 6 * sorted.length);
content.writeUInt32LE(sorted.length, 0);
sorted.forEach(([hash, [cost, step]], k) => {
  content.writeUInt32LE(hash, 4 + 4 * k);
  content[4 + 4 * sorted.length + k] = cost;
  content[4 + 5 * sorted.length + k] = step;
});
const model = decodeSequences(content);
let [sum, letters] = [0, 0];
for (const text of measure)
  for (let k = 1; k < text.length; k++, letters++)
    sum -= model.after(text.slice(Math.max(0, k - ORDER + 1), k), text[k]!);
console.log(
  `${sorted.length} sequences, ${content.length} bytes; ${(sum / letters / Math.LN2).toFixed(3)} bits a letter`,
);
writeFileSync('data/billing-letters.bin', content);
