import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { asKinoscopeError } from '../core/errors.js';
import { buildModels } from './build.js';
import { readManifest } from './manifest.js';

/**
 * The set-up's step for networks: `node dist/inference/build-models.js [ID...]`. Without an id it builds every network
 * of models/manifest.json that is not optional. Progress goes to stderr; warm, it prints nothing.
 */
async function main(only: readonly string[]): Promise<void> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const modelsDir = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'models');
  await buildModels({
    manifest: await readManifest(modelsDir),
    modelsDir,
    cacheDir: join(modelsDir, '.cache'),
    onProgress: (line) => process.stderr.write(`networks: ${line}\n`),
    signal: stop.signal,
    ...(only.length > 0 ? { only } : {}),
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main(process.argv.slice(2)).catch((thrown: unknown) => {
    const error = asKinoscopeError(thrown);
    process.stderr.write(`networks: ${error.message}\n`);
    process.exitCode = error.exitStatus;
  });
}
