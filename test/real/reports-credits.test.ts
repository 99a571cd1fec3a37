import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { detectCredits } from '../../src/credits/detect.js';
import { openMedia } from '../../src/frames/media.js';
import { createModels, type ModelRegistry } from '../../src/inference/registry.js';

const reports = join(process.env['KINOSCOPE_DATA'] ?? '../shared/data', 'reports');
const there = existsSync(reports);
/** A busy machine decodes and reads several times slower than an idle one. */
const PATIENCE = 300_000;
if (!there) console.warn(`SKIPPED: files that users of similar tools reported need ${reports}`);

interface Right {
  /** Seconds: not before the first, not after the second. */
  readonly start: readonly [number, number];
  /** Kind, start and end, seconds, each within one. */
  readonly scenes: readonly (readonly ['scene-inside' | 'scene-after', number, number])[];
}

const RIGHT: Readonly<Record<string, Right>> = {
  'two-part-credits/mid_and_post.mp4': {
    start: [99.95, 100.5],
    scenes: [
      ['scene-inside', 120, 145.5],
      ['scene-after', 195.5, 205.5],
    ],
  },
  'cut-last-line/preview_next_week.mp4': { start: [100, 101], scenes: [['scene-after', 130.5, 161]] },
  'anime-ed-preview/anime_ed_chapters.mkv': { start: [199.5, 201], scenes: [['scene-after', 290, 305]] },
  'epilogue-cards/epilogue_cards.mp4': { start: [206.5, 208.5], scenes: [] },
};

(there ? describe : describe.skip)('credits of files that users of similar tools reported', () => {
  const media = openMedia({});
  let models: ModelRegistry;
  beforeAll(() => {
    models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
  });
  afterAll(() => models.close());

  test.each(Object.entries(RIGHT))(
    '%s',
    async (name, { start: [earliest, latest], scenes }) => {
      const file = join(reports, name);
      const found = await detectCredits({ file, info: await media.probe(file), source: media.source, models });
      expect(found.creditsStart).toBeGreaterThanOrEqual(earliest);
      expect(found.creditsStart).toBeLessThanOrEqual(latest);
      expect(found.confidence).toBeGreaterThan(0.5);
      const seen = found.segments.filter(({ kind }) => kind.startsWith('scene'));
      expect(seen.map(({ kind }) => kind)).toEqual(scenes.map(([kind]) => kind));
      seen.forEach(({ start, end }, k) => {
        expect(Math.abs(start - scenes[k]![1])).toBeLessThan(1);
        expect(Math.abs(end - scenes[k]![2])).toBeLessThan(1);
      });
    },
    PATIENCE,
  );
});
