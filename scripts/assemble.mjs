/** node scripts/assemble.mjs: makes the programs of data/*.wasm of the .wat files in src. */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import wabt from 'wabt';

const ROOT = join(import.meta.dirname, '..');
const { parseWat } = await wabt();
for (const source of ['src/people/dots.wat', 'src/genre/evidence.wat', 'src/frames/resample.wat']) {
  const { buffer } = parseWat(source, readFileSync(join(ROOT, source), 'utf8'), { simd: true }).toBinary({});
  writeFileSync(join(ROOT, 'data', `${basename(source, '.wat')}.wasm`), buffer);
}
