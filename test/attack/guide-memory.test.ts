import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';

const dist = new URL('../../dist/', import.meta.url).href;
const MIB = 2 ** 20;
/** A guide of 50 MB takes so much beside the process itself (bench/guide.ts measures how much of it). */
const MOST_BYTES = 300 * MIB;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinoscope-guide-memory-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Peak of a process of its own that does this with `guide`, above what it had before, bytes. */
async function peakOf(file: string, work: string): Promise<number> {
  const code = `
    import { readFileSync } from 'node:fs';
    const { Guide } = await import(${JSON.stringify(dist)} + 'guide/guide.js');
    const rss = (name) => Number(new RegExp(name + ':\\\\s+(\\\\d+)').exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
    const before = rss('VmRSS');
    const guide = new Guide({ settings: [{ name: 'big', location: ${JSON.stringify(file)} }], folder: ${JSON.stringify(join(folder, 'kept'))} });
    ${work}
    await guide.onModuleDestroy();
    console.log(rss('VmHWM') - before);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const piece of child.stdout) said += String(piece);
  return Number(said);
}

it('of fifty megabytes is read, and asked, in bounded memory', async () => {
  const file = join(folder, 'guide.xml');
  const text = 'A description of what is shown, which nobody wants to know here. '.repeat(8);
  let count = 0;
  const programme = (channel: number, minute: number): string => {
    const start = new Date(Date.UTC(2026, 3, 1, 0, minute)).toISOString().replace(/[-:T]|\..*/g, '');
    const cast = [1, 2, 3, 4]
      .map((n) => `<actor role="Part ${count + n}">Name ${(count * n) % 9000} Of</actor>`)
      .join('');
    return `<programme start="${start} +0000" channel="c${channel}"><title>Show ${count++ % 4000}</title><desc>${text}</desc><credits>${cast}</credits></programme>\n`;
  };
  await appendFile(file, '<tv>');
  let size = 0;
  for (let channel = 0; size < 50e6; channel++) {
    const pieces = Array.from({ length: 14 * 36 }, (_, i) => programme(channel, i * 40));
    size += Buffer.byteLength(pieces.join(''));
    await appendFile(file, pieces.join(''));
  }
  await appendFile(file, '</tv>');
  const at = Date.UTC(2026, 3, 8);
  const read = await peakOf(file, `await guide.refresh((await guide.sources())[0].source);`);
  const asked = await peakOf(
    file,
    `await guide.onAir(${at}, null);
     const [found] = await guide.around(${at}, null, [{ titles: [], cast: ['Name 5 Of'] }]);
     if (!found.last || !found.next) throw new Error('nothing was found');`,
  );
  expect(count).toBeGreaterThan(50_000);
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(MOST_BYTES);
  expect(asked).toBeLessThan(MOST_BYTES);
  expect((await readFile(file)).length).toBeGreaterThan(50e6);
}, 300_000);
