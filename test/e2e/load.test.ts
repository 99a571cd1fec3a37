import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { descendantProcesses } from '../clips/processes.js';
import { anotherFilm, briefFilm } from '../films/film.js';
import { ServiceProcess } from './process.js';
import { type JobView, TestService } from './service.js';

const LISTENERS = 200;
const UPLOADS = 10;

it("every one of many listeners hears of a job's end while films are uploaded, and nothing but the films is left", async () => {
  const film = await briefFilm();
  const folder = await mkdtemp(join(tmpdir(), 'kinoscope-films-'));
  // Nobody works: the job waits until it is cancelled.
  const service = await TestService.start(
    { KINOSCOPE_MEDIA_ROOTS: dirname(film), KINOSCOPE_RATE_LIMIT: '0', KINOSCOPE_WRITE_RATE_LIMIT: '0' },
    'api',
  );
  try {
    const { title } = (await (await service.post('/v1/titles', { path: film })).json()) as { title: { id: string } };
    const { job } = (await (await service.post(`/v1/titles/${title.id}/analyses`, { kinds: ['genre'] })).json()) as {
      job: JobView;
    };
    const heard = Array.from({ length: LISTENERS }, () => service.follow(job.id));
    const upload = async (_: unknown, index: number): Promise<number> => {
      const file = join(folder, `${index}.mp4`);
      await anotherFilm(film, file, 2 ** 20);
      const form = new FormData();
      form.append('file', new Blob([new Uint8Array(await readFile(file))]), basename(file));
      return (await service.fetch('/v1/titles', { method: 'POST', body: form })).status;
    };
    expect(await Promise.all(Array.from({ length: UPLOADS }, upload))).toEqual(
      Array.from({ length: UPLOADS }, () => 201),
    );
    await service.fetch(`/v1/jobs/${job.id}`, { method: 'DELETE' });
    for (const events of await Promise.all(heard)) {
      expect(events[0]).toMatchObject({ id: job.id, state: 'queued' });
      expect(events.at(-1)).toMatchObject({ id: job.id, state: 'cancelled' });
    }
    const kept = await readdir(join(service.home, 'media'));
    expect(kept).toHaveLength(UPLOADS);
    expect(kept.filter((name) => name.startsWith('.'))).toEqual([]);
  } finally {
    await service.stop();
    await rm(folder, { recursive: true });
  }
}, 120_000);

/** Niceness of each thread of a process (Linux), the first thread's first. */
async function nicenessOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const stats = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8').catch(() => '')),
  );
  // The name in parentheses may hold spaces.
  return stats.filter(Boolean).map((text) => Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[16]));
}

it('what computes for films gives way to what answers', async () => {
  const film = await briefFilm();
  const home = await mkdtemp(join(tmpdir(), 'kinoscope-home-'));
  const service = await ServiceProcess.start('serve', { KINOSCOPE_HOME: home, KINOSCOPE_MEDIA_ROOTS: dirname(film) });
  try {
    const { title } = await service.post<{ title: { id: string } }>('/v1/titles', { path: film });
    const { job } = await service.post<{ job: JobView }>(`/v1/titles/${title.id}/analyses`, { kinds: ['genre'] });
    const decoders = new Set<number>();
    const over = service.follow(job.id).then(() => true);
    while (!(await Promise.race([over, sleep(20, false)])))
      for (const pid of await descendantProcesses(service.pid))
        if ((await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes('av/main'))
          (await nicenessOf(pid)).slice(0, 1).forEach((niceness) => decoders.add(niceness));
    const [answers, ...others] = await nicenessOf(service.pid);
    const mine = (await nicenessOf(process.pid))[0]!;
    expect(answers).toBe(mine);
    // each network has two threads that it computes in
    expect(others.filter((niceness) => niceness > mine).length).toBeGreaterThan(1);
    expect([...decoders].at(-1)).toBeGreaterThan(mine);
  } finally {
    await service.stop();
    await rm(home, { recursive: true });
  }
}, 120_000);
