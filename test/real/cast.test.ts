import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NamedCast } from '../../src/cast/names.js';
import { joinChunks, type StoredTrack } from '../../src/cast/stored.js';
import { createFacesAnalyzer, type FacesResult } from '../../src/faces/analyzer.js';
import { createFrameSource } from '../../src/frames/frame-source.js';
import { runPass } from '../../src/frames/pass.js';
import { createModels, type ModelRegistry } from '../../src/inference/registry.js';
import { enrolPhotos } from '../../src/people/enrol.js';
import { everything } from '../../src/people/gallery-store.js';
import { Library } from '../library/library.js';

const folder = process.env['KINOSCOPE_DATA'] ?? '../shared/data';
const present = existsSync(join(folder, 'shots'));
if (!present) process.stderr.write('cast.test.ts: SKIPPED, no real data at KINOSCOPE_DATA\n');

/** First frames of the scene's 18 shots, as seconds at 24000 / 1001 frames a second. */
const CUTS = [0, 31, 113, 168, 208, 313, 427, 516, 589, 638, 819, 940, 1012, 1068, 1123, 1191, 1227, 1283, 1314].map(
  (frame) => (frame * 1001) / 24000,
);
/** Who is to be seen well in a shot, checked by eye. */
const CLOSE_UPS: readonly (readonly [shot: number, names: readonly string[]])[] = [
  [1, ['Rachel Green']],
  [3, ['Monica Geller']],
  [6, ['Chandler Bing']],
  [7, ['Joey Tribbiani']],
  [8, ['Joey Tribbiani']],
  [10, ['Phoebe Buffay']],
  [12, ['Ross Geller']],
  [15, ['Chandler Bing', 'Joey Tribbiani']],
  [16, ['Monica Geller']],
];
/** Who else is in a shot, small or turned away, checked by eye: nobody but these may be named. */
const ALSO: Readonly<Record<number, readonly string[]>> = {
  0: ['Chandler Bing', 'Joey Tribbiani'],
  2: ['Chandler Bing', 'Ross Geller', 'Phoebe Buffay'],
  4: ['Rachel Green'],
  5: ['Monica Geller', 'Phoebe Buffay', 'Joey Tribbiani', 'Ross Geller', 'Chandler Bing', 'Rachel Green'],
  9: ['Phoebe Buffay', 'Joey Tribbiani', 'Ross Geller', 'Chandler Bing'],
  11: ['Phoebe Buffay', 'Joey Tribbiani', 'Ross Geller', 'Chandler Bing'],
  12: ['Rachel Green'],
  13: ['Phoebe Buffay', 'Joey Tribbiani', 'Ross Geller', 'Chandler Bing', 'Rachel Green'],
  14: ['Monica Geller'],
  15: ['Phoebe Buffay'],
  17: ['Phoebe Buffay', 'Joey Tribbiani', 'Ross Geller', 'Chandler Bing', 'Rachel Green'],
};

const whenPresent = present ? describe : (): void => undefined;

whenPresent('the cast of a real scene', () => {
  let models: ModelRegistry;
  let library: Library;
  let unnamed: NamedCast;
  let tracks: StoredTrack[];
  let names: ReadonlyMap<string, string | null>;

  beforeAll(async () => {
    models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 2 });
    const analyzer = createFacesAnalyzer({ models });
    await runPass(createFrameSource(), join(folder, 'shots/friends-scene.mp4'), {
      plan: { kind: 'everySecond' },
      consumers: [analyzer],
    });
    const shots = CUTS.slice(0, -1).map((start, i) => ({ start, end: CUTS[i + 1]! }));
    const faces: FacesResult = await analyzer.finish(shots);
    library = await Library.open();
    await library.add('scene', faces);
    unnamed = await library.cast('scene');
    for (const name of readdirSync(join(folder, 'faces/friends')).sort()) {
      const photos = readdirSync(join(folder, 'faces/friends', name))
        .sort()
        .filter((_, i) => i % 6 === 0)
        .slice(0, 8);
      await library.people.enrol(
        await enrolPhotos(
          models,
          name,
          photos.map((file) => join(folder, 'faces/friends', name, file)),
        ),
      );
    }
    tracks = joinChunks(await everything(library.gallery.chunks, { contentHash: 'scene' }));
    const given = (await library.naming.namesOf('scene'))!;
    names = new Map(tracks.map(({ id, appearance }) => [id, given[appearance]?.name ?? null]));
  }, 240_000);
  afterAll(async () => {
    await library.close();
    await models.close();
  });

  const namesOf = (shot: number): string[] => {
    const [start, end] = [CUTS[shot]! - 0.02, CUTS[shot + 1]! - 0.02];
    return [
      ...new Set(
        tracks.filter((track) => track.start >= start && track.start < end).flatMap(({ id }) => names.get(id) ?? []),
      ),
    ].sort();
  };

  it('finds several people and shots without a gallery', () => {
    const { people, shots, scenes } = unnamed;
    expect(people.length).toBeGreaterThanOrEqual(6);
    expect(people.every(({ name }) => name === null)).toBe(true);
    expect(shots).toHaveLength(18);
    expect(scenes.length).toBeGreaterThanOrEqual(1);
  });

  it('names everybody who is to be seen well, from eight photos each', () => {
    for (const [shot, names] of CLOSE_UPS)
      expect([shot, namesOf(shot)]).toEqual([shot, expect.arrayContaining([...names])]);
  });

  it('names nobody who is not there', () => {
    const wrong = CUTS.slice(0, -1).flatMap((_, shot) => {
      const there = new Set([...(CLOSE_UPS.find(([at]) => at === shot)?.[1] ?? []), ...(ALSO[shot] ?? [])]);
      return namesOf(shot)
        .filter((name) => !there.has(name))
        .map((name) => `${shot}: ${name}`);
    });
    expect(wrong).toEqual([]);
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
