import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

/**
 * Starts a thread with a program of ours, named as it is built (`.js`). From TypeScript sources it runs through tsx, whose
 * hooks a new thread has to call for itself.
 */
export function startThread(program: URL, workerData?: unknown): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(program, { workerData, execArgv: [] });
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx'));
  const source = program.href.replace(/\.js$/, '.ts');
  const start = `import('${new URL('./esm/api/index.mjs', tsx)}').then(({ tsImport }) => tsImport('${source}', '${source}'))`;
  return new Worker(start, { eval: true, workerData, execArgv: [] });
}
