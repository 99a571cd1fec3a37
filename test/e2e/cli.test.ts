import { readFile, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SHORT_FILM, shortFilm } from '../films/film.js';
import { CommandLine } from './command.js';

interface AnalyzeView {
  readonly title: string;
  readonly truncated: boolean;
  readonly genre: {
    top3: { genre: string; probability: number }[];
    genres: Record<string, number>;
    frames: number;
    model: string;
  };
  readonly credits: { creditsStart: number | null; timecode: string; frame: number };
  readonly cast: { scenes: { start: number; end: number; cast: { name: string | null; screenTime: number }[] }[] };
}

let film: string;
const cli = new CommandLine();

beforeAll(async () => {
  film = await shortFilm();
}, 120_000);

afterAll(() => cli.remove());

describe('kinoscope', () => {
  it('analyses a film, and answers from the store the second time', async () => {
    const first = await cli.run('analyze', film, '--json');
    expect([first.status, first.stderr]).toEqual([0, '']);
    const answer = JSON.parse(first.stdout) as AnalyzeView;
    expect(answer.truncated).toBe(false);
    expect(Object.keys(answer.genre.genres)).toHaveLength(26);
    expect(answer.genre.top3).toHaveLength(3);
    expect(Math.abs(answer.credits.creditsStart! - SHORT_FILM.creditsStart)).toBeLessThan(1.5);
    expect(answer.credits.timecode).toMatch(/^\d\d:\d\d:\d\d\.\d{3}$/);
    expect(answer.cast.scenes.length).toBeGreaterThan(0);

    const second = await cli.run('analyze', answer.title, '--json');
    expect(second.stdout).toBe(first.stdout);
    expect(cli.leftovers()).toEqual([]);
  }, 180_000);

  it('weighs what is told of a film with what was seen, and keeps it with the title', async () => {
    interface GenreView {
      readonly genres: Record<string, number>;
      readonly witnesses: {
        pictures: { genres: Record<string, number> };
        words: { genres: Record<string, number> } | null;
      };
    }
    const seen = await cli.json<GenreView>('genre', film);
    expect(seen.witnesses).toMatchObject({ pictures: { genres: seen.genres }, words: null });
    const plot = 'A masked killer stalks a group of teenagers who spend the night in an asylum haunted by ghosts.';
    const told = await cli.json<GenreView>('genre', film, '--description', plot);
    expect(told.witnesses.pictures).toEqual(seen.witnesses.pictures);
    expect(told.genres['Horror']!).toBeGreaterThan(seen.genres['Horror']!);
    expect(await cli.json('genre', film)).toEqual(told);
    const { stdout } = await cli.run('genre', film);
    expect(stdout).toMatch(/^Genre: .+\n {2}pictures: .+\n {2}words: Horror \d+ %/);
    expect(await cli.json<GenreView>('genre', film, '--description', '')).toEqual(seen);
  }, 120_000);

  it('analyses what there is of a film that was cut off, and says so', async () => {
    const whole = await readFile(film);
    const cut = join(cli.home, 'cut-off.mp4');
    await writeFile(cut, whole.subarray(0, Math.round(whole.length * 0.6)));
    const answer = await cli.json<AnalyzeView>('analyze', cut);
    expect(answer.truncated).toBe(true);
    expect((await cli.run('genre', cut)).stdout).toMatch(
      /^Genre: [^]*\n {2}the film is cut off: this is of what there is\n$/,
    );
    expect(answer.cast.scenes.length).toBeGreaterThan(0);
    expect(answer.genre.top3).toHaveLength(3);
  }, 120_000);

  it('speaks to a person without --json', async () => {
    const { status, stdout } = await cli.run('analyze', film, '--kinds', 'credits');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Credits: from 00:00:1\d\.\d{3} \(frame \d+, confidence \d+ %\)$/m);
  }, 60_000);

  it('lists the shots of a film, and answers from the store the second time', async () => {
    interface ShotsView {
      readonly fps: number;
      readonly shots: { start: number; end: number; startFrame: number }[];
    }
    const first = await cli.run('shots', film, '--json');
    expect([first.status, first.stderr]).toEqual([0, '']);
    const { fps, shots } = JSON.parse(first.stdout) as ShotsView;
    expect(shots[0]).toMatchObject({ start: 0, startFrame: 0 });
    shots.slice(1).forEach(({ start, startFrame }, i) => {
      expect(start).toBe(shots[i]!.end);
      expect(startFrame / fps).toBeCloseTo(start, 1);
    });
    expect(shots.at(-1)!.end).toBeCloseTo(SHORT_FILM.duration, 0);
    const story = shots.map(({ start }) => start).filter((start) => start > 0 && start < SHORT_FILM.creditsStart - 1);
    expect(story.map((start) => Math.round(start * 24))).toEqual(
      [1, 2, 3, 4, 5, 6].map((shot) => shot * SHORT_FILM.shot * 24),
    );
    expect((await cli.run('shots', film, '--json')).stdout).toBe(first.stdout);
  }, 60_000);

  it('says who is on screen at a second', async () => {
    const answer = await cli.json<{ at: number; cast: { box: number[] }[] }>('cast', film, '--at', '0.5');
    expect(answer.at).toBe(0.5);
    expect(answer.cast.length).toBeGreaterThan(0);
    const faces = await cli.json<{ cast: { by: string; body: null }[] }>('cast', film, '--at', '0.5', '--by', 'face');
    expect(faces.cast.length).toBeGreaterThan(0);
    expect(faces.cast.every(({ by, body }) => by === 'face' && body === null)).toBe(true);
  }, 60_000);

  it('writes a film with names, and never over the film itself or what else is there', async () => {
    const copy = join(cli.home, 'copy.mp4');
    const output = join(cli.home, 'named.mp4');
    const other = join(cli.home, 'other.mp4');
    await writeFile(copy, await readFile(film));
    await symlink(copy, other);
    expect(await cli.run('annotate', copy, '-o', output)).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringMatching(/named\.mp4: \d+ frames, \d+ of them with somebody in it\n$/),
    });
    const written = await readFile(output);
    for (const [file, message] of [
      [output, /is there already \(--overwrite writes over it\)/],
      [copy, /is there already/],
      [join(cli.home, 'typo', 'named.mp4'), /There is no folder .+typo to write to/],
      [join(cli.home, 'named.avi'), /ends with one of/],
    ] as const)
      expect((await cli.run('annotate', copy, '-o', file)).stderr).toMatch(message);
    for (const same of [copy, other])
      expect((await cli.run('annotate', copy, '-o', same, '--overwrite')).stderr).toMatch(/is the film itself/);
    expect(await readFile(copy)).toEqual(await readFile(film));
    expect(await readFile(output)).toEqual(written);
    expect((await cli.run('annotate', copy, '-o', output, '--overwrite')).status).toBe(0);
    expect(cli.leftovers()).toEqual([]);
  }, 240_000);

  it.each([
    ['an unknown command', ['dance'], 2],
    ['an unknown option', ['genre', '--fast', 'x.mp4'], 2],
    ['a missing source', ['genre'], 2],
    ['an unknown kind', ['analyze', 'x.mp4', '--kinds', 'plot'], 2],
    ['faces of no moment', ['cast', 'x.mp4', '--by', 'face'], 2],
    ['a second that is none', ['cast', 'x.mp4', '--at', 'noon'], 2],
    ['a file that is not there', ['credits', 'no-such-film.mp4'], 4],
    ['a job that is not there', ['jobs', 'retry', 'unknown'], 4],
    ['a folder', ['credits', '.'], 3],
    ['a private address', ['genre', 'http://127.0.0.1:1/film.mp4'], 4],
  ])(
    'ends with a line and the documented status for %s',
    async (_case, args, status) => {
      const ended = await cli.run(...args);
      expect([ended.status, ended.stdout]).toEqual([status, '']);
      expect(ended.stderr.trim()).not.toBe('');
      if (status !== 2) expect(ended.stderr).toMatch(/^kinoscope: [^\n]+\n$/);
      expect(cli.leftovers()).toEqual([]);
    },
    60_000,
  );

  it.each([['faces'], ['genre', '--still'], ['credits', '--still']])(
    'ends with 3 when no picture can be read: %s %s',
    async (...args) => {
      const picture = join(cli.home, 'bad.png');
      await writeFile(picture, 'no picture');
      const ended = await cli.run(...args, picture, '--json');
      expect([ended.status, ended.stdout]).toEqual([3, '']);
      expect(ended.stderr).toMatch(/^kinoscope: [^\n]*bad\.png[^\n]*\n$/);
    },
    60_000,
  );

  it('tells with doctor what is in force and what is there', async () => {
    const doctor = await cli.json<{
      home: { folder: string; writable: boolean };
      models: { id: string; state: string; optional: boolean }[];
      programs: { name: string; path: string | null }[];
      gallery: string | null;
      faces: { networks: string; used: string[]; unproven: string[] };
    }>('doctor');
    expect(doctor.gallery).toBeNull();
    expect(doctor.faces).toEqual({
      networks: 'best',
      used: ['face-rfb', 'face-landmark', 'face-embed-512'],
      unproven: ['face-landmark', 'face-embed-512'],
    });
    expect(doctor.home).toEqual({ folder: cli.home, writable: true });
    expect(doctor.models.filter(({ state, optional }) => state !== 'ok' && !optional)).toEqual([]);
    const ytDlp = doctor.programs.find(({ name }) => name.startsWith('yt-dlp'));
    expect(ytDlp?.name).toMatch(ytDlp?.path ? /^yt-dlp \d{4}\.\d\d\.\d\d$/ : /^yt-dlp$/);
  }, 60_000);

  it('reads faces by the networks that KINOSCOPE_FACES chooses, and refuses another choice', async () => {
    const clear = new CommandLine({ KINOSCOPE_FACES: 'clear' });
    const faceApi = createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json');
    const photo = join(dirname(faceApi), 'demo', 'sample1.jpg');
    const [{ faces }] = await clear.json<[{ faces: { embedding: number[] }[] }]>('faces', '--embeddings', photo);
    expect(faces[0]!.embedding).toHaveLength(128);
    expect((await clear.run('doctor')).stdout).toMatch(
      /^faces: clear networks \(face-rfb, face-mesh, face-embed-128\), all of known origin and licence$/m,
    );
    clear.remove();
    const other = new CommandLine({ KINOSCOPE_FACES: 'mine' });
    const wrong = await other.run('faces', photo);
    other.remove();
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining('KINOSCOPE_FACES')]);
  }, 120_000);

  it('says why nobody is told by name after another choice of networks, and what to do', async () => {
    expect(await cli.json('cast', film)).toMatchObject({ note: null });
    const clear = new CommandLine({ KINOSCOPE_HOME: cli.home, KINOSCOPE_FACES: 'clear' });
    const why = /^note: Nobody is enrolled, but films were read by the network face-embed-512@.*forget-faces --yes/m;
    for (const args of [[], ['--at', '0.5']]) expect((await clear.run('cast', film, ...args)).stdout).toMatch(why);
    expect((await clear.run('doctor')).stdout).toMatch(/^people: NOBODY ENROLLED, BUT FILMS WERE READ BY ANOTHER/m);
    const gone = await clear.json<{ people: number; strangers: number }>('people', 'forget-faces', '--yes');
    expect([gone.people, gone.strangers > 0]).toEqual([0, true]);
    expect(await clear.json('cast', film)).toMatchObject({ note: null });
    clear.remove();
  }, 180_000);
});
