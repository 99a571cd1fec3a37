/**
 * Whether an api process keeps its memory flat under load: 200 listeners of one job's events, and films that are uploaded
 * several at a time while they listen. The built service, in a process of its own.
 *
 *   npm run bench -- load [UPLOADS] [MEGABYTES]
 */
import { openAsBlob } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceProcess } from '../test/e2e/process.js';
import { anotherFilm, shortFilm } from '../test/films/film.js';
import { writeSection } from './results.js';

const UPLOADS = Number(process.argv[2] ?? 50);
const MEGABYTES = Number(process.argv[3] ?? 8);
const LISTENERS = 200;
const AT_A_TIME = 5;

const folder = await mkdtemp(join(tmpdir(), 'kinoscope-bench-'));
const film = await shortFilm();
const api = await ServiceProcess.start('api', {
  KINOSCOPE_HOME: join(folder, 'home'), KINOSCOPE_MEDIA_ROOTS: dirname(film), KINOSCOPE_DOWNLOAD_CONCURRENCY: '8',
});

/** Megabytes that are resident now, or were at most. */
async function resident(field: 'VmRSS' | 'VmHWM' = 'VmRSS'): Promise<number> {
  const status = await readFile(`/proc/${api.pid}/status`, 'utf8');
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
  await rm(folder, { recursive: true });
}

writeSection('load', [
  '## Memory of an api process under load',
  '',
  `${UPLOADS} uploads, ${AT_A_TIME} at a time, ${UPLOADS * MEGABYTES} MB in all, while ${LISTENERS} clients follow a job by server-sent events.`,
  `Resident memory of the api process, MB. ${ended} of ${LISTENERS} listeners were told of the job's end.`,
  '',
  '| | MB |',
  '|---|--:|',
  ...rows,
].join('\n'));
