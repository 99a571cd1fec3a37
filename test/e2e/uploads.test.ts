import { readdir, readFile, utimes } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ApiKeys } from '../../src/access/keys.js';
import { shortFilm } from '../films/film.js';
import { TestService } from './service.js';

const TUS = { 'tus-resumable': '1.0.0' };
const PART = { ...TUS, 'content-type': 'application/offset+octet-stream' };
const LIMIT = 64 * 2 ** 20;

let service: TestService;
let film: Buffer;
beforeAll(async () => {
  film = await readFile(await shortFilm());
  service = await TestService.start({ KINOSCOPE_MAX_UPLOAD_BYTES: String(LIMIT), KINOSCOPE_KEEP_UPLOADS: '2' }, 'api');
}, 120_000);
afterAll(() => service.stop());

const nameOf = (name: string): string => `filename ${Buffer.from(name).toString('base64')}`;
const create = (
  size: number,
  name = 'Ein Film – größer.mp4',
  headers: Record<string, string> = {},
): Promise<Response> =>
  service.fetch('/v1/uploads', {
    method: 'POST',
    headers: { ...TUS, 'upload-length': String(size), 'upload-metadata': nameOf(name), ...headers },
  });
async function begin(size = film.length): Promise<string> {
  const answer = await create(size);
  expect([answer.status, answer.headers.get('tus-resumable'), answer.headers.get('upload-offset')]).toEqual([
    201,
    '1.0.0',
    '0',
  ]);
  return answer.headers.get('location')!;
}
const send = (path: string, offset: number, bytes: Uint8Array): Promise<Response> =>
  service.fetch(path, {
    method: 'PATCH',
    headers: { ...PART, 'upload-offset': String(offset) },
    body: Uint8Array.from(bytes),
  });
const offsetOf = async (path: string): Promise<number> => {
  const answer = await service.fetch(path, { method: 'HEAD', headers: TUS });
  expect(answer.status).toBe(200);
  return Number(answer.headers.get('upload-offset'));
};
const idOf = (path: string): string => path.split('/').at(-1)!;
const kept = (): Promise<string[]> => readdir(join(service.home, 'unfinished')).catch(() => []);

it('an upload goes on where it was after the line broke and after a restart, and becomes a title', async () => {
  const path = await begin();
  const [third, half] = [Math.floor(film.length / 3), Math.floor(film.length / 2)];
  expect((await send(path, 0, film.subarray(0, third))).status).toBe(204);

  // a sender that promises more than it sends before its line breaks
  const { hostname, port } = new URL(service.url);
  const socket = connect(Number(port), hostname);
  const head = [
    `PATCH ${path} HTTP/1.1`,
    `Host: ${hostname}:${port}`,
    ...Object.entries({ ...PART, 'upload-offset': third, 'content-length': film.length - third }).map(
      ([name, value]) => `${name}: ${value}`,
    ),
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  socket.write(film.subarray(third, half));
  while ((await offsetOf(path)) < half) await new Promise((resolve) => setTimeout(resolve, 20));
  socket.destroy();

  await service.restart();
  expect(await offsetOf(path)).toBe(half);
  expect(await service.get('/v1/uploads')).toMatchObject({
    items: [{ id: idOf(path), fileName: 'Ein Film – größer.mp4', size: film.length, offset: half }],
  });
  const early = await service.post('/v1/titles', { upload: idOf(path) });
  expect(early.status).toBe(409);
  expect((await send(path, third, film.subarray(third))).status).toBe(409);
  const last = await send(path, half, film.subarray(half));
  expect([last.status, last.headers.get('upload-offset')]).toEqual([204, String(film.length)]);

  const made = await service.post('/v1/titles', { upload: idOf(path) }, { 'idempotency-key': 'once' });
  expect(made.status).toBe(201);
  const { title } = (await made.json()) as { title: { id: string; name: string; source: object } };
  expect(title).toMatchObject({
    name: 'Ein Film – größer',
    source: { kind: 'upload', location: 'Ein Film – größer.mp4' },
  });
  expect(Buffer.from(await (await service.fetch(`/v1/titles/${title.id}/media`)).arrayBuffer()).equals(film)).toBe(
    true,
  );
  expect(await kept()).toEqual([]);
  expect((await service.post('/v1/titles', { upload: idOf(path) }, { 'idempotency-key': 'once' })).status).toBe(201);
}, 60_000);

it('a sender that comes back takes the place of its older request', async () => {
  const path = await begin();
  let push: (bytes: Uint8Array) => void = () => undefined;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => void (push = (bytes) => controller.enqueue(bytes)),
  });
  const hanging = fetch(`${service.url}${path}`, {
    method: 'PATCH',
    headers: { ...PART, 'upload-offset': '0' },
    body,
    duplex: 'half',
  } as RequestInit).catch(() => null);
  push(Uint8Array.from(film.subarray(0, 1000)));
  while ((await offsetOf(path)) < 1000) await new Promise((resolve) => setTimeout(resolve, 20));
  expect((await send(path, 1000, film.subarray(1000, 2000))).status).toBe(204);
  expect((await hanging)?.status).toBe(409);
  expect(await offsetOf(path)).toBe(2000);
  expect((await service.fetch(path, { method: 'DELETE' })).status).toBe(204);
  expect(await kept()).toEqual([]);
}, 30_000);

it('limits are kept: size, length, type by content, the protocol', async () => {
  expect((await create(LIMIT + 1)).status).toBe(413);
  expect((await create(0)).status).toBe(400);
  expect((await create(10, 'x'.repeat(300))).status).toBe(400);
  expect((await create(10, 'film.mp4', { 'tus-resumable': '0.2.2' })).status).toBe(400);
  const path = await begin(1000);
  expect((await send(path, 0, film.subarray(0, 1001))).status).toBe(413);
  expect(await offsetOf(path)).toBe(0);
  expect((await send(path, 0, Buffer.alloc(1000, 'no film'))).status).toBe(204);
  const refused = await service.post('/v1/titles', { upload: idOf(path) });
  expect([refused.status, (await refused.json()) as object]).toEqual([
    422,
    expect.objectContaining({ detail: expect.stringContaining('Ein Film – größer.mp4 is not a video file') }),
  ]);
  expect(await kept()).toEqual([]);
  expect((await service.kept()).filter((name) => !name.startsWith('.'))).toHaveLength(1);
  expect((await service.fetch(path, { method: 'HEAD', headers: TUS })).status).toBe(404);
}, 30_000);

it('what nobody comes back for goes after its days', async () => {
  const [old, young] = [await begin(5000), await begin(5000)];
  for (const path of [old, young]) await send(path, 0, film.subarray(0, 100));
  const before = Date.now() / 1000 - 3 * 86_400;
  await utimes(join(service.home, 'unfinished', idOf(old)), before, before);
  await service.restart();
  expect(await kept()).toEqual([idOf(young)]);
  expect((await service.fetch(old, { method: 'HEAD', headers: TUS })).status).toBe(404);
  await service.fetch(young, { method: 'DELETE' });
}, 30_000);

it('a tenant sees its own uploads alone, and a key that only reads sends none', async () => {
  const locked = await TestService.start({ KINOSCOPE_REQUIRE_KEYS: 'true' }, 'api');
  try {
    const keys = locked.part(ApiKeys);
    const keyOf = async (tenant: string, scopes: ('read' | 'write')[]): Promise<Record<string, string>> => ({
      authorization: `Bearer ${(await keys.create({ name: 'x', scopes, tenant })).text}`,
    });
    const [ada, bob, reader] = [
      await keyOf('ada', ['read', 'write']),
      await keyOf('bob', ['read', 'write']),
      await keyOf('ada', ['read']),
    ];
    const post = (headers: Record<string, string>): Promise<Response> =>
      locked.fetch('/v1/uploads', { method: 'POST', headers: { ...TUS, 'upload-length': '10', ...headers } });
    expect([(await post({})).status, (await post(reader)).status]).toEqual([401, 403]);
    const path = (await post(ada)).headers.get('location')!;
    const head = async (headers: Record<string, string>): Promise<number> =>
      (await locked.fetch(path, { method: 'HEAD', headers: { ...TUS, ...headers } })).status;
    expect([await head(ada), await head(bob)]).toEqual([200, 404]);
    const stolen = await locked.fetch(path, {
      method: 'PATCH',
      headers: { ...PART, ...bob, 'upload-offset': '0' },
      body: 'x',
    });
    expect(stolen.status).toBe(404);
    expect(await (await locked.fetch('/v1/uploads', { headers: bob })).json()).toEqual({ items: [] });
  } finally {
    await locked.stop();
  }
}, 30_000);
