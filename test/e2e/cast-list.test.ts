import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { People } from '../../src/people/people.js';
import { billedWrites } from '../../src/titles/billed.js';
import { Documents } from '../../src/titles/collections.js';
import { shortFilm } from '../films/film.js';
import { CommandLine } from './command.js';
import { TestService } from './service.js';

/** Who is named of a title: over REST and on the command line. */

interface Listed {
  readonly cast: readonly {
    name: string;
    role: string | null;
    by: string;
    confidence: number;
    personId: string | null;
  }[];
}

const library = mkdtempSync(join(tmpdir(), 'kinoscope-cast-list-'));
let service: TestService;
let path: string;

beforeAll(async () => {
  copyFileSync(await shortFilm(), join(library, 'Film.mp4'));
  writeFileSync(
    join(library, 'Film.nfo'),
    '<movie><title>Film</title><actor><name>Zoë Abel</name><role>The cook</role></actor></movie>',
  );
  service = await TestService.start({ KINOSCOPE_MEDIA_ROOTS: library }, 'api');
  const { title } = (await (await service.post('/v1/titles', { path: join(library, 'Film.mp4') })).json()) as {
    title: { id: string; contentHash: string };
  };
  path = `/v1/titles/${title.id}/cast-list`;
  const read = { character: null, actor: 'BRUNO BRANDT', confidence: 0.9, start: 20, end: 22 };
  await service.part(Documents).store.commit(billedWrites(title.contentHash, { cast: [read], crew: [] }));
}, 120_000);
afterAll(async () => {
  await service.stop();
  rmSync(library, { recursive: true, force: true });
});

const put = (body: unknown) =>
  service.fetch(path, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const names = ({ cast }: Listed) => cast.map(({ name, by }) => `${name} (${by})`);

it('tells who names whom, and who of the gallery that is', async () => {
  const { id } = await service.part(People).create({ name: 'Brandt, Bruno', photos: [], mean: null });
  const { cast } = await service.get<Listed>(path);
  expect(cast).toEqual([
    { name: 'Zoë Abel', role: 'The cook', by: 'source', confidence: 1, personId: null },
    { name: 'BRUNO BRANDT', role: null, by: 'credits', confidence: 0.9, personId: id },
  ]);
});

it('takes a list in place of the one before, and takes it back', async () => {
  expect((await put({ cast: [{ name: 'Carla Castel', role: 'Guard' }, { name: 'Zoë Abel' }] })).status).toBe(200);
  expect((await put({ cast: [{ name: ' Carla Castel ' }] })).status).toBe(200);
  const listed = ['Carla Castel (given)', 'Zoë Abel (source)', 'BRUNO BRANDT (credits)'];
  expect(names(await service.get<Listed>(path))).toEqual(listed);
  expect(names((await (await put({ cast: [] })).json()) as Listed)).toEqual(listed.slice(1));
});

it.each([
  [{}],
  [{ cast: [{ name: '' }] }],
  [{ cast: [{ name: 'Ada', age: 3 }] }],
  [{ cast: 'Ada' }],
  [{ cast: [], more: 1 }],
])('refuses the list %j and keeps what there is', async (body) => {
  const before = await service.get(path);
  const response = await put(body);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ status: 400 });
  expect(await service.get(path)).toEqual(before);
});

it('knows no list of a title that is not there', async () => {
  expect((await service.fetch('/v1/titles/nowhere/cast-list')).status).toBe(404);
});

it('is given on the command line as well', async () => {
  const cli = new CommandLine();
  try {
    const film = join(library, 'Film.mp4');
    expect(await cli.json('cast-list', film, 'Carla Castel=Guard', 'Ada Abel')).toEqual({
      cast: [
        { name: 'Carla Castel', role: 'Guard', by: 'given', confidence: 1 },
        { name: 'Ada Abel', role: null, by: 'given', confidence: 1 },
        { name: 'Zoë Abel', role: 'The cook', by: 'source', confidence: 1 },
      ],
    });
    expect((await cli.run('cast-list', film, '--clear')).stdout.trim()).toBe('Zoë Abel as The cook (source)');
    expect((await cli.run('cast-list', film, '=Guard')).status).toBe(2);
  } finally {
    cli.remove();
  }
}, 60_000);
