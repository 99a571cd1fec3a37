import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { KinoscopeError } from '../../src/core/errors.js';
import type { RgbImage } from '../../src/frames/types.js';
import { GraphBuilder } from '../../src/inference/onnx/graph-builder.js';
import { withMetadata } from '../../src/inference/onnx/proto.js';
import { createModels, type ModelRegistry } from '../../src/inference/registry.js';
import type { ExecutionProvider, ImageInput } from '../../src/inference/types.js';

/** Two networks of one folder: `echo` answers its input and the mean of every channel; `gray` its one-channel input. */
let modelsDir: string;
let models: ModelRegistry;

const ECHO: ImageInput = {
  name: 'x',
  layout: 'NCHW',
  width: null,
  height: null,
  channels: 'BGR',
  scale: 1 / 255,
  mean: [0.5, 0.25, 0],
  std: [0.5, 1, 2],
};
const GRAY: ImageInput = {
  ...ECHO,
  layout: 'NHWC',
  channels: 'GRAY',
  width: 2,
  height: 1,
  scale: 1,
  mean: [10, 0, 0],
  std: [2, 1, 1],
};

function entry(id: string, input: ImageInput, bytes: Uint8Array, outputs: Record<string, string>): object {
  return {
    id,
    description: 'test',
    file: `${id}.onnx`,
    input,
    outputs,
    batchLimit: 3,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    source: { trained: 'test', data: 'none', seed: 1, license: 'Apache-2.0' },
  };
}

/** Of a package, which the set-up builds; the others were trained here. */
const PACKAGED = {
  package: 'test',
  version: '1.0.0',
  integrity: `sha512-${'A'.repeat(86)}==`,
  license: 'MIT',
  build: { kind: 'copy', model: 'absent.onnx' },
};

async function open(provider: ExecutionProvider = 'cpu'): Promise<ModelRegistry> {
  return createModels({ modelsDir, provider, threads: 1 });
}

beforeEach(async () => {
  modelsDir = await mkdtemp(join(tmpdir(), 'kinoscope-models-'));
  const echo = new GraphBuilder('echo');
  const x = echo.input('x', ['N', 3, 'H', 'W']);
  echo.output('copy', x, ['N', 3, 'H', 'W']);
  echo.output('means', echo.node('Flatten', 'flat', [echo.node('GlobalAveragePool', 'pool', [x])], { axis: 1 }), [
    'N',
    3,
  ]);
  const gray = new GraphBuilder('gray');
  gray.output('copy', gray.input('x', ['N', 1, 2, 1]), ['N', 1, 2, 1]);
  const [echoBytes, grayBytes] = [echo.build(), withMetadata(gray.build(), { colours: 'none', é: '' })];
  await writeFile(join(modelsDir, 'echo.onnx'), echoBytes);
  await writeFile(join(modelsDir, 'gray.onnx'), grayBytes);
  await writeFile(
    join(modelsDir, 'manifest.json'),
    JSON.stringify({
      format: 1,
      models: [
        entry('echo', ECHO, echoBytes, { pixels: 'copy', means: 'means' }),
        entry('gray', GRAY, grayBytes, { pixels: 'copy' }),
        { ...entry('absent', ECHO, echoBytes, { pixels: 'copy' }), source: PACKAGED },
      ],
    }),
  );
  models = await open();
});
afterEach(async () => {
  await models.close();
  await rm(modelsDir, { recursive: true });
});

function picture(width: number, height: number, seed: number): RgbImage {
  return {
    width,
    height,
    data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 37 + seed * 101) % 256),
  };
}

test('feeds pixels by the input contract', async () => {
  const echo = await models.load('echo');
  const { pixels } = await echo.runImage({ width: 2, height: 1, data: Uint8Array.of(255, 102, 51, 0, 204, 153) });
  expect(pixels?.dims).toEqual([3, 1, 2]);
  const expected = [51 / 255 - 0.5, 153 / 255 - 0.5, 102 / 255 - 0.25, 204 / 255 - 0.25, 1 / 2, 0];
  const std = [0.5, 0.5, 1, 1, 1, 1];
  Array.from(pixels?.data ?? [], Number).forEach((value, i) =>
    expect(value).toBeCloseTo((expected[i] ?? NaN) / (std[i] ?? NaN), 6),
  );

  const gray = await models.load('gray');
  const luma = await gray.runImage({ width: 2, height: 1, data: Uint8Array.of(255, 0, 0, 100, 100, 100) });
  expect(luma['pixels']?.dims).toEqual([1, 2, 1]);
  expect(Number(luma['pixels']?.data[0])).toBeCloseTo((0.299 * 255 - 10) / 2, 4);
  expect(Number(luma['pixels']?.data[1])).toBeCloseTo(45, 4);
});

describe('batches', () => {
  test('answer as single runs do, whatever is asked for at the same time', async () => {
    const echo = await models.load('echo');
    const pictures = Array.from({ length: 11 }, (_, i) => picture(i % 3 === 0 ? 4 : 6, 5, i));
    const alone = [];
    for (const one of pictures) alone.push(await echo.runImage(one));
    const together = await Promise.all(pictures.map((one) => echo.runImage(one)));
    expect(together).toEqual(alone);
  });

  test('longer than the limit come back whole and in order', async () => {
    const echo = await models.load('echo');
    const pictures = Array.from({ length: 7 }, (_, i) => picture(3, 2, i));
    const outputs = await echo.runImages(pictures);
    expect(outputs['means']?.dims).toEqual([7, 3]);
    expect(outputs['pixels']?.dims).toEqual([7, 3, 2, 3]);
    for (const [i, one] of pictures.entries()) {
      const { means } = await echo.runImage(one);
      expect(outputs['means']?.data.slice(i * 3, i * 3 + 3)).toEqual(means?.data);
    }
  });

  test('fail for a picture of the wrong size, and only for it', async () => {
    const gray = await models.load('gray');
    const [good, bad] = await Promise.allSettled([gray.runImage(picture(2, 1, 0)), gray.runImage(picture(3, 1, 0))]);
    expect(good.status).toBe('fulfilled');
    expect(bad).toMatchObject({
      status: 'rejected',
      reason: { name: 'RangeError', message: 'a picture of 3 x 1 where 2 x 1 is wanted' },
    });
    const echo = await models.load('echo');
    await expect(echo.runImages([picture(4, 4, 0), picture(4, 5, 0)])).rejects.toThrow(RangeError);
    await expect(echo.runImages([])).rejects.toThrow(RangeError);
    await expect(echo.runImage({ width: 4, height: 4, data: new Uint8Array(47) })).rejects.toThrow(RangeError);
  });
});

test('a network is loaded once, and its version names its file', async () => {
  const [first, second] = await Promise.all([models.load('echo'), models.load('echo')]);
  expect(second).toBe(first);
  expect(first.version).toMatch(/^echo@[0-9a-f]{12}$/);
  expect((await models.list()).map(({ id, state }) => [id, state])).toEqual([
    ['echo', 'ok'],
    ['gray', 'ok'],
    ['absent', 'missing'],
  ]);
});

test('tells what the file of a network says of it', async () => {
  expect(await (await models.load('gray')).metadata()).toEqual({ colours: 'none', é: '' });
  expect(await (await models.load('echo')).metadata()).toEqual({});
});

test('every model that is shipped tells its licence and where it comes from; a doubtful one says so', async () => {
  const shipped = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
  const listed = new Map((await shipped.list()).map(({ id, license, origin }) => [id, { license, origin }]));
  await shipped.close();
  for (const [id, { origin }] of listed)
    expect(`${id}: ${origin}`).toMatch(/: (\S+@\d|notebooks-ts\/|bench\/|scripts\/)/);
  for (const id of ['face-embed-512', 'face-landmark']) {
    expect(listed.get(id)!.license).toContain('unproven');
    expect(listed.get(id)!.origin).toBe('faceplugin-face-recognition-js@0.0.1');
  }
  expect(listed.get('face-embed-128')!.license).toContain('CC0');
});

test('copies of a network that run side by side answer as one does, and the same answer to each', async () => {
  const [one, two] = [await models.load('echo'), await models.load('echo', 2)];
  expect(two.version).toBe(one.version);
  const pictures = Array.from({ length: 9 }, (_, i) => picture(5, 4, i));
  const alone = [];
  for (const image of pictures) alone.push(await one.runImages([image]));
  expect(await Promise.all(pictures.map((image) => two.runImages([image])))).toEqual(alone);
});

describe('says in one line what is wrong with', () => {
  async function failure(id: string, from = models): Promise<KinoscopeError> {
    const error: unknown = await from.load(id).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(KinoscopeError);
    expect((error as KinoscopeError).code).toBe('unavailable');
    expect((error as KinoscopeError).message).not.toContain('\n');
    return error as KinoscopeError;
  }

  test('a missing file, naming the command that builds it', async () => {
    expect((await failure('absent')).message).toContain('run "npx kinoscope models --build"');
  });

  test('a file that is not the one of the manifest', async () => {
    await models.load('echo');
    const other = await open();
    await writeFile(join(modelsDir, 'echo.onnx'), 'no network');
    expect((await failure('echo', other)).message).toBe(
      'The file echo.onnx of the model echo is not the one that manifest.json names by its sha256: restore both, or train it (test)',
    );
    await rm(join(modelsDir, 'echo.onnx'));
    expect((await failure('echo', other)).message).toContain('The file echo.onnx of the model echo is missing: ');
    await mkdir(join(modelsDir, '.cache'), { recursive: true });
    await writeFile(join(modelsDir, '.cache', 'absent.onnx'), 'no network');
    expect((await failure('absent', other)).message).toMatch(
      / absent has a damaged file .*: run "npx kinoscope models --build"$/,
    );
  });

  test('a network that nobody listed', async () => {
    expect((await failure('nothing')).message).toBe('There is no network nothing in models/manifest.json');
  });

  test('a provider that is not there, and does not take another one', async () => {
    // No machine has it: the CUDA libraries are not in the npm package.
    const elsewhere = await open('cuda');
    expect((await failure('echo', elsewhere)).message).toContain('The inference provider cuda is not available here');
    await elsewhere.close();
  });

  test('closed networks', async () => {
    await models.close();
    await failure('echo');
  });
});

test('a file that was missing is found once it is there', async () => {
  await expect(models.load('absent')).rejects.toThrow('not built yet');
  const bytes = await readFile(join(modelsDir, 'echo.onnx'));
  await mkdir(join(modelsDir, '.cache'), { recursive: true });
  await writeFile(join(modelsDir, '.cache', 'absent.onnx'), bytes);
  expect((await models.load('absent')).id).toBe('absent');
});
