import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, realpath, rename, rm, stat, symlink, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, chromium } from 'playwright-core';
import { openVideoWriter } from '../../src/frames/writer.js';
import { drawNumber } from '../clips/bar-code.js';
import { type JobView, TestService } from '../e2e/service.js';

const program = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
if (!program) process.stderr.write('media.test.ts: no Chromium on this machine, its case is left out\n');

let base: string;
let library: string;
let service: TestService;
beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'kinoscope-media-')));
  library = join(base, 'library');
  await mkdir(library);
  service = await TestService.start({ KINOSCOPE_MEDIA_ROOTS: library });
}, 60_000);
afterAll(async () => {
  await service.stop();
  await rm(base, { recursive: true, force: true });
});

/** A film of a second, of this number's picture. */
async function film(name: string, number: number): Promise<string> {
  const file = join(base, name);
  const writer = await openVideoWriter(file, { width: 64, height: 48, frameRate: 5 });
  for (let frame = 0; frame < 5; frame++) await writer.write(drawNumber(number + frame, 64, 48), frame / 5);
  await writer.close();
  return file;
}

async function upload(bytes: Uint8Array, name: string): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([bytes as Uint8Array<ArrayBuffer>]), name);
  const response = await service.fetch('/v1/titles', { method: 'POST', body: form });
  expect(response.status).toBe(201);
  return ((await response.json()) as { title: { id: string } }).title.id;
}

async function titleOf(path: string): Promise<string> {
  const response = await service.post('/v1/titles', { path });
  expect(response.status).toBe(201);
  return ((await response.json()) as { title: { id: string } }).title.id;
}

/** A transport stream that a browser would run, if it took it for a script or a page: demuxers pass over what is before the first packet. */
async function polyglots(): Promise<{ script: Buffer; page: Buffer }> {
  const stream = Buffer.from(
    (await readFile(await film('plain.ts', 1))).toString('latin1').replaceAll('*/', '* '),
    'latin1',
  );
  const run = 'globalThis.hit = true; document.title = "hit";';
  return {
    script: Buffer.concat([Buffer.from(`${run}/*`), stream, Buffer.from('*/')]),
    page: Buffer.concat([Buffer.from(`<!doctype html><script>${run}</script><!--`), stream]),
  };
}

const media = (id: string, init?: RequestInit): Promise<Response> => service.fetch(`/v1/titles/${id}/media`, init);

describe("a film whose name and bytes are a script's", () => {
  it('is kept and served as the film that was found in it, and as nothing that runs', async () => {
    const { script, page } = await polyglots();
    for (const [name, bytes] of [
      ['x.js', script],
      ['x.html', page],
    ] as const) {
      const { headers, status } = await media(await upload(bytes, name));
      expect([status, headers.get('content-type'), headers.get('x-content-type-options')]).toEqual([
        200,
        'video/mp2t',
        'nosniff',
      ]);
      expect(headers.get('content-security-policy')).toMatch(/\bsandbox\b(?!.*allow-)/);
    }
    expect((await service.kept()).filter((file) => /\.(js|html)$/.test(file))).toEqual([]);
  });

  it('is saved, not shown, where browsers have no type for it', async () => {
    const file = join(base, 'plain.nut');
    await copyFile(await film('plain.mkv', 3), file);
    expect((await media(await upload(await readFile(file), 'x.html'))).headers.get('content-type')).toBe(
      'video/x-matroska',
    );
    const id = await upload(await readFile(await film('other.mp4', 9)), 'x.html');
    const operated = await service.fetch(`/v1/titles/${id}/file`);
    expect([operated.headers.get('content-type'), operated.headers.get('content-disposition')]).toEqual([
      'application/octet-stream',
      expect.stringMatching(/^attachment/),
    ]);
  });

  it('is no part of a page', async () => {
    const id = await upload((await polyglots()).script, 'x.js');
    for (const dest of ['script', 'worker', 'serviceworker', 'style', 'iframe', 'object', 'embed']) {
      expect((await media(id, { headers: { 'sec-fetch-dest': dest } })).status).toBe(403);
    }
    expect((await media(id, { headers: { 'sec-fetch-dest': 'video' } })).status).toBe(200);
  });

  it('does not run in a browser', async () => {
    if (!program) return;
    const { script, page: html } = await polyglots();
    const [js, document] = [await upload(script, 'x.js'), await upload(html, 'x.html')];
    const browser: Browser = await chromium.launch({
      executablePath: program,
      args: ['--no-sandbox', '--disable-gpu'],
    });
    try {
      const page = await browser.newPage();
      await page.goto(service.url);
      const tried = await page.evaluate(`(async (source) => {
        const element = Object.assign(document.createElement('script'), { src: source });
        const loaded = new Promise((resolve) => {
          element.onload = () => resolve('ran');
          element.onerror = () => resolve('refused');
        });
        document.head.append(element);
        const imported = await import(source).then(() => 'ran', () => 'refused');
        const registered = await navigator.serviceWorker.register(source).then(() => 'ran', () => 'refused');
        return [await loaded, imported, registered, 'hit' in globalThis];
      })('/v1/titles/${js}/media')`);
      expect(tried).toEqual(['refused', 'refused', 'refused', false]);
      // it is saved, which ends the navigation
      for (const id of [js, document]) await page.goto(`${service.url}/v1/titles/${id}/media`).catch(() => undefined);
      expect(await page.title()).not.toBe('hit');
      // and the studio's own scripts run
      await page.goto(service.url);
      await page.waitForSelector('article');
    } finally {
      await browser.close();
    }
  }, 60_000);
});

describe('a film in whose place another file is', () => {
  it('is not served, not to a worker either, and not analysed: a link out of the library, or a folder that is one', async () => {
    const [here, secret] = [join(library, 'folder/film.mp4'), join(base, 'outside/film.mp4')];
    await mkdir(join(library, 'folder'));
    await mkdir(join(base, 'outside'));
    await rename(await film('film.mp4', 20), here);
    // of the same size and time, as far as that can be seen
    await copyFile(here, secret);
    const id = await titleOf(here);
    const { atime, mtime } = await stat(here);
    for (const file of [here, secret]) await utimes(file, atime, mtime);
    await service.fetch(`/v1/titles/${id}`, { method: 'DELETE' });
    expect(await titleOf(here)).toBe(id);
    expect((await media(id)).status).toBe(200);

    const refused = async (): Promise<void> => {
      expect((await media(id)).status).toBe(404);
      expect((await service.fetch(`/v1/titles/${id}/file`)).status).toBe(404);
      const { job } = (await (await service.post(`/v1/titles/${id}/analyses`, { kinds: ['genre'] })).json()) as {
        job: JobView;
      };
      expect((await service.follow(job.id)).at(-1)).toMatchObject({ state: 'failed', error: { code: 'not-found' } });
    };
    await rename(here, `${here}.was`);
    await symlink(secret, here);
    await refused();
    await rm(here);
    await rename(`${here}.was`, here);
    expect((await media(id)).status).toBe(200);
    await rename(join(library, 'folder'), join(base, 'folder'));
    await symlink(join(base, 'outside'), join(library, 'folder'));
    await refused();
  });
});

describe('a range', () => {
  it('past the end is 416 and says where that is; others are answered as they are asked', async () => {
    const bytes = await readFile(await film('range.mp4', 30));
    const id = await upload(bytes, 'range.mp4');
    const past = await media(id, { headers: { range: `bytes=${bytes.length}-` } });
    expect([past.status, past.headers.get('content-range'), past.headers.get('content-type')]).toEqual([
      416,
      `bytes */${bytes.length}`,
      expect.stringContaining('application/problem+json'),
    ]);
    const asked = async (range: string): Promise<[number, string | null, boolean]> => {
      const answer = await media(id, { headers: { range } });
      const [, start, end] = /bytes (\d+)-(\d+)\//.exec(answer.headers.get('content-range') ?? '') ?? [];
      const wanted = start === undefined ? bytes : bytes.subarray(Number(start), Number(end) + 1);
      return [
        answer.status,
        answer.headers.get('content-range'),
        wanted.equals(Buffer.from(await answer.arrayBuffer())),
      ];
    };
    const { length } = bytes;
    expect(await asked('bytes=4-7')).toEqual([206, `bytes 4-7/${length}`, true]);
    expect(await asked('bytes=-5')).toEqual([206, `bytes ${length - 5}-${length - 1}/${length}`, true]);
    expect(await asked(`bytes=10-${length * 2}`)).toEqual([206, `bytes 10-${length - 1}/${length}`, true]);
    expect(await asked(`bytes=-${length * 2}`)).toEqual([206, `bytes 0-${length - 1}/${length}`, true]);
    for (const all of ['bytes=0-1,5-6', 'bytes=7-4', 'bytes=-']) expect(await asked(all)).toEqual([200, null, true]);
    expect(await asked('nonsense')).toEqual([200, null, true]);
    const head = await media(id, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), head.headers.get('accept-ranges')]).toEqual([
      200,
      String(length),
      'bytes',
    ]);
    const etag = head.headers.get('etag')!;
    expect((await media(id, { headers: { 'if-none-match': etag, 'cache-control': 'max-age=0' } })).status).toBe(304);
    expect((await media(id, { headers: { 'if-range': '"other"', range: 'bytes=4-7' } })).status).toBe(200);
  });
});
