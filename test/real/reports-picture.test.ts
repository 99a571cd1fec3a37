import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createFrameSource } from '../../src/frames/frame-source.js';
import { runPass } from '../../src/frames/pass.js';
import { endIdleDecoders } from '../../src/frames/picture.js';
import { createGenreAnalyzer, KEY_FRAMES } from '../../src/genre/analyzer.js';
import type { GenreResult } from '../../src/genre/types.js';
import { createModels, type ModelRegistry } from '../../src/inference/registry.js';
import { frameAdapters } from '../clips/adapters.js';
import { TestService } from '../e2e/service.js';
import { enrolScene, libraryOf, seeFilm } from '../library/scene.js';

const data = process.env['KINOSCOPE_DATA'] ?? '../shared/data';
const there = existsSync(join(data, 'reports')) && frameAdapters().includes('ffmpeg');
if (!there) process.stderr.write('reports-picture.test.ts: SKIPPED, no real data at KINOSCOPE_DATA, or no ffmpeg\n');
const PATIENCE = 240_000;

const whenThere = there ? describe : (): void => undefined;
if (!there) test('is skipped where the data is absent', () => expect(there).toBe(false));

whenThere('pictures of reported films', () => {
  let models: ModelRegistry;
  let folder: string;
  beforeAll(async () => {
    models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 2 });
    folder = await mkdtemp(join(tmpdir(), 'kinoscope-reports-'));
  });
  afterAll(async () => {
    await models.close();
    await endIdleDecoders();
    await rm(folder, { recursive: true, force: true });
  });

  /** Who is named at some seconds of a film, everybody of the series being known. */
  async function named(file: string, seconds: readonly number[]): Promise<string[][]> {
    const library = await libraryOf(models, await seeFilm(models, file));
    try {
      await enrolScene(models, data, library, 8);
      return await Promise.all(
        seconds.map(async (at) => (await library.at('scene', at)).flatMap(({ name }) => name ?? []).sort()),
      );
    } finally {
      await library.close();
    }
  }

  test(
    'a film whose matrix mirrors it is watched upright',
    async () => {
      expect(await named(join(data, 'reports/mirror-matrix/flip-hflip.mp4'), [3])).toEqual([['Rachel Green']]);
    },
    PATIENCE,
  );

  test(
    'HDR10 has the names and genres of its SDR copy',
    async () => {
      const hdr = join(data, 'reports/hdr10/hdr10.mkv');
      const sdr = join(folder, 'sdr.mp4');
      // As many bytes: what compression takes from small faces is not the point.
      const encoder = ['-c:v', 'libx265', '-preset', 'ultrafast', '-crf', '32', '-x265-params', 'log-level=none'];
      const args = [
        '-v',
        'error',
        '-i',
        join(data, 'shots/friends-scene.mp4'),
        '-t',
        '6',
        '-vf',
        'scale=640:360',
        ...encoder,
        '-an',
        sdr,
      ];
      expect(spawnSync('ffmpeg', args).status).toBe(0);
      const at = [1, 2, 3, 4, 5];
      const names = await named(sdr, at);
      expect(names.flat()).toContain('Rachel Green');
      expect(await named(hdr, at)).toEqual(names);
      const genres = async (file: string): Promise<GenreResult> => {
        const analyzer = await createGenreAnalyzer({ models });
        const source = createFrameSource();
        const { duration } = await runPass(source, file, { plan: KEY_FRAMES, consumer: analyzer });
        const again = analyzer.secondLook(duration);
        if (again) await runPass(source, file, { plan: again, consumer: analyzer });
        return analyzer.finish();
      };
      const [bright, plain] = [await genres(hdr), await genres(sdr)];
      // The tone mapping moves probabilities a little: those of two genres that are close may change places.
      const three = ({ top3 }: GenreResult): string[] => top3.map(({ genre }) => genre).sort();
      expect(three(bright)).toEqual(three(plain));
      for (const [genre, probability] of Object.entries(plain.genres))
        expect(Math.abs(bright.genres[genre]! - probability)).toBeLessThan(0.15);
    },
    PATIENCE,
  );

  test(
    "a film whose sound starts first is told on the player's clock, in every answer and export",
    async () => {
      const service = await TestService.start({ KINOSCOPE_MEDIA_ROOTS: join(data, 'reports') });
      try {
        const { title } = (await (
          await service.post('/v1/titles', { path: join(data, 'reports/video-starts-late/late-video.mkv') })
        ).json()) as { title: { id: string; duration: number } };
        expect(Math.abs(title.duration - 151)).toBeLessThan(0.1);
        const path = `/v1/titles/${title.id}`;
        const { job } = (await (await service.post(`${path}/analyses`, { kinds: ['credits', 'cast'] })).json()) as {
          job: { id: string };
        };
        expect((await service.follow(job.id)).at(-1)).toMatchObject({ state: 'done' });
        const { creditsStart, frame, timecode } = await service.get<{
          creditsStart: number;
          frame: number;
          timecode: string;
        }>(`${path}/credits`);
        expect(Math.abs(creditsStart - 111.25)).toBeLessThan(0.3);
        expect(timecode).toMatch(/^00:01:51\.\d{3}$/);
        // Twelve frames a second from the first picture on.
        expect(Math.abs(frame - (creditsStart - 6.023) * 12)).toBeLessThan(0.6);
        const exported = async (format: string): Promise<string> =>
          (await service.fetch(`${path}/export?format=${format}`)).text();
        const near = (seconds: number): void => expect(Math.abs(seconds - creditsStart)).toBeLessThan(0.002);
        near(Number(/^(\d+\.\d+)\t\d+\.\d+\t3$/m.exec(await exported('edl'))![1]));
        near(
          (JSON.parse(await exported('jellyfin')) as { Items: { StartTicks: number }[] }).Items[0]!.StartTicks / 1e7,
        );
        near(Number(/START=(\d+)\nEND=\d+\ntitle=Credits/.exec(await exported('chapters'))![1]) / 1000);
        const cue = /(\d\d):(\d\d):(\d\d\.\d{3}) --> [\d:.]+\nCredits/.exec(await exported('vtt'))!;
        near(Number(cue[1]) * 3600 + Number(cue[2]) * 60 + Number(cue[3]));
        const { Segments } = JSON.parse(await exported('rekognition-segments')) as {
          Segments: { Type: string; StartTimestampMillis: number; StartFrameNumber: number }[];
        };
        const credits = Segments.find(({ Type }) => Type === 'TECHNICAL_CUE')!;
        near(credits.StartTimestampMillis / 1000);
        expect(credits.StartFrameNumber).toBe(frame);
        // Before the first picture nobody is to be seen; the last second exists.
        expect(await service.get(`${path}/cast?t=2`)).toMatchObject({ cast: [] });
        expect((await service.fetch(`${path}/cast?t=150.9`)).status).toBe(200);
        expect((await service.fetch(`${path}/cast?t=152`)).status).toBe(400);
      } finally {
        await service.stop();
      }
    },
    PATIENCE,
  );
});
