import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keptFilm } from '../films/film.js';
import { type JobView, TestService } from './service.js';

/** A made season of small films: what its episodes tell of each other, from the files on to what players read. */

interface Shot {
  /** Seed of its picture. */
  readonly look: number;
  readonly seconds: number;
  readonly skip?: number;
  /** Less than 0: the theme; others are silent. */
  readonly sound: number;
}
interface Segments {
  readonly segments: readonly {
    readonly kind: string;
    readonly start: number;
    readonly end: number;
    readonly sure: boolean;
    readonly corrected: boolean;
    readonly skip: string | null;
  }[];
  readonly none: Readonly<Record<string, string>>;
  readonly season: { readonly series: string; readonly episode: number | null } | null;
  readonly machine?: { readonly segments: readonly object[] };
}

const SIZE = '160:90';
const RATE = 12;
const THEME: readonly Shot[] = [1, 2, 3, 4].map((look) => ({ look, seconds: 2, sound: -1 }));
const story = (episode: number): Shot[] =>
  Array.from({ length: 12 }, (_, k) => ({ look: 100 * episode + 7 * k, seconds: 3, sound: 100 * episode + k }));
const again = (shots: readonly Shot[], which: readonly number[]): Shot[] =>
  which.map((k) => ({ ...shots[k]!, seconds: 2, skip: 0.5, sound: 9000 + k }));
const [first, second, third] = [story(1), story(2), story(3)];

const PHOTOS = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');

/** A camera over a part of a photo, another part for each seed, with the theme or silence under it. */
async function film(file: string, shots: readonly Shot[]): Promise<void> {
  const inputs = shots.flatMap(({ look, seconds }) => [
    ...['-loop', '1', '-framerate', String(RATE), '-t', String(seconds)],
    ...['-i', join(PHOTOS, `sample${1 + (look % 6)}.jpg`)],
  ]);
  const painted = shots.map(({ look, skip = 0 }, k) => {
    const [x, y] = [((look * 37) % 55) / 100, ((look * 53) % 55) / 100];
    return `[${k}:v]crop=iw*0.35:ih*0.35:iw*${x}+8*(t+${skip}):ih*${y},scale=${SIZE},setsar=1,format=yuv420p[p${k}]`;
  });
  const lengths = new Map<number, number>();
  for (const one of shots) lengths.set(one.sound, (lengths.get(one.sound) ?? 0) + one.seconds);
  const note = '(200+31*mod(floor(4*t)*4\\,11))';
  const sounds = [...lengths].map(([seed, length], k) => {
    const source = seed < 0 ? `aevalsrc=0.4*sin(2*PI*t*${note})+0.2*sin(4*PI*t*${note})` : 'aevalsrc=0';
    return `${source}:s=22050:d=${length}[s${k}]`;
  });
  const joined = (count: number, of: string, streams: string, out: string): string =>
    `${Array.from({ length: count }, (_, k) => `[${of}${k}]`).join('')}concat=n=${count}:${streams}[${out}]`;
  const graph = [
    ...[...painted, ...sounds],
    ...[joined(shots.length, 'p', 'v=1', 'v'), joined(sounds.length, 's', 'v=0:a=1', 'a')],
  ].join(';');
  const args = [
    ...[...inputs, '-filter_complex', graph, '-map', '[v]', '-map', '[a]'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '24', '-c:a', 'aac', '-b:a', '64k'],
  ];
  await copyFile(
    await keptFilm(args, '.mp4', (made) => promisify(execFile)('ffmpeg', ['-v', 'error', ...args, made])),
    file,
  );
}

let service: TestService;
let folder = '';
const titles: string[] = [];
const segments = (k: number): Promise<Segments> => service.get(`/v1/titles/${titles[k]}/segments`);
const spans = async (k: number, kind: string): Promise<[number, number][]> =>
  (await segments(k)).segments.filter((one) => one.kind === kind).map(({ start, end }) => [start, end]);
const exported = async (k: number, format: string): Promise<string> =>
  (await service.fetch(`/v1/titles/${titles[k]}/export?format=${format}`)).text();

/** Waits until no season is being compared. */
async function compared(): Promise<void> {
  for (;;) {
    const { items } = await service.get<{ items: (JobView & { name: string })[] }>('/v1/jobs?limit=100');
    if (items.every(({ state }) => state !== 'queued' && state !== 'running')) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinoscope-season-'));
  const episodes = [
    [...first.slice(0, 2), ...THEME, ...first.slice(2)],
    [...again(first, [3, 6, 9, 11]), ...THEME, ...second, ...again(third, [2, 5, 7, 10])],
    [...third.slice(0, 3), ...THEME, ...third.slice(3)],
  ];
  service = await TestService.start({ KINOSCOPE_MEDIA_ROOTS: folder });
  for (const [k, shots] of episodes.entries()) {
    const path = join(folder, `Made Show S01E0${k + 1}.mp4`);
    await film(path, shots);
    const { title } = (await (await service.post('/v1/titles', { path })).json()) as { title: { id: string } };
    titles.push(title.id);
    // shots: no network is wanted for it
    const { job } = (await (await service.post(`/v1/titles/${title.id}/analyses`, { kinds: ['shots'] })).json()) as {
      job: JobView;
    };
    await service.follow(job.id);
  }
  await compared();
}, 240_000);
afterAll(async () => {
  await service.stop();
  await rm(folder, { recursive: true, force: true });
});

/** To the half second. */
const near = (found: readonly [number, number][], wanted: readonly [number, number][]): void => {
  const exact = found.map((one, k) =>
    one.map((time, n) => (Math.abs(time - wanted[k]![n]!) <= 0.5 ? wanted[k]![n] : time)),
  );
  expect(exact).toEqual(wanted);
};

describe('a season that was compared', () => {
  it('is told by the jobs that compared it', async () => {
    const { items } = await service.get<{ items: { name: string; series: string | null; season: number | null }[] }>(
      '/v1/jobs?limit=100',
    );
    const compared = items.filter(({ name }) => name === 'season');
    expect(compared.length).toBeGreaterThan(0);
    for (const job of compared) expect(job).toMatchObject({ titleId: null, series: 'Made Show', season: 1 });
    expect(items.find(({ name }) => name === 'analyze')).toMatchObject({ series: null, season: null });
  });

  it('has opening titles where each episode has them', async () => {
    near(
      [await spans(0, 'intro'), await spans(1, 'intro'), await spans(2, 'intro')].flat(),
      [6, 8, 9].map((start) => [start, start + 8]),
    );
  });

  it('has a recap of the earlier episode and a preview of the next', async () => {
    near(
      [...(await spans(1, 'recap')), ...(await spans(1, 'preview'))],
      [
        [0, 8],
        [52, 60],
      ],
    );
    expect(await spans(0, 'recap')).toEqual([]);
    expect((await segments(2)).none['preview']).toBe('the next episode is not known');
  });

  it('is exported as players read it', async () => {
    const { Items } = JSON.parse(await exported(1, 'jellyfin')) as { Items: { Type: string }[] };
    expect(Items.map(({ Type }) => Type)).toEqual(['Recap', 'Intro', 'Preview']);
    expect((await exported(1, 'edl')).trim().split('\n')).toHaveLength(3);
    expect(await exported(1, 'vtt')).toMatch(/Recap[^]*Intro[^]*Preview/);
  });

  it('says how players treat what can be skipped, by series', async () => {
    const path = `/v1/series/${encodeURIComponent('Made Show')}/skip`;
    const put = await service.fetch(path, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ intro: 'auto', recap: 'never' }),
    });
    expect(await put.json()).toEqual({ recap: 'never', intro: 'auto', credits: 'offer', preview: 'offer' });
    expect((await segments(1)).segments.map(({ kind, skip }) => [kind, skip])).toEqual([
      ['recap', 'never'],
      ['intro', 'auto'],
      ['preview', 'offer'],
    ]);
    expect((await exported(1, 'edl')).trim().split('\n')).toHaveLength(2);
  });
});

describe('what a person says of segments', () => {
  const put = (body: object): Promise<Response> =>
    service.fetch(`/v1/titles/${titles[1]}/corrections/segments`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('takes the place of what the season says, can be locked, and undone', async () => {
    expect((await put({ segments: [{ kind: 'intro', start: 7, end: 17 }], locked: true })).status).toBe(200);
    const told = await segments(1);
    expect(told.segments).toMatchObject([{ kind: 'intro', start: 7, end: 17, corrected: true, sure: true }]);
    expect(told.machine!.segments).toHaveLength(3);
    expect(told.none).toMatchObject({ recap: 'a person said so', preview: 'a person said so' });
    expect((await put({ segments: [] })).status).toBe(409);
    expect((await put({ locked: false })).status).toBe(200);
    expect(await spans(1, 'intro')).toEqual([[7, 17]]);
    const undone = await service.fetch(`/v1/titles/${titles[1]}/corrections/segments`, { method: 'DELETE' });
    expect(undone.status).toBe(204);
    expect((await segments(1)).segments).toHaveLength(3);
  });

  it.each([
    ['end before they start', [{ kind: 'intro', start: 9, end: 8 }]],
    [
      'overlap',
      [
        { kind: 'recap', start: 0, end: 8 },
        { kind: 'intro', start: 7, end: 17 },
      ],
    ],
    ['end after the film', [{ kind: 'preview', start: 50, end: 500 }]],
  ])('is refused where segments %s', async (_, said) => {
    expect((await put({ segments: said })).status).toBe(400);
  });
});

describe('a season that changes', () => {
  it('has no preview any more when the next episode is another one', async () => {
    await service.fetch(`/v1/titles/${titles[2]}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ episode: 7 }),
    });
    await compared();
    expect((await segments(1)).none['preview']).toBe('the next episode is not known');
    expect(await spans(1, 'recap')).toHaveLength(1);
    expect(await spans(2, 'intro')).toHaveLength(1);
  });

  it('has no recap of an episode that was deleted', async () => {
    await service.fetch(`/v1/titles/${titles[0]}`, { method: 'DELETE' });
    await compared();
    expect(await spans(1, 'recap')).toEqual([]);
  });
});
