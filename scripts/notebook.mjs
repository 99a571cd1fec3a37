/**
 * npm run notebook -- NAME: runs the TypeScript cells of notebooks-ts/NAME.ipynb in order, as one ES module, without a
 * notebook server. What the cells print is what a reader would see.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, setUp } from './setup.mjs';

const folder = join(ROOT, 'notebooks-ts');
const [name, ...rest] = process.argv.slice(2);
if (!name || !existsSync(join(folder, `${name}.ipynb`))) {
  const names = readdirSync(folder).filter((file) => file.endsWith('.ipynb'));
  process.stderr.write(`Which? ${names.map((file) => file.slice(0, -6)).join(', ')}\n`);
  process.exit(2);
}
setUp();
const { cells } = JSON.parse(readFileSync(join(folder, `${name}.ipynb`), 'utf8'));
const code = cells.filter((cell) => cell.cell_type === 'code').map((cell) => [cell.source].flat().join(''));
// Beside the notebook, so that its relative imports hold.
const script = join(folder, `.${name}.${process.pid}.mts`);
writeFileSync(script, code.join('\n;\n'));
try {
  const done = spawnSync(process.execPath, ['--import', 'tsx', script, ...rest], { cwd: ROOT, stdio: 'inherit' });
  process.exitCode = done.status ?? 1;
} finally {
  rmSync(script, { force: true });
}
