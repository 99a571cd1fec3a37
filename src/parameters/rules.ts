import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DATA, named, sha256, versionOfFile } from './learnt.js';

/**
 * The version of rules is their code: the modules that an entry imports, and those that these import. Only the code that decides
 * counts. What is handed to an analysis when it runs (decoders, networks) is not imported by it; errors, steps and the reading of
 * parameters decide nothing. The build leaves out comments and types, so neither changes a version.
 */
const DECIDE_NOTHING = ['core', 'parameters'].map((folder) => folder + sep);

export const CODE = fileURLToPath(new URL('../', import.meta.url));

export interface RulesOptions {
  /** Folder of the code that runs: src or dist of this package. */
  readonly code?: string;
  readonly data?: string;
}

/**
 * What changes whenever rules may answer otherwise: `name` with the hash of their code, and every file of data/ that the code names.
 * @param entries modules, from the folder of the code, without their extension: `credits/detect`
 * @returns such as `shots@0a1b2c3d4e5f` or `faces@5f4e3d2c1b0a face-verifier@0a1b2c3d4e5f`
 */
export function rulesVersion(
  name: string,
  entries: readonly string[],
  { code = CODE, data = DATA }: RulesOptions = {},
): string {
  const modules = modulesOf(entries, code);
  const all = [...modules.keys()].sort();
  const hash = sha256(all.map((file) => sha256(modules.get(file)!)).join());
  const text = [...modules.values()].join('\n');
  const learnt = readdirSync(data)
    .filter((file) => text.includes(`'${file}'`))
    .sort();
  return [named(name, hash), ...learnt.map((file) => versionOfFile(join(data, file)))].join(' ');
}

/** The code of the entries and of all that they import, by path from the folder of the code. */
function modulesOf(entries: readonly string[], code: string): Map<string, string> {
  const found = new Map<string, string>();
  const waiting = entries.map((entry) => join(code, entry));
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const name = relative(code, path);
    if (found.has(name) || DECIDE_NOTHING.some((folder) => name.startsWith(folder))) continue;
    const text = readFileSync(existsSync(`${path}.js`) ? `${path}.js` : `${path}.ts`, 'utf8');
    found.set(name, text);
    for (const imported of importsOf(text)) waiting.push(join(dirname(path), imported));
  }
  return found;
}

/** The modules of this package that a module imports, types left out, without their extension. */
function importsOf(text: string): string[] {
  const found: string[] = [];
  let ofTypes = false;
  for (const line of text.split('\n')) {
    if (/^(?:import|export)\b/.test(line)) ofTypes = /^(?:import|export) type\b/.test(line);
    const path = /(?:\bfrom |^import |\bimport\()'(\.[^']+)\.js'/.exec(line)?.[1];
    if (path !== undefined && !ofTypes) found.push(path);
  }
  return found;
}
