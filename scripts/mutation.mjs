/**
 * npm run mutation [-- GROUP | FILE | SUITE ...]: breaks the rules of some folders of `src` one by one (StrykerJS) and tells which of
 * them no test misses. Without arguments all groups; a file as `cast/scenes`; suites as `test/unit/credits-boosting.test.ts`: no others
 * are run then. What was found is kept in `.kinoscope/mutation`, so that the next run tries only what has changed. Ends with 1 when a
 * group's score is below 80 %.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { ROOT, setUpUnits } from './setup.mjs';

/** What takes many seconds, as training does; tables of rules say the same of what is served. */
const SLOW = ['genre-forest', 'genre-metrics', 'credits-overlays', 'people'];

/** The units of a folder, tables of rules first: after the first failure no other test is run. */
const units = (folder) =>
  readdirSync(join(ROOT, 'test/unit'))
    .filter((name) => name.startsWith(folder) && name.endsWith('.test.ts') && !SLOW.includes(name.split('.')[0]))
    .sort((a, b) => Number(b.includes('-rules')) - Number(a.includes('-rules')) || (a < b ? -1 : 1))
    .map((name) => `test/unit/${name}`);

/** Files of this project that a file imports, by their paths in it. */
const imported = (file) =>
  [...readFileSync(join(ROOT, file), 'utf8').matchAll(/^(?:import|export) (?!type)[^;']*from '(\.[^']+)'/gm)]
    .map(([, name]) => relative(ROOT, join(ROOT, file, '..', name)).replace(/\.js$/, '.ts'))
    .filter((path) => existsSync(join(ROOT, path)));

/** Of some suites those that import one of the files, themselves or by another file. */
const suitesOf = (suites, files) =>
  suites.filter((suite) => {
    // what suites share is as a part of them
    const near = imported(suite).flatMap((file) => (file.startsWith('src/') ? [file] : imported(file)));
    const reached = new Set([...near, ...near.flatMap((file) => imported(file))]);
    return files.some((file) => reached.has(file));
  });

/** What works on the database, whose suites take longer. */
const STORED = ['corrections', 'erasure', 'gallery-store', 'gallery-unit-of-work', 'merge', 'naming', 'people'].map(
  (name) => `people/${name}`,
);
/**
 * Files and suites of each group. Left out are routes, files of films and photos, and what does little but ask a network: suites
 * of other kinds test them, on built services, real pictures and real networks.
 */
const GROUPS = {
  'cast': { files: ['cast/*'], suites: units('cast') },
  'people': {
    files: [
      'people/*',
      '!people/*.{controller,module}',
      '!people/{enrol-folder,portraits,receive-photos,schemas,title-erasure}',
      ...STORED.map((file) => `!${file}`),
    ],
    suites: units('people'),
  },
  'people-stored': {
    files: STORED,
    suites: ['people', 'naming', 'merging', 'corrections', 'split', 'strangers', 'erasing', 'another-network'].map(
      (name) => `test/contract/${name}.test.ts`,
    ),
    // each test opens a database
    mutantMs: 12_000,
  },
  'genre': { files: ['genre/*'], suites: units('genre') },
  'faces': { files: ['faces/*'], suites: units('faces') },
  'credits': {
    files: ['credits/*', 'credits/billing/*', '!credits/{detect,read-frames,recognition,resnet,search}'],
    suites: units('credits'),
  },
};
const LEAST = 80;
const isOf = (path, name) => path.endsWith(`src/${name}.ts`);

setUpUnits();
const named = process.argv.slice(2).filter((name) => name.endsWith('.test.ts'));
const given = process.argv.slice(2).filter((name) => !named.includes(name));
const kept = join(ROOT, '.kinoscope', 'mutation');
mkdirSync(kept, { recursive: true });
process.chdir(ROOT);

const rows = [];
for (const [group, { files, suites, mutantMs }] of Object.entries(GROUPS)) {
  const folder = group.split('-')[0];
  const own = given.filter(
    (name) => name.startsWith(`${folder}/`) && STORED.includes(name) === group.endsWith('-stored'),
  );
  if (given.length > 0 && !given.includes(group) && own.length === 0) continue;
  const chosen = own.length > 0 ? [...own, ...files.filter((file) => file.startsWith('!'))] : files;
  const results = await new Stryker({
    mutate: chosen.map((file) => file.replace(/^(!?)(.*)$/, '$1src/$2.ts')),
    loadedSuites:
      named.length > 0
        ? named
        : own.length > 0
          ? suitesOf(
              suites,
              own.map((name) => `src/${name}.ts`),
            )
          : suites,
    ...(mutantMs && { mutantMs }),
    incrementalFile: join(kept, `${[group, ...named.map((name) => basename(name, '.test.ts'))].join('-')}.json`),
  }).runMutationTest();
  rows.push([group, results]);
  if (own.length > 1) for (const name of own) rows.push([name, results.filter(({ fileName }) => isOf(fileName, name))]);
}
process.stdout.write('\nfiles                          score  mutants  missed  never run\n');
for (const [name, results] of rows) {
  const count = (...statuses) => results.filter(({ status }) => statuses.includes(status)).length;
  const [found, missed, unseen] = [count('Killed', 'Timeout'), count('Survived'), count('NoCoverage')];
  const mutants = found + missed + unseen;
  const score = (100 * found) / Math.max(1, mutants);
  if (score < LEAST) process.exitCode = 1;
  const columns = [`${score.toFixed(1)} %`.padStart(7), `${mutants}`.padStart(8), `${missed}`.padStart(7)];
  process.stdout.write(`${name.padEnd(29)}${columns.join(' ')} ${`${unseen}`.padStart(9)}\n`);
}
