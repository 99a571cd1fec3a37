import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type JobRecord, JOBS } from '../../src/jobs/job-record.js';
import { openSqliteStore } from '../../src/storage/sqlite-store.js';
import { ServiceProcess } from '../e2e/process.js';

interface Proxy {
  readonly state: string;
  readonly version: string | null;
  readonly header: number;
  readonly fragments: readonly { readonly offset: number; readonly size: number }[];
  readonly job: { readonly id: string; readonly state: string } | null;
}

let home: string;
let copies: string;
let film: string;
let service: ServiceProcess;
const start = (): Promise<ServiceProcess> =>
  ServiceProcess.start('serve', { KINOSCOPE_HOME: home, KINOSCOPE_MEDIA_ROOTS: home, KINOSCOPE_LOG_LEVEL: 'fatal' });

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'kinoscope-proxy-kill-'));
  copies = join(home, 'proxies', 'default');
  film = join(home, 'film.avi');
  const source = ['-f', 'lavfi', '-i', 'testsrc2=s=640x360:r=25:d=60', '-c:v', 'mpeg4', '-q:v', '6'];
  const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', ...source, film], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  service = await start();
}, 120_000);
afterAll(async () => {
  await service.stop();
  await rm(home, { recursive: true, force: true });
});

const read = (title: string): Promise<Proxy> => service.json(`/v1/titles/${title}/proxy`);
async function begun(title: string): Promise<Proxy> {
  for (let proxy = await service.post<Proxy>(`/v1/titles/${title}/proxy`, {}); ; proxy = await read(title)) {
    if (proxy.fragments.length > 0) {
      expect(proxy.state).toBe('making');
      return proxy;
    }
    await sleep(10);
  }
}

/** The process that writes a copy. */
async function writer(): Promise<number> {
  for (const name of await readdir('/proc')) {
    const descriptors = await readdir(`/proc/${name}/fd`).catch(() => []);
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (!command.includes('av/main')) continue;
    for (const one of descriptors)
      if ((await readlink(`/proc/${name}/fd/${one}`).catch(() => '')).startsWith(copies)) return Number(name);
  }
  throw new Error('No process writes a copy');
}

/** The copy is whole, and nothing else is left. */
async function isWhole(title: string, broken: string): Promise<void> {
  const { state, version, header, fragments } = await read(title);
  expect(state).toBe('ready');
  expect(version).not.toBe(broken);
  let end = header;
  for (const { offset, size } of fragments) {
    expect(offset).toBe(end);
    end = offset + size;
  }
  const names = await readdir(copies);
  expect(names.map((name) => name.slice(name.indexOf('.') + 1)).sort()).toEqual([`${version}.jsonl`, `${version}.mp4`]);
  expect(
    (
      await stat(
        join(
          copies,
          names.find((name) => name.endsWith('.mp4'))!,
        ),
      )
    ).size,
  ).toBeGreaterThanOrEqual(end);
}

test('a copy is whole or is said to be made, however it is killed, and nothing else stays of it', async () => {
  const { title } = await service.post<{ title: { id: string } }>('/v1/titles', { path: film });
  const first = await begun(title.id);
  process.kill(await writer(), 'SIGKILL');
  expect((await service.follow(first.job!.id)).at(-1)).toMatchObject({ state: 'done' });
  await isWhole(title.id, first.version!);

  await fetch(`${service.url}/v1/titles/${title.id}/proxy`, { method: 'DELETE' });
  expect(await readdir(copies)).toEqual([]);
  const second = await begun(title.id);
  process.kill(service.pid, 'SIGKILL');
  await service.stop();
  expect((await readdir(copies)).length).toBe(2);

  service = await start();
  expect(await read(title.id)).toMatchObject({ state: 'making', job: { id: second.job!.id, state: 'running' } });
  await service.stop();
  // the killed worker's lease runs out
  const store = await openSqliteStore(join(home, 'kinoscope.db'));
  await (
    await store.collection<JobRecord>({ name: JOBS, shared: true })
  ).claim({ id: second.job!.id }, { $set: { dueAt: Date.now() } });
  await store.close();
  service = await start();
  expect((await service.follow(second.job!.id)).at(-1)).toMatchObject({ state: 'done', attempts: 2 });
  await isWhole(title.id, second.version!);
}, 120_000);
