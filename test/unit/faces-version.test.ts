import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { readSettings } from '../../src/config/settings.js';
import { Analyzer } from '../../src/titles/analyzer.js';

/** The versions of stored answers where these networks have these versions. */
function versionsWith(networks: Readonly<Record<string, string>>): ReturnType<Analyzer['versions']> {
  const list = async () => Object.entries(networks).map(([id, version]) => ({ id, version, state: 'ok' }));
  return new Analyzer({ list } as never, {} as never, {} as never, readSettings({})).versions();
}

const TODAY = { 'inception-v3': '1', 'ppocr-det': '4', 'face-rfb': '1', 'face-landmark': '1', 'face-embed-512': '1' };

test.each(['face-rfb', 'face-landmark', 'face-embed-512'])('a new version of %s makes the cast out of date, and nothing else', async (network) => {
  const [before, after] = [await versionsWith(TODAY), await versionsWith({ ...TODAY, [network]: '2' })];
  expect(after.cast).not.toBe(before.cast);
  expect({ ...after, cast: null }).toEqual({ ...before, cast: null });
});

test('shots depend on no network', async () => {
  expect((await versionsWith({})).shots).toBe((await versionsWith(TODAY)).shots);
});

test('learning anew when a box is a face makes the cast out of date', async () => {
  const weights = readFileSync(new URL('../../data/face-opinion.json', import.meta.url));
  expect((await versionsWith(TODAY)).cast).toContain(createHash('sha256').update(weights).digest('hex').slice(0, 8));
});
