import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildCast } from '../../src/cast/cast.js';
import type { NamedCast } from '../../src/cast/names.js';
import { watchedOf } from '../../src/cast/watched.js';
import { createModels, type ModelRegistry } from '../../src/inference/registry.js';
import type { Library } from '../library/library.js';
import { enrolScene, everybodyTable, libraryOf, SCENE, sceneTable, seeEverybody } from '../library/scene.js';

const folder = process.env['KINOSCOPE_DATA'] ?? '../shared/data';
const present = existsSync(join(folder, 'shots'));
if (!present) process.stderr.write('cast.test.ts: SKIPPED, no real data at KINOSCOPE_DATA\n');

const whenPresent = present ? describe : (): void => undefined;

whenPresent('the cast of a real scene', () => {
  let models: ModelRegistry;
  let library: Library;
  let unnamed: NamedCast;
  let table: Awaited<ReturnType<typeof sceneTable>>;

  beforeAll(async () => {
    models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 2 });
    const { faces, bodies } = await seeEverybody(models, join(folder, 'shots/friends-scene.mp4'));
    library = await libraryOf(models, faces, bodies);
    unnamed = await library.cast('scene');
    await enrolScene(models, folder, library, 8);
    table = await sceneTable(library);
  }, 240_000);
  afterAll(async () => {
    await library.close();
    await models.close();
  });

  it('finds its shots in the decode that the faces are found in, and several people without a gallery', () => {
    const { people, shots, scenes } = unnamed;
    expect(people.length).toBeGreaterThanOrEqual(6);
    expect(people.every(({ name }) => name === null)).toBe(true);
    // A shot begins at the first frame that is decoded for detection: up to three later.
    const starts = shots.map(({ start }) => (start * 24000) / 1001);
    expect(starts).toHaveLength(SCENE.shots.length);
    starts.forEach((frame, i) => expect(Math.abs(frame - SCENE.shots[i]!.firstFrame)).toBeLessThanOrEqual(3.01));
    // One scene; its first shot fades in.
    expect(scenes.length).toBeLessThanOrEqual(2);
  });

  it('names, shot by shot, nearly everybody whose face is to be seen, from eight photos each', () => {
    const seen = SCENE.shots.flatMap((shot) => shot.seen).length;
    const missed = table.flatMap((shot) => shot.missed).length;
    expect(missed / seen).toBeLessThan(0.1);
    // Alone in the picture, filling it: nobody of these may be missed.
    for (const closeUp of [1, 3, 4, 6, 7, 8, 10, 12, 16])
      expect([closeUp, table[closeUp]!.named]).toEqual([closeUp, SCENE.shots[closeUp]!.seen]);
  });

  it('names nobody who is not there', () => {
    expect(table.map(({ wrong }) => wrong)).toEqual(SCENE.shots.map(() => []));
  });

  it('names most of those who are small or turned away by their bodies and clothes, and nobody else', async () => {
    const everybody = await everybodyTable(library);
    expect(everybody.flatMap(({ missed }) => missed)).toEqual([]);
    expect(everybody.flatMap(({ wrong }) => wrong)).toEqual([]);
    const small = SCENE.shots.flatMap((shot) => shot.small).length;
    expect(everybody.flatMap(({ missedSmall }) => missedSmall).length).toBeLessThan(small / 4);
  });

  it('knows who is on screen at a second, and where', async () => {
    const [phoebe, ...others] = await library.at('scene', 37.5);
    expect([phoebe?.name, others]).toEqual(['Phoebe Buffay', []]);
    const [x, y, width, height] = phoebe!.box;
    // Her face fills the middle of the picture's upper half.
    expect(x + width / 2).toBeGreaterThan(0.4);
    expect(x + width / 2).toBeLessThan(0.65);
    expect(y + height / 2).toBeLessThan(0.5);
    expect(height).toBeGreaterThan(0.2);
  });
});

// A file without a case would fail.
if (!present) it('says that it was skipped', () => expect(present).toBe(false));

whenPresent('the scenes of a real trailer', () => {
  it('are many, and what somebody wears names nobody in another', async () => {
    const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 2 });
    const { faces, bodies } = await seeEverybody(models, join(folder, 'video/trailer-sintel.mp4'));
    await models.close();
    const { scenes, bodies: dressed, tracks, shots } = buildCast(watchedOf(faces, bodies));
    // At 27.5 s a face fills the picture, in which the network for bodies takes eyes and mouth for somebody.
    expect(dressed.filter(({ start, end }) => start <= 27.6 && end > 27.6)).toEqual([]);
    expect(tracks.filter(({ start, end }) => start <= 27.6 && end > 27.6)).toHaveLength(1);
    expect(shots).toHaveLength(17);
    // By eye 12 and perhaps 13 (bench/fixtures/scenes.json).
    expect(scenes.length).toBeGreaterThanOrEqual(7);
    expect(scenes.length).toBeLessThanOrEqual(13);
    const sceneOf = (shot: number): number =>
      scenes.findIndex(({ firstShot, lastShot }) => firstShot <= shot && shot <= lastShot);
    for (const { worn, shot } of dressed)
      for (const { appearance } of worn) {
        const seenIn = tracks.filter((track) => track.appearance === appearance).map((track) => sceneOf(track.shot));
        expect(seenIn).toContain(sceneOf(shot));
      }
  }, 240_000);
});
