import { fileURLToPath } from 'node:url';

/** What node needs to run a program of the tests, which is TypeScript, in a process of its own. */
export const CHILD_LOADER: readonly string[] = [
  '--import',
  process.env['KINOSCOPE_TESTED_BUILD'] ? fileURLToPath(new URL('./loader.mjs', import.meta.url)) : 'tsx',
];
