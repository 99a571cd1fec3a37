import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { KEPT_ANSWERS, type KeptAnswer } from '../../src/http/kept-answers.js';
import type { Collection } from '../../src/storage/collection.js';
import { openSqliteStore } from '../../src/storage/sqlite-store.js';
import { ServiceProcess } from '../e2e/process.js';
import { TestService } from '../e2e/service.js';
import { shortFilm } from '../films/film.js';

interface Made {
  readonly title: { readonly id: string; readonly name: string };
}

let film: Buffer;
beforeAll(async () => {
  film = await readFile(await shortFilm());
}, 120_000);

/** The film with something after its end, which makes another content of it. */
const another = (mark: string): Buffer => Buffer.concat([film, Buffer.from(mark)]);

/** A body of one file, as a client with this boundary sends it. */
function parts(boundary: string, bytes: Buffer, fileName = 'film.mp4'): Buffer {
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${fileName}"\r\ncontent-type: video/mp4\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
}

const headers = (boundary: string, key: string) => ({
  'content-type': `multipart/form-data; boundary=${boundary}`,
  'idempotency-key': key,
});
const upload = (url: string, key: string, bytes: Buffer, boundary = 'one', fileName?: string): Promise<Response> =>
  fetch(`${url}/v1/titles`, {
    method: 'POST',
    headers: headers(boundary, key),
    body: new Uint8Array(parts(boundary, bytes, fileName)),
  });

describe('the same Idempotency-Key', () => {
  let service: TestService;
  beforeEach(async () => {
    service = await TestService.start({ KINOSCOPE_ALLOW_HOSTS: '127.0.0.1' }, 'api');
  }, 60_000);
  afterEach(() => service.stop());

  /** What is kept in the service's store, through a second connection. */
  async function kept<T>(work: (answers: Collection<KeptAnswer & { tenant: string }>) => Promise<T>): Promise<T> {
    const store = await openSqliteStore(join(service.home, 'kinoscope.db'));
    try {
      return await work(await store.collection(KEPT_ANSWERS));
    } finally {
      await store.close();
    }
  }

  /** Leaves it as a process leaves it that dies before its answer is kept. */
  const unanswered = (key: string): Promise<unknown> =>
    kept((answers) =>
      answers.patch(`default/${key}`, {
        $set: { status: null, body: null, owner: 'another-host:1:0', aliveAt: '2020-01-01T00:00:00.000Z' },
      }),
    );

  it('with the same parts is answered again, whatever their boundary; with other parts it is refused, and nothing is lost', async () => {
    const first = await upload(service.url, 'k', film);
    expect(first.status).toBe(201);
    const again = await upload(service.url, 'k', film, 'another-boundary');
    expect([again.status, await again.text()]).toEqual([201, await first.text()]);
    for (const refused of [
      await upload(service.url, 'k', another('x')),
      await upload(service.url, 'k', film, 'one', 'other.mp4'),
    ]) {
      expect([refused.status, refused.headers.get('content-type')]).toEqual([
        422,
        expect.stringMatching(/^application\/problem\+json/),
      ]);
    }
    const second = (await (await upload(service.url, 'k2', another('x'))).json()) as Made;
    expect((await service.get<{ items: { id: string }[] }>('/v1/titles')).items.map(({ id }) => id)).toContain(
      second.title.id,
    );
  }, 60_000);

  it('makes somebody once, although the process died before it could say so', async () => {
    const make = (): Promise<Response> => service.post('/v1/people', { name: 'Ada' }, { 'idempotency-key': 'ada' });
    const first = (await (await make()).json()) as { id: string };
    await unanswered('ada');
    const again = await make();
    expect([again.status, ((await again.json()) as { id: string }).id]).toEqual([201, first.id]);
    expect((await service.get<{ items: unknown[] }>('/v1/people')).items).toHaveLength(1);
    expect((await service.post('/v1/people', { name: 'Ada' }, { 'idempotency-key': 'another' })).status).toBe(409);
  }, 60_000);

  it('is refused while its first request is still being answered', async () => {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    const body = parts('one', film);
    const lines = Object.entries({ host: 'localhost', ...headers('one', 'slow'), 'content-length': body.length });
    socket.write(`POST /v1/titles HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
    socket.write(body.subarray(0, 1000));
    while ((await kept((answers) => answers.count())) === 0) await delay(20);
    expect((await upload(service.url, 'slow', film)).status).toBe(409);
    socket.write(body.subarray(1000));
    while ((await kept((answers) => answers.count({ status: 201 }))) === 0) await delay(20);
    expect((await upload(service.url, 'slow', film)).status).toBe(201);
    socket.destroy();
  }, 60_000);

  it('does not tell the secret of a webhook again, and a webhook whose answer was lost has another one', async () => {
    const make = async (): Promise<{ id: string; secret?: string }> =>
      (await (
        await service.post('/v1/webhooks', { url: 'http://127.0.0.1:1/' }, { 'idempotency-key': 'hook' })
      ).json()) as { id: string; secret?: string };
    const first = await make();
    expect(first.secret).toMatch(/^whsec_/);
    const { secret: _secret, ...shown } = first;
    expect(await make()).toEqual(shown);
    expect(JSON.stringify(await kept((answers) => answers.find()))).not.toContain(first.secret);
    await unanswered('hook');
    const again = await make();
    expect([again.id, again.secret === first.secret]).toEqual([first.id, false]);
    expect(again.secret).toMatch(/^whsec_/);
    expect((await service.get<{ items: unknown[] }>('/v1/webhooks')).items).toHaveLength(1);
  }, 60_000);
});

describe('a service that is killed', () => {
  let home: string;
  let service: ServiceProcess;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'kinoscope-killed-'));
    service = await ServiceProcess.start('api', { KINOSCOPE_HOME: home });
  }, 60_000);
  afterEach(async () => {
    await service.stop();
    await rm(home, { recursive: true });
  });

  async function killAndRestart(before: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    process.kill(service.pid, 'SIGKILL');
    await delay(100);
    await before();
    service = await ServiceProcess.start('api', { KINOSCOPE_HOME: home });
  }

  it('in the middle of an upload answers its repeat at once', async () => {
    const body = parts('one', film);
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1').on('error', () => undefined);
    socket.write(
      `POST /v1/titles HTTP/1.1\r\nhost: localhost\r\ncontent-type: multipart/form-data; boundary=one\r\nidempotency-key: k\r\n` +
        `content-length: ${body.length}\r\n\r\n`,
    );
    socket.write(body.subarray(0, body.length - 100));
    const begun = async (): Promise<boolean> => (await readdir(join(home, 'media')).catch(() => [])).length > 0;
    while (!(await begun())) await delay(20);
    await killAndRestart();
    const again = await upload(service.url, 'k', film);
    expect(again.status).toBe(201);
    expect((await readdir(join(home, 'media'))).filter((name) => !name.startsWith('.'))).toHaveLength(1);
  }, 120_000);

  it('after an upload got its final name, and before it became a title, finds it again at start', async () => {
    const sha256 = createHash('sha256').update(film).digest('hex');
    await killAndRestart(async () => {
      await mkdir(join(home, 'media'), { recursive: true });
      await copyFile(await shortFilm(), join(home, 'media', `${sha256}.mp4`));
      const store = await openSqliteStore(join(home, 'kinoscope.db'));
      const arrivals = await store.collection({ name: 'arrivals' });
      await arrivals.insert({
        ...{ tenant: 'default', owner: await ownerOf(), sha256, fileName: 'My film.mp4', name: null },
        id: 'a',
      });
      await store.close();
    });
    const { items } = await service.json<{ items: Made['title'][] }>('/v1/titles');
    expect(items).toMatchObject([{ id: sha256.slice(0, 24), name: 'My film' }]);
  }, 120_000);

  /** A process of this host that has ended. */
  async function ownerOf(): Promise<string> {
    const { THIS_PROCESS } = await import('../../src/core/process-identity.js');
    return `${THIS_PROCESS.split(':')[0]}:${service.pid}:0`;
  }
});
