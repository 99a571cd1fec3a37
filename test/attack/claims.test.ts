import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { annotate } from '../../src/exports/annotate.js';
import { openMedia } from '../../src/frames/media.js';
import { frameAdapters } from '../clips/adapters.js';
import { descendantProcesses } from '../clips/processes.js';
import { manyPictures, sparseMatroska } from '../films/hostile.js';
import { longestPause } from './pauses.js';

const HOUR = 3600;
const YEARS = 10 * 365 * 24 * HOUR;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinoscope-claims-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, bytes: Buffer): Promise<string> {
  await writeFile(join(folder, name), bytes);
  return join(folder, name);
}

/** Does some work, and tells what its processes took: megabytes of the largest, and how many there were at a time. */
async function taken<T>(work: () => Promise<T>): Promise<{ result: T; largest: number; most: number }> {
  let [ended, largest, most] = [false, 0, 0];
  const watch = (async () => {
    while (!ended) {
      const all = await descendantProcesses();
      most = Math.max(most, all.length);
      for (const pid of all) {
        const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
        largest = Math.max(largest, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
      }
      await sleep(30);
    }
  })();
  try {
    const result = await work();
    return { result, largest, most };
  } finally {
    ended = true;
    await watch;
  }
}

describe('a film whose header claims more than there is', () => {
  it('has its decoder take no more memory than it may', async () => {
    const film = await file('pictures.mp4', await manyPictures(85_000_000, 1));
    const { result, largest } = await taken(() =>
      openMedia({})
        .probe(film)
        .catch((error: unknown) => error),
    );
    // FFmpeg that does not get the memory for an index goes on without one
    expect(result).toMatchObject({ code: 'unreadable', message: 'pictures.mp4 has no picture that can be decoded' });
    expect(largest).toBeLessThan(1_000);
  }, 60_000);

  it.each(frameAdapters())(
    'has its sound not filled up with silence (%s)',
    async (kind) => {
      const film = await file('sound.mkv', await sparseMatroska([0, 1, 2], { sound: [0, 0.1, 0.2, YEARS] }));
      const { result, largest } = await taken(() =>
        openMedia({ kind })
          .sound(film)
          .catch(() => null),
      );
      expect(result?.levels.length ?? 0).toBeLessThan(100);
      expect(largest).toBeLessThan(2_700);
    },
    60_000,
  );

  it.each(frameAdapters())(
    'has no more chapters than people make (%s)',
    async (kind) => {
      const film = await file('chapters.mkv', await sparseMatroska([0, 1, 2], { chapters: 20_000 }));
      const { chapters } = await openMedia({ kind }).probe(film);
      expect(chapters[9]).toEqual({ start: 540, end: 600, title: 'Chapter of a film 9' });
      expect(chapters.length).toBeLessThanOrEqual(1000);
    },
    60_000,
  );
});

describe('a film of ten years', () => {
  const media = openMedia({});
  const proxy = async (film: string): Promise<number> => {
    let end = 0;
    const request = { output: join(folder, 'copy.mp4'), copies: { pictures: false, sound: false }, maxSeconds: 60 };
    const onFragment = async (fragment: { end: number }): Promise<void> => void (end = fragment.end);
    await media.proxy(film, { ...request, onFragment });
    return end;
  };

  it('is copied without the sound that comes years after its last picture', async () => {
    const film = await file('late.mkv', await sparseMatroska([0, 1, 2], { sound: [0, 0.1, YEARS] }));
    const { result, largest } = await taken(() => proxy(film));
    expect(result).toBeLessThan(5);
    expect(largest).toBeLessThan(1_000);
  }, 60_000);

  it('is told that no copy and no marked film can show a picture for years, in plain words', async () => {
    const film = await file('years.mkv', await sparseMatroska([0, YEARS / 2, YEARS]));
    await expect(proxy(film)).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringMatching(/^The pictures lie too far apart/),
    });
    const info = await media.probe(film);
    const output = join(folder, 'marked.mp4');
    const marked = annotate(media, { file: film, info, tracks: [], output, maxPixels: 1e8 });
    await expect(marked).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringMatching(/^No video can show a picture for more than/),
    });
  }, 60_000);
});

it('films are asked what they hold a few at a time', async () => {
  const media = openMedia({});
  const film = await file('asked.mkv', await sparseMatroska([0, 1]));
  const { most } = await taken(() => Promise.all(Array.from({ length: 6 }, () => media.probe(film))));
  // one may be on its way out
  expect(most).toBeLessThanOrEqual(4);
}, 60_000);

it('what a film says of itself keeps nobody waiting', async () => {
  const film = await file('talkative.mkv', await sparseMatroska([0, 1], { chapters: 50_000 }));
  // All of them take five seconds in one go.
  expect((await longestPause(() => openMedia({}).probe(film))).pause).toBeLessThan(2_000);
}, 60_000);
