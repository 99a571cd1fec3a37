/**
 * How many films a minute 1, 2 and 4 worker processes analyse that share a Redis, beside one process that is service,
 * queue and worker in one; and how much of it goes into decoding and inference. All are the built service.
 *
 *   npm run bench -- fleet [FILMS]
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDemoFilm } from '../scripts/demo-film.mjs';
import { openVideoWriter } from '../src/frames/writer.js';
import { RedisServer } from '../test/contract/redis-server.js';
import { ServiceProcess } from '../test/e2e/process.js';
import { anotherFilm } from '../test/films/film.js';
import { writeSection } from './results.js';

const FILMS = Number(process.argv[2] ?? 16);
const WORKERS = [1, 2, 4];
const KINDS = ['genre', 'credits', 'cast'];
/** Clock ticks a second in /proc, on every Linux of today. */
const TICKS = 100;

/** Seconds of the processor: of decoders (processes that are gone), of this process and of its main thread. */
interface Spent {
  readonly decoders: number;
  readonly own: number;
  readonly main: number;
  /** Seconds of jobs, and of those their stages, which decode and ask networks. */
  readonly jobs: number;
  readonly stages: number;
}

interface Batch {
  /** From the first question to the last answer. */
  readonly seconds: number;
  /** Until the last film was begun: so long there was work for every worker. */
  readonly waiting: number;
  /** What workers spent on jobs in that time, together. */
  readonly busy: number;
}

interface Measured extends Batch {
  readonly workers: number;
  readonly spent: Spent;
}

async function ticks(path: string): Promise<number[]> {
  const text = await readFile(path, 'utf8');
  return text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15)
    .map(Number);
}

async function spentBy(worker: ServiceProcess): Promise<Spent> {
  const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = await ticks(`/proc/${worker.pid}/stat`);
  const [mainUser = 0, mainSystem = 0] = await ticks(`/proc/${worker.pid}/task/${worker.pid}/stat`);
  return {
    decoders: (childrenUser + childrenSystem) / TICKS,
    own: (user + system) / TICKS,
    main: (mainUser + mainSystem) / TICKS,
    jobs: await worker.metric('kinoscope_job_seconds_sum', /job="analyze"/),
    stages: await worker.metric(
      'kinoscope_job_stage_seconds_sum',
      /job="analyze",stage="(watching|looking again|credits)"/,
    ),
  };
}

function sum(parts: readonly Spent[], sign = 1): Spent {
  const of = (field: keyof Spent): number => sign * parts.reduce((total, part) => total + part[field], 0);
  return { decoders: of('decoders'), own: of('own'), main: of('main'), jobs: of('jobs'), stages: of('stages') };
}

/** Has these films analysed, all asked for at once. */
async function analyse(api: ServiceProcess, films: readonly string[]): Promise<Batch> {
  const titles = await Promise.all(films.map((path) => api.post<{ title: { id: string } }>('/v1/titles', { path })));
  const start = Date.now();
  const jobs = await Promise.all(
    titles.map(async ({ title }) => {
      const { job } = await api.post<{ job: { id: string } }>(`/v1/titles/${title.id}/analyses`, { kinds: KINDS });
      await api.follow(job.id);
      return api.json<{ state: string; startedAt: string; finishedAt: string }>(`/v1/jobs/${job.id}`);
    }),
  );
  if (jobs.some(({ state }) => state !== 'done'))
    throw new Error(`Jobs ended ${jobs.map(({ state }) => state).join(', ')}`);
  const seconds = (Date.now() - start) / 1000;
  const runs = jobs.map(
    ({ startedAt, finishedAt }) =>
      [startedAt, finishedAt].map((at) => (Date.parse(at) - start) / 1000) as [number, number],
  );
  const waiting = Math.max(...runs.map(([begun]) => begun));
  return { seconds, waiting, busy: runs.reduce((sum, [begun, ended]) => sum + Math.min(ended, waiting) - begun, 0) };
}

const folder = await mkdtemp(join(tmpdir(), 'kinoscope-bench-'));
const demo = join(folder, 'demo.mp4');
await makeDemoFilm(demo, openVideoWriter, undefined, { shot: 2, roll: 12 });
let made = 0;
async function freshFilms(count: number): Promise<string[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const file = join(folder, `film-${made++}.mp4`);
      await anotherFilm(demo, file);
      return file;
    }),
  );
}

/** @param redis null: one process with a queue of its own */
async function measure(redis: RedisServer | null, count: number): Promise<Measured> {
  const home = await mkdtemp(join(folder, 'home-'));
  const common = {
    KINOSCOPE_HOME: home,
    KINOSCOPE_MEDIA_ROOTS: folder,
    KINOSCOPE_INFERENCE_THREADS: String(Math.max(1, Math.floor(availableParallelism() / count))),
    ...(redis && { REDIS_URL: redis.url }),
  };
  const api = await ServiceProcess.start(redis ? 'api' : 'serve', common);
  const workers = redis
    ? await Promise.all(Array.from({ length: count }, () => ServiceProcess.start('worker', common)))
    : [api];
  try {
    // Every worker loads its networks with a film that does not count.
    for (;;) {
      await analyse(api, await freshFilms(count));
      const done = await Promise.all(
        workers.map((worker) => worker.metric('kinoscope_job_seconds_count', /job="analyze"/)),
      );
      if (done.every((jobs) => jobs > 0)) break;
    }
    const films = await freshFilms(FILMS);
    const before = sum(await Promise.all(workers.map(spentBy)), -1);
    const batch = await analyse(api, films);
    return { ...batch, workers: count, spent: sum([before, ...(await Promise.all(workers.map(spentBy)))]) };
  } finally {
    for (const one of new Set([...workers, api])) await one.stop();
  }
}

const redis = await RedisServer.start();
const rows: string[] = [];
try {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  let reference = 0;
  const measureRow = async (name: string, server: RedisServer | null, count: number): Promise<void> => {
    const { seconds, waiting, busy, spent, workers } = await measure(server, count);
    const [rate, all] = [(60 * FILMS) / seconds, spent.decoders + spent.own];
    reference ||= rate;
    rows.push(
      `| ${[
        name,
        rate.toFixed(1),
        (rate / reference).toFixed(2),
        percent((spent.jobs - spent.stages) / spent.jobs),
        percent(Math.max(0, 1 - busy / (workers * waiting))),
        percent(Math.max(0, 1 - spent.jobs / (workers * seconds))),
        percent(spent.decoders / all),
        percent((spent.own - spent.main) / all),
        percent(spent.main / all),
      ].join(' | ')} |`,
    );
  };
  await measureRow('one process, queue in SQLite (reference)', null, 1);
  for (const count of WORKERS) await measureRow(`Redis, ${count} ${count > 1 ? 'workers' : 'worker'}`, redis, count);
} finally {
  await redis.stop();
  await rm(folder, { recursive: true });
}

writeSection(
  'fleet',
  [
    '## A batch of films and many workers',
    '',
    `${FILMS} films of 29 s (the demo's film, each with another content), genre, credits and cast, all asked for at once. Api, ` +
      "workers and Redis share this machine; a worker's networks take their share of the cores. Networks are loaded before. One round.",
    'Outside the stages: time of jobs that is neither in the stages that watch (decoding, networks and what turns frames into answers) nor in',
    'the credits search: finding the film, making scenes and appearances of tracks, storing. Idle: workers without a job, while films were',
    "waiting, and of the whole time until the batch is done (at its end there are fewer films than workers). The last three columns share out the processor's time of the workers; the main thread does everything that is neither decoding nor a network,",
    'turning pictures into tensors among it.',
    '',
    '| | films a minute | to the reference | outside the stages | idle while films wait | idle in all | decoders | networks | main thread |',
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...rows,
  ].join('\n'),
);
