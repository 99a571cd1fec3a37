import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiKeys } from '../../src/access/keys.js';
import { TestService } from '../e2e/service.js';
import { arriving, opened, until } from './arrivals.js';

/** Open to this machine, and impatient. */
let open: TestService;
/** With keys. */
let locked: TestService;
let key: string;
beforeAll(async () => {
  open = await TestService.start({ KINOSCOPE_REQUEST_IDLE: '2', KINOSCOPE_CONNECTIONS: '20' });
  locked = await TestService.start({ KINOSCOPE_HOST: '0.0.0.0' });
  key = (await locked.part(ApiKeys).create({ name: 'all', scopes: ['read', 'write', 'people'] })).text;
}, 120_000);
afterAll(async () => {
  await open.stop();
  await locked.stop();
});

/** A client that sends what it is told, and keeps what it is answered. */
class RawClient {
  answer = '';
  private constructor(readonly socket: Socket) {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      this.answer += String(data);
    });
  }

  static async to(service: TestService, text: string): Promise<RawClient> {
    const { hostname, port } = new URL(service.url);
    const client = new RawClient(connect(Number(port), hostname));
    await once(client.socket, 'connect');
    client.socket.write(text.replaceAll('\n', '\r\n'));
    return client;
  }

  /** The first line of the answer. */
  async status(): Promise<string> {
    while (!this.answer.includes('\r\n') && !this.socket.closed) await sleep(20);
    return this.answer.split('\r\n', 1)[0]!;
  }

  async closed(): Promise<void> {
    if (!this.socket.closed) await once(this.socket, 'close');
  }
}

const post = (path: string, type: string, length: number, more = ''): string =>
  `POST ${path} HTTP/1.1\nHost: localhost\nContent-Type: ${type}\nContent-Length: ${length}\n${more}\n`;
const MULTIPART = 'multipart/form-data; boundary=b';
const PART = '--b\nContent-Disposition: form-data; name="file"; filename="f.mp4"\n\n';

describe('a request without a valid key', () => {
  it.each([
    ['/v1/titles', 'application/json'],
    ['/v1/titles', MULTIPART],
    ['/v1/people', MULTIPART],
    ['/v1/identify', MULTIPART],
  ])('is answered before its body has come, and its connection ends: %s, %s', async (path, type) => {
    const client = await RawClient.to(locked, post(path, type, 1_000_000));
    expect(await client.status()).toBe('HTTP/1.1 401 Unauthorized');
    await client.closed();
  });

  it('is not told to send its body, where it asks before', async () => {
    const stranger = await RawClient.to(locked, post('/v1/titles', MULTIPART, 1_000_000, 'Expect: 100-continue\n'));
    expect(await stranger.status()).toBe('HTTP/1.1 401 Unauthorized');
    const known = await RawClient.to(
      locked,
      post('/v1/titles', 'application/json', 2, `Expect: 100-continue\nAuthorization: Bearer ${key}\n`),
    );
    expect(await known.status()).toBe('HTTP/1.1 100 Continue');
    known.socket.write('{}');
    while (!known.answer.includes('400 Bad Request')) await sleep(20);
    for (const { socket } of [stranger, known]) socket.destroy();
  });

  it('may send a key, and no more than that', async () => {
    const session = (body: string) =>
      locked.fetch('/v1/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect((await session(JSON.stringify({ key }))).status).toBe(204);
    expect((await session(JSON.stringify({ key: 'x'.repeat(10_000) }))).status).toBe(413);
  });
});

describe('a slow client', () => {
  it('that does not end its headers is sent away', async () => {
    const client = await RawClient.to(open, 'GET /v1/titles HTTP/1.1\nHost: localhost\nX-A: ');
    expect(await client.status()).toMatch(/^HTTP\/1.1 408/);
    await client.closed();
  });

  it.each(['application/json', MULTIPART])(
    'that sends nothing of its body, or a byte now and then, is sent away: %s',
    async (type) => {
      const [silent, dripping] = await Promise.all(
        [1, 2].map(() => RawClient.to(open, post('/v1/titles', type, 5_000) + (type === MULTIPART ? PART : '{'))),
      );
      const drip = setInterval(() => dripping!.socket.write('x'), 100);
      try {
        expect([await silent!.status(), await dripping!.status()]).toEqual(
          Array(2).fill('HTTP/1.1 408 Request Timeout'),
        );
        await Promise.all([silent!.closed(), dripping!.closed()]);
      } finally {
        clearInterval(drip);
      }
    },
  );

  it.each(['/v1/titles', '/v1/people', '/v1/identify'])(
    'that was sent away leaves no file and no descriptor: %s',
    async (path) => {
      const client = await RawClient.to(open, post(path, MULTIPART, 5_000_000) + PART);
      client.socket.write(Buffer.alloc(200_000, 1));
      expect(await client.status()).toBe('HTTP/1.1 408 Request Timeout');
      const left = async (): Promise<string[]> => [...(await arriving(open.home)), ...(await opened(open.home))];
      expect(await until(left, (files) => files.length === 0)).toEqual([]);
      client.socket.destroy();
    },
  );

  it('that was sent away in the middle of an upload that may go on leaves no descriptor, and what it has sent', async () => {
    const tus = { 'tus-resumable': '1.0.0' };
    const made = await open.fetch('/v1/uploads', { method: 'POST', headers: { ...tus, 'upload-length': '5000000' } });
    const path = made.headers.get('location')!;
    const head = `PATCH ${path} HTTP/1.1\nHost: localhost\nTus-Resumable: 1.0.0\nUpload-Offset: 0\n`;
    const client = await RawClient.to(
      open,
      `${head}Content-Type: application/offset+octet-stream\nContent-Length: 5000000\n\n`,
    );
    client.socket.write(Buffer.alloc(200_000, 1));
    expect(await client.status()).toBe('HTTP/1.1 408 Request Timeout');
    expect(
      await until(
        () => opened(open.home),
        (files) => files.length === 0,
      ),
    ).toEqual([]);
    const there = await open.fetch(path, { method: 'HEAD', headers: tus });
    expect(there.headers.get('upload-offset')).toBe('200000');
    client.socket.destroy();
  });

  it('that gets on may take longer than one that does not', async () => {
    const end = '\r\n--b--\r\n';
    const body = Buffer.from(`${PART.replaceAll('\n', '\r\n')}`);
    const client = await RawClient.to(open, post('/v1/titles', MULTIPART, body.length + 15 * 2_000 + end.length));
    client.socket.write(body);
    for (let piece = 0; piece < 15; piece++) {
      await sleep(200);
      client.socket.write(Buffer.alloc(2_000, 1));
    }
    client.socket.write(end);
    expect(await client.status()).toBe('HTTP/1.1 422 Unprocessable Entity');
    client.socket.destroy();
  });

  it('has so many connections and no more, and others again when they are closed', async () => {
    const clients = await Promise.all(Array.from({ length: 40 }, () => RawClient.to(open, '')));
    const refused = async (): Promise<number> =>
      clients.filter(({ answer }) => answer.startsWith('HTTP/1.1 429')).length;
    for (let patience = 100; patience > 0 && (await refused()) < 20; patience--) await sleep(20);
    expect(await refused()).toBeGreaterThanOrEqual(20);
    for (const { socket } of clients) socket.destroy();
    await Promise.all(clients.map((client) => client.closed()));
    let status = 0;
    for (let patience = 100; patience > 0 && status !== 200; patience--) {
      await sleep(20);
      status = (await open.fetch('/v1/titles')).status;
    }
    expect(status).toBe(200);
  });
});

describe('a request', () => {
  it('has a megabyte of JSON at most, and no depth that breaks its reader', async () => {
    const json = (body: string) =>
      open.fetch('/v1/titles', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect((await json(JSON.stringify({ path: 'x'.repeat(1_100_000) }))).status).toBe(413);
    const deep = await json(`{"path":${'['.repeat(400_000)}${']'.repeat(400_000)}}`);
    expect([deep.status, deep.headers.get('content-type')]).toEqual([
      400,
      expect.stringContaining('application/problem+json'),
    ]);
  });

  it('for a second that is not named is 400', async () => {
    for (const t of ['', '%20', 'x', '-1', 'NaN', 'Infinity'])
      expect([t, (await open.fetch(`/v1/titles/${'a'.repeat(24)}/cast?t=${t}`)).status]).toEqual([t, 400]);
    expect((await open.fetch(`/v1/titles/${'a'.repeat(24)}/cast?t=1.5`)).status).toBe(404);
  });
});
