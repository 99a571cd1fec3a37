import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sparseMatroska } from '../films/hostile.js';
import { CommandLine } from './command.js';
import { type JobView, TestService } from './service.js';

const RATE = 48_000;
let folder: string;
let film: string;
let service: TestService;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinoscope-e2e-sound-'));
  film = join(folder, 'tone.mkv');
  const times = (count: number, each: number): number[] => Array.from({ length: count }, (_, k) => k * each);
  const bytes = await sparseMatroska(times(9, 1), {
    sound: times(80, 0.1),
    rate: RATE,
    channels: 2,
    // 1 kHz of -20 dBFS in both channels
    tenth: () => {
      const samples = Int16Array.from({ length: RATE / 5 }, (_, k) =>
        Math.round(3276.7 * Math.sin((2 * Math.PI * 1000 * Math.floor(k / 2)) / RATE)),
      );
      return Buffer.from(samples.buffer);
    },
  });
  await writeFile(film, bytes);
  service = await TestService.start({ KINOSCOPE_MEDIA_ROOTS: folder });
}, 60_000);
afterAll(async () => {
  await service.stop();
  await rm(folder, { recursive: true, force: true });
});

test('the sound of a title is asked for, read, up to date, and gone with the title', async () => {
  const { title } = (await (await service.post('/v1/titles', { path: film })).json()) as { title: { id: string } };
  const at = `/v1/titles/${title.id}`;
  const missing = await service.fetch(`${at}/sound`);
  expect(missing.status).toBe(404);
  expect(await missing.text()).toContain('was not analysed for sound yet');

  const analyze = async (kinds: readonly string[]) =>
    (await (await service.post(`${at}/analyses`, { kinds })).json()) as { job: JobView | null };
  const { job } = await analyze(['sound']);
  expect((await service.follow(job!.id)).at(-1)).toMatchObject({ state: 'done' });
  expect((await analyze(['sound'])).job).toBeNull();
  const sound = await service.get<Record<string, unknown>>(`${at}/sound`);
  expect(sound).toMatchObject({
    track: { codec: 'pcm_s16le', sampleRate: RATE, channels: 2 },
    ...{ reason: '', loudness: -20, loudnessRange: 0, truePeak: -20, speech: 0, silence: 0, cutsPerMinute: null },
  });
  expect(sound['detectorVersion']).toMatch(/^sound@\w+ sounds@\w+ speech-silero@\w+$/);

  const { job: shots } = await analyze(['shots']);
  await service.follow(shots!.id);
  expect(await service.get(`${at}/sound`)).toMatchObject({ cutsPerMinute: 0 });

  await service.fetch(at, { method: 'DELETE' });
  expect((await service.fetch(`${at}/sound`)).status).toBe(404);
}, 120_000);

test('the command line says it in a line, and that a film has none', async () => {
  const cli = new CommandLine();
  try {
    const { stdout, status } = await cli.run('sound', film);
    expect([status, stdout]).toEqual([
      0,
      'Sound: -20 LUFS, range 0 LU, peak -20 dBTP, speech 0 %, silence 0 %, 2 channels\n',
    ]);
    const mute = join(folder, 'mute.mkv');
    await writeFile(mute, await sparseMatroska([0, 1, 2]));
    expect((await cli.run('sound', mute)).stdout).toBe('Sound: none, because the film has no sound\n');
  } finally {
    cli.remove();
  }
}, 120_000);
