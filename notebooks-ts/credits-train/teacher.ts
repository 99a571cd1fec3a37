/**
 * Inception V3's features of packed pictures: what the credits network learns to say as a third task.
 *
 *   npx tsx notebooks-ts/credits-train/teacher.ts FILE.x.npy...
 *
 * Each uint8 [N,180,320,3] array FILE.x.npy gets FILE.t.npy, float32 [N,2048] (`average_pooling2d_10`, the picture
 * squeezed to 299 x 299). Files that are there already are left alone.
 */
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import sharp from 'sharp';
import type { RgbImage } from '../../src/frames/types.js';
import { createModels } from '../../src/inference/registry.js';

const WIDTH = 320;
const HEIGHT = 180;
const SIDE = 299;
const FEATURES = 2048;

/** The pictures of NumPy's file, one after the other. */
async function* pictures(npy: string): AsyncGenerator<RgbImage> {
  const bytes = await readFile(npy);
  const pixels = bytes.subarray(10 + bytes.readUInt16LE(8));
  const size = WIDTH * HEIGHT * 3;
  for (let at = 0; at + size <= pixels.length; at += size) {
    const raw = { width: WIDTH, height: HEIGHT, channels: 3 as const };
    const data = await sharp(pixels.subarray(at, at + size), { raw }).resize(SIDE, SIDE, { fit: 'fill' }).raw().toBuffer();
    yield { width: SIDE, height: SIDE, data };
  }
}

/** float32 rows as a version 1 NumPy file. */
function npyOf(rows: readonly Float32Array[]): Buffer {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows.length}, ${FEATURES}), }`;
  const header = Buffer.from(text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11) + '\n', 'latin1');
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, 0, 0]);
  start.writeUInt16LE(header.length, 8);
  return Buffer.concat([start, header, ...rows.map((row) => Buffer.from(row.buffer, row.byteOffset, row.byteLength))]);
}

const models = createModels({ modelsDir: resolve(import.meta.dirname, '../../models'), provider: 'cpu', threads: 2 });
const inception = await models.load('inception-v3.int8');
for (const file of process.argv.slice(2)) {
  const out = file.replace(/\.x\.npy$/, '.t.npy');
  if (existsSync(out)) continue;
  const rows: Float32Array[] = [];
  for await (const picture of pictures(file)) rows.push(Float32Array.from((await inception.runImage(picture))['features']!.data as Float32Array));
  await writeFile(`${out}.part`, npyOf(rows));
  await rename(`${out}.part`, out);
  console.log(`${out}: ${rows.length}`);
}
await models.close();
