import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { ApiKeys } from '../../src/access/keys.js';
import { shortFilm } from '../films/film.js';
import { TestService, type JobView } from './service.js';

interface Hook {
  readonly id: string;
  readonly url: string;
  readonly secret: string;
}

interface Message {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let folder: string;
let film: string;
let receiver: Server;
let origin: string;
let service: TestService;
let messages: Message[];
/** What the receiver answers next; 200 afterwards. */
let answers: { status: number; headers?: Record<string, string> }[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinoscope-webhooks-'));
  film = join(folder, 'film.mp4');
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      messages.push({ path: request.url ?? '', headers: request.headers, body });
      const { status, headers = {} } = answers.shift() ?? { status: 200 };
      response.writeHead(status, headers).end();
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  origin = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
}, 120_000);

afterEach(() => service.stop());
afterAll(async () => {
  receiver.close();
  await rm(folder, { recursive: true, force: true });
});

async function start(variables: Record<string, string> = {}): Promise<void> {
  messages = [];
  answers = [];
  service = await TestService.start({
    KINOSCOPE_MEDIA_ROOTS: folder,
    KINOSCOPE_ALLOW_HOSTS: '127.0.0.1',
    ...variables,
  });
}

async function hook(url: string): Promise<Hook> {
  const response = await service.post('/v1/webhooks', { url });
  expect(response.status).toBe(201);
  return (await response.json()) as Hook;
}

/** Has the film analysed, or fails at that because it is gone; the job when it has ended. */
async function analysed({ gone = false } = {}): Promise<JobView> {
  await copyFile(await shortFilm(), film);
  const { title } = (await (await service.post('/v1/titles', { path: film })).json()) as { title: { id: string } };
  if (gone) await rm(film);
  const started = await service.post(`/v1/titles/${title.id}/analyses`, { kinds: ['credits'] });
  const { job } = (await started.json()) as { job: JobView };
  return (await service.follow(job.id)).at(-1)!;
}

async function until<T>(look: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  for (;;) {
    const value = await look();
    if (value) return value;
    await sleep(50);
  }
}

/** The messages' own jobs, the newest first. */
const deliveries = async (): Promise<(JobView & { name: string; attempts: number })[]> =>
  (await service.get<{ items: (JobView & { name: string; attempts: number })[] }>('/v1/jobs')).items.filter(
    ({ name }) => name === 'webhook',
  );

const verified = ({ secret }: Hook, { headers, body }: Message): unknown =>
  new Webhook(secret).verify(body, headers as Record<string, string>);

it('sends the job when it has ended, with a signature that others can check', async () => {
  await start();
  const made = await hook(`${origin}/hook?for=me`);
  const job = await analysed();
  const message = await until(() => messages[0]);
  expect(message.path).toBe('/hook?for=me');
  expect(message.headers['content-type']).toBe('application/json');
  expect(verified(made, message)).toEqual(await service.get(`/v1/jobs/${job.id}`));
  expect(JSON.parse(message.body)).toMatchObject({ id: job.id, name: 'analyze', state: 'done', progress: 1 });
  expect(() => verified(made, { ...message, body: message.body.replace('"done"', '"failed"') })).toThrow();
  expect(() => verified({ ...made, secret: `whsec_${Buffer.alloc(32).toString('base64')}` }, message)).toThrow();
  const later = { ...message.headers, 'webhook-timestamp': String(Number(message.headers['webhook-timestamp']) + 1) };
  expect(() => verified(made, { ...message, headers: later })).toThrow();
  await until(async () => (await deliveries())[0]?.state === 'done');
  expect(messages).toHaveLength(1);
}, 60_000);

it('sends again after a failure, the same message newly signed, also when the service was restarted meanwhile', async () => {
  await start();
  const made = await hook(origin);
  answers = [{ status: 500 }];
  await analysed({ gone: true });
  await until(() => messages[0]);
  await until(async () => (await deliveries())[0]?.state === 'queued');
  await service.restart();
  const again = await until(() => messages[1]);
  expect(again.headers['webhook-id']).toBe(messages[0]!.headers['webhook-id']);
  expect([again.body, verified(made, again)]).toEqual([
    messages[0]!.body,
    expect.objectContaining({ state: 'failed' }),
  ]);
  const [delivery] = await until(async () => (await deliveries())[0]?.state === 'done' && deliveries());
  expect(delivery).toMatchObject({ attempts: 2 });
}, 60_000);

it('tells of downloads and analyses that failed or were cancelled, and follows no redirect', async () => {
  await start({ KINOSCOPE_YT_DLP: 'none' });
  await hook(origin);
  answers = [{ status: 302, headers: { location: `${origin}/elsewhere` } }];
  const posted = await service.post('/v1/titles', { link: 'http://127.0.0.1:1/film.mp4' });
  const { job, analysis } = (await posted.json()) as { job: JobView; analysis: JobView };
  await service.fetch(`/v1/jobs/${job.id}`, { method: 'DELETE' });
  const ended = await until(() => messages.length >= 3 && messages.map(({ body }) => JSON.parse(body) as JobView));
  expect(new Set(ended.map(({ id, state }) => `${id} ${state}`))).toEqual(
    new Set([`${job.id} cancelled`, `${analysis.id} cancelled`]),
  );
  expect(messages.map(({ path }) => path)).toEqual(messages.map(() => '/'));
}, 60_000);

it('sends nothing to a webhook that was deleted, not even what was to be tried again', async () => {
  await start();
  const made = await hook(`${origin}/deleted`);
  expect(await service.get('/v1/webhooks')).toEqual({
    items: [{ id: made.id, url: made.url, createdAt: expect.any(String) }],
  });
  answers = [{ status: 500 }];
  await analysed({ gone: true });
  await until(() => messages[0]);
  expect((await service.fetch(`/v1/webhooks/${made.id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await service.fetch(`/v1/webhooks/${made.id}`, { method: 'DELETE' })).status).toBe(404);
  await until(async () => (await deliveries())[0]?.state === 'done');
  await analysed({ gone: true });
  const other = await hook(`${origin}/other`);
  await analysed({ gone: true });
  await until(() => messages.find(({ path }) => path === '/other'));
  expect(messages.map(({ path }) => path)).toEqual(['/deleted', '/other']);
  expect(await service.get('/v1/webhooks')).toMatchObject({ items: [{ id: other.id }] });
}, 60_000);

it('sends nothing to private addresses, whatever their name', async () => {
  await start({ KINOSCOPE_ALLOW_HOSTS: '' });
  const refused = await service.post('/v1/webhooks', { url: origin });
  expect([refused.status, await refused.json()]).toEqual([403, expect.objectContaining({ reason: 'private-address' })]);
  expect((await service.post('/v1/webhooks', { url: 'ftp://example.com/' })).status).toBe(400);
  await hook(origin.replace('127.0.0.1', 'localhost'));
  await analysed({ gone: true });
  const [delivery] = await until(async () => (await deliveries())[0]?.state === 'failed' && deliveries());
  expect(delivery).toMatchObject({
    attempts: 1,
    error: { code: 'not-allowed', details: { reason: 'private-address' } },
  });
  expect(messages).toEqual([]);
}, 60_000);

it('tells each tenant of its own jobs only, and shows webhooks to keys that may write', async () => {
  await start({ KINOSCOPE_REQUIRE_KEYS: 'true' });
  const key = async (tenant: string, scopes: readonly ('read' | 'write')[]): Promise<Record<string, string>> => ({
    authorization: `Bearer ${(await service.part(ApiKeys).create({ name: tenant, scopes, tenant })).text}`,
  });
  const [ann, bob, reader] = [
    await key('ann', ['read', 'write']),
    await key('bob', ['read', 'write']),
    await key('ann', ['read']),
  ];
  expect((await service.fetch('/v1/webhooks', { headers: reader })).status).toBe(403);
  for (const [name, headers] of [
    ['ann', ann],
    ['bob', bob],
  ] as const) {
    expect((await service.post('/v1/webhooks', { url: `${origin}/${name}` }, headers)).status).toBe(201);
  }
  const posted = await service.post('/v1/titles', { link: 'http://127.0.0.1:1/film.mp4' }, ann);
  const { job } = (await posted.json()) as { job: JobView };
  await service.fetch(`/v1/jobs/${job.id}`, { method: 'DELETE', headers: ann });
  await until(() => messages.length === 2);
  expect(messages.map(({ path }) => path)).toEqual(['/ann', '/ann']);
  const listed = (await (await service.fetch('/v1/webhooks', { headers: bob })).json()) as { items: Hook[] };
  expect(listed.items.map(({ url }) => url)).toEqual([`${origin}/bob`]);
}, 60_000);
