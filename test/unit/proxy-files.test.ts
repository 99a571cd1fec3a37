import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { readSettings } from '../../src/config/settings.js';
import { ProxyFiles } from '../../src/titles/proxy-files.js';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kinoscope-copies-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const filesOf = (variables: Record<string, string> = {}): ProxyFiles =>
  new ProxyFiles(readSettings({ KINOSCOPE_HOME: home, KINOSCOPE_PROXY_BYTES: '1000', ...variables }));
const folder = (): string => join(home, 'proxies', 'default');
const hash = (digit: string): string => digit.repeat(64);

/** A copy of two fragments that has this many bytes. */
const write = (files: ProxyFiles, content: string, bytes: number): Promise<void> =>
  files.write(content, 'job-1', async (output, onFragment) => {
    await writeFile(output, new Uint8Array(bytes));
    await onFragment({ start: 0, end: 4, offset: 10, size: 10 });
    await onFragment({ start: 4, end: 6, offset: 20, size: bytes - 20 });
  });

it('the copies that were watched longest ago make room for a new one', async () => {
  const files = filesOf();
  await write(files, hash('a'), 400);
  await write(files, hash('b'), 400);
  for (const [digit, seconds] of [
    ['a', 2000],
    ['b', 1000],
  ] as const)
    await utimes(join(folder(), `${hash(digit)}.job-1.jsonl`), seconds, seconds);
  await files.find(hash('b'));
  await write(files, hash('c'), 400);
  expect((await files.find(hash('a')))?.version).toBeUndefined();
  for (const kept of ['b', 'c']) expect(await files.find(hash(kept))).toMatchObject({ complete: true });
  expect((await readdir(folder())).length).toBe(4);
});

it.each([
  ['is larger than all may be', {}, 1001, 'too-large'],
  ['does not fit on the disk', { KINOSCOPE_MIN_FREE_BYTES: String(2 ** 50) }, 100, 'unavailable'],
] as const)('nothing is left of a copy that %s', async (_, variables, bytes, code) => {
  await expect(write(filesOf(variables), hash('a'), bytes)).rejects.toMatchObject({ code });
  expect(await readdir(folder())).toEqual([]);
});

it('a copy that is deleted while it is written does not come back', async () => {
  const files = filesOf();
  const before = await files.write(hash('a'), 'job-1', async (output, onFragment) => {
    await writeFile(output, new Uint8Array(40));
    await onFragment({ start: 0, end: 4, offset: 10, size: 10 });
    expect(await files.find(hash('a'))).toMatchObject({
      complete: false,
      fragments: [{ start: 0, end: 4, offset: 10, size: 10 }],
    });
    await files.remove(hash('a'));
    await onFragment({ start: 4, end: 6, offset: 20, size: 20 });
  });
  expect(before).toBeUndefined();
  expect(await files.find(hash('a'))).toBeNull();
  expect((await readdir(folder())).filter((name) => name.endsWith('.jsonl'))).toEqual([]);
});
