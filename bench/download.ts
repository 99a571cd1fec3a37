import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSection } from './results.js';

/**
 * The downloader beside curl and bare undici, from a local server in a process of its own. Ours does more with every
 * byte: it checks the address, hashes, counts, and syncs the file before it is renamed; curl and undici only write it.
 */
const MEGABYTES = 200;
const CUT = 10_000_000;
const ROUNDS = 3;

interface Cost {
  readonly seconds: number;
  readonly cpu: number;
}

const folder = mkdtempSync(join(tmpdir(), 'kinoscope-bench-'));
const film = join(folder, 'film');
writeFileSync(film, '\0\0\0\x18ftypmp42');
for (let i = 0; i < MEGABYTES; i++) appendFileSync(film, randomBytes(1e6));

const server = spawn(process.execPath, ['--import', 'tsx', 'bench/download-server.ts', film, String(CUT)], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const port = await new Promise<string>((resolve) =>
  server.stdout.once('data', (chunk) => resolve(String(chunk).trim())),
);
const link = (path: string): string => `http://127.0.0.1:${port}/${path}`;
const sent = async (): Promise<number> => Number(await (await fetch(link('sent'))).text());

/** A new, empty folder for each download. */
function inFolder(work: (dir: string) => Cost): Cost {
  const dir = join(folder, 'kept');
  mkdirSync(dir);
  try {
    return work(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const node =
  (way: 'kinoscope' | 'undici', path: string) =>
  (dir: string): Cost =>
    JSON.parse(
      execFileSync(process.execPath, ['--import', 'tsx', 'bench/download-client.ts', way, link(path), dir], {
        encoding: 'utf8',
      }),
    ) as Cost;

/** curl, as often as it takes; -C - goes on where the last one was cut. */
const curl =
  (path: string) =>
  (dir: string): Cost => {
    const script = `TIMEFORMAT='%R %U %S'; time (until curl -sS -f -C - -o "${join(dir, 'curl')}" "${link(path)}" 2>/dev/null; do :; done)`;
    const timed = execFileSync('bash', ['-c', `{ ${script}; } 2>&1`], { encoding: 'utf8' });
    const [seconds = 0, user = 0, system = 0] = timed.trim().split(' ').map(Number);
    return { seconds, cpu: user + system };
  };

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const WAYS: readonly [name: string, path: string, run: (dir: string) => Cost][] = [
  ['kinoscope', 'film.mp4', node('kinoscope', 'film.mp4')],
  ['bare undici', 'film.mp4', node('undici', 'film.mp4')],
  ['curl', 'film.mp4', curl('film.mp4')],
  ['kinoscope', 'cut.mp4', node('kinoscope', 'cut.mp4')],
  ['curl -C -', 'cut.mp4', curl('cut.mp4')],
];
const costs = WAYS.map(() => [] as (Cost & { sent: number })[]);
for (let round = 0; round < ROUNDS; round++) {
  // In turn, so that a busy moment of the machine meets all of them.
  for (const [index, [, , run]] of WAYS.entries()) {
    await sent();
    const cost = inFolder(run);
    costs[index]!.push({ ...cost, sent: await sent() });
  }
}
server.kill();
rmSync(folder, { recursive: true });

const rows = WAYS.map(([name, path], index) => {
  const seconds = median(costs[index]!.map((cost) => cost.seconds));
  const cpu = median(costs[index]!.map((cost) => cost.cpu));
  const reference = costs[WAYS.findIndex(([other, where]) => other.startsWith('curl') && where === path)]!;
  const ratio = seconds / median(reference.map((cost) => cost.seconds));
  const extra = median(costs[index]!.map((cost) => cost.sent)) / (MEGABYTES * 1e6 + 12) - 1;
  const what = path === 'cut.mp4' ? `cut every ${CUT / 1e6} MB` : 'undisturbed';
  return `| ${what} | ${name} | ${(MEGABYTES / seconds).toFixed(0)} | ${((cpu / MEGABYTES) * 1000).toFixed(1)} | ${ratio.toFixed(2)} | ${(extra * 100).toFixed(1)} % |`;
});

writeSection(
  'download',
  `## Downloads: throughput, processor time, resuming

${MEGABYTES} MB from a local server in a process of its own; median of ${ROUNDS} rounds, all ways in turn. kinoscope's downloader hashes
(SHA-256), guards every address, and syncs the file before it renames it; undici and curl only write the file. "Sent
twice" is what the server sent beyond the file's size. Starting Node is not counted, starting curl is.

| Connection | Way | MB/s | ms of processor a MB | time, as a multiple of curl's | sent twice |
|---|---|---|---|---|---|
${rows.join('\n')}`,
);
