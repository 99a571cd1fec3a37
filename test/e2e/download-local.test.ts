import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { KinoscopeError } from '../../src/core/errors.js';
import { createDownloader, type DownloadSettings } from '../../src/download/downloader.js';
import { watchFolder } from '../../src/download/watch-folder.js';
import { makeFilm } from '../servers/media-server.js';

let base: string;
let library: string;
let dir: string;

const downloader = (settings: Partial<DownloadSettings> = {}): ReturnType<typeof createDownloader> =>
  createDownloader({ roots: [library], ytDlp: null, minFreeBytes: 1, ...settings });

const hash = (data: Buffer): string => createHash('sha256').update(data).digest('hex');

async function failure(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(KinoscopeError);
  return (error as KinoscopeError).code;
}

beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'kinoscope-local-')));
  library = join(base, 'library');
  dir = join(base, 'kept');
  await mkdir(library);
});
afterEach(() => rm(base, { recursive: true, force: true }));

test('what the disk says is told without its paths and its calls', async () => {
  const file = join(library, 'film.mp4');
  await writeFile(file, 'film');
  const error = await downloader()
    .fetch('https://films.example/film.mp4', { dir: join(file, 'kept') })
    .catch((thrown: unknown) => thrown as KinoscopeError);
  expect(error).toMatchObject({ code: 'unavailable', message: 'ENOTDIR: not a directory' });
});

describe('files of this machine', () => {
  test('a film below a root is used where it is', async () => {
    const film = makeFilm(3_000_000);
    await mkdir(join(library, 'Sintel (2010)'));
    const file = join(library, 'Sintel (2010)', 'Sintel (2010).mkv');
    await writeFile(file, film);
    await writeFile(
      join(library, 'Sintel (2010)', 'movie.nfo'),
      '<movie><actor><name>Halina Reijn</name><role>Sintel</role></actor></movie>',
    );
    const heard: (number | null)[] = [];
    const fetched = await downloader().fetch(file, { dir, onProgress: (fraction) => heard.push(fraction) });
    expect(fetched).toEqual({
      file,
      sha256: hash(film),
      size: film.length,
      kept: false,
      metadata: { title: 'Sintel', year: 2010, cast: [{ name: 'Halina Reijn', role: 'Sintel' }] },
    });
    expect(heard.at(-1)).toBe(1);
    expect(await readdir(base)).toEqual(['library']);
  });

  test('an episode knows its series from the .nfo of the folder above', async () => {
    const season = join(library, 'lost', 'Season 1');
    await mkdir(season, { recursive: true });
    await writeFile(join(library, 'lost', 'tvshow.nfo'), '<tvshow><title>Lost (US)</title></tvshow>');
    await writeFile(join(season, 'S01E02.mp4'), 'x');
    await writeFile(join(season, 'S01E02.nfo'), '<episodedetails><title>Pilot, Part 2</title></episodedetails>');
    const { metadata } = await downloader().fetch(join(season, 'S01E02.mp4'), { dir });
    expect(metadata).toEqual({ title: 'Pilot, Part 2', series: 'Lost (US)', season: 1, episode: 2 });
  });

  test('what lies outside the roots is refused, whether it is there or not', async () => {
    await writeFile(join(base, 'secret.mp4'), 'x');
    await mkdir(join(base, 'library-of-another'));
    await writeFile(join(base, 'library-of-another', 'a.mp4'), 'x');
    const inside = downloader();
    for (const path of [
      'secret.mp4',
      'nothing.mp4',
      'library/../secret.mp4',
      'library-of-another/a.mp4',
      'library/..',
    ]) {
      expect([path, await failure(inside.fetch(join(base, '.', path), { dir }))]).toEqual([path, 'not-allowed']);
      expect([path, await failure(inside.fetch(`${base}/${path}`, { dir }))]).toEqual([path, 'not-allowed']);
    }
    expect(await failure(inside.fetch('/etc/passwd', { dir }))).toBe('not-allowed');
    expect(await failure(downloader({ roots: [] }).fetch(join(base, 'secret.mp4'), { dir }))).toBe('not-allowed');
    expect((await downloader({ roots: null }).fetch(join(base, 'secret.mp4'), { dir })).size).toBe(1);
  });

  test('links that lead out of the roots are refused, those that stay are followed', async () => {
    await writeFile(join(base, 'secret.mp4'), 'secret');
    await writeFile(join(library, 'film.mp4'), 'film');
    await symlink(join(base, 'secret.mp4'), join(library, 'out.mp4'));
    await symlink(base, join(library, 'folder'));
    await symlink('film.mp4', join(library, 'in.mp4'));
    await symlink('loop.mp4', join(library, 'loop.mp4'));
    const made = downloader();
    expect(await failure(made.fetch(join(library, 'out.mp4'), { dir }))).toBe('not-allowed');
    expect(await failure(made.fetch(join(library, 'folder', 'secret.mp4'), { dir }))).toBe('not-allowed');
    expect(await failure(made.fetch(join(library, 'loop.mp4'), { dir }))).toBe('not-allowed');
    expect(await made.locate(join(library, 'in.mp4'))).toBe(join(library, 'film.mp4'));
  });

  test('a root may itself be a link', async () => {
    await writeFile(join(library, 'film.mp4'), 'film');
    await symlink(library, join(base, 'alias'));
    expect(await downloader({ roots: [join(base, 'alias')] }).locate(join(base, 'alias', 'film.mp4'))).toBe(
      join(library, 'film.mp4'),
    );
  });

  test('folders, pipes and missing files are no films', async () => {
    await mkdir(join(library, 'folder.mp4'));
    execFileSync('mkfifo', [join(library, 'pipe.mp4')]);
    const made = downloader();
    expect(await failure(made.fetch(join(library, 'folder.mp4'), { dir }))).toBe('unreadable');
    expect(await failure(made.fetch(join(library, 'pipe.mp4'), { dir }))).toBe('unreadable');
    expect(await failure(made.fetch(join(library, 'missing.mp4'), { dir }))).toBe('not-found');
    expect(await failure(made.fetch(`${library}/a\0.mp4`, { dir }))).toBe('not-found');
  });
});

describe('uploads', () => {
  test('an upload is kept under the hash of its content', async () => {
    const film = makeFilm(1_000_000);
    const chunks = [film.subarray(0, 10), film.subarray(10, 700_000), film.subarray(700_000)];
    const fetched = await downloader().receive(Readable.from(chunks), { dir, name: '../../My Film.MKV' });
    expect(fetched).toEqual({
      file: join(dir, `${hash(film)}.mkv`),
      sha256: hash(film),
      size: film.length,
      kept: true,
      metadata: { title: 'My Film' },
    });
    expect((await readFile(fetched.file)).equals(film)).toBe(true);
    const again = await downloader().receive(Readable.from(chunks), { dir, name: 'b.mkv' });
    expect(again.file).toBe(fetched.file);
    expect(await readdir(dir)).toHaveLength(1);
  });

  test('an upload beyond the limit is refused and its sender is cut off', async () => {
    let sent = 0;
    const endless = new Readable({
      read() {
        sent += 65_536;
        this.push(Buffer.alloc(65_536));
      },
    });
    expect(await failure(downloader({ maxBytes: 1_000_000 }).receive(endless, { dir, name: 'a.mp4' }))).toBe(
      'too-large',
    );
    expect(endless.destroyed).toBe(true);
    expect(sent).toBeLessThan(2_000_000);
    expect(await readdir(dir)).toEqual([]);
  });

  test('a sender that leaves leaves nothing', async () => {
    const stream = new PassThrough();
    const work = failure(downloader().receive(stream, { dir, name: 'a.mp4' }));
    stream.write(Buffer.alloc(100_000));
    await sleep(50);
    stream.destroy();
    expect(await work).toBe('cancelled');
    expect(await readdir(dir)).toEqual([]);
  });

  test('an upload that is cancelled leaves nothing, even when nothing is being sent', async () => {
    const abort = new AbortController();
    const stream = new PassThrough();
    const work = failure(downloader().receive(stream, { dir, name: 'a.mp4', signal: abort.signal }));
    stream.write(Buffer.alloc(1000));
    await sleep(50);
    abort.abort();
    expect(await work).toBe('cancelled');
    expect(await readdir(dir)).toEqual([]);
  });

  test('an empty upload is no film', async () => {
    expect(await failure(downloader().receive(Readable.from([]), { dir, name: 'a.mp4' }))).toBe('unreadable');
    expect(await readdir(dir)).toEqual([]);
  });

  test('what a process that died left of its uploads is swept away', async () => {
    const { hostname } = await import('node:os');
    const left = join(dir, `.part-once-${hash(Buffer.from(hostname())).slice(0, 8)}-${2 ** 22 + 7}-00000000`);
    await mkdir(left, { recursive: true });
    await writeFile(join(left, 'media'), 'half');
    const { file } = await downloader().receive(Readable.from([Buffer.from('film')]), { dir, name: 'a.mp4' });
    expect(await readdir(dir)).toEqual([file.slice(dir.length + 1)]);
  });
});

describe('watched folders', () => {
  async function watching(
    work: (heard: string[], until: (count: number) => Promise<void>) => Promise<void>,
  ): Promise<string[]> {
    const heard: string[] = [];
    const abort = new AbortController();
    const ended = watchFolder(library, {
      signal: abort.signal,
      settleMs: 300,
      onFile: async (path) => void heard.push(`${path.slice(library.length + 1)} ${(await readFile(path)).length}`),
    });
    const until = async (count: number): Promise<void> => {
      while (heard.length < count) await sleep(20);
    };
    await work(heard, until);
    abort.abort();
    await ended;
    return heard;
  }

  test('films that are there, that come and that change are heard of, nothing else', async () => {
    await writeFile(join(library, 'old.mp4'), '1');
    await writeFile(join(library, 'notes.txt'), '1');
    await writeFile(join(library, '.hidden.mp4'), '1');
    await writeFile(join(base, 'outside.mp4'), '1');
    await symlink(join(base, 'outside.mp4'), join(library, 'link.mp4'));
    const heard = await watching(async (_heard, until) => {
      await until(1);
      await mkdir(join(library, 'Season 1'));
      await writeFile(join(library, 'Season 1', 'S01E01.mkv'), '22');
      await until(2);
      await appendFile(join(library, 'old.mp4'), '23');
      await until(3);
    });
    expect(heard).toEqual(['old.mp4 1', 'Season 1/S01E01.mkv 2', 'old.mp4 3']);
  });

  test('a film that still grows is waited for, one that was renamed into place is not', async () => {
    const heard = await watching(async (_heard, until) => {
      for (let at = 0; at < 10; at++) {
        await appendFile(join(library, 'growing.mp4'), 'x');
        await sleep(60);
      }
      await until(1);
      await writeFile(join(library, 'copy.part'), 'yy');
      await rename(join(library, 'copy.part'), join(library, 'copy.webm'));
      await until(2);
    });
    expect(heard).toEqual(['growing.mp4 10', 'copy.webm 2']);
  });

  test('one film that cannot be used does not end the watching', async () => {
    await writeFile(join(library, 'a.mp4'), 'x');
    await writeFile(join(library, 'b.mp4'), 'x');
    const abort = new AbortController();
    const failed: (string | null)[] = [];
    const ended = watchFolder(library, {
      signal: abort.signal,
      settleMs: 50,
      onFile: () => Promise.reject(new Error('no film')),
      onError: (_error, path) => {
        if (failed.push(path) === 2) abort.abort();
      },
    });
    await ended;
    expect(failed.sort()).toEqual([join(library, 'a.mp4'), join(library, 'b.mp4')]);
  });

  test('a folder that is not there is an error', async () => {
    expect(
      await failure(
        watchFolder(join(base, 'nowhere'), { signal: new AbortController().signal, onFile: async () => undefined }),
      ),
    ).toBe('not-found');
  });
});
