import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { programArguments } from '../../src/frames/child.js';
import { useLauncher } from '../../src/frames/launcher.js';
import {
  attend,
  lastComplaint,
  patientReader,
  startProcess,
  startProgram,
  warningsOf,
} from '../../src/frames/media-process.js';
import { readRecord, recordHeader } from '../../src/frames/records.js';
import { DEFAULT_FRAME_SETTINGS } from '../../src/frames/settings.js';
import { childProcesses, isRunning } from '../clips/processes.js';

const PROGRAM = programArguments(new URL('../../src/frames/program.ts', import.meta.url).href, './av/main');
const settings = DEFAULT_FRAME_SETTINGS;

const shell = (script: string): ReturnType<typeof startProcess> => startProcess('sh', ['-c', script]);

test('a process that ended long before its data is taken still ends', async () => {
  const process = shell('printf abcd');
  const read = patientReader(process, DEFAULT_FRAME_SETTINGS);
  expect(String(await read(2))).toBe('ab');
  await sleep(200);
  expect(String(await read(2))).toBe('cd');
  expect(await process.exited).toBe(0);
  expect(await read(1)).toBeNull();
  await process.kill();
});

test('data that is cut off is no data', async () => {
  const process = shell('printf abc');
  const read = patientReader(process, DEFAULT_FRAME_SETTINGS);
  expect(await read(4)).toBeNull();
  await process.kill();
});

test('a process knows where programs are, and none of our secrets', async () => {
  process.env['KINOSCOPE_SECRET_OF_A_TEST'] = 'secret';
  const child = shell('printf %s "${KINOSCOPE_SECRET_OF_A_TEST-none}:$PATH"');
  delete process.env['KINOSCOPE_SECRET_OF_A_TEST'];
  const expected = `none:${process.env['PATH'] ?? ''}`;
  expect(String(await patientReader(child, DEFAULT_FRAME_SETTINGS)(expected.length))).toBe(expected);
  await child.kill();
});

test('killing takes the whole group', async () => {
  const process = shell('sleep 600 & printf %08d $!; wait');
  const pid = Number(await patientReader(process, DEFAULT_FRAME_SETTINGS)(8));
  expect(await isRunning(pid)).toBe(true);
  await process.kill();
  expect(await process.exited).toBe('SIGKILL');
  // It closes its files a moment before it is gone.
  while (await isRunning(pid)) await sleep(10);
});

test('a signal that aborts kills, and an attendance that ends kills too', async () => {
  const controller = new AbortController();
  const aborted = shell('sleep 60');
  attend(aborted, controller.signal);
  controller.abort();
  expect(await aborted.exited).toBe('SIGKILL');
  const left = shell('sleep 60');
  await attend(left, undefined)();
  expect(await left.exited).toBe('SIGKILL');
});

test('a decoder that is silent for too long is given up, one that shows signs of life is not', async () => {
  const silent = shell('sleep 60');
  const impatient = { ...DEFAULT_FRAME_SETTINGS, stallSeconds: 1 };
  await expect(patientReader(silent, impatient)(1)).rejects.toMatchObject({ code: 'unreadable' });
  await silent.kill();
  const busy = shell('for i in $(seq 30); do echo working >&2; sleep 0.05; done; printf x');
  expect(String(await patientReader(busy, impatient)(1))).toBe('x');
  await busy.kill();
});

test('a program that is not there is told apart from a file that cannot be read', async () => {
  const missing = startProcess('no-such-program', []);
  await expect(missing.exited).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('no-such-program'),
  });
  await missing.kill();
});

test('complaints come once each, without addresses', async () => {
  const process = shell('for i in 1 2; do echo "[h264 @ 0x55d9] no frame" >&2; done; echo "[mov @ 0x1] cut off" >&2');
  await process.exited;
  expect(warningsOf(process.stderr)).toEqual(['[h264] no frame', '[mov] cut off']);
});

test('users are told what a complaint means, and no words of a decoder', () => {
  expect(lastComplaint(['[mov,mp4 @ 0x55d9] moov atom not found', 'file:///x: Invalid data found'])).toMatch(
    / \(its index is missing/,
  );
  expect(lastComplaint(['[mov,mp4 @ 0x55d9] stream 0, timescale not set'])).toBe('');
  expect(lastComplaint([])).toBe('');
});

describe('a launcher', () => {
  test('starts programs that do their jobs, tells how they end, and ends with its last user', async () => {
    const [endFirst, endLast] = [useLauncher(), useLauncher()];
    await endFirst();
    const [launcher] = await childProcesses();
    const program = await startProgram(PROGRAM);
    program.pipe.write(recordHeader({ type: 'job', bytes: 0, job: { kind: 'probe', file: 'package.json', settings } }));
    const answer = await readRecord(patientReader(program, settings));
    expect(answer?.record).toMatchObject({ type: 'error', code: 'unreadable' });
    expect(await program.exited).toBe(1);
    // it was the launcher's child
    expect(await childProcesses()).toEqual([launcher]);
    await endLast();
    expect(await childProcesses()).toEqual([]);
  });

  test('kills what it has started', async () => {
    const end = useLauncher();
    const waiting = await startProgram(PROGRAM);
    await waiting.kill();
    expect(await waiting.exited).toBe('SIGKILL');
    await end();
  });

  test('that died is replaced, and nobody waits for what it would have told', async () => {
    const end = useLauncher();
    const waiting = await startProgram(PROGRAM);
    const [launcher] = await childProcesses();
    process.kill(launcher!, 'SIGKILL');
    expect(await waiting.exited).toBe('SIGKILL');
    await waiting.kill();
    const next = await startProgram(PROGRAM);
    await next.kill();
    expect(await next.exited).toBe('SIGKILL');
    await end();
  });
});
