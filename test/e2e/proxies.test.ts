import { spawnSync } from 'node:child_process';
import { appendFile, copyFile, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openMedia } from '../../src/frames/media.js';
import { ProxiesService } from '../../src/titles/proxies.service.js';
import { readNumber } from '../clips/bar-code.js';
import { foreignFilms, FRAMES, LATE, SIZES } from '../clips/foreign.js';
import { shortFilm } from '../films/film.js';
import { holdCopies } from './held-copy.js';
import { type JobView, TestService } from './service.js';

interface Fragment {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
  readonly size: number;
}
interface Proxy {
  readonly playback: string;
  readonly foreign: readonly string[];
  readonly state: string;
  readonly version: string | null;
  readonly header: number;
  readonly fragments: readonly Fragment[];
  readonly job: JobView | null;
}

let folder: string;
let service: TestService;
let films: Awaited<ReturnType<typeof foreignFilms>>;
const media = openMedia({ kind: 'node-av', threads: 1 });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinoscope-proxies-'));
  films = await foreignFilms(folder);
  service = await TestService.start({ KINOSCOPE_MEDIA_ROOTS: folder, KINOSCOPE_KEEP_PROXIES: '2' });
}, 120_000);
afterAll(async () => {
  await service.stop();
  await rm(folder, { recursive: true, force: true });
});

async function titleOf(path: string): Promise<{ id: string; playback: string; duration: number }> {
  const made = await service.post('/v1/titles', { path });
  return ((await made.json()) as { title: { id: string; playback: string; duration: number } }).title;
}
const pathOf = (id: string): string => `/v1/titles/${id}/proxy`;
const read = (id: string, from = 0): Promise<Proxy> => service.get<Proxy>(`${pathOf(id)}?from=${from}`);
async function start(id: string): Promise<Proxy> {
  const answer = await service.post(pathOf(id), {});
  expect(answer.status).toBe(202);
  return (await answer.json()) as Proxy;
}
const ended = async ({ job }: Proxy): Promise<JobView> => (await service.follow(job!.id)).at(-1)!;
const written = (): Promise<string[]> => readdir(join(service.home, 'proxies', 'default')).catch(() => []);
const bytesOf = (id: string, version: string, range: string): Promise<Response> =>
  service.fetch(`${pathOf(id)}/film?version=${version}`, { headers: { range } });

/** What a player would show of a copy: number of the frame by time on its clock. */
async function shown(
  id: string,
  version: string,
): Promise<{ film: string; videoStart: number; numbers: Map<number, number | null> }> {
  const film = join(folder, 'copy.mp4');
  await writeFile(
    film,
    Buffer.from(await (await service.fetch(`${pathOf(id)}/film?version=${version}`)).arrayBuffer()),
  );
  const { videoStart = 0 } = await media.probe(film);
  return { film, videoStart, numbers: await numbersOf(film) };
}

function probed<T>(film: string, ...entries: string[]): T {
  const { stdout } = spawnSync('ffprobe', ['-v', 'error', '-select_streams', 'v', '-of', 'json', ...entries, film], {
    encoding: 'utf8',
  });
  return JSON.parse(stdout) as T;
}
const streamsOf = (film: string): unknown =>
  probed<{ streams: unknown }>(film, '-show_entries', 'stream=codec_name,pix_fmt,color_transfer,color_primaries')
    .streams;
/** All that pictures have, in their order. */
function sizesOf(film: string): string[] {
  const { frames } = probed<{ frames: { width: number; height: number }[] }>(
    film,
    '-show_entries',
    'frame=width,height',
  );
  return [...new Set(frames.map(({ width, height }) => `${width}x${height}`))];
}

/** The darkest and the brightest that are seen often in a film's first picture. */
async function extremes(film: string): Promise<[number, number]> {
  const request = {
    plan: { kind: 'exactAt', times: [1.3] },
    sizes: [{ width: 160, height: 96, fit: 'fill' }],
  } as const;
  for await (const { images } of media.source.frames(film, request)) {
    const values = [...images[0]!.data].sort((a, b) => a - b);
    return [values[Math.floor(values.length * 0.1)]!, values[Math.floor(values.length * 0.9)]!];
  }
  throw new Error('no picture');
}

/** The numbers that a film's pictures say, by their milliseconds since the first. */
async function numbersOf(film: string): Promise<Map<number, number | null>> {
  const numbers = new Map<number, number | null>();
  const request = { plan: { kind: 'every' }, sizes: [{ width: 160, height: 96, fit: 'fill' }] } as const;
  for await (const { time, images } of media.source.frames(film, request))
    numbers.set(Math.round(time * 1000), readNumber(images[0]!));
  return numbers;
}

describe('how a browser can play a film', () => {
  it.each([
    ['remuxed', 'remux', ['container']],
    ['stream', 'remux', ['container']],
    ['soundless', 'transcode', ['container', 'sound']],
    ['hevc', 'transcode', ['container', 'pictures']],
    ['avi', 'transcode', ['container', 'pictures']],
  ] as const)('is told of %s', async (name, playback, foreign) => {
    const title = await titleOf(films[name]);
    expect(title.playback).toBe(playback);
    expect(await read(title.id)).toMatchObject({ playback, foreign, state: 'none', fragments: [], job: null });
  });

  it('is direct where browsers know all of it', async () => {
    const film = join(folder, 'film.mp4');
    await copyFile(await shortFilm(), film);
    const title = await titleOf(film);
    expect(title.playback).toBe('direct');
    expect((await read(title.id)).foreign).toEqual([]);
  });
});

describe('a copy that browsers play', () => {
  it.each(['remuxed', 'stream', 'soundless', 'hevc', 'avi'] as const)(
    'of %s is made once, can be had in parts, and shows every frame at its time on a player’s clock',
    async (name) => {
      const { id, duration } = await titleOf(films[name]);
      const [one, two] = await Promise.all([start(id), start(id)]);
      expect(one.job!.id).toBe(two.job!.id);
      expect(await ended(one)).toMatchObject({ state: 'done', error: null });
      const proxy = await read(id);
      expect(proxy.state).toBe('ready');
      expect((await start(id)).job!.id).toBe(one.job!.id);

      // every part begins where the one before ends, in bytes and in seconds
      const late = name === 'avi' ? 0 : LATE;
      const { fragments, header, version } = proxy;
      expect(fragments.length).toBeGreaterThan(1);
      expect([fragments[0]!.offset, fragments[0]!.start]).toEqual([header, expect.closeTo(late, 1)]);
      for (const [index, { start: from, offset, size }] of fragments.entries()) {
        const before = fragments[index - 1];
        if (before) expect([from, offset]).toEqual([before.end, before.offset + before.size]);
        const part = await bytesOf(id, version!, `bytes=${offset}-${offset + size - 1}`);
        const bytes = Buffer.from(await part.arrayBuffer());
        expect([part.status, bytes.length, bytes.toString('latin1', 4, 8)]).toEqual([206, size, 'moof']);
      }
      expect(fragments.at(-1)!.end).toBeCloseTo(duration, 1);
      expect((await read(id, fragments.length - 1)).fragments).toEqual(fragments.slice(-1));

      const { numbers } = await shown(id, version!);
      const wanted = await numbersOf(films[name]);
      expect(wanted.size).toBeGreaterThanOrEqual(FRAMES - 1);
      // clocks of containers differ by a millisecond
      for (const [time, number] of wanted)
        expect([time, [-1, 0, 1].map((off) => numbers.get(time + off))]).toEqual([
          time,
          expect.arrayContaining([number]),
        ]);
    },
    60_000,
  );

  it.each(['hdr10', 'hlg'] as const)(
    'of %s has its black and white in SDR, and its pictures',
    async (name) => {
      const { id, playback } = await titleOf(films[name]);
      expect(playback).toBe('transcode');
      expect(await ended(await start(id))).toMatchObject({ state: 'done', error: null });
      const { film, numbers } = await shown(id, (await read(id)).version!);
      expect([...numbers.values()]).toEqual(Array.from({ length: FRAMES }, (_, index) => index));
      expect(streamsOf(film)).toMatchObject([
        { codec_name: 'h264', pix_fmt: 'yuv420p', color_transfer: 'bt709', color_primaries: 'bt709' },
      ]);
      const [black, white] = await extremes(film);
      expect(black).toBeLessThan(8);
      expect(white).toBeGreaterThan(205);
    },
    60_000,
  );

  it('of a film whose pictures change their size has one size, and all pictures', async () => {
    const { id } = await titleOf(films.resized);
    expect(await ended(await start(id))).toMatchObject({ state: 'done', error: null });
    const { film, numbers } = await shown(id, (await read(id)).version!);
    expect([...numbers.values()]).toEqual(Array.from({ length: FRAMES }, (_, index) => index));
    expect(sizesOf(films.resized)).toEqual(SIZES.map((size) => size.join('x')));
    expect(sizesOf(film)).toEqual([SIZES[0].join('x')]);
  }, 60_000);

  it('keeps the time between sound and pictures', async () => {
    for (const name of ['hevc', 'avi'] as const) {
      const { id } = await titleOf(films[name]);
      const { videoStart } = await shown(id, (await read(id)).version!);
      expect(videoStart).toBeCloseTo(name === 'avi' ? 0 : LATE, 1);
    }
  }, 30_000);

  it('refuses bytes past its end, and those of another version', async () => {
    const { id } = await titleOf(films.hevc);
    const { version, fragments } = await read(id);
    const { offset, size } = fragments.at(-1)!;
    expect((await bytesOf(id, version!, `bytes=${offset + size}-`)).status).toBe(416);
    expect((await bytesOf(id, 'another', 'bytes=0-1')).status).toBe(404);
  });

  it('can be watched while it is made, and leaves nothing behind when it is cancelled', async () => {
    const { id } = await titleOf(films.hevc);
    expect((await service.fetch(pathOf(id), { method: 'DELETE' })).status).toBe(204);
    expect((await service.fetch(pathOf(id), { method: 'DELETE' })).status).toBe(404);
    const { held, release } = holdCopies(service);
    // a job hears that it was cancelled a little later
    const jobs = service.part(ProxiesService);
    const handle = jobs.handle.bind(jobs);
    jobs.handle = (job, progress) => {
      progress.signal?.addEventListener('abort', () => release());
      return handle(job, progress);
    };
    const started = await start(id);
    let proxy = started;
    while (proxy.fragments.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      proxy = await read(id);
    }
    expect(proxy.state).toBe('making');
    const { offset, size } = proxy.fragments[0]!;
    const part = await bytesOf(id, proxy.version!, `bytes=${offset}-${offset + size - 1}`);
    expect((await part.arrayBuffer()).byteLength).toBe(size);
    await service.fetch(`/v1/jobs/${started.job!.id}`, { method: 'DELETE' });
    await held;
    jobs.handle = handle;
    expect(await ended(started)).toMatchObject({ state: 'cancelled' });
    while ((await written()).some((name) => name.includes(proxy.version!)))
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await read(id)).toMatchObject({ state: 'none', fragments: [], job: { state: 'cancelled' } });
  }, 60_000);

  it('says in words why there is none of a film that is broken or gone', async () => {
    const film = join(folder, 'dead.mkv');
    await copyFile(films.hevc, film);
    await appendFile(film, 'another content');
    // whole seconds, which can be given back
    await utimes(film, 1_700_000_000, 1_700_000_000);
    const { id } = await titleOf(film);
    await writeFile(film, Buffer.alloc((await stat(film)).size));
    await utimes(film, 1_700_000_000, 1_700_000_000);
    expect(await ended(await start(id))).toMatchObject({
      state: 'failed',
      error: { code: 'unreadable', message: expect.stringMatching(/^dead\.mkv is not a video file that can be read/) },
    });
    expect(await read(id)).toMatchObject({ state: 'none', fragments: [], job: { state: 'failed' } });
    await rm(film);
    const refused = await service.post(pathOf(id), {});
    expect([refused.status, await refused.json()]).toEqual([
      404,
      expect.objectContaining({ detail: expect.stringMatching(/is gone: .*dead\.mkv/) }),
    ]);
  }, 30_000);

  it('goes with its title, after its days, and with what a process left that was killed', async () => {
    const [remuxed, stream] = [await titleOf(films.remuxed), await titleOf(films.stream)];
    const before = await written();
    expect((await service.fetch(`/v1/titles/${remuxed.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await written()).length).toBe(before.length - 2);

    const { version } = await read(stream.id);
    const index = (await written()).find((name) => name.includes(version!) && name.endsWith('.jsonl'))!;
    const old = Date.now() / 1000 - 3 * 86_400;
    await utimes(join(service.home, 'proxies', 'default', index), old, old);
    const left = join(service.home, 'proxies', 'default', `${'a'.repeat(64)}.gone-1`);
    await writeFile(`${left}.jsonl`, '[0,4,100,200]\n');
    await writeFile(`${left}.mp4`, 'film');
    await service.restart();
    const names = await written();
    expect(names.filter((name) => name.startsWith('a'.repeat(64)) || name.includes(version!))).toEqual([]);
    expect(names.length).toBeGreaterThan(0);
  }, 60_000);
});
