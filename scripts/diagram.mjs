/**
 * npm run diagram [-- --check]: draws in ARCHITECTURE.md which folder of src/ imports which, types included. An import that
 * follows from two others is left out, and so are `core` and `config`, which most folders import. `--check` only compares.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import rules from '../.dependency-cruiser.mjs';
import { ROOT } from './setup.mjs';

const EVERYWHERE = new Set(['core', 'config']);
const STARTING = 'starting';
const BEGIN = '<!-- diagram: made by npm run diagram -->';
const END = '<!-- end of diagram -->';

/** The room of a file: its folder, or `starting` for the files at the root of src. */
function roomOf(path) {
  const parts = path.split('/');
  return parts.length > 2 ? parts[1] : STARTING;
}

async function imports() {
  const { output } = await cruise(['src'], { ...rules.options, includeOnly: '^src/' }, undefined, {
    tsConfig: extractTSConfig(join(ROOT, 'tsconfig.json')),
  });
  const rooms = new Map();
  for (const { source, dependencies } of output.modules)
    for (const { resolved } of dependencies) {
      const [from, to] = [roomOf(source), roomOf(resolved)];
      if (!rooms.has(from)) rooms.set(from, new Set());
      if (from !== to && !EVERYWHERE.has(from) && !EVERYWHERE.has(to)) rooms.get(from).add(to);
    }
  return rooms;
}

function reaches(rooms, from, to) {
  return [...(rooms.get(from) ?? [])].some((next) => next === to || reaches(rooms, next, to));
}

function draw(rooms) {
  const lines = [];
  for (const from of [...rooms.keys()].sort())
    for (const to of [...rooms.get(from)].sort()) {
      const follows = [...rooms.get(from)].some((other) => other !== to && reaches(rooms, other, to));
      if (!follows) lines.push(`  ${from} --> ${to}`);
    }
  return ['```mermaid', 'flowchart TD', ...lines, '```'].join('\n');
}

const file = join(ROOT, 'ARCHITECTURE.md');
const text = readFileSync(file, 'utf8');
const [before, rest = ''] = text.split(BEGIN);
const after = rest.split(END)[1];
if (after === undefined) throw new Error('ARCHITECTURE.md has no place for the diagram');
const drawn = `${before}${BEGIN}\n\n${draw(await imports())}\n\n${END}${after}`;
if (process.argv.includes('--check')) {
  if (drawn !== text) {
    process.stderr.write('ARCHITECTURE.md shows other imports than the sources have: npm run diagram\n');
    process.exit(1);
  }
} else writeFileSync(file, drawn);
