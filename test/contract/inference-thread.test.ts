import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { imagesToTensor } from '../../src/inference/image-tensor.js';
import { createModels } from '../../src/inference/registry.js';
import { CHILD_LOADER } from '../children/program.js';

const CHILD = fileURLToPath(new URL('./inference-thread-child.ts', import.meta.url));
const IMAGE = { width: 299, height: 299, data: new Uint8Array(299 * 299 * 3) };

test('a process does other things while a network computes', async () => {
  const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
  const model = await models.load('inception-v3');
  let [turns, running] = [0, true];
  const other = (async () => {
    for (; running; turns++) await new Promise(setImmediate);
  })();
  await model.runImages([IMAGE]);
  running = false;
  await other;
  // one run takes tens of milliseconds, in which an event loop that is blocked turns a handful of times
  expect(turns).toBeGreaterThan(100);
  await models.close();
});

test('a picture that a caller keeps is still theirs after a run, and what fails is told to whom it concerns', async () => {
  const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
  const model = await models.load('inception-v3');
  const input = imagesToTensor([IMAGE], model.input);
  const [wrong, right] = await Promise.allSettled([
    model.run({ none: input }),
    model.run({ [model.input.name]: input }),
  ]);
  expect(wrong).toMatchObject({ status: 'rejected', reason: { message: expect.stringMatching(/missing/) } });
  expect(right.status).toBe('fulfilled');
  expect(input.data).toHaveLength(299 * 299 * 3);
  await models.close();
});

test('a process that ends while a network computes ends with its own status', () => {
  const { status, signal, stderr } = spawnSync(process.execPath, [...CHILD_LOADER, CHILD], { encoding: 'utf8' });
  expect({ status, signal, stderr }).toEqual({ status: 7, signal: null, stderr: '' });
});
