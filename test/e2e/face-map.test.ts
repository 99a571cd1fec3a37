import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ApiKeys } from '../../src/access/keys.js';
import { APPEARANCES } from '../../src/cast/appearances.js';
import { normalize } from '../../src/faces/embed.js';
import { encodeEmbedding } from '../../src/faces/embedding-text.js';
import { GalleryStore } from '../../src/people/gallery-store.js';
import { People } from '../../src/people/people.js';
import { everything } from '../../src/storage/pages.js';
import { Documents } from '../../src/titles/collections.js';
import { shortFilm } from '../films/film.js';
import { photo } from '../library/library.js';
import { type JobView, TestService } from './service.js';

interface PointView {
  readonly x: number;
  readonly y: number;
  readonly nearer: string | null;
  readonly photo: string | null;
  readonly title: string | null;
  readonly time: number | null;
}
interface MapView {
  readonly drawnAt: string | null;
  readonly stale: boolean;
  readonly faces: number;
  readonly total: number;
  readonly people: { id: string; name: string | null; label: string | null; points: PointView[] }[];
  readonly job: JobView | null;
}

let service: TestService;
let title: { id: string; contentHash: string };
let ids: string[];

const read = (): Promise<MapView> => service.get('/v1/gallery/map');
async function draw(): Promise<MapView> {
  const job = (await (await service.post('/v1/gallery/map', {})).json()) as JobView;
  expect((await service.follow(job.id)).at(-1)).toMatchObject({ state: 'done' });
  return read();
}

/** A face along one axis with a little of another. */
function face(axis: number, rest: number): Float32Array {
  const vector = new Float32Array(512);
  vector[axis] = 1;
  vector[100 + rest] = 0.3;
  return normalize(vector);
}

beforeAll(async () => {
  service = await TestService.start({ KINOSCOPE_QUEUES: 'map' });
}, 60_000);
afterAll(() => service.stop());

it('an empty gallery has a map without faces', async () => {
  expect(await read()).toEqual({ drawnAt: null, stale: false, faces: 0, total: 0, people: [], job: null });
  expect(await draw()).toMatchObject({ stale: false, faces: 0, total: 0, people: [], job: { state: 'done' } });
}, 60_000);

it('faces of photos and of films lie beside those like them, and outliers say whom they are nearer to', async () => {
  const form = new FormData();
  form.append('file', new File([await readFile(await shortFilm())], 'film.mp4'));
  const made = await (await service.fetch('/v1/titles', { method: 'POST', body: form })).json();
  const { id } = (made as { title: { id: string } }).title;
  title = { id, contentHash: (await service.part(Documents).titles.get(id))!.contentHash! };
  ids = [];
  for (const [axis, name] of ['Ada Abel', 'Bela Brand', 'Carla Castel'].entries()) {
    const photos = [1, 2, 3, 4].map((n) => photo(`${axis}${n}`.repeat(8), face(axis, 4 * axis + n)));
    // a photo of the first among those of the second
    if (axis === 1) photos.push(photo('wrong'.repeat(4), face(0, 99)));
    ids.push((await service.part(People).enrol({ name, photos, mean: null })).id);
  }
  const appearance = {
    id: `${title.contentHash}:u1`,
    key: 'u1',
    contentHash: title.contentHash,
    personId: ids[2]!,
    mustLink: true,
    cannotLink: [],
    tracks: ['t1'],
    weight: 2,
    quality: 0.8,
    screenTime: 3,
    firstSeen: 1,
    lastSeen: 4,
    bestFrame: { time: 2, box: [0.2, 0.1, 0.2, 0.4] },
    meets: [],
    embedding: encodeEmbedding(face(2, 60)),
  };
  await service.part(Documents).store.commit([{ kind: 'upsert', collection: APPEARANCES.name, document: appearance }]);

  expect(await read()).toMatchObject({ stale: true, total: 0 });
  const map = await draw();
  expect(map).toMatchObject({ stale: false, faces: 14, total: 14 });
  const [first, second, third] = ids.map((id) => map.people.find((person) => person.id === id)!);
  expect(second!.points.filter(({ nearer }) => nearer !== null)).toMatchObject([{ nearer: ids[0], title: null }]);
  expect([...first!.points, ...third!.points].filter(({ nearer }) => nearer !== null)).toEqual([]);
  expect(third!.points.filter((point) => point.title === title.id)).toMatchObject([{ time: 2, photo: null }]);
}, 120_000);

it('who is hidden is not on it, and it says when the gallery has changed', async () => {
  await service.fetch(`/v1/people/${ids[1]}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ hidden: true }),
  });
  const map = await read();
  expect(map.stale).toBe(true);
  expect(map.people.map(({ id }) => id)).not.toContain(ids[1]);
  await service.fetch(`/v1/people/${ids[1]}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ hidden: false }),
  });
  expect((await read()).people).toHaveLength(3);
});

it('whoever is deleted is off it at once, with all that told of them, and so is a film that is deleted', async () => {
  const stored = async (): Promise<string> => JSON.stringify(await everything(service.part(GalleryStore).maps, {}));
  expect(await stored()).toContain(ids[0]);
  await service.fetch(`/v1/people/${ids[0]}`, { method: 'DELETE' });
  expect(await stored()).not.toContain(ids[0]);
  const left = await read();
  expect(left.people.map(({ id }) => id).sort()).toEqual([ids[1], ids[2]].sort());
  expect(left.people.flatMap(({ points }) => points.filter(({ nearer }) => nearer !== null))).toEqual([]);
  expect(await stored()).toContain(title.contentHash);
  await service.fetch(`/v1/titles/${title.id}`, { method: 'DELETE' });
  expect(await stored()).not.toContain(title.contentHash);
  expect((await read()).people.flatMap(({ points }) => points)).toHaveLength(9);
});

it('a key that only reads does not see it', async () => {
  const locked = await TestService.start({ KINOSCOPE_REQUIRE_KEYS: 'true' }, 'api');
  try {
    const keyOf = async (scopes: ('read' | 'people')[]): Promise<Record<string, string>> => ({
      authorization: `Bearer ${(await locked.part(ApiKeys).create({ name: 'x', scopes, tenant: 'ada' })).text}`,
    });
    const status = async (headers: Record<string, string>): Promise<number> =>
      (await locked.fetch('/v1/gallery/map', { headers })).status;
    expect([await status({}), await status(await keyOf(['read'])), await status(await keyOf(['people']))]).toEqual([
      401, 403, 200,
    ]);
  } finally {
    await locked.stop();
  }
}, 30_000);
