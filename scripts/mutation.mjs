/**
 * npm run mutation [-- FOLDER | FILE ...]: breaks the rules of a folder of `src` one by one (StrykerJS) and tells which of them no
 * test misses. Without arguments all five folders; a file as `cast/scenes`. What was found is kept in `.kinoscope/mutation`, so that the
 * next run tries only what has changed. Ends with 1 when a folder's score is below 80 %.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { globSync } from 'tinyglobby';
import { ROOT } from './setup.mjs';

/** The suites that a folder's rules are tried with: units, and what runs on a database in memory. */
const SUITES = {
  cast: ['test/unit/cast*.test.ts'],
  people: ['test/unit/people*.test.ts', 'test/contract/{people,naming}.test.ts'],
  genre: ['test/unit/genre*.test.ts'],
  faces: ['test/unit/faces*.test.ts'],
  credits: ['test/unit/credits*.test.ts'],
};
/** Routes, files of films and photos, and what does nothing but ask a network: suites of other kinds test it, with real ones. */
const ELSEWHERE = [
  'people/{constraints,people}.controller',
  'people/{people.module,schemas}',
  'people/{enrol-folder,portraits,receive-photos,title-erasure}',
  'faces/{landmarks,networks}',
  'credits/{recognition,resnet}',
];
const LEAST = 80;

const given = process.argv.slice(2);
const folders = Object.keys(SUITES).filter(
  (folder) => given.length === 0 || given.some((name) => name === folder || name.startsWith(`${folder}/`)),
);
const kept = join(ROOT, '.kinoscope', 'mutation');
mkdirSync(kept, { recursive: true });
process.chdir(ROOT);

const rows = [];
for (const folder of folders) {
  const files = given.filter((name) => name.startsWith(`${folder}/`));
  const results = await new Stryker({
    mutate: [
      ...(files.length > 0 ? files.map((file) => `src/${file}.ts`) : [`src/${folder}/**/*.ts`]),
      ...ELSEWHERE.map((file) => `!src/${file}.ts`),
    ],
    loadedSuites: globSync(SUITES[folder]).sort(),
    incrementalFile: join(kept, `${folder}.json`),
  }).runMutationTest();
  const count = (...statuses) => results.filter(({ status }) => statuses.includes(status)).length;
  const [found, missed, unseen] = [count('Killed', 'Timeout'), count('Survived'), count('NoCoverage')];
  rows.push({ folder, mutants: found + missed + unseen, found, missed, unseen });
}
process.stdout.write('\nfolder    score  mutants  missed  never run\n');
for (const { folder, mutants, found, missed, unseen } of rows) {
  const score = (100 * found) / Math.max(1, mutants);
  if (score < LEAST) process.exitCode = 1;
  const columns = [`${score.toFixed(1)} %`.padStart(7), `${mutants}`.padStart(8), `${missed}`.padStart(7)];
  process.stdout.write(`${folder.padEnd(8)}${columns.join(' ')} ${`${unseen}`.padStart(9)}\n`);
}
