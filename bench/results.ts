import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

const FILE = new URL('./RESULTS.md', import.meta.url);
const HEAD =
  '# Measured\n\nEvery table is made by the command above it, on the machine and day that its line names. Times on one machine drift:\n' +
  'compare the ratios inside a table, not the seconds of two tables.\n';

function machine(): string {
  const [first] = cpus();
  return `${cpus().length} x ${first?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
}

/**
 * Replaces one section of bench/RESULTS.md (added at the end when it is new) and prints it.
 * @param name the bench's name: its section's marks and its command
 * @param markdown heading and tables, without marks
 */
export function writeSection(name: string, markdown: string): void {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const date = new Date().toISOString().slice(0, 10);
  const section = `${open}\n\n\`npm run bench -- ${name}\` (${date}, ${machine()})\n\n${markdown.trim()}\n\n${close}`;
  const text = existsSync(FILE) ? readFileSync(FILE, 'utf8') : HEAD;
  const [start, end] = [text.indexOf(open), text.indexOf(close)];
  const renewed =
    start >= 0 && end > start
      ? text.slice(0, start) + section + text.slice(end + close.length)
      : `${text.trimEnd()}\n\n${section}\n`;
  writeFileSync(FILE, renewed);
  console.log(markdown.trim());
}
