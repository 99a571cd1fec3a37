import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { writeSection } from './results.js';

/**
 * How long a guide of 14 days takes to read, and in how much memory, beside a bare parse of its XML by the same library. Each is measured
 * in a process of its own. `-- guide CHANNELS` makes a guide of another size and writes nothing.
 */

const CHANNELS = Number(process.argv[2] ?? 105);
const DAYS = 14;
const START = Date.UTC(2026, 3, 1);
const SEED = 14;

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const SYLLABLES = ['ka', 'lo', 'mi', 'ren', 'tas', 'vel', 'dor', 'nis', 'pra', 'uth', 'ber', 'gol'];

/** A guide as broad ones are: titles in two languages, a description, credits with roles, numbers of episodes. */
async function makeGuide(path: string): Promise<number> {
  const random = seeded(SEED);
  const pick = (most: number): number => Math.floor(random() * most);
  const word = (): string => Array.from({ length: 2 + pick(2) }, () => SYLLABLES[pick(SYLLABLES.length)]).join('');
  const words = (count: number): string => Array.from({ length: count }, word).join(' ');
  const people = Array.from({ length: 8000 }, () => words(2));
  const shows = Array.from({ length: 3000 }, () => words(1 + pick(3)));
  const time = (at: number): string => `${new Date(at).toISOString().replace(/[-:T]|\..*/g, '')} +0000`;
  const out = createWriteStream(path);
  let count = 0;
  out.write('<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE tv SYSTEM "xmltv.dtd">\n<tv>\n');
  for (let c = 0; c < CHANNELS; c++)
    out.write(`  <channel id="c${c}.example"><display-name>Channel ${c}</display-name></channel>\n`);
  for (let c = 0; c < CHANNELS; c++)
    for (let at = START; at < START + DAYS * 86_400_000; count++) {
      const stop = at + (20 + pick(50)) * 60_000;
      const credits = Array.from(
        { length: 4 + pick(6) },
        () => `<actor role="${words(1)}">${people[pick(people.length)]}</actor>`,
      );
      const piece =
        `  <programme start="${time(at)}" stop="${time(stop)}" channel="c${c}.example">\n    <title lang="en">${shows[pick(shows.length)]}</title>\n` +
        `    <title lang="de">${shows[pick(shows.length)]} &amp; ${words(1)}</title>\n    <desc lang="en">${words(60)}.</desc>\n` +
        `    <credits>${credits.join('')}</credits>\n    <date>${1990 + pick(36)}</date>\n` +
        `    <episode-num system="xmltv_ns">${pick(9)}.${pick(24)}.</episode-num>\n  </programme>\n`;
      if (!out.write(piece)) await once(out, 'drain');
      at = stop;
    }
  out.end('</tv>\n');
  await finished(out);
  return count;
}

interface Measured {
  readonly seconds: number;
  readonly cpu: number;
  /** Of the process, bytes: the most, and that before it began. */
  readonly peak: number;
  readonly before: number;
}

/** What the processes of their own do. */
async function work(what: string, guide: string, folder: string): Promise<void> {
  // what the modules themselves take is no part of it
  const { Guide } = await import('../src/guide/guide.js');
  const { Parser } = await import('htmlparser2');
  const { createReadStream } = await import('node:fs');
  const before = process.memoryUsage.rss();
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const source = new Guide({ settings: [{ name: 'bench', location: guide }], folder });
  if (what === 'parse') {
    const parser = new Parser({ ontext: () => undefined }, { xmlMode: true, decodeEntities: false });
    for await (const text of createReadStream(guide, { encoding: 'utf8', highWaterMark: 2 ** 18 }))
      parser.write(text as string);
    parser.end();
  } else if (what === 'refresh') {
    const { error } = await source.refresh((await source.sources())[0]!.source);
    if (error) throw new Error(error.message);
  } else await source.onAir(START, null);
  if (what === 'ask') await source.around(START, null, [{ titles: [], cast: ['nobody'] }]);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await source.onModuleDestroy();
  const status = await readFile('/proc/self/status', 'utf8');
  const peak = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024;
  console.log(JSON.stringify({ seconds, cpu: (user + system) / 1e6, peak, before } satisfies Measured));
}

async function inProcess(what: string, guide: string, folder: string): Promise<Measured> {
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(import.meta.url), what, guide, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const piece of child.stdout) said += String(piece);
  return JSON.parse(said.trim().split('\n').at(-1) ?? '') as Measured;
}

const MIB = 2 ** 20;
const PARTS = [
  ['reference: a bare parse of the XML (htmlparser2)', 'parse'],
  ['**read and kept (a refresh)**', 'refresh'],
  ['**the next refresh, of the same days**', 'refresh'],
  ['**a process that asks for the first time: who is on air, and when somebody is**', 'ask'],
] as const;

if (process.argv.length > 3) await work(process.argv[2]!, process.argv[3]!, process.argv[4]!);
else {
  const folder = mkdtempSync(join(tmpdir(), 'kinoscope-guide-'));
  try {
    const guide = join(folder, 'guide.xml');
    const programmes = await makeGuide(guide);
    const lines = [
      '| | seconds | CPU seconds | peak memory of the process, MiB | above what it had before |',
      '|---|--:|--:|--:|--:|',
    ];
    for (const [name, what] of PARTS) {
      const { seconds, cpu, peak, before } = await inProcess(what, guide, join(folder, 'kept'));
      const cells = [seconds.toFixed(1), cpu.toFixed(1), (peak / MIB).toFixed(0), ((peak - before) / MIB).toFixed(0)];
      lines.push(`| ${[name, ...cells].join(' | ')} |`);
    }
    const text =
      '## Broadcast guide\n\n' +
      `A drawn XMLTV guide (seed ${SEED}): ${CHANNELS} channels, ${DAYS} days, ${programmes} programmes, ${(statSync(guide).size / MIB).toFixed(0)} MiB. ` +
      'Each row is a process of its own, its modules loaded before the clock starts; asked for are 15 s and 300 MiB.\n\n' +
      lines.join('\n');
    if (process.argv[2] === undefined) writeSection('guide', text);
    else console.log(text);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
