import { access, constants, mkdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { findProgram } from '../config/programs.js';
import type { Settings } from '../config/settings.js';
import type { SitePrograms } from '../download/site-programs.js';
import { findYtDlp, YT_DLP_FOR_YOUTUBE } from '../download/yt-dlp-program.js';

export interface Program {
  readonly name: string;
  readonly for: string;
  readonly path: string | null;
  /** What is wrong with it or how to get it; null where it does. */
  readonly advice: string | null;
}

/** Programs that make more possible where they are there; nothing needs them. */
export async function programs(settings: Settings, fetched: SitePrograms): Promise<Program[]> {
  const { ytDlp } = settings.download;
  const ffmpeg = await findProgram('ffmpeg');
  const found = ytDlp === null ? null : await findYtDlp(ytDlp, fetched).catch(() => null);
  const deno = (await fetched.find('deno')) ?? (await findProgram('deno'));
  return [
    {
      name: 'ffmpeg',
      for: 'the second decoder (KINOSCOPE_DECODER=ffmpeg)',
      path: ffmpeg,
      advice: ffmpeg ? null : 'apt-get install ffmpeg',
    },
    {
      name: `yt-dlp${found ? ` ${found.version}` : ''}`,
      for: 'trailers by YouTube link (the first extractor tried)',
      path: found && (basename(found.command) === found.command ? await findProgram(found.command) : found.command),
      advice:
        ytDlp === null
          ? 'switched off by KINOSCOPE_YT_DLP'
          : found && found.version >= YT_DLP_FOR_YOUTUBE
            ? null
            : `${found ? 'too old' : 'not installed'}: YouTube takes ${YT_DLP_FOR_YOUTUBE} or newer, which kinoscope doctor --fix gets`,
    },
    {
      name: 'deno',
      for: 'the scripts of YouTube, which otherwise run in Node.js',
      path: deno,
      advice: deno ? null : 'kinoscope doctor --fix gets it',
    },
  ];
}

/** Whether files can be written below a folder, which is made if it is not there. */
export async function writable(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
