import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { ChapterNamesSchema } from '../../src/credits/chapters.js';
import {
  FrameClassifierSchema,
  SegmenterSchema,
  StillModelSchema,
  WordsSchema,
} from '../../src/credits/table-schemas.js';
import { encodeArrays } from '../../src/genre/array-file.js';
import { decodeWords } from '../../src/genre/words-model.js';
import { DATA, loadLearnt, loadTable, sha256 } from '../../src/parameters/learnt.js';

/** What was learnt is checked when it is read: a damaged or half edited file is refused, not reckoned with. */

const folder = mkdtempSync(join(tmpdir(), 'kinoscope-learnt-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Table = Record<string, unknown>;
const nested = (table: Table, name: string): Table => table[name] as Table;

const TABLES: readonly (readonly [`${string}.json`, z.ZodType, (table: Table) => unknown, RegExp])[] = [
  ['credits-segmenter.json', SegmenterSchema, (table) => (table['prior'] = 1.2), /wrong: at prior: /],
  ['credits-segmenter.json', SegmenterSchema, (table) => delete nested(table, 'lengths')['roll'], /at lengths\.roll: /],
  [
    'credits-segmenter.json',
    SegmenterSchema,
    (table) => (nested(nested(table, 'next'), 'cards')['rol'] = 0.2),
    /at next\.cards: .*rol/,
  ],
  [
    'credits-frame-classifier.json',
    FrameClassifierSchema,
    (table) => (nested(table, 'trees')['features'] = ['dark']),
    /at trees\.features: other features than /,
  ],
  [
    'credits-frame-classifier.json',
    FrameClassifierSchema,
    (table) => (nested(table, 'trees')['trees'] = [[99, 0.5, 1, -1]]),
    /at trees\.trees\.0/,
  ],
  [
    'credits-still.json',
    StillModelSchema,
    (table) => (nested(table, 'head')['weights'] = [1, 2]),
    /at head\.weights: /,
  ],
  ['credits-words.json', WordsSchema, (table) => (table['weights'] = 'AAAA'), /other than 16384 weights/],
  ['chapter-names.json', ChapterNamesSchema, (table) => (table['preview'] = []), /at preview: /],
];

describe.each(TABLES)('%s', (file, schema, spoil, fault) => {
  test('is what its schema says, and no more to be changed', () => {
    const table = loadTable(file, schema);
    const holders = [table];
    for (let one = holders.pop(); one !== undefined; one = holders.pop()) {
      if (typeof one !== 'object' || one === null || ArrayBuffer.isView(one)) continue;
      expect(Object.isFrozen(one)).toBe(true);
      holders.push(...Object.values(one).slice(0, 20));
    }
  });

  test(`is refused where it says something else (${fault.source})`, () => {
    const table = JSON.parse(readFileSync(join(DATA, file), 'utf8')) as Table;
    spoil(table);
    writeFileSync(join(folder, file), JSON.stringify(table));
    const load = (): unknown => loadTable(file, schema, folder);
    expect(load).toThrow(expect.objectContaining({ code: 'unavailable', message: expect.stringMatching(fault) }));
    expect(load).toThrow(`The learnt file ${file} is wrong: `);
  });
});

test('a file that is missing, cut off or of another kind is named', () => {
  const at = (name: string): string => join(folder, name);
  expect(() => loadTable('chapter-names.json', ChapterNamesSchema, join(folder, 'nowhere'))).toThrow(
    /^Cannot read the learnt file chapter-names\.json \(.*nowhere.*\): run "npm run setup"$/,
  );
  const half = readFileSync(join(DATA, 'credits-still.json')).subarray(0, 1000);
  writeFileSync(at('credits-still.json'), half);
  expect(() => loadTable('credits-still.json', StillModelSchema, folder)).toThrow(
    /^The learnt file credits-still\.json is wrong: .*JSON/,
  );
  writeFileSync(at('genre-words.bin'), half);
  expect(() => loadLearnt(at('genre-words.bin'), decodeWords)).toThrow(/^The learnt file genre-words\.bin is wrong: /);
  writeFileSync(at('genre-words.bin'), encodeArrays({ genres: [] }, {}));
  expect(() => loadLearnt(at('genre-words.bin'), decodeWords)).toThrow(
    /^The learnt file genre-words\.bin is wrong: .*words/,
  );
});

test('a file is known by its name and its sha256', () => {
  const path = join(DATA, 'genre-words.bin');
  const { version, value } = loadLearnt(path, decodeWords);
  expect(version).toBe(`genre-words@${sha256(readFileSync(path)).slice(0, 12)}`);
  expect(Object.isFrozen(value.meta.slopes)).toBe(true);
});
