import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from '@jest/globals';
import wabt from 'wabt';

const at = (path: string): URL => new URL(`../../${path}`, import.meta.url);
const SOURCES = readdirSync(at('src'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.wat'));

test.each(SOURCES)('the program of data/ is the one that %s describes', async (source) => {
  const { buffer } = (await wabt())
    .parseWat(source, readFileSync(at(`src/${source}`), 'utf8'), { simd: true })
    .toBinary({});
  expect(Buffer.from(buffer).equals(readFileSync(at(`data/${basename(source, '.wat')}.wasm`)))).toBe(true);
});

test('every program of data/ has its source', () => {
  const programs = readdirSync(at('data')).filter((file) => file.endsWith('.wasm'));
  expect(programs.sort()).toEqual(SOURCES.map((source) => `${basename(source, '.wat')}.wasm`).sort());
});
