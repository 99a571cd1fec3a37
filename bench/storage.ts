import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import type { Document, Sort, Write } from '../src/storage/collection.js';
import { openSqliteStore } from '../src/storage/sqlite-store.js';
import { writeSection } from './results.js';

/**
 * What the port costs: each operation of a collection beside the libsql statements that a program would write by hand
 * for the same (columns for what is sorted and filtered, the document as JSON text), in turn, in the same run.
 */
interface Shot extends Document {
  readonly film: string;
  readonly start: number;
  readonly cast: readonly string[];
  readonly note: string;
}

const DOCUMENTS = 20_000;
const FILMS = 50;
const ROUNDS = 7;

const folder = await mkdtemp(join(tmpdir(), 'kinoscope-bench-'));
const store = await openSqliteStore(join(folder, 'store.db'));
const shots = await store.collection<Shot>({
  name: 'shots',
  indexes: [{ paths: ['film', 'start'] }, { paths: ['cast'] }],
});
const bare = new Database(join(folder, 'bare.db'));
bare.prepare('PRAGMA journal_mode = WAL').all();
bare.exec('PRAGMA synchronous = FULL');
bare.exec('CREATE TABLE shots (id TEXT PRIMARY KEY, film TEXT, start REAL, body TEXT)');
bare.exec('CREATE INDEX by_film ON shots (film, start, id)');
bare.exec('CREATE TABLE cast (person TEXT, id TEXT, PRIMARY KEY (person, id)) WITHOUT ROWID');

let made = 0;
const newShot = () => {
  const i = made++;
  const cast = [`p${i % 400}`, `p${i % 37}`];
  return { id: `shot${i}`, film: `film${i % FILMS}`, start: i / 7, cast, note: 'x'.repeat(400) };
};
const insertBare = bare.prepare('INSERT INTO shots VALUES (?, ?, ?, ?)');
const insertCast = bare.prepare('INSERT OR IGNORE INTO cast VALUES (?, ?)');
const putBare = (shot: ReturnType<typeof newShot>): void => {
  insertBare.run([shot.id, shot.film, shot.start, JSON.stringify(shot)]);
  for (const person of shot.cast) insertCast.run([person, shot.id]);
};
const inOne = (work: () => void): void => {
  bare.exec('BEGIN IMMEDIATE');
  work();
  bare.exec('COMMIT');
};
const parseAll = (rows: unknown[]): unknown[] =>
  rows.map((row) => JSON.parse((row as { body: string }).body) as unknown);
const getBare = bare.prepare('SELECT body FROM shots WHERE id = ?');
const pageBare = bare.prepare('SELECT body FROM shots WHERE film = ? AND start >= ? ORDER BY start, id LIMIT 50');
const castBare = bare.prepare(
  'SELECT body FROM shots WHERE id IN (SELECT id FROM cast WHERE person = ?) ORDER BY id LIMIT 50',
);
const firstBare = bare.prepare('SELECT id, body FROM shots WHERE film = ? ORDER BY start, id LIMIT 1');
const claimBare = bare.prepare('UPDATE shots SET film = ?, body = ? WHERE id = ?');

const upsert = (document: { readonly id: string }): Write => ({ kind: 'upsert', collection: 'shots', document });
for (let i = 0; i < DOCUMENTS; i += 1000) {
  const batch = Array.from({ length: 1000 }, newShot);
  await store.commit(batch.map(upsert));
  inOne(() => batch.forEach(putBare));
}

let turn = 0;
const nextFilm = () => `film${turn++ % FILMS}`;
const nextId = () => `shot${turn++ % DOCUMENTS}`;
const byStart: Sort = { path: 'start', order: 'asc' };
const operations: { name: string; times: number; ours: () => Promise<unknown>; theirs: () => unknown }[] = [
  {
    name: 'insert, one durable write each',
    times: 200,
    ours: () => shots.insert(newShot()),
    theirs: () => inOne(() => putBare(newShot())),
  },
  {
    name: 'commit of 100 documents',
    times: 10,
    ours: () => store.commit(Array.from({ length: 100 }, newShot).map(upsert)),
    theirs: () => inOne(() => Array.from({ length: 100 }, newShot).forEach(putBare)),
  },
  { name: 'get by id', times: 2000, ours: () => shots.get(nextId()), theirs: () => parseAll(getBare.all([nextId()])) },
  {
    name: 'find, a page of 50 by film and time',
    times: 200,
    ours: () => shots.find({ film: nextFilm(), start: { $gte: 100 } }, { sort: byStart }),
    theirs: () => parseAll(pageBare.all([nextFilm(), 100])),
  },
  {
    name: 'find, a page of 50 by element of an array',
    times: 200,
    ours: () => shots.find({ cast: `p${turn++ % 400}` }),
    theirs: () => parseAll(castBare.all([`p${turn++ % 400}`])),
  },
  {
    name: 'claim the first, one durable write each',
    times: 200,
    ours: () => shots.claim({ film: nextFilm() }, { $set: { film: 'taken' } }, byStart),
    theirs: () =>
      inOne(() => {
        const [row] = firstBare.all([nextFilm()]) as { id: string; body: string }[];
        if (!row) return;
        const shot = JSON.parse(row.body) as Record<string, unknown>;
        claimBare.run(['taken', JSON.stringify({ ...shot, film: 'taken' }), row.id]);
      }),
  },
];

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const microseconds = async (times: number, work: () => unknown): Promise<number> => {
  const start = performance.now();
  for (let i = 0; i < times; i++) await work();
  return ((performance.now() - start) * 1000) / times;
};

const rows: string[] = [];
for (const { name, times, ours, theirs } of operations) {
  const [port, libsql]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    port.push(await microseconds(times, ours));
    libsql.push(await microseconds(times, theirs));
  }
  const [a, b] = [median(port), median(libsql)];
  rows.push(`| ${name} | ${a.toFixed(0)} | ${b.toFixed(0)} | ${(a / b).toFixed(2)} |`);
}
await store.close();
bare.close();
await rm(folder, { recursive: true });

writeSection(
  'storage',
  `## Storage: the collection port beside bare libsql

Microseconds an operation, median of ${ROUNDS} rounds in turn, on ${DOCUMENTS.toLocaleString('en')} documents of 0.5 kB. Bare
libsql keeps what is filtered in columns of its own; the port indexes inside the JSON, and finds elements of arrays.

| Operation | port, µs | bare libsql, µs | ratio |
|---|---|---|---|
${rows.join('\n')}`,
);
