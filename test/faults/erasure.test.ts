import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import Database from 'libsql';
import { everything } from '../../src/storage/pages.js';
import { FileRemoval } from '../../src/titles/file-removal.js';
import { CHILD_LOADER } from '../children/program.js';
import { filesThatHold } from '../library/bytes.js';
import { faceOf, filmWithNames, Library, photo, portraitOf, seconds, seen, watched } from '../library/library.js';

const CHILD = fileURLToPath(new URL('./erasure-child.ts', import.meta.url));
const NAME = 'Zdenka Quillfeather';

let home: string;
let database: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kinoscope-erasure-'));
  database = join(home, 'kinoscope.db');
});
afterEach(() => rm(home, { recursive: true }));

/** A library in which somebody is everywhere that they can be; their id, and their faces as they are stored. */
async function fill(): Promise<{ library: Library; person: string; faces: string[] }> {
  const library = await Library.open(database, undefined, { home });
  const { people, gallery, naming } = library;
  const { id } = await people.enrol({
    name: `${NAME} of old`,
    photos: [photo('aaaa', faceOf(1)), photo('bbbb', faceOf(1, 0.97, 7))],
    mean: null,
  });
  await people.enrol({ name: 'Somebody Else', photos: [photo('cccc', faceOf(2))], mean: null });
  for (const film of ['one', 'two']) {
    await library.add(
      film,
      watched([
        ...seconds(1, 8).map((time) => seen(time, faceOf(1, 0.95, 20 + film.length), 0.1)),
        ...seconds(2, 9).map((time) => seen(time, faceOf(2, 0.95, 25), 0.6)),
      ]),
    );
    expect(await library.who(film, 5)).toContain(`${NAME} of old`);
    for (const file of [portraitOf(home, film), filmWithNames(home, film)]) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, `a picture of ${NAME}`);
    }
  }
  await people.change(id, { name: NAME });
  await naming.refreshAllNames();
  const answer = { request: 'r', status: 201, createdAt: new Date().toISOString() };
  await library.answers.insert({ id: 'hers', ...answer, body: { id, name: NAME } });
  await library.answers.insert({ id: 'other', ...answer, body: { name: 'Somebody Else' } });
  const person = await people.get(id);
  const appearances = await everything(gallery.appearances, { personId: id });
  const tracks = new Set(appearances.flatMap((one) => one.tracks));
  const faces = [
    person.mean!,
    ...person.exemplars.map(({ embedding }) => embedding),
    ...(await people.photosOf(id)).flatMap(({ embedding }) => embedding ?? []),
    ...appearances.flatMap(({ embedding }) => embedding ?? []),
    ...(await everything(gallery.embeddings, {})).flatMap(({ embeddings }) =>
      Object.entries(embeddings).flatMap(([track, text]) => (tracks.has(track) ? text : [])),
    ),
  ];
  expect(faces.length).toBeGreaterThan(6);
  return { library, person: id, faces };
}

const traces = (faces: readonly string[]): string[] => [NAME, ...faces].flatMap((text) => filesThatHold(home, text));

test('anyone who is deleted is in no byte of the home folder any more, and everybody else is', async () => {
  const { library, person, faces } = await fill();
  for (const text of [NAME, ...faces]) expect(filesThatHold(home, text)).not.toEqual([]);
  expect(await library.erasure.erase(person)).toMatchObject({ photos: 2, appearances: 2, titles: 2 });
  expect(traces(faces)).toEqual([]);
  expect(await library.who('one', 5)).toContain('Somebody Else');
  expect(await library.answers.get('other')).not.toBeNull();
  await library.close();
  expect(traces(faces)).toEqual([]);
});

test('what a database of an older version has left of them goes as well', async () => {
  const old = new Database(database);
  old.exec('PRAGMA secure_delete = OFF');
  old.exec('CREATE TABLE former (text)');
  const insert = old.prepare('INSERT INTO former VALUES (?)');
  for (let i = 0; i < 200; i++) insert.run([`${NAME} ${'x'.repeat(500)}`]);
  old.exec('DELETE FROM former');
  old.close();
  expect(filesThatHold(home, NAME)).not.toEqual([]);
  const { library, person, faces } = await fill();
  await library.erasure.erase(person);
  expect(traces(faces)).toEqual([]);
  await library.close();
});

test('a process that dies right after the commit leaves the rest to the next that starts', async () => {
  const { library, person, faces } = await fill();
  await library.close();
  const child = spawn(process.execPath, [...CHILD_LOADER, CHILD, JSON.stringify({ database, home, person })], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  expect(existsSync(portraitOf(home, 'one'))).toBe(true);

  const next = await Library.open(database, undefined, { home });
  // no answer names them, whatever is still to be done
  expect(await everything(next.gallery.names, {})).not.toEqual(
    expect.arrayContaining([
      expect.objectContaining({ who: expect.objectContaining({ u1: expect.objectContaining({ name: NAME }) }) }),
    ]),
  );
  const removal = await FileRemoval.open(next.store, { home, api: null });
  await removal.onApplicationBootstrap();
  removal.onModuleDestroy();
  expect(
    [portraitOf(home, 'one'), portraitOf(home, 'two'), filmWithNames(home, 'one'), filmWithNames(home, 'two')].filter(
      existsSync,
    ),
  ).toEqual([]);
  expect(traces(faces)).toEqual([]);
  await next.close();
});
