import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { expect, it } from '@jest/globals';
import { anotherFilm, shortFilm } from '../films/film.js';
import { type JobView, TestService } from './service.js';

const LISTENERS = 200;
const UPLOADS = 10;

it("every one of many listeners hears of a job's end while films are uploaded, and nothing but the films is left", async () => {
  const film = await shortFilm();
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
