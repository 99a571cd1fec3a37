import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { detectCredits } from '../../src/credits/detect.js';
import type { CreditsResult } from '../../src/credits/types.js';
import { openMedia } from '../../src/frames/media.js';
import { frameStream } from '../../src/frames/stream.js';
import type { FrameSource, FrameStream } from '../../src/frames/types.js';
import { createModels, type ModelRegistry } from '../../src/inference/registry.js';
import { demoFilm } from '../films/film.js';
import { makeFilm, type FilmOptions, type Part } from '../films/parts.js';

/** A busy machine decodes and reads several times slower than an idle one. */
const PATIENCE = 240_000;

const shot = (photo: number, seconds: number): Part => ({ kind: 'shot', photo, seconds });
const card = (seconds: number, ...lines: string[]): Part => ({ kind: 'card', lines, seconds });
const black = (seconds: number): Part => ({ kind: 'black', seconds });
const subtitle = (seconds: number, ...lines: string[]): Part => ({ kind: 'card', lines, seconds, foot: true });
const STORY = [shot(3, 14), shot(6, 12), shot(4, 14)];
const CARDS = [
  card(4, 'Directed by', 'Ada Abel'),
  card(4, 'Music by', 'Greta Falk', 'Hugo Dorn'),
  card(4, 'Produced by', 'Ines Brandt', 'Carla Castel', 'Bruno Egger'),
];
const ROLL: Part = {
  kind: 'roll',
  seconds: 18,
  lines: [
    'Camera',
    'Elin Grau',
    '',
    'Editor',
    'Jonas Holm',
    '',
    'Sound',
    'Ines Brandt',
    'Carla Castel',
    '',
    'Costumes',
    'Farid Ilves',
    '',
    'Gaffer',
    'Dario Jansen',
  ],
};

describe('the credits of films whose every second is known', () => {
  const media = openMedia({});
  let models: ModelRegistry;
  let folder: string;
  let films = 0;
  beforeAll(async () => {
    models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
    folder = await mkdtemp(join(tmpdir(), 'kinoscope-decisions-'));
  });
  afterAll(async () => {
    await models.close();
    await rm(folder, { recursive: true });
  });

  async function detect(parts: readonly Part[], options: FilmOptions = {}): Promise<CreditsResult> {
    const file = join(folder, `${films++}.mkv`);
    await makeFilm(file, parts, options);
    return detectCredits({ file, info: await media.probe(file), source: media.source, models });
  }
  const scenes = ({ segments }: CreditsResult): [string, number, number][] =>
    segments
      .filter(({ kind }) => kind.startsWith('scene'))
      .map(({ kind, start, end }) => [kind, Math.round(start), Math.round(end)]);

  test(
    'cards, a scene inside, a roll and a scene after',
    async () => {
      const found = await detect([...STORY, ...CARDS, shot(5, 16), ROLL, shot(2, 9)]);
      expect(Math.abs(found.creditsStart! - 40)).toBeLessThan(0.5);
      expect(found.confidence).toBeGreaterThan(0.5);
      expect(scenes(found)).toEqual([
        ['scene-inside', 52, 68],
        ['scene-after', expect.any(Number), 95],
      ]);
      // the roll's last line leaves the picture at 85.4 s, which is black until 86
      const { start } = found.segments.at(-1)!;
      expect(start).toBeGreaterThan(85.2);
      expect(start).toBeLessThan(86.05);
      expect(found.nextEpisodeAt).toBeNull();
    },
    PATIENCE,
  );

  test(
    'a scene of a few seconds after the roll is no logo, and no next episode is offered before it',
    async () => {
      const file = await demoFilm({ shot: 6, roll: 30 });
      const found = await detectCredits({ file, info: await media.probe(file), source: media.source, models });
      expect(scenes(found)).toEqual([['scene-after', expect.any(Number), 79]]);
      expect(found.nextEpisodeAt).toBeNull();
    },
    PATIENCE,
  );

  test(
    'never before the cut to the first card, and the title of next week’s preview belongs to the scene',
    async () => {
      const found = await detect([
        ...STORY,
        ...CARDS,
        ...CARDS,
        { kind: 'card', lines: ['NEXT WEEK ON'], size: 30, seconds: 2 },
        shot(5, 12),
      ]);
      expect(found.creditsStart).toBeGreaterThanOrEqual(39.95);
      expect(found.creditsStart).toBeLessThan(40.5);
      expect(scenes(found)).toEqual([['scene-after', 64, 78]]);
    },
    PATIENCE,
  );

  test(
    'an ending with names over the pictures, then a preview without text, as the chapters say',
    async () => {
      const names = Array.from({ length: 10 }, (_, k) => [
        ['Director', 'Camera', 'Music', 'Editor'][k % 4]!,
        ['Ada Abel', 'Elin Grau', 'Greta Falk', 'Jonas Holm'][k % 4]!,
      ]);
      const ending: Part[] = [
        { kind: 'shot', photo: 5, seconds: 20, names: names.slice(0, 5) },
        { kind: 'shot', photo: 2, seconds: 20, names: names.slice(5) },
      ];
      const found = await detect([...STORY, ...ending, shot(6, 12)], {
        chapters: [
          [0, 10, 'OP'],
          [10, 40, 'Part A'],
          [40, 80, 'ED'],
          [80, 92, 'Next Episode'],
        ],
      });
      expect(Math.abs(found.creditsStart! - 40)).toBeLessThan(0.5);
      expect(scenes(found)).toEqual([['scene-after', 80, 92]]);
    },
    PATIENCE,
  );

  test(
    'a chapter of that name where there are no credits loses against the pictures',
    async () => {
      const found = await detect([...STORY, shot(5, 20)], {
        chapters: [
          [0, 40, 'Chapter 1'],
          [40, 60, 'End Credits'],
        ],
      });
      expect(found.creditsStart).toBeNull();
    },
    PATIENCE,
  );

  test(
    'an epilogue of short lines is story',
    async () => {
      const found = await detect([
        ...STORY,
        card(5, 'Anna never returned', 'to the village.'),
        card(5, 'In 1987 the court reversed', 'its decision.'),
        card(5, 'He still lives by the sea.'),
        black(4),
        ROLL,
      ]);
      expect(found.creditsStart).toBeGreaterThan(55);
      expect(found.creditsStart).toBeLessThan(61);
    },
    PATIENCE,
  );

  test(
    'subtitles that go on over black after the roll are no scene',
    async () => {
      const found = await detect([
        ...STORY,
        ROLL,
        black(2),
        subtitle(4, 'I thought that you had left.'),
        black(1),
        subtitle(5, 'No. I stayed for the song.'),
        black(1),
        subtitle(4, 'Then listen to the end.'),
        black(2),
      ]);
      expect(Math.abs(found.creditsStart! - 40)).toBeLessThan(0.5);
      expect(scenes(found)).toEqual([]);
      expect(found.nextEpisodeAt).toBe(found.creditsStart);
    },
    PATIENCE,
  );

  test(
    'no frames are no evidence: the search fails and says where',
    async () => {
      const file = join(folder, 'short.mkv');
      await makeFilm(file, [black(2)]);
      const info = { ...(await media.probe(file)), duration: 3600 };
      const nothing = { frames: 0, lastTime: 0, duration: 0, truncated: false, warnings: [] };
      const frames = (): FrameStream =>
        frameStream(
          (async function* () {
            yield* [];
            return Promise.resolve(nothing);
          })(),
        );
      const source: FrameSource = {
        name: 'ffmpeg',
        frames,
        expect: () => () => undefined,
        countBefore: () => Promise.resolve(0),
      };
      await expect(detectCredits({ file, info, source, models })).rejects.toMatchObject({
        code: 'unreadable',
        message: 'No frame could be decoded after 00:45:00.000, where closing credits would be',
      });
    },
    PATIENCE,
  );
});
