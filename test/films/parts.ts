import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { keptFilm } from './film.js';

const require = createRequire(import.meta.url);
const PHOTOS = join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'demo');
const FONT = require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');
const [WIDTH, HEIGHT, RATE] = [480, 270, 12];

/** A stretch of a film; `seconds` is how long it lasts. */
export type Part = { readonly seconds: number } &
  /** A camera that moves over a photo, 1 to 6; `names` stand at its side, each for an even share of the time with a pause. */
  (
    | { readonly kind: 'shot'; readonly photo: number; readonly names?: readonly (readonly string[])[] }
    /** Lines on black, in the middle or at the foot. */
    | { readonly kind: 'card'; readonly lines: readonly string[]; readonly size?: number; readonly foot?: boolean }
    | { readonly kind: 'roll'; readonly lines: readonly string[] }
    | { readonly kind: 'black' }
  );

export interface FilmOptions {
  /** `[start, end, title]`, seconds. */
  readonly chapters?: readonly (readonly [number, number, string])[];
  /** How ffmpeg encodes it. */
  readonly encoder?: readonly string[];
}

const USUAL = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '24', '-g', '48'] as const;

const maker = readFileSync(fileURLToPath(import.meta.url), 'utf8');

/** Makes a film of parts: story from sample photos, invented credits, every second known. */
export async function makeFilm(file: string, parts: readonly Part[], options: FilmOptions = {}): Promise<void> {
  const kept = await keptFilm([maker, parts, options], extname(file), (made) => draw(made, parts, options));
  await copyFile(kept, file);
}

async function draw(
  file: string,
  parts: readonly Part[],
  { chapters = [], encoder = USUAL }: FilmOptions,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kinoscope-parts-'));
  try {
    let texts = 0;
    const text = async (line: string): Promise<string> => {
      const path = join(folder, `${texts++}.txt`);
      await writeFile(path, line);
      return path;
    };
    const drawn = async (lines: readonly string[], size: number, x: string, y: string, when = ''): Promise<string[]> =>
      Promise.all(
        lines.map(
          async (line, k) =>
            `drawtext=fontfile=${FONT}:textfile=${await text(line)}:expansion=none:fontsize=${size}:` +
            `fontcolor=white:shadowx=1:shadowy=1:x=${x}:y=${y}+${Math.round(1.45 * size * k)}${when}`,
        ),
      );
    const painted = async (part: Part): Promise<string[]> => {
      const { seconds } = part;
      if (part.kind === 'black') return [];
      if (part.kind === 'roll')
        return drawn(part.lines, 12, '(w-tw)/2', `h-${((HEIGHT + part.lines.length * 17.4) / seconds).toFixed(2)}*t`);
      if (part.kind === 'card') {
        const size = part.size ?? 14;
        return drawn(
          part.lines,
          size,
          '(w-tw)/2',
          part.foot ? `h-${30 + 20 * (part.lines.length - 1)}` : `h/2-${Math.round(0.72 * size * part.lines.length)}`,
        );
      }
      const each = seconds / Math.max(1, part.names?.length ?? 1);
      const names = (part.names ?? []).map((lines, k) =>
        drawn(lines, 13, '24', 'h*0.62', `:enable='between(t,${k * each},${(k + 0.85) * each})'`),
      );
      const frames = Math.round(seconds * RATE);
      return [
        `scale=${WIDTH * 1.4}:-2`,
        `loop=loop=${frames - 1}:size=1:start=0`,
        `setpts=N/${RATE}/TB`,
        `fps=${RATE}`,
        `crop=${WIDTH}:${HEIGHT}:x='${10 * (part.photo % 3)}+4*t':y='20+t'`,
        ...(await Promise.all(names)).flat(),
      ];
    };
    const inputs = parts.flatMap((part) =>
      part.kind === 'shot'
        ? ['-i', join(PHOTOS, `sample${part.photo}.jpg`)]
        : ['-f', 'lavfi', '-t', String(part.seconds), '-i', `color=black:s=${WIDTH}x${HEIGHT}:r=${RATE}`],
    );
    const graphs = await Promise.all(
      parts.map(
        async (part, k) => `[${k}:v]${[...(await painted(part)), 'setsar=1', 'format=yuv420p'].join(',')}[p${k}]`,
      ),
    );
    const metadata = join(folder, 'chapters.txt');
    await writeFile(
      metadata,
      [
        ';FFMETADATA1',
        ...chapters.map(
          ([start, end, title]) =>
            `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${start * 1000}\nEND=${end * 1000}\ntitle=${title}`,
        ),
      ].join('\n'),
    );
    const graph = `${graphs.join(';')};${parts.map((_, k) => `[p${k}]`).join('')}concat=n=${parts.length}[film]`;
    await promisify(execFile)('ffmpeg', [
      '-v',
      'error',
      '-y',
      ...inputs,
      '-i',
      metadata,
      '-filter_complex',
      graph,
      '-map',
      '[film]',
      '-map_metadata',
      String(parts.length),
      ...encoder,
      file,
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
}
