import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** What programs of others need of our environment; secrets are none of it, and no word about proxies. */
const NEEDED = new RegExp(
  `^(${[
    'PATH',
    'HOME',
    'USER',
    'LOGNAME',
    'LANG',
    'LANGUAGE',
    'LC_.*',
    'TZ',
    'TMPDIR',
    'TMP',
    'TEMP',
    'XDG_.*',
    'PYTHON.*',
    'VIRTUAL_ENV',
    'LD_LIBRARY_PATH',
    'SSL_CERT_.*',
    'SYSTEMROOT',
    'APPDATA',
    'LOCALAPPDATA',
    'USERPROFILE',
  ].join('|')})$`,
  'i',
);

/** The environment for a program of others. */
export function programEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && NEEDED.test(name) ? [[name, value]] : [],
    ),
  );
}

/** Where a program lies on PATH; null when it is not there. */
export async function findProgram(name: string): Promise<string | null> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const file = join(folder, name);
    const there = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (there) return file;
  }
  return null;
}
