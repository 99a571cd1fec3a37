import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeDemoFilm } from '../../scripts/demo-film.mjs';
import { openVideoWriter } from '../../src/frames/writer.js';

/** What the short film of the tests holds, seconds. It is the demo's film with shots of 2 s and a roll of 12 s. */
export const SHORT_FILM = { shot: 2, roll: 12, creditsStart: 14.5, creditsEnd: 26.5, duration: 29 } as const;

/** What the brief film holds: the same shots and credits, for those that need a cast and do not look at its times. */
export const BRIEF_FILM = { shot: 1, roll: 3, duration: 12 } as const;

const maker = readFileSync(fileURLToPath(new URL('../../scripts/demo-film.mjs', import.meta.url)));

/** The short film's path. */
export const shortFilm = (): Promise<string> => demoFilm(SHORT_FILM);

/** The brief film's path. */
export const briefFilm = (): Promise<string> => demoFilm(BRIEF_FILM);

/** The path of the demo's film with shots and a roll of so many seconds. */
export const demoFilm = ({ shot, roll }: { readonly shot: number; readonly roll: number }): Promise<string> =>
  keptFilm([maker, shot, roll], '.mp4', async (file) => {
    await makeDemoFilm(file, openVideoWriter, undefined, { shot, roll });
  });

/**
 * A film's path. It is made once and kept beside the project's other working files, until what it is made of changes.
 * @param of all that decides how it comes out
 * @param extension with its dot
 */
export async function keptFilm(
  of: readonly unknown[],
  extension: string,
  make: (file: string) => Promise<unknown>,
): Promise<string> {
  const digest = createHash('sha256').update(JSON.stringify(of)).digest('hex').slice(0, 16);
  const file = fileURLToPath(new URL(`../../.kinoscope/test/film-${digest}${extension}`, import.meta.url));
  if (existsSync(file)) return file;
  await mkdir(dirname(file), { recursive: true });
  // Test files run side by side: each makes its own, and the last rename wins with the same content.
  const own = `${file.slice(0, -extension.length)}.${process.pid}${extension}`;
  await make(own);
  await rename(own, file);
  return file;
}

/** A film of the same pictures and another content, more than `bytes` longer: mp4 may carry boxes of free space. */
export async function anotherFilm(film: string, file: string, bytes = 16): Promise<void> {
  const head = Buffer.from('....free', 'latin1');
  head.writeUInt32BE(head.length + bytes);
  await writeFile(file, Buffer.concat([await readFile(film), head, randomBytes(bytes)]));
}
