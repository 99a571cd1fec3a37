import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ServiceProcess } from '../e2e/process.js';
import { TestService } from '../e2e/service.js';
import { shortFilm } from '../films/film.js';
import { arriving, opened, until } from './arrivals.js';
import { blackPng, photoForm } from './files.js';

let service: TestService;
beforeAll(async () => {
  service = await TestService.start();
}, 60_000);
afterAll(() => service.stop());

const PART = '--b\r\nContent-Disposition: form-data; name="photo"; filename="photo.jpg"\r\n\r\n';

/** A client that sends the beginning of an upload, and no more. */
async function begin(url: string, path: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 10000000\r\n\r\n${PART}`,
  );
  socket.write(Buffer.alloc(200_000, 1));
  return socket;
}

describe('an upload that is broken off', () => {
  it.each(['/v1/identify', '/v1/people', '/v1/titles'])('leaves no file and no descriptor: %s', async (path) => {
    const sockets = await Promise.all([1, 2, 3].map(() => begin(service.url, path)));
    expect(
      (
        await until(
          () => opened(service.home),
          (files) => files.length === 3,
        )
      ).length,
    ).toBe(3);
    for (const socket of sockets) socket.destroy();
    expect(
      await until(
        () => arriving(service.home),
        (files) => files.length === 0,
      ),
    ).toEqual([]);
    expect(
      await until(
        () => opened(service.home),
        (files) => files.length === 0,
      ),
    ).toEqual([]);
  });

  it.each(['/v1/identify', '/v1/people', '/v1/titles'])(
    'in the middle of its form is 400, and leaves nothing: %s',
    async (path) => {
      const headers = { 'content-type': 'multipart/form-data; boundary=b' };
      const response = await service.fetch(path, { method: 'POST', headers, body: `${PART}half a file` });
      expect([response.status, response.headers.get('content-type')]).toEqual([
        400,
        expect.stringContaining('application/problem+json'),
      ]);
      expect(await arriving(service.home)).toEqual([]);
    },
  );

  it("by the service's stop leaves nothing, and does not hold it up", async () => {
    const sockets = await Promise.all(['/v1/identify', '/v1/titles'].map((path) => begin(service.url, path)));
    await until(
      () => opened(service.home),
      (files) => files.length === 2,
    );
    await service.restart();
    for (const socket of sockets) socket.destroy();
    expect([await arriving(service.home), await opened(service.home)]).toEqual([[], []]);
  });

  it('by the death of the service is removed when it starts again', async () => {
    const home = await mkdtemp(join(tmpdir(), 'kinoscope-killed-'));
    try {
      const first = await ServiceProcess.start('api', { KINOSCOPE_HOME: home });
      const sockets = await Promise.all(['/v1/identify', '/v1/titles'].map((path) => begin(first.url, path)));
      await until(
        () => arriving(home),
        (files) => files.length >= 4,
      );
      process.kill(first.pid, 'SIGKILL');
      for (const socket of sockets) socket.destroy();
      expect(await arriving(home)).not.toEqual([]);
      const second = await ServiceProcess.start('api', { KINOSCOPE_HOME: home });
      await second.stop();
      expect(await arriving(home)).toEqual([]);
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });
});

describe('a name', () => {
  const status = async (path: string, form: FormData): Promise<number> =>
    (await service.fetch(path, { method: 'POST', body: form })).status;

  it('of more than 255 bytes is 400, of a photo and of a film; any other one is no path', async () => {
    const long = `${'ä'.repeat(130)}.jpg`;
    expect(await status('/v1/identify', photoForm(blackPng(20, 20), long))).toBe(400);
    expect(await status('/v1/titles', photoForm(blackPng(20, 20), long))).toBe(400);
    for (const name of ['ä'.repeat(120), '../../../evil.jpg', 'a\\b.jpg', '.', 'x.js']) {
      expect([name, await status('/v1/identify', photoForm(blackPng(20, 20), name))]).toEqual([name, 200]);
    }
    expect(await arriving(service.home)).toEqual([]);
  });

  it('that is half a character is 400', async () => {
    for (const [path, body] of [
      ['/v1/people', '{"name":"\\ud800"}'],
      ['/v1/titles', '{"link":"https://example.com/a","name":"a\\udc00b"}'],
    ]) {
      const response = await service.fetch(path!, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: body!,
      });
      expect([response.status, response.headers.get('content-type')]).toEqual([
        400,
        expect.stringContaining('application/problem+json'),
      ]);
    }
  });

  it('that is too long for its field is refused, not cut', async () => {
    const film = await readFile(await shortFilm());
    expect(await status('/v1/titles', photoForm(film, 'film.mp4', { name: 'n'.repeat(301) }))).toBe(400);
    expect(await status('/v1/titles', photoForm(film, 'film.mp4', { name: 'n'.repeat(20_000) }))).toBe(400);
    expect(await service.kept()).toEqual([]);
  });
});
