import { Worker } from 'node:worker_threads';
import { findProgram } from './find-program.js';

/**
 * Starts a thread with a program of ours.
 * @param module `import.meta.url` of the module that it lies beside
 * @param program its path from there, without its extension
 */
export function startThread(module: string, program: string, workerData?: unknown): Worker {
  const { url, loader } = findProgram(module, program);
  if (loader === null) return new Worker(url, { workerData, execArgv: [] });
  // a new thread has to call the loader's hooks for itself
  const start = `import('${new URL('./esm/api/index.mjs', loader)}').then(({ tsImport }) => tsImport('${url}', '${url}'))`;
  return new Worker(start, { eval: true, workerData, execArgv: [] });
}
