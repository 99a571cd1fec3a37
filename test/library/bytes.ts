import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files of a folder and the folders in it that hold a text among their bytes. */
export function filesThatHold(folder: string, text: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => readFileSync(path).includes(text));
}
