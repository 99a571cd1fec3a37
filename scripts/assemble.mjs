/** node scripts/assemble.mjs: makes data/dots.wasm of src/people/dots.wat. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import wabt from 'wabt';

const ROOT = join(import.meta.dirname, '..');
const source = join(ROOT, 'src', 'people', 'dots.wat');
const { parseWat } = await wabt();
const { buffer } = parseWat(source, readFileSync(source, 'utf8'), { simd: true }).toBinary({});
writeFileSync(join(ROOT, 'data', 'dots.wasm'), buffer);
