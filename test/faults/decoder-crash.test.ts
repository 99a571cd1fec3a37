import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { descendantProcesses } from '../clips/processes.js';
import { type JobView, TestService } from '../e2e/service.js';
import { anotherFilm, shortFilm } from '../films/film.js';

let folder: string;
let service: TestService;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinoscope-films-'));
  service = await TestService.start({ KINOSCOPE_MEDIA_ROOTS: folder });
});
afterAll(async () => {
  await service.stop();
  await rm(folder, { recursive: true, force: true });
});

async function titleOf(name: string): Promise<string> {
  const film = join(folder, name);
  await anotherFilm(await shortFilm(), film);
  const { title } = (await (await service.post('/v1/titles', { path: film })).json()) as { title: { id: string } };
  return title.id;
}

async function analyse(title: string): Promise<string> {
  const { job } = (await (
    await service.post(`/v1/titles/${title}/analyses`, { kinds: ['genre'], force: true })
  ).json()) as { job: JobView };
  return job.id;
}

/** Files that a process has open (Linux). */
async function filesOf(pid: number): Promise<string[]> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  return Promise.all(descriptors.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')));
}

/** Does a process run the decoder's program? Between fork and exec a child is still this process, with its open files. */
const isDecoder = async (pid: number): Promise<boolean> =>
  (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes('av/main');

/** The films that processes of ours have open and do not close within some seconds. */
async function filmsLeftOpen(): Promise<string[]> {
  let left: string[] = [];
  for (let patience = 50; patience > 0; patience--) {
    left = (await Promise.all((await descendantProcesses()).map(filesOf)))
      .flat()
      .filter((file) => file.startsWith(folder));
    if (left.length === 0) return [];
    await sleep(100);
  }
  return left;
}

/** Ends every decoder of a film as a fault in its own code does. @returns how many there were */
async function crashDecoders(film: string, signal: AbortSignal): Promise<number> {
  const crashed = new Set<number>();
  while (!signal.aborted) {
    for (const pid of await descendantProcesses()) {
      if (crashed.has(pid) || !(await isDecoder(pid)) || !(await filesOf(pid)).includes(join(folder, film))) continue;
      process.kill(pid, 'SIGSEGV');
      crashed.add(pid);
    }
    await sleep(20);
  }
  return crashed.size;
}

it('a film that kills the decoder every time fails after its attempts, keeps no other film waiting, and leaves nothing', async () => {
  const [poison, sound] = [await titleOf('poison.mp4'), await titleOf('sound.mp4')];
  const end = new AbortController();
  const crashed = crashDecoders('poison.mp4', end.signal);
  try {
    const [bad, good] = [await analyse(poison), await analyse(sound)];
    const read = (id: string) => service.get<JobView & { attempts: number; finishedAt: string }>(`/v1/jobs/${id}`);
    expect((await service.follow(good)).at(-1)).toMatchObject({ state: 'done' });
    expect((await service.follow(bad)).at(-1)).toMatchObject({
      state: 'failed',
      attempts: 3,
      error: { code: 'unreadable', message: expect.stringContaining('SIGSEGV') },
    });
    expect(Date.parse((await read(good)).finishedAt)).toBeLessThan(Date.parse((await read(bad)).finishedAt));
  } finally {
    end.abort();
  }
  // One in each attempt; a decoder that has given all its frames when it is hit harms nobody, and the second look is hit then.
  expect(await crashed).toBeGreaterThanOrEqual(3);
  expect(await filmsLeftOpen()).toEqual([]);
}, 120_000);

it('a film whose decoder crashed once is analysed by the next attempt', async () => {
  const title = await titleOf('once.mp4');
  const end = new AbortController();
  const crashed = crashDecoders('once.mp4', end.signal);
  const job = await analyse(title);
  for await (const view of views(job)) if (view.error) end.abort();
  end.abort();
  expect(await crashed).toBeGreaterThan(0);
  expect(await service.get(`/v1/jobs/${job}`)).toMatchObject({ state: 'done', error: null });
}, 120_000);

/** What a job's stream tells, as it comes. */
async function* views(job: string): AsyncGenerator<JobView> {
  const response = await service.fetch(`/v1/jobs/${job}/events`);
  let text = '';
  for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
    const lines = (text + part).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('data: ')) yield JSON.parse(line.slice(6)) as JobView;
  }
}
