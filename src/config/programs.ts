import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Where a program lies on PATH; null when it is not there. */
export async function findProgram(name: string): Promise<string | null> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const file = join(folder, name);
    const there = await access(file, constants.X_OK).then(() => true, () => false);
    if (there) return file;
  }
  return null;
}
