import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeDemoFilm } from '../../scripts/demo-film.mjs';
import { openVideoWriter } from '../../src/frames/writer.js';

/** What the short film of the tests holds, seconds. It is the demo's film with shots of 2 s and a roll of 12 s. */
export const SHORT_FILM = { shot: 2, roll: 12, creditsStart: 14.5, creditsEnd: 26.5, duration: 29 } as const;

const maker = fileURLToPath(new URL('../../scripts/demo-film.mjs', import.meta.url));

/** The short film's path. It is made once and kept beside the project's other working files until its maker changes. */
export async function shortFilm(): Promise<string> {
  const digest = createHash('sha256').update(readFileSync(maker)).digest('hex').slice(0, 12);
  const file = fileURLToPath(new URL(`../../.kinoscope/test/film-${digest}.mp4`, import.meta.url));
  if (existsSync(file)) return file;
  await mkdir(dirname(file), { recursive: true });
  // Test files run side by side: each makes its own, and the last rename wins with the same content.
  const own = `${file.slice(0, -4)}.${process.pid}.mp4`;
  await makeDemoFilm(own, openVideoWriter, undefined, { shot: SHORT_FILM.shot, roll: SHORT_FILM.roll });
  await rename(own, file);
  return file;
}

/** A film of the same pictures and another content, more than `bytes` longer: mp4 may carry boxes of free space. */
export async function anotherFilm(film: string, file: string, bytes = 16): Promise<void> {
  const head = Buffer.from('....free', 'latin1');
  head.writeUInt32BE(head.length + bytes);
  await writeFile(file, Buffer.concat([await readFile(film), head, randomBytes(bytes)]));
}
