import { pbkdf2 } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp, { type Sharp } from 'sharp';
import { endIdleDecoders, readPicture, withPicture } from '../../src/frames/picture.js';
import { childProcesses } from '../clips/processes.js';
import { TestService } from '../e2e/service.js';
import { blackPng, photoForm, SLOW_SVG } from './files.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinoscope-pictures-'));
});
afterAll(async () => {
  await endIdleDecoders();
  await rm(folder, { recursive: true, force: true });
});

async function file(name: string, bytes: Uint8Array): Promise<{ file: string; name: string }> {
  await writeFile(join(folder, name), bytes);
  return { file: join(folder, name), name };
}

const striped = (): Sharp =>
  sharp({ create: { width: 40, height: 20, channels: 3, background: '#fff' } }).composite([
    { input: { create: { width: 40, height: 4, channels: 3, background: '#f00' } }, top: 0, left: 0 },
  ]);

/** How many of these pictures are in memory at a time, at most. */
async function mostAtOnce(pictures: readonly { file: string; name: string }[]): Promise<number> {
  let [now, most] = [0, 0];
  await Promise.all(
    pictures.map((picture) =>
      withPicture(picture, async () => {
        most = Math.max(most, ++now);
        await sleep(50);
        now--;
      }),
    ),
  );
  return most;
}

describe('a picture', () => {
  it.each(['jpeg', 'png', 'webp', 'avif', 'gif'] as const)(
    'is known by its content, whatever its name: %s',
    async (format) => {
      const { file: path } = await file(`${format}.bin`, await striped().toFormat(format).toBuffer());
      const { width, height, data } = await readPicture(path);
      expect([width, height, data.length]).toEqual([40, 20, 2400]);
      expect(data[0]! - data[2]!).toBeGreaterThan(150);
    },
  );

  it('is turned as its EXIF orientation says', async () => {
    const { file: path } = await file('turned.jpg', await striped().withMetadata({ orientation: 6 }).jpeg().toBuffer());
    const { width, height, data } = await readPicture(path);
    expect([width, height]).toEqual([20, 40]);
    // what was on top is on the right
    expect([data[1]! > 150, data[19 * 3 + 1]! < 100]).toEqual([true, true]);
  });

  it('of another format is refused by its name, and reaches no decoder', async () => {
    const heic = Buffer.concat([Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'), Buffer.alloc(100)]);
    const refused = {
      SVG: SLOW_SVG,
      TIFF: await striped().tiff().toBuffer(),
      BMP: Buffer.from('BM\x46\0\0\0\0\0\0\0', 'latin1'),
      HEIC: heic,
      PDF: Buffer.from('%PDF-1.7'),
    };
    for (const [name, bytes] of Object.entries(refused)) {
      const { file: path } = await file(`${name}.jpg`, bytes);
      await expect(readPicture(path)).rejects.toMatchObject({
        code: 'unreadable',
        message: expect.stringMatching(new RegExp(`^${name}.jpg .*${name}`)),
      });
    }
    const { file: path } = await file('words.jpg', Buffer.from('not a picture'));
    await expect(readPicture(path)).rejects.toMatchObject({ code: 'unreadable' });
    await expect(readPicture('/dev/zero')).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringContaining('regular file'),
    });
  });

  it('of more than 100 million pixels is refused, and large ones are in memory one at a time', async () => {
    const { file: path } = await file('huge.png', blackPng(20_000, 20_000));
    await expect(readPicture(path)).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringContaining('pixels'),
    });
    const large = await file('large.png', blackPng(6_000, 5_000));
    expect(await mostAtOnce([large, large, large])).toBe(1);
    const small = await file('small.png', blackPng(100, 100));
    expect(await mostAtOnce(Array.from({ length: 12 }, () => small))).toBe(4);
  });

  it('that breaks its decoder is unreadable, and the next one is read', async () => {
    const { file: path } = await file(
      'large.avif',
      await sharp({ create: { width: 6000, height: 5000, channels: 3, background: '#456' } })
        .avif({ effort: 0 })
        .toBuffer(),
    );
    await endIdleDecoders();
    const before = new Set(await childProcesses());
    const read = readPicture(path).catch((error: unknown) => error);
    let decoder: number | undefined;
    while (decoder === undefined) decoder = (await childProcesses()).find((pid) => !before.has(pid));
    process.kill(decoder, 'SIGKILL');
    expect(await read).toMatchObject({ code: 'unreadable', message: expect.stringContaining('large.avif') });
    const small = await file('after.png', blackPng(10, 10));
    expect((await readPicture(small.file)).width).toBe(10);
  });
});

describe('a service', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await TestService.start();
  }, 60_000);
  afterAll(() => service.stop());

  it('says that it lives while every thread that reads files is busy', async () => {
    let done = 0;
    const busy = Array.from({ length: 8 }, () =>
      promisify(pbkdf2)('secret', 'salt', 400_000, 64, 'sha512').then(() => done++),
    );
    const response = await service.fetch('/healthz');
    expect([response.status, await response.json(), done]).toEqual([200, { status: 'ok' }, 0]);
    await Promise.all(busy);
  });

  it('finds nobody in a picture that is a line, whichever way that goes', async () => {
    for (const [width, height] of [
      [1, 20_000],
      [20_000, 1],
    ] as const) {
      const form = photoForm(blackPng(width, height), 'line.png');
      const answer = await service.fetch('/v1/identify', { method: 'POST', body: form });
      expect([answer.status, await answer.json()]).toMatchObject([200, { faces: [] }]);
    }
  });

  it('refuses drawings that are called photos, and leaves nothing of them', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        service.fetch('/v1/identify', { method: 'POST', body: photoForm(SLOW_SVG, 'me.jpg') }),
      ),
    );
    for (const answer of answers) {
      expect(answer.status).toBe(422);
      expect(((await answer.json()) as { detail: string }).detail).toMatch(/^me\.jpg .*SVG/);
    }
    const added = await service.fetch('/v1/people', {
      method: 'POST',
      body: photoForm(SLOW_SVG, 'me.jpg', { name: 'Ada' }),
    });
    expect([added.status, ((await added.json()) as { detail: string }).detail]).toEqual([
      422,
      expect.stringMatching(/me\.jpg .unreadable: SVG/),
    ]);
  });
});
