import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeDemoGallery } from '../../scripts/demo-film.mjs';
import { ApiKeys, type Scope } from '../../src/access/keys.js';
import { shortFilm } from '../films/film.js';
import { TestService, type JobView } from './service.js';

let folder: string;
let film: string;
/** Open, on this machine alone. */
let open: TestService;
/** With keys. */
let locked: TestService;
const keys: Record<string, string> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinoscope-access-'));
  film = join(folder, 'short.mp4');
  await copyFile(await shortFilm(), film);
  open = await TestService.start({ KINOSCOPE_MEDIA_ROOTS: folder });
  locked = await TestService.start({
    KINOSCOPE_MEDIA_ROOTS: folder,
    KINOSCOPE_HOST: '0.0.0.0',
    KINOSCOPE_CORS_ORIGINS: 'https://app.example',
  });
  const make = async (name: string, scopes: readonly Scope[], tenant?: string, days?: number) => {
    const made = await locked
      .part(ApiKeys)
      .create({ name, scopes, ...(tenant ? { tenant } : {}), ...(days ? { days } : {}) });
    keys[name] = made.text;
  };
  await make('all', ['read', 'write']);
  await make('reader', ['read']);
  await make('people', ['people']);
  await make('expired', ['read'], undefined, 1e-9);
  await make('ann', ['read', 'write'], 'ann');
  await make('bob', ['read', 'write'], 'bob');
});

afterAll(async () => {
  await open.stop();
  await locked.stop();
  await rm(folder, { recursive: true, force: true });
});

const bearer = (name: string): Record<string, string> => ({ authorization: `Bearer ${keys[name]}` });

async function statuses(name: string, paths: readonly string[]): Promise<number[]> {
  return Promise.all(paths.map(async (path) => (await locked.fetch(path, { headers: bearer(name) })).status));
}

async function upload(name: string, bytes: Uint8Array): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([bytes as Uint8Array<ArrayBuffer>]), 'film.mp4');
  const response = await locked.fetch('/v1/titles', { method: 'POST', body: form, headers: bearer(name) });
  expect(response.status).toBe(201);
  return ((await response.json()) as { title: { id: string } }).title.id;
}

/** The status that a request with these headers gets, `Host` among them, which fetch does not send. */
function statusWith(
  service: TestService,
  path: string,
  method: string,
  headers: Record<string, string>,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${service.url}${path}`, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

describe('a service with keys', () => {
  it('answers nobody without a valid one, and everybody whether it lives', async () => {
    const refused = await locked.fetch('/v1/titles');
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(((await refused.json()) as { detail: string }).detail).toMatch(/API key/);
    const id = keys['all']!.split('_')[1];
    for (const text of ['x', `ks_${id}_${'A'.repeat(43)}`, keys['expired']]) {
      expect((await locked.fetch('/v1/titles', { headers: { authorization: `Bearer ${text}` } })).status).toBe(401);
    }
    expect((await locked.fetch('/healthz')).status).toBe(200);
    expect((await locked.fetch('/')).status).toBe(200);
  });

  it('takes a key as Bearer, as X-Api-Key and in a cookie that scripts cannot read', async () => {
    expect(await statuses('all', ['/v1/titles'])).toEqual([200]);
    expect((await locked.fetch('/v1/titles', { headers: { 'x-api-key': keys['all']! } })).status).toBe(200);
    const session = await locked.post('/v1/session', { key: keys['all'] });
    const cookie = session.headers.get('set-cookie')!;
    expect([session.status, cookie]).toEqual([
      204,
      expect.stringMatching(/^kinoscope_key=ks_.*HttpOnly.*SameSite=Strict/),
    ]);
    expect((await locked.fetch('/v1/titles', { headers: { cookie: cookie.split(';')[0]! } })).status).toBe(200);
    expect((await locked.post('/v1/session', { key: 'ks_nothing' })).status).toBe(401);
  });

  it('lets a key do what its scopes say', async () => {
    expect(await statuses('reader', ['/v1/titles'])).toEqual([200]);
    expect((await locked.post('/v1/titles', { path: film }, bearer('reader'))).status).toBe(403);
    expect(await statuses('people', ['/v1/titles'])).toEqual([403]);
  });

  it('refuses a key from the moment that it is revoked, and never stores its secret', async () => {
    const { key, text } = await locked.part(ApiKeys).create({ name: 'short-lived', scopes: ['read'] });
    const headers = { authorization: `Bearer ${text}` };
    expect((await locked.fetch('/v1/titles', { headers })).status).toBe(200);
    await locked.part(ApiKeys).revoke(key.id);
    expect((await locked.fetch('/v1/titles', { headers })).status).toBe(401);
    const files = await Promise.all(
      ['kinoscope.db', 'kinoscope.db-wal'].map((name) => readFile(join(locked.home, name), 'latin1').catch(() => '')),
    );
    expect(files.join('')).toContain(key.id);
    // the secret is base64url: an underscore may stand inside it
    const secret = text.slice(`ks_${key.id}_`.length);
    expect(secret.length).toBeGreaterThan(40);
    expect(files.join('')).not.toContain(secret);
  });
});

describe('two tenants', () => {
  it("see nothing of each other's titles, answers, films and jobs, even of the same film", async () => {
    const bytes = await readFile(film);
    const own = await upload('ann', bytes);
    const other = await upload('bob', Buffer.concat([bytes, Buffer.alloc(8)]));
    expect(await upload('bob', bytes)).toBe(own);

    const list = async (name: string) =>
      (
        (await (await locked.fetch('/v1/titles', { headers: bearer(name) })).json()) as { items: { id: string }[] }
      ).items.map(({ id }) => id);
    expect(await list('ann')).toEqual([own]);
    expect((await list('bob')).toSorted()).toEqual([own, other].toSorted());
    expect(await list('all')).toEqual([]);
    const rooms = ['', '/media', '/analyses', '/genre', '/cast?t=1'].map((room) => `/v1/titles/${other}${room}`);
    expect(await statuses('ann', rooms)).toEqual(rooms.map(() => 404));

    const started = await locked.post(`/v1/titles/${own}/analyses`, { kinds: ['genre'] }, bearer('ann'));
    const { job } = (await started.json()) as { job: JobView };
    for (const stranger of ['bob', 'all']) {
      expect(await statuses(stranger, [`/v1/jobs/${job.id}`, `/v1/jobs/${job.id}/events`])).toEqual([404, 404]);
      const cancelled = await locked.fetch(`/v1/jobs/${job.id}`, { method: 'DELETE', headers: bearer(stranger) });
      expect(cancelled.status).toBe(404);
    }
    const events = await locked.fetch(`/v1/jobs/${job.id}/events`, { headers: bearer('ann') });
    expect((await events.text()).match(/"state":"(\w+)"/g)?.at(-1)).toBe('"state":"done"');
    expect(await statuses('ann', [`/v1/titles/${own}/genre`])).toEqual([200]);
    expect(await statuses('bob', [`/v1/titles/${own}/genre`])).toEqual([404]);

    // The same film of two tenants is two files: one goes, the other stays.
    expect((await locked.fetch(`/v1/titles/${own}`, { method: 'DELETE', headers: bearer('ann') })).status).toBe(204);
    expect(await statuses('ann', [`/v1/titles/${own}`])).toEqual([404]);
    expect(await statuses('bob', [`/v1/titles/${own}/media`])).toEqual([200]);
  }, 120_000);

  it("have no films opened by another tenant's keys for workers; those of the default tenant open all", async () => {
    const worker = async (tenant: string) => ({
      authorization: `Bearer ${(await locked.part(ApiKeys).create({ name: `worker of ${tenant}`, scopes: ['operate'], tenant })).text}`,
    });
    const form = new FormData();
    form.append('file', new Blob([await readFile(film)]), 'film.mp4');
    const made = (await (
      await locked.fetch('/v1/titles', { method: 'POST', body: form, headers: bearer('bob') })
    ).json()) as { title: { id: string } };
    const status = async (tenant: string): Promise<number> =>
      (await locked.fetch(`/v1/titles/${made.title.id}/file?tenant=bob`, { headers: await worker(tenant) })).status;
    expect([await status('ann'), await status('bob'), await status('default')]).toEqual([404, 200, 200]);
  }, 60_000);

  it("do not share answers by Idempotency-Key, nor the operator's media roots", async () => {
    const once = { 'idempotency-key': 'same' };
    const first = await locked.post(
      '/v1/titles',
      { link: 'https://films.example/a.mp4' },
      { ...bearer('ann'), ...once },
    );
    const second = await locked.post(
      '/v1/titles',
      { link: 'https://films.example/b.mp4' },
      { ...bearer('bob'), ...once },
    );
    expect([first.status, second.status]).toEqual([202, 202]);
    expect((await locked.post('/v1/titles', { path: film }, bearer('ann'))).status).toBe(403);
    expect((await locked.post('/v1/titles', { path: film }, bearer('all'))).status).toBe(201);
  });
});

describe('in a service with keys', () => {
  it("the films of watched folders are the default tenant's, and people are each tenant's own", async () => {
    const service = await TestService.start({
      KINOSCOPE_REQUIRE_KEYS: 'true',
      KINOSCOPE_WATCH: folder,
      KINOSCOPE_WATCH_SETTLE: '0.1',
      KINOSCOPE_MEDIA_ROOTS: folder,
    });
    try {
      const make = async (tenant: string) => {
        const { text } = await service.part(ApiKeys).create({ name: tenant, scopes: ['read', 'people'], tenant });
        return { authorization: `Bearer ${text}` };
      };
      const [operator, ann, bob] = [await make('default'), await make('ann'), await make('bob')];
      const names = async (path: string, headers: Record<string, string>) =>
        ((await (await service.fetch(path, { headers })).json()) as { items: { name: string }[] }).items.map(
          ({ name }) => name,
        );
      for (let looks = 0; looks < 100 && (await names('/v1/titles', operator)).length === 0; looks++) await sleep(100);
      expect([await names('/v1/titles', operator), await names('/v1/titles', ann)]).toEqual([['short'], []]);

      const gallery = await mkdtemp(join(tmpdir(), 'kinoscope-gallery-'));
      await makeDemoGallery(gallery);
      const photo = await readFile(join(gallery, 'Ada Abel', '1.jpg'));
      await rm(gallery, { recursive: true });
      const form = new FormData();
      form.append('name', 'Ada');
      form.append('file', new Blob([photo as Uint8Array<ArrayBuffer>]), 'ada.jpg');
      const created = await service.fetch('/v1/people', { method: 'POST', body: form, headers: ann });
      expect(created.status).toBe(201);
      const { id } = (await created.json()) as { id: string };
      expect([await names('/v1/people', ann), await names('/v1/people', bob)]).toEqual([['Ada'], []]);
      expect((await service.fetch(`/v1/people/${id}`, { headers: bob })).status).toBe(404);
      expect((await service.fetch(`/v1/people/${id}`, { method: 'DELETE', headers: bob })).status).toBe(404);
      expect((await service.post('/v1/people', { name: 'Ada' }, bob)).status).toBe(201);
    } finally {
      await service.stop();
    }
  }, 120_000);
});

describe('pages of elsewhere', () => {
  it('change nothing on an open service, and cannot pass their name off as ours', async () => {
    const evil = { origin: 'https://evil.example' };
    expect(await statusWith(open, '/v1/jobs/1', 'DELETE', evil)).toBe(403);
    expect(await statusWith(open, '/v1/jobs/1', 'DELETE', { origin: open.url })).toBe(404);
    expect(await statusWith(open, '/v1/titles', 'GET', { host: 'evil.example' })).toBe(403);
    expect(await statusWith(open, '/v1/titles', 'GET', { host: 'localhost:1' })).toBe(200);
  });

  it('may read the answers only where the operator names them', async () => {
    const allowed = async (service: TestService, origin: string) =>
      (await service.fetch('/healthz', { headers: { origin } })).headers.get('access-control-allow-origin');
    expect(await allowed(locked, 'https://app.example')).toBe('https://app.example');
    expect(await allowed(locked, 'https://evil.example')).not.toBe('https://evil.example');
    expect(await allowed(open, 'https://app.example')).toBeNull();
  });
});

describe('every answer', () => {
  it('carries headers that keep a browser from running what is not ours', async () => {
    const { headers } = await open.fetch('/');
    expect(headers.get('content-security-policy')).toContain(`default-src 'none';script-src ${open.url}/`);
    expect((await open.fetch('/v1/titles')).headers.get('content-security-policy')).toMatch(
      /^default-src 'none';.*sandbox$/,
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(
      (await open.fetch('/v1/titles', { headers: { 'x-request-id': 'mine-1' } })).headers.get('x-request-id'),
    ).toBe('mine-1');
  });
});

describe('limits', () => {
  it('slow down who asks too often, each key for itself', async () => {
    const service = await TestService.start({
      KINOSCOPE_REQUIRE_KEYS: 'true',
      KINOSCOPE_RATE_LIMIT: '1',
      KINOSCOPE_WRITE_RATE_LIMIT: '0',
    });
    try {
      const texts = await Promise.all(
        ['a', 'b'].map(async (name) => (await service.part(ApiKeys).create({ name, scopes: ['read'] })).text),
      );
      const ask = (key: string) => service.fetch('/v1/titles', { headers: { authorization: `Bearer ${key}` } });
      for (let asked = 0; asked < 10; asked++) expect((await ask(texts[0]!)).status).toBe(200);
      const refused = await ask(texts[0]!);
      expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true]);
      expect((await ask(texts[1]!)).status).toBe(200);
    } finally {
      await service.stop();
    }
  });

  it('refuse a body that is too large before it is read', async () => {
    const response = await open.post('/v1/titles', { path: 'x'.repeat(1_100_000) });
    expect(response.status).toBe(413);
  });
});
