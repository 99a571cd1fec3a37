import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { shortFilm } from '../films/film.js';
import { startMediaServer, type MediaServer } from '../servers/media-server.js';
import { CommandLine } from './command.js';
import { TestService } from './service.js';

interface TitleView {
  readonly id: string;
  readonly name: string;
  readonly file: string;
  readonly duration: number | null;
  readonly metadata: Record<string, unknown>;
}

const program = fileURLToPath(new URL('../../bin/kinoscope.js', import.meta.url));
let film: Buffer;
let folder: string;
let cli: CommandLine;

beforeAll(async () => {
  film = await readFile(await shortFilm());
}, 120_000);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinoscope-library-'));
  cli = new CommandLine();
});
afterEach(async () => {
  cli.remove();
  await rm(folder, { recursive: true, force: true });
});

/** A command line with other variables. */
function commands(variables: Record<string, string>): CommandLine {
  cli.remove();
  cli = new CommandLine(variables);
  return cli;
}

/** A film of its own content. */
const variant = (n: number): Buffer => Buffer.concat([film, Buffer.alloc(8 * n)]);
const put = async (path: string, content: Buffer | string): Promise<void> => {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), content);
};

describe('kinoscope watch', () => {
  let child: ChildProcess;
  let complaints: string;
  let lines: AsyncIterator<string>;

  function watch(...args: string[]): void {
    child = spawn(process.execPath, [program, 'watch', folder, '--json', '--settle', '0.5', ...args], {
      env: { ...process.env, KINOSCOPE_HOME: cli.home, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    complaints = '';
    child.stderr!.on('data', (chunk) => (complaints += chunk));
    lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  }
  const heard = async (): Promise<TitleView> => JSON.parse(String((await lines.next()).value)) as TitleView;

  it('makes titles of the films that are there, come and change, as Kodi and Jellyfin name them', async () => {
    await put('films/Sintel (2010)/Sintel (2010).mp4', variant(1));
    await put(
      'films/Sintel (2010)/movie.nfo',
      '<movie><title>Sintel</title><year>2010</year><actor><name>Halina Reijn</name><role>Sintel</role></actor></movie>',
    );
    watch();
    const sintel = await heard();
    expect(sintel).toMatchObject({
      name: 'Sintel',
      metadata: { title: 'Sintel', year: 2010, cast: [{ name: 'Halina Reijn', role: 'Sintel' }] },
    });
    expect(sintel.duration).toBeGreaterThan(20);

    await put('tv/Lost/Season 1/Lost S01E02.mp4', variant(2));
    const episode = await heard();
    expect(episode).toMatchObject({ name: 'Lost S01E02', metadata: { series: 'Lost', season: 1, episode: 2 } });

    // What a scraper writes afterwards, it is told as well.
    await put('tv/Lost/Season 1/Lost S01E02.nfo', '<episodedetails><title>Pilot, Part 2</title></episodedetails>');
    expect(await heard()).toMatchObject({ id: episode.id, name: 'Pilot, Part 2', metadata: { series: 'Lost' } });

    // A film that is exchanged is another title, and the one that is gone is none any more.
    await put('films/Sintel (2010)/new.part', variant(3));
    await rename(join(folder, 'films/Sintel (2010)/new.part'), join(folder, 'films/Sintel (2010)/Sintel (2010).mp4'));
    const exchanged = await heard();
    expect(exchanged).toMatchObject({ name: 'Sintel', metadata: { year: 2010 } });
    expect(exchanged.id).not.toBe(sintel.id);

    child.kill('SIGINT');
    const [status] = await once(child, 'exit');
    expect([status, complaints]).toEqual([0, '']);
    const { titles } = await cli.json<{ titles: TitleView[] }>('titles');
    expect(titles.map(({ id }) => id).toSorted()).toEqual([episode.id, exchanged.id].toSorted());
  }, 120_000);

  it('waits for a film that grows, and says which files are no films', async () => {
    await put('no-film.mp4', 'this is text');
    // Longer than any pause between two parts, however busy the machine is.
    watch('--settle', '3');
    while (!complaints.includes('no-film.mp4')) await sleep(20);
    expect(complaints).toMatch(/^kinoscope: \S*no-film\.mp4: [^\n]+\n$/);
    const part = Math.ceil(film.length / 8);
    for (let at = 0; at < film.length; at += part) {
      await appendFile(join(folder, 'Grown (1999).mp4'), film.subarray(at, at + part));
      await sleep(200);
    }
    expect(await heard()).toMatchObject({ name: 'Grown', metadata: { year: 1999 } });
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect((await cli.json<{ titles: TitleView[] }>('titles')).titles).toHaveLength(1);
  }, 120_000);

  it('is an error for a folder that is not there', async () => {
    const ended = await cli.run('watch', join(folder, 'nowhere'));
    expect(ended).toEqual({
      status: 4,
      stdout: '',
      stderr: `kinoscope: There is no folder ${join(folder, 'nowhere')}\n`,
    });
  });
});

describe('KINOSCOPE_WATCH', () => {
  it('has the service make titles of a folder and analyse them', async () => {
    await put('Sintel (2010).mp4', film);
    const service = await TestService.start({ KINOSCOPE_WATCH: folder, KINOSCOPE_WATCH_SETTLE: '0.2' });
    try {
      let items: { id: string; name: string; metadata: object }[] = [];
      while (items.length === 0) {
        ({ items } = await service.get<{ items: typeof items }>('/v1/titles'));
        await sleep(50);
      }
      expect(items).toMatchObject([{ name: 'Sintel', metadata: { year: 2010 } }]);
      // The job that the watching has asked for is the one that is found here.
      const started = await service.post(`/v1/titles/${items[0]!.id}/analyses`, {});
      const { job } = (await started.json()) as { job: { id: string; createdAt: string } };
      expect(Date.parse(job.createdAt)).toBeLessThanOrEqual(Date.now());
      expect((await service.get<{ items: unknown[] }>('/v1/jobs')).items).toMatchObject([{ id: job.id }]);
      await service.fetch(`/v1/jobs/${job.id}`, { method: 'DELETE' });
      // A path below a watched folder may be opened over REST too.
      await copyFile(join(folder, 'Sintel (2010).mp4'), join(folder, 'Copy.mp4'));
      expect((await service.post('/v1/titles', { path: join(folder, 'Copy.mp4') })).status).toBe(201);
    } finally {
      await service.stop();
    }
  }, 60_000);

  it('that names a missing folder keeps the service from starting', async () => {
    const ended = await commands({ KINOSCOPE_WATCH: join(folder, 'nowhere') }).run('serve');
    expect(ended).toEqual({
      status: 4,
      stdout: '',
      stderr: `kinoscope: There is no folder ${join(folder, 'nowhere')}\n`,
    });
  });
});

describe('kinoscope import and title', () => {
  let server: MediaServer;
  beforeAll(async () => {
    server = await startMediaServer();
    server.replaceFilm(film);
  });
  afterAll(() => server.close());

  it('fetches the trailers of a list with their genres, and says what it could not use', async () => {
    commands({ KINOSCOPE_ALLOW_HOSTS: '127.0.0.1', KINOSCOPE_YT_DLP: 'none' });
    await put('local.mp4', variant(1));
    await put(
      'trailers.csv',
      [
        'title,link,genres',
        `"One, the film",${server.origin}/film.mp4,Action|drama`,
        `Two,${server.origin}/flaky,Comedy`,
        `Gone,${server.origin}/404,Horror`,
        `Inside,http://10.1.2.3/film.mp4,Horror`,
        `Odd,${server.origin}/slow,Telenovela`,
        `Local,${join(folder, 'local.mp4')},Western`,
      ].join('\n'),
    );
    const { trailers, failed } = await cli.json<{
      trailers: (TitleView & { title: string; genres: string[] })[];
      failed: { line: number; error: string }[];
    }>('import', join(folder, 'trailers.csv'));
    expect(trailers.map(({ title, genres }) => ({ title, genres }))).toEqual([
      { title: 'One, the film', genres: ['Action', 'Drama'] },
      { title: 'Two', genres: ['Comedy'] },
      { title: 'Local', genres: ['Western'] },
    ]);
    for (const { file } of trailers.slice(0, 2)) expect((await readFile(file)).equals(film)).toBe(true);
    expect(failed.map(({ line }) => line)).toEqual([4, 5, 6]);
    expect(failed.map(({ error }) => error)).toEqual([
      expect.stringContaining('404'),
      expect.stringContaining('private network address'),
      expect.stringContaining('Telenovela'),
    ]);

    const shown = await cli.json<TitleView>('title', trailers[0]!.id);
    expect(shown).toMatchObject({ name: 'One, the film', metadata: { title: 'film', genres: ['Action', 'Drama'] } });
    server.requests.length = 0;
    await cli.json('import', join(folder, 'trailers.csv'));
    expect(server.requests.map(({ path }) => path)).toEqual(['/404']);
  }, 120_000);

  it('refuses a file that is no list', async () => {
    await put('list.csv', 'name,url\nA,B\n');
    const ended = await cli.run('import', join(folder, 'list.csv'));
    expect(ended).toMatchObject({
      status: 3,
      stdout: '',
      stderr: 'kinoscope: The list has no column title, link, genres\n',
    });
    expect((await cli.run('import', join(folder, 'none.csv'))).status).toBe(4);
  });
});
