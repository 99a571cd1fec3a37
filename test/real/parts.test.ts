import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { type JobView, TestService } from '../e2e/service.js';

const folder = process.env['KINOSCOPE_DATA'] ?? '../shared/data';
const trailer = resolve(folder, 'video/trailer-sintel.mp4');
const kinds = ['genre', 'cast'];
const name = 'a film that is analysed in parts gives the same answers to the last number as in one';

interface Answers {
  readonly answers: readonly unknown[];
  readonly jobs: readonly (JobView & { readonly name: string })[];
}

/** Each library draws ids of its own for strangers: here they are numbered as they come up. */
function numbered(answers: unknown): unknown[] {
  const text = JSON.stringify(answers);
  const ids = [...new Set(text.match(/p-[0-9a-f]{16}/g))];
  return JSON.parse(text.replace(/p-[0-9a-f]{16}/g, (id) => `person ${ids.indexOf(id)}`)) as unknown[];
}

async function answersOf(media: string, variables: Record<string, string> = {}): Promise<Answers> {
  const film = join(media, 'film.mp4');
  const service = await TestService.start({ KINOSCOPE_MEDIA_ROOTS: media, ...variables });
  try {
    const { title } = (await (await service.post('/v1/titles', { path: film })).json()) as { title: { id: string } };
    const { job } = (await (await service.post(`/v1/titles/${title.id}/analyses`, { kinds })).json()) as {
      job: JobView;
    };
    expect((await service.follow(job.id)).at(-1)).toMatchObject({ state: 'done', error: null });
    const moments = Array.from({ length: 12 }, (_, i) => `cast?t=${i * 2.5}`);
    const answers = await Promise.all(
      [...kinds, ...moments].map((path) => service.get<unknown>(`/v1/titles/${title.id}/${path}`)),
    );
    const { items } = await service.get<{ items: Answers['jobs'] }>('/v1/jobs');
    return { answers: numbered(answers), jobs: items };
  } finally {
    await service.stop();
  }
}

if (existsSync(trailer)) {
  it(
    name,
    async () => {
      const media = mkdtempSync(join(tmpdir(), 'kinoscope-parts-'));
      // What comes later shows no more of them.
      const most = ['-v', 'error', '-i', trailer, '-t', '32', '-c', 'copy', join(media, 'film.mp4')];
      expect(spawnSync('ffmpeg', most).status).toBe(0);
      const whole = await answersOf(media);
      const parts = await answersOf(media, { KINOSCOPE_PART_SECONDS: '8', KINOSCOPE_WORKER_CONCURRENCY: '2' });
      rmSync(media, { recursive: true });
      expect(whole.jobs.map((job) => job.name)).toEqual(['names', 'analyze']);
      expect(parts.jobs.filter(({ name }) => name === 'part' || name === 'faces').length).toBeGreaterThan(3);
      expect(parts.jobs.filter((job) => job.name !== 'clear').every(({ state }) => state === 'done')).toBe(true);
      expect(parts.answers).toEqual(whole.answers);
      const cast = parts.answers[1] as { people: readonly unknown[] };
      expect(cast.people.length).toBeGreaterThan(1);
    },
    300_000,
  );
} else {
  process.stderr.write(`SKIPPED: ${join('video', 'trailer-sintel.mp4')} is not at KINOSCOPE_DATA (1 test)\n`);
  it.todo(name);
}
