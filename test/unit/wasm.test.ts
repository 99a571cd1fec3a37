import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import wabt from 'wabt';

const bytes = (path: string): Buffer => readFileSync(new URL(`../../${path}`, import.meta.url));

test.each(['people/dots', 'genre/evidence', 'frames/resample'])(
  'the program of data/ is the one that %s.wat describes',
  async (source) => {
    const { buffer } = (await wabt())
      .parseWat(source, bytes(`src/${source}.wat`).toString(), { simd: true })
      .toBinary({});
    expect(Buffer.from(buffer).equals(bytes(`data/${source.split('/')[1]}.wasm`))).toBe(true);
  },
);
