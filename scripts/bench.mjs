/** npm run bench -- NAME [arguments]: runs bench/NAME.ts; without a name it lists them. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, setUp } from './setup.mjs';

const names = readdirSync(join(ROOT, 'bench'))
  .filter((file) => file.endsWith('.ts') && file !== 'results.ts')
  .map((file) => file.slice(0, -3));
const [name, ...rest] = process.argv.slice(2);
if (!name || !existsSync(join(ROOT, 'bench', `${name}.ts`))) {
  process.stderr.write(`Which? ${names.join(', ')}\n`);
  process.exit(2);
}
setUp();
// Decoders and threads of networks run as they do where kinoscope is installed: from the build, not through a loader.
const built = { KINOSCOPE_TESTED_BUILD: join(ROOT, 'dist') };
const done = spawnSync(process.execPath, ['--import', 'tsx', join(ROOT, 'bench', `${name}.ts`), ...rest], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, ...built },
});
process.exit(done.status ?? 1);
