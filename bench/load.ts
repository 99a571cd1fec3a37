/**
 * Whether an api process keeps its memory flat under load: 200 listeners of one job's events, and films that are uploaded
 * several at a time while they listen; then whether a service that analyses stays awake while strangers attack it: 200 jobs,
 * each with a listener, and 20 hostile uploads a minute. The built service, in a process of its own.
 *
 *   npm run bench -- load [UPLOADS] [MEGABYTES] [SECONDS OF ATTACK]
 */
import { execFile } from 'node:child_process';
import { openAsBlob } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ServiceProcess } from '../test/e2e/process.js';
import { anotherFilm, shortFilm } from '../test/films/film.js';
import { hostileUploads } from './hostile-uploads.js';
import { writeSection } from './results.js';

const UPLOADS = Number(process.argv[2] ?? 50);
const MEGABYTES = Number(process.argv[3] ?? 8);
const ATTACK_SECONDS = Number(process.argv[4] ?? 180);
const LISTENERS = 200;
/** Between two hostile uploads. */
const HOSTILE_MS = 3_000;
const AT_A_TIME = 5;

const folder = await mkdtemp(join(tmpdir(), 'kinoscope-bench-'));
const film = await shortFilm();
const api = await ServiceProcess.start('api', {
  KINOSCOPE_HOME: join(folder, 'home'),
  KINOSCOPE_MEDIA_ROOTS: dirname(film),
  KINOSCOPE_DOWNLOAD_CONCURRENCY: '8',
});

/** Megabytes that are resident now, or were at most. */
async function resident(field: 'VmRSS' | 'VmHWM' = 'VmRSS', { pid } = api): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
}

let sent = 0;
async function upload(count: number): Promise<void> {
  const one = async (): Promise<void> => {
    for (let left = count / AT_A_TIME; left > 0; left--) {
      const file = join(folder, `${sent++}.mp4`);
      await anotherFilm(film, file, MEGABYTES * 2 ** 20);
      const form = new FormData();
      form.append('file', await openAsBlob(file), 'film.mp4');
      await api.json('/v1/titles', { method: 'POST', body: form });
      await rm(file);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, one));
}

const rows: string[] = [];
const note = async (what: string): Promise<void> => void rows.push(`| ${what} | ${(await resident()).toFixed(0)} |`);
let ended: number;
try {
  await note('started');
  await upload(AT_A_TIME);
  await note(`after ${AT_A_TIME} uploads, which warm it up`);
  const { title } = await api.post<{ title: { id: string } }>('/v1/titles', { path: film });
  const { job } = await api.post<{ job: { id: string } }>(`/v1/titles/${title.id}/analyses`, { kinds: ['genre'] });
  const heard = Array.from({ length: LISTENERS }, () => api.follow(job.id));
  // By then all of them are connected.
  await sleep(3_000);
  await note(`with ${LISTENERS} listeners`);
  for (const part of [1, 2]) {
    await upload(UPLOADS / 2);
    await note(`and ${(part * UPLOADS) / 2} uploads of ${MEGABYTES} MB`);
  }
  await api.json(`/v1/jobs/${job.id}`, { method: 'DELETE' });
  ended = (await Promise.all(heard)).filter((events) => events.at(-1)?.state === 'cancelled').length;
  await note('when the listeners are gone');
  rows.push(`| the most at any time | ${(await resident('VmHWM')).toFixed(0)} |`);
} finally {
  await api.stop();
}

interface Attacked {
  readonly memory: readonly string[];
  readonly answers: ReadonlyMap<string, ReadonlySet<string>>;
  /** Milliseconds. */
  readonly health: readonly number[];
  readonly pauses: readonly number[];
  readonly done: number;
}

/**
 * How long each answer about health takes, milliseconds, ten times a second. A process of its own asks: this one is kept by what it
 * sends. Its first request, for which it loads its client, is not counted.
 */
async function askHealth(url: string, seconds: number): Promise<number[]> {
  const asker = `
    const taken = [];
    await (await fetch('${url}/healthz')).arrayBuffer();
    for (const end = performance.now() + ${seconds * 1000}; performance.now() < end; ) {
      const asked = performance.now();
      await (await fetch('${url}/healthz')).arrayBuffer();
      taken.push(performance.now() - asked);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    console.log(JSON.stringify(taken));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', asker]);
  return JSON.parse(stdout) as number[];
}

/** 200 jobs and their listeners, while strangers send what is to break the service. */
async function attack(): Promise<Attacked> {
  const service = await ServiceProcess.start('serve', {
    KINOSCOPE_HOME: join(folder, 'attacked'),
    KINOSCOPE_MEDIA_ROOTS: folder,
  });
  const memory: string[] = [];
  const note = async (what: string): Promise<void> =>
    void memory.push(`| ${what} | ${(await resident('VmRSS', service)).toFixed(0)} |`);
  const health: number[] = [];
  const pauses: number[] = [];
  const answers = new Map<string, Set<string>>();
  try {
    const hostile = await hostileUploads(folder);
    const jobs: string[] = [];
    for (let index = 0; index < LISTENERS; index++) {
      const file = join(folder, `job-${index}.mp4`);
      await anotherFilm(film, file);
      const { title } = await service.post<{ title: { id: string } }>('/v1/titles', { path: file });
      jobs.push(
        (await service.post<{ job: { id: string } }>(`/v1/titles/${title.id}/analyses`, { kinds: ['genre'] })).job.id,
      );
    }
    let done = 0;
    const heard = jobs.map((job) =>
      service.follow(job).then(
        (events) => {
          if (events.at(-1)?.state === 'done') done++;
        },
        () => undefined,
      ),
    );
    await sleep(3_000);
    await note(`${LISTENERS} jobs and listeners`);
    const end = performance.now() + ATTACK_SECONDS * 1000;
    const beat = async (): Promise<void> => void health.push(...(await askHealth(service.url, ATTACK_SECONDS)));
    const scrape = async (): Promise<void> => {
      while (performance.now() < end) {
        // Its longest since it was last asked.
        const text = await (await fetch(`${service.url}/metrics`)).text();
        pauses.push(Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(text)?.[1]) * 1000);
        await sleep(1_000);
      }
    };
    const strike = async (): Promise<void> => {
      const open: Promise<void>[] = [];
      for (let index = 0; performance.now() < end; index++) {
        const { name, send } = hostile[index % hostile.length]!;
        open.push(
          send(service.url).then((answer) => void answers.set(name, (answers.get(name) ?? new Set()).add(answer))),
        );
        await sleep(HOSTILE_MS);
        if (index % 20 === 19) await note(`after ${index + 1} hostile uploads`);
      }
      await Promise.all(open);
    };
    await Promise.all([beat(), scrape(), strike()]);
    await note('at the end');
    memory.push(`| the most at any time | ${(await resident('VmHWM', service)).toFixed(0)} |`);
    const finished = done;
    await service.stop();
    await Promise.all(heard);
    return {
      memory,
      answers,
      health: health.sort((a, b) => a - b),
      pauses: pauses.sort((a, b) => a - b),
      done: finished,
    };
  } finally {
    await service.stop();
  }
}

const attacked = await attack().finally(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
const ms = (values: readonly number[], share: number): string =>
  values[Math.min(values.length - 1, Math.floor(values.length * share))]!.toFixed(0);

writeSection(
  'load',
  [
    '## Memory of an api process under load',
    '',
    `${UPLOADS} uploads, ${AT_A_TIME} at a time, ${UPLOADS * MEGABYTES} MB in all, while ${LISTENERS} clients follow a job by server-sent events.`,
    `Resident memory of the api process, MB. ${ended} of ${LISTENERS} listeners were told of the job's end.`,
    '',
    '| | MB |',
    '|---|--:|',
    ...rows,
    '',
    '## A service under attack',
    '',
    `${LISTENERS} jobs (genre), each followed by a listener, in one process that answers and works, while a hostile upload comes every`,
    `${HOSTILE_MS / 1000} s for ${ATTACK_SECONDS} s. ${attacked.done} of the jobs were done by then. Milliseconds; the loop's pauses are the longest of each second, as`,
    '`/metrics` tells them, decoders and networks working on the same cores.',
    '',
    '| | half | 99 of 100 | longest |',
    '|---|--:|--:|--:|',
    ...(
      [
        ['health answers', attacked.health],
        ['the event loop pauses', attacked.pauses],
      ] as const
    ).map(([name, values]) => `| ${name} | ${ms(values, 0.5)} | ${ms(values, 0.99)} | ${ms(values, 1)} |`),
    '',
    '| sent | answered |',
    '|---|---|',
    ...[...attacked.answers].map(([name, said]) => `| ${name} | ${[...said].join('; ')} |`),
    '',
    '| resident memory of that process | MB |',
    '|---|--:|',
    ...attacked.memory,
  ].join('\n'),
);
