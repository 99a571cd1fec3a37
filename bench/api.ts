import 'reflect-metadata';
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Controller, Get, Module, Param, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Pool } from 'undici';
import { CAST_CHUNKS, chunkWrites, type StoredTrack } from '../src/cast/stored.js';
import { TITLE_NAMES } from '../src/cast/title-names.js';
import { GALLERY_STATE, STATE_ID } from '../src/people/documents.js';
import { NAMING_VERSION } from '../src/people/naming.js';
import type { Write } from '../src/storage/collection.js';
import { openSqliteStore } from '../src/storage/sqlite-store.js';
import { separateTenants } from '../src/storage/tenant-store.js';
import { TITLES } from '../src/titles/documents.js';
import { writeSection } from './results.js';

/**
 * How long `cast?t=` takes at a steady rate: requests are sent when they are due, whether or not the ones before were
 * answered, and timed from when they were due (open loop), by a process of its own. Beside it the same load on a route
 * of bare Nest that answers a constant of the same size.
 */
const RATE = 1000;
const SECONDS = 10;
const ROUNDS = 3;
const TITLE_COUNT = 100;
const HOURS = 2;
const SELF = fileURLToPath(import.meta.url);
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

interface Load {
  readonly url: string;
  /** Paths to draw from, with `T` for a random second. */
  readonly paths: readonly string[];
}

interface Measured {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** How late requests were sent, p99: the part of the waiting that is the load's own. */
  readonly late: number;
  /** Processor time of the service for one request, milliseconds. */
  readonly cpu: number;
  readonly failed: number;
  readonly bytes: number;
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;

// The load, in a process of its own.

/** With as little work as can be: it shares the processor with what it measures. */
function ask(path: string, pool: Pool): Promise<{ ok: boolean; bytes: number }> {
  return new Promise((resolve, reject) => {
    let [bytes, status] = [0, 0];
    pool.dispatch(
      { path, method: 'GET' },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, code) => void (status = code),
        onResponseData: (_controller, part) => void (bytes += part.length),
        onResponseEnd: () => resolve({ ok: status === 200, bytes }),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
}

async function load({ url, paths }: Load): Promise<Omit<Measured, 'cpu'>> {
  const pool = new Pool(url, { connections: 64, pipelining: 1 });
  const [times, late]: [number[], number[]] = [[], []];
  let [failed, bytes] = [0, 0];
  const running: Promise<void>[] = [];
  const start = performance.now();
  for (let sent = 0; sent < RATE * SECONDS;) {
    // the first is due at the start
    const due = Math.min(RATE * SECONDS, Math.floor(((performance.now() - start) / 1000) * RATE) + 1);
    for (; sent < due; sent++) {
      const at = start + (sent / RATE) * 1000;
      const path = paths[Math.floor(Math.random() * paths.length)]!.replace(
        'T',
        (Math.random() * HOURS * 3600).toFixed(2),
      );
      late.push(performance.now() - at);
      running.push(
        ask(path, pool).then(
          (answer) => {
            times.push(performance.now() - at);
            bytes += answer.bytes;
            if (!answer.ok) failed++;
          },
          () => void failed++,
        ),
      );
    }
    await sleep(1);
  }
  await Promise.all(running);
  await pool.close();
  for (const measured of [times, late]) measured.sort((a, b) => a - b);
  return {
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    max: times.at(-1)!,
    late: quantile(late, 0.99),
    failed,
    bytes: bytes / times.length,
  };
}

// The reference.

@Controller('v1/titles')
class BareController {
  @Get(':id/cast')
  cast(@Param('id') id: string, @Query('t') t: string) {
    const box = [0.123456, 0.2, 0.1, 0.2];
    const cast = [0, 1, 2].map((n) => ({
      key: `p${n}`,
      name: `Person ${n}`,
      personId: `p${n}`,
      label: null,
      confidence: 0.9,
      box,
    }));
    return { at: Number(t), cast, id };
  }
}

@Module({ controllers: [BareController] })
class BareModule {}

async function serveBare(): Promise<void> {
  const app = await NestFactory.create(BareModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  process.send?.(await app.getUrl());
}

// The measuring.

async function fill(home: string): Promise<string[]> {
  const store = separateTenants(await openSqliteStore(join(home, 'kinoscope.db')), { strict: false });
  for (const spec of [TITLES, CAST_CHUNKS, TITLE_NAMES, GALLERY_STATE]) await store.collection(spec);
  const tracks = Array.from({ length: HOURS * 1200 }, (_, shot) =>
    [0, 1, 2].map((n): StoredTrack => ({
      id: `t${shot}-${n}`,
      appearance: `u${n}`,
      shot,
      start: shot * 3,
      end: shot * 3 + 3,
      samples: [0, 1, 2].map((s) => [shot * 3 + s, 0.1 + 0.2 * n, 0.2, 0.1, 0.2, 0.8] as const),
    })),
  ).flat();
  const who = Object.fromEntries(
    [0, 1, 2].map((n) => [
      `u${n}`,
      { personId: `p${n}`, name: `Person ${n}`, label: null, confidence: 0.9, hidden: false },
    ]),
  );
  const upsert = (collection: string, document: { readonly id: string } & Record<string, unknown>): Write => ({
    kind: 'upsert',
    collection,
    document,
  });
  await store.commit([upsert(GALLERY_STATE.name, { id: STATE_ID, revision: 1, changes: 1, strangers: 0 })]);
  const ids = Array.from({ length: TITLE_COUNT }, (_, i) => i.toString(16).padStart(24, '0'));
  for (const id of ids) {
    const contentHash = id.padEnd(64, '0');
    await store.commit([
      upsert(TITLES.name, {
        id,
        name: `Title ${id}`,
        source: { kind: 'upload', location: 'film.mp4', file: null, kept: false, size: null, modified: null },
        contentHash,
        media: { duration: HOURS * 3600 },
        metadata: {},
        createdAt: new Date(0).toISOString(),
      }),
      upsert(TITLE_NAMES.name, { id: contentHash, revision: 1, rules: NAMING_VERSION, who }),
      ...chunkWrites(contentHash, tracks),
    ]);
  }
  await store.close();
  return ids;
}

/** The service as it is started for real, and its address. */
async function serveOurs(home: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [MAIN, 'api'], {
    env: { ...process.env, KINOSCOPE_HOME: home, KINOSCOPE_PORT: '0', KINOSCOPE_RATE_LIMIT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const text of child.stdout!) {
    const url = /listening on (http:\S+)/.exec(String(text))?.[1];
    if (url) return { child, url };
  }
  throw new Error('The service did not start');
}

/** Seconds of the processor that a process has taken. */
async function spentBy(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [user = 0, system = 0] = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return (user + system) / 100;
}

async function measure(url: string, { pid }: ChildProcess, paths: readonly string[]): Promise<Measured> {
  const before = await spentBy(pid!);
  const child = fork(SELF, ['load'], {
    execArgv: [...process.execArgv, '--max-semi-space-size=64', '--v8-pool-size=0'],
  });
  child.send({ url, paths } satisfies Load);
  const [measured] = (await once(child, 'message')) as [Omit<Measured, 'cpu'>];
  return { ...measured, cpu: (1000 * ((await spentBy(pid!)) - before)) / (RATE * SECONDS) };
}

async function compare(): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'kinoscope-bench-'));
  const ids = await fill(home);
  const paths = ids.map((id) => `/v1/titles/${id}/cast?t=T`);
  const ours = await serveOurs(home);
  const bare = fork(SELF, ['bare'], { execArgv: process.execArgv });
  const [bareUrl] = (await once(bare, 'message')) as [string];
  const rows: Record<'ours' | 'bare', Measured[]> = { ours: [], bare: [] };
  try {
    // The first run of each warms it up and counts for nothing.
    for (let round = 0; round <= ROUNDS; round++) {
      const [one, other] = [await measure(bareUrl, bare, paths), await measure(ours.url, ours.child, paths)];
      if (round === 0) continue;
      rows.bare.push(one);
      rows.ours.push(other);
    }
  } finally {
    for (const child of [ours.child, bare]) child.kill('SIGTERM');
    await rm(home, { recursive: true });
  }
  const median = (name: 'ours' | 'bare', field: keyof Measured): number =>
    quantile(
      rows[name].map((one) => one[field]).sort((a, b) => a - b),
      0.5,
    );
  const line = (label: string, name: 'ours' | 'bare'): string =>
    `| ${label} | ${median(name, 'p50').toFixed(2)} | ${median(name, 'p99').toFixed(2)} | ${median(name, 'max').toFixed(1)} | ${median(name, 'late').toFixed(2)} | ${median(name, 'cpu').toFixed(2)} | ${median(name, 'bytes').toFixed(0)} | ${rows[name].reduce((sum, { failed }) => sum + failed, 0)} |`;
  writeSection(
    'api',
    [
      '## The pause query over HTTP',
      '',
      `${RATE} requests a second for ${SECONDS} s, sent when they are due and timed from then, on ${TITLE_COUNT} titles of ${HOURS} hours ` +
        `(random title, random second; SQLite; api process, load and reference share this machine). Medians of ${ROUNDS} rounds, milliseconds.`,
      '',
      '| | p50 | p99 | longest | sent late, p99 | processor a request | bytes | failed |',
      '|---|--:|--:|--:|--:|--:|--:|--:|',
      line('`GET /v1/titles/{id}/cast?t=`', 'ours'),
      line('a bare Nest route that answers a constant', 'bare'),
      '',
      `p99 to p99 of the bare route: ${(median('ours', 'p99') / median('bare', 'p99')).toFixed(2)}.`,
    ].join('\n'),
  );
}

const [role] = process.argv.slice(2);
if (role === 'bare') await serveBare();
else if (role === 'load') {
  const [what] = (await once(process, 'message')) as [Load];
  process.send?.(await load(what), () => process.disconnect());
} else await compare();
