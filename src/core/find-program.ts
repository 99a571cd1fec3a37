import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** `src`, or `dist` where this is built. */
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Where a program of ours is that lies beside a module. From TypeScript sources it runs through tsx, which takes three times as long
 * to start it; so the tests name the folder of a build that is as new as the sources, if there is one.
 * @param module `import.meta.url` of that module
 * @param program the program's path from there, without its extension
 * @returns `loader` where it is TypeScript
 */
export function findProgram(module: string, program: string): { readonly url: URL; readonly loader: string | null } {
  if (!module.endsWith('.ts')) return { url: new URL(`${program}.js`, module), loader: null };
  const source = new URL(`${program}.ts`, module);
  const built = process.env['KINOSCOPE_TESTED_BUILD'];
  if (built !== undefined) {
    const path = relative(ROOT, fileURLToPath(source)).replace(/\.ts$/, '.js');
    return { url: pathToFileURL(join(built, path)), loader: null };
  }
  return { url: source, loader: pathToFileURL(createRequire(module).resolve('tsx')).href };
}
