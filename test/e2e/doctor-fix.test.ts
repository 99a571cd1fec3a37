import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createDownloader } from '../../src/download/downloader.js';
import { SitePrograms } from '../../src/download/site-programs.js';
import { findYtDlp } from '../../src/download/yt-dlp-program.js';
import { zipOf } from '../films/zip.js';
import { SABR_ONLY, VIDEO_ID, youtubeFetch } from '../servers/youtube-answers.js';
import { CommandLine } from './command.js';

/** kinoscope doctor --fix on release pages of a local server: the real ones could not be reached while building. */

const script = (body: string): Buffer => Buffer.from(`#!/bin/sh\n${body}\n`);
/** A yt-dlp that YouTube refuses, and one that it does not. */
const refused = (version: string): Buffer =>
  script(
    `case "$*" in *--version*) echo ${version};; *) echo "ERROR: [youtube] x: Only images are available" >&2; exit 1;; esac`,
  );
const working = (version: string): Buffer =>
  script(`case "$*" in
  *--version*) echo ${version};;
  *--dump-single-json*) echo '{"id":"${VIDEO_ID}","format_id":"18","extractor_key":"Youtube","title":"A film"}';;
  *) printf film > media.18.mp4; echo "kinoscope-arrived 18 $PWD/media.18.mp4";;
esac`);
const deno = script('echo deno 2.5.0');

const hashOf = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
const YT_DLP_ASSETS = [
  'yt-dlp',
  'yt-dlp_linux',
  'yt-dlp_linux_aarch64',
  'yt-dlp_musllinux',
  'yt-dlp_musllinux_aarch64',
  'yt-dlp_macos',
  'yt-dlp.exe',
];
let published: { ytDlp: Buffer; deno: Buffer; sum: string | null; location: string | null };
const asked: string[] = [];
const server = createServer((request, response) => {
  const name = request.url!.split('/').at(-1)!;
  asked.push(name);
  if (published.location && !/SUMS|sha256sum|nowhere/.test(name))
    return void response.writeHead(302, { location: published.location }).end();
  const sum = published.sum ?? hashOf(published.ytDlp);
  if (request.url === '/yt-dlp/yt-dlp/releases/latest/download/SHA2-256SUMS')
    response.end(YT_DLP_ASSETS.map((asset) => `${sum}  ${asset}\n`).join(''));
  else if (/^\/yt-dlp\/yt-dlp\/releases\/latest\/download\/yt-dlp/.test(request.url!)) response.end(published.ytDlp);
  else if (/^\/denoland\/deno\/releases\/latest\/download\/deno-.*\.zip$/.test(request.url!))
    response.end(published.deno);
  else if (/^\/denoland\/.*\.zip\.sha256sum$/.test(request.url!))
    response.end(`${hashOf(published.deno)}  ${name.replace('.sha256sum', '')}\n`);
  else response.writeHead(404).end();
});
let releases: string;
let cli: CommandLine;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  releases = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());
beforeEach(() => {
  published = { ytDlp: working('2026.01.02'), deno: zipOf('deno', deno), sum: null, location: null };
  asked.length = 0;
  cli = new CommandLine({ KINOSCOPE_RELEASES: releases });
});
afterEach(() => cli.remove());

const folder = (): string => join(cli.home, 'programs');
interface Doctor {
  fixed: { name: string; changed: boolean }[];
  programs: { name: string; path: string | null; advice: string | null }[];
}

describe('doctor --fix', () => {
  it('fetches yt-dlp and deno, checked and executable, and the next time only what has changed', async () => {
    const first = await cli.json<Doctor>('doctor', '--fix');
    expect(first.fixed).toMatchObject([
      { name: 'yt-dlp', changed: true },
      { name: 'deno', changed: true },
    ]);
    expect((await readdir(folder())).filter((name) => !name.startsWith('.')).sort()).toEqual([
      'deno',
      'deno.sha256',
      'yt-dlp',
      'yt-dlp.sha256',
    ]);
    expect((await stat(join(folder(), 'yt-dlp'))).mode & 0o111).toBe(0o111);
    expect(await readFile(join(folder(), 'deno'))).toEqual(deno);
    expect(first.programs.find(({ name }) => name === 'yt-dlp 2026.01.02')).toMatchObject({
      path: join(folder(), 'yt-dlp'),
      advice: null,
    });
    published.ytDlp = working('2026.02.03');
    asked.length = 0;
    const second = await cli.json<Doctor>('doctor', '--fix');
    expect(second.fixed).toMatchObject([
      { name: 'yt-dlp', changed: true },
      { name: 'deno', changed: false },
    ]);
    expect(asked.filter((name) => name.endsWith('.zip'))).toEqual([]);
  }, 60_000);

  it('says in one line what could not be had', async () => {
    published.sum = 'a'.repeat(64);
    const { status, stderr, stdout } = await cli.run('doctor', '--fix');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      new RegExp(
        `^kinoscope: Cannot get yt-dlp from ${releases}/yt-dlp/yt-dlp/\\S+: its sha256 is [0-9a-f]{64}, not a{64} as SHA2-256SUMS says\n$`,
      ),
    );
    expect((await readdir(folder())).filter((name) => name !== '.checked')).toEqual([]);
  }, 60_000);
});

describe('a yt-dlp that was fetched', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kinoscope-programs-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));
  const fetchPrograms = (): Promise<unknown> =>
    SitePrograms.use({ folder: join(dir, 'programs'), releases }, [], (programs) => programs.update(undefined));
  const link = `https://www.youtube.com/watch?v=${VIDEO_ID}`;
  const downloader = (ytDlp = 'no-such-yt-dlp') =>
    createDownloader({
      roots: [],
      ytDlp,
      programs: { folder: join(dir, 'programs'), releases },
      youtubeFetch: youtubeFetch(SABR_ONLY),
      minFreeBytes: 0,
    });

  it.each([
    [
      'is not what the list says',
      () => {
        published.sum = 'a'.repeat(64);
      },
      /its sha256 is [0-9a-f]{64}, not a{64} as SHA2-256SUMS says/,
    ],
    [
      'does not run here',
      () => {
        published.ytDlp = script('exit 1');
      },
      /it does not run on this machine/,
    ],
    [
      'lies at a private address that nobody has named',
      () => {
        published.location = 'http://127.0.0.2:8000/x';
      },
      /private network address refused/,
    ],
    [
      'is not there',
      () => {
        published.location = '/nowhere';
      },
      /HTTP 404/,
    ],
  ])(
    'stays as it is when the next one %s',
    async (_what, spoil, message) => {
      await fetchPrograms();
      published.ytDlp = working('2026.02.03');
      spoil();
      await expect(fetchPrograms()).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringMatching(message),
      });
      expect(await readFile(join(dir, 'programs', 'yt-dlp'))).toEqual(working('2026.01.02'));
      expect((await readdir(join(dir, 'programs'))).filter((name) => name.startsWith('.new'))).toEqual([]);
    },
    30_000,
  );

  it('is used where there is no other, and is noticed by a service that runs', async () => {
    const made = downloader();
    await expect(made.fetch(link, { dir })).rejects.toThrow('kinoscope doctor --fix gets a current yt-dlp');
    await fetchPrograms();
    expect(await made.fetch(link, { dir })).toMatchObject({ size: 4, metadata: { title: 'A film' } });
    await made.close();
  }, 30_000);

  it('is updated when YouTube refuses it, at most once an hour', async () => {
    published.ytDlp = refused('2026.01.02');
    await fetchPrograms();
    const made = downloader();
    published.ytDlp = working('2026.02.03');
    await expect(made.fetch(link, { dir })).rejects.toMatchObject({ reason: 'sabr-only' });
    const checked = join(dir, 'programs', '.checked');
    await utimes(checked, new Date(Date.now() - 7_200_000), new Date(Date.now() - 7_200_000));
    expect(await made.fetch(link, { dir })).toMatchObject({ size: 4 });
    await made.close();
  }, 30_000);

  it('is used before the one of PATH where it is newer, but not before one that was named by its path', async () => {
    await fetchPrograms();
    const programs = new SitePrograms({ folder: join(dir, 'programs') }, fetch);
    const [older, newer] = [join(dir, 'older'), join(dir, 'newer')];
    await writeFile(older, working('2025.12.01'), { mode: 0o755 });
    await writeFile(newer, working('2026.12.01'), { mode: 0o755 });
    expect(await findYtDlp(older, programs)).toEqual({ command: older, version: '2025.12.01' });
    const path = process.env['PATH'];
    process.env['PATH'] = `${dir}:${path}`;
    try {
      expect(await findYtDlp('older', programs)).toMatchObject({ version: '2026.01.02' });
      expect(await findYtDlp('newer', programs)).toMatchObject({ version: '2026.12.01' });
    } finally {
      process.env['PATH'] = path;
    }
  }, 30_000);
});
