import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { detectCredits } from '../../src/credits/detect.js';
import type { CreditsResult } from '../../src/credits/types.js';
import { openMedia } from '../../src/frames/media.js';
import { createModels, type ModelRegistry } from '../../src/inference/registry.js';
import { keptFilm } from '../films/film.js';

const data = resolve(process.env['KINOSCOPE_DATA'] ?? '../shared/data');
const film = join(data, 'video/big-buck-bunny-360p.mp4');
const there = existsSync(join(data, 'reports')) && existsSync(film);
/** A busy machine decodes and reads several times slower than an idle one. */
const PATIENCE = 240_000;
if (!there) console.warn(`SKIPPED: text that is of no credits needs ${data}/reports and ${film}`);

/** Pages and captions of films without credits. */
const NONE = [
  'text-pages-none/document_screen_none.mp4',
  'text-pages-none/chat_phone_none.mp4',
  'text-pages-none/slides_none.mp4',
  'unsure-export/captioned_none.mp4',
];

const FONT = join(
  dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')),
  'ttf/DejaVuSans.ttf',
);
const draw = (options: string): string => `drawtext=fontfile=${FONT}:fontcolor=white:${options}`;
const NAME = draw('text=CANAL 7:fontsize=18:x=w-tw-16:y=16');
const AGE = draw('text=16+:fontsize=18:x=16:y=16');
const DATE = draw('text=Sunday 12 May:fontsize=16:x=16:y=h-60');
const CLOCK = draw('text=%{pts\\\\:hms}:fontsize=16:x=w-tw-16:y=h-60');
const TICKER = draw(
  'text=The council meets on Thursday to talk about the bridge that was closed last year and about its costs:fontsize=16:x=w-mod(t*50\\,w+tw):y=h-26:box=1:boxcolor=navy',
);
/** What is laid over the film, beside the name of its channel. */
const OVERLAYS: readonly (readonly [string, readonly string[]])[] = [
  ['a name and a date', [NAME, DATE]],
  ['a name and a ticker', [NAME, TICKER]],
  ['four of them', [NAME, AGE, CLOCK, TICKER]],
];
/** Seconds of the film: a stretch without credits, and one with credits, which start at 490.5. */
const WITHOUT = { from: 60, seconds: 90 };
const WITH = { from: 410, seconds: 120, start: 80.5 };

(there ? describe : describe.skip)('text that is of no credits', () => {
  const media = openMedia({});
  let models: ModelRegistry;
  beforeAll(() => {
    models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
  });
  afterAll(() => models.close());

  async function detect(file: string): Promise<CreditsResult> {
    return detectCredits({ file, info: await media.probe(file), source: media.source, models });
  }
  async function overlaid(
    overlays: readonly string[],
    { from, seconds }: { from: number; seconds: number },
  ): Promise<string> {
    const args = [
      ...['-ss', String(from), '-t', String(seconds), '-i', film, '-an', '-vf', overlays.join(',')],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '96'],
    ];
    return keptFilm([args, (await stat(film)).mtimeMs], '.mp4', (made) =>
      promisify(execFile)('ffmpeg', ['-v', 'error', ...args, made]),
    );
  }

  test.each(NONE)(
    '%s has no credits',
    async (name) => {
      expect(await detect(join(data, 'reports', name))).toMatchObject({
        creditsStart: null,
        nextEpisodeAt: null,
        segments: [],
      });
    },
    PATIENCE,
  );

  test.each(OVERLAYS)(
    '%s over a film are no credits',
    async (_name, overlays) => {
      expect(await detect(await overlaid(overlays, WITHOUT))).toMatchObject({
        creditsStart: null,
        nextEpisodeAt: null,
        segments: [],
      });
    },
    PATIENCE,
  );

  test.each(OVERLAYS.slice(-1))(
    '%s over a film and its credits leave their start where it is',
    async (_name, overlays) => {
      const { creditsStart } = await detect(await overlaid(overlays, WITH));
      expect(Math.abs(creditsStart! - WITH.start)).toBeLessThan(2);
    },
    PATIENCE,
  );
});
