/**
 * node scripts/assemble.mjs: makes the programs of data/*.wasm of the .wat files in src, those whose source has changed;
 * a program whose source is gone goes as well.
 * Needs the npm packages, unlike `isAssembled`.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = join(import.meta.dirname, '..');
/** By source, the sha256 that it had when its program was made. */
const STAMP = join(ROOT, 'node_modules', '.kinoscope-wasm.json');

const sources = () => readdirSync(join(ROOT, 'src'), { recursive: true }).filter((file) => file.endsWith('.wat'));
const programOf = (source) => join(ROOT, 'data', `${basename(source, '.wat')}.wasm`);
const read = (source) => readFileSync(join(ROOT, 'src', source), 'utf8');
const hashOf = (source) => createHash('sha256').update(read(source)).digest('hex');
const stamps = () => (existsSync(STAMP) ? JSON.parse(readFileSync(STAMP, 'utf8')) : {});

const missing = () => {
  const made = stamps();
  return sources().filter((source) => made[source] !== hashOf(source) || !existsSync(programOf(source)));
};

const stale = () => {
  const wanted = sources().map(programOf);
  const programs = readdirSync(join(ROOT, 'data')).filter((file) => file.endsWith('.wasm'));
  return programs.map((file) => join(ROOT, 'data', file)).filter((file) => !wanted.includes(file));
};

/** Whether every program is there and as its source says, and no other. */
export const isAssembled = () => missing().length + stale().length === 0;

/** Makes the programs that are missing or of another source. */
export async function assemble() {
  stale().forEach((file) => rmSync(file));
  const wanted = missing();
  if (wanted.length === 0) return;
  const { parseWat } = await (await import('wabt')).default();
  for (const source of wanted) {
    const { buffer } = parseWat(source, read(source), { simd: true }).toBinary({});
    writeFileSync(programOf(source), buffer);
    writeFileSync(STAMP, JSON.stringify({ ...stamps(), [source]: hashOf(source) }));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await assemble();
