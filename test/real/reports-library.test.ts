import { existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeLocalFile } from '../../src/download/local-metadata.js';
import { Guide } from '../../src/guide/guide.js';

const data = process.env['KINOSCOPE_DATA'] ?? '../shared/data';
const reports = join(data, 'reports');
const present = existsSync(reports);
if (!present) process.stderr.write('reports-library.test.ts: SKIPPED, no real data at KINOSCOPE_DATA\n');
const guides = present ? readdirSync(join(reports, 'xmltv')).filter((name) => /\.(xml|gz)$/.test(name)) : [];

(present ? describe : describe.skip)('what users report of their libraries', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kinoscope-reports-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(guides)('the guide %s has a programme with Rachel Green on air', async (name) => {
    const notes: string[] = [];
    const guide = new Guide({
      settings: [{ name: null, location: join(reports, 'xmltv', name) }],
      folder: join(folder, 'guide'),
      keepMs: Infinity,
    });
    const programmes = await guide.onAir(Date.parse('2026-04-02T21:45:00+02:00'), null, (note) => notes.push(note));
    await guide.onModuleDestroy();
    expect(programmes.map(({ cast }) => cast.map((one) => one.name))).toEqual([['Rachel Green']]);
    expect(notes).toEqual([]);
  });

  test.each([
    ['Amelie.nfo', { title: 'Amélie', year: 2001, genres: ['Comedy', 'Romance'] }],
    ['entity.nfo', { title: 'Tom &constructor; Jerry', year: 1994 }],
  ])('a film beside %s', async (nfo, expected) => {
    await copyFile(join(reports, 'nfo', nfo), join(folder, nfo));
    expect(await describeLocalFile(join(folder, nfo.replace('.nfo', '.mkv')))).toEqual(expected);
  });

  test("a page of another kind under the name of an .nfo gives way to the film's own", async () => {
    const film = join(folder, 'Film (2001)');
    await mkdir(film);
    await writeFile(join(film, 'Film (2001).nfo'), Buffer.from([0xdb, 0xdb, 0x20, 0xb1, 0x0a]));
    await writeFile(join(film, 'movie.nfo'), '<movie><title>The Film</title></movie>');
    expect(await describeLocalFile(join(film, 'Film (2001).mkv'))).toEqual({ title: 'The Film', year: 2001 });
  });
});
