/**
 * What the recogniser sees in drawn lines, before its last layer: features.bin (floats, [steps, 120] a line) beside lines.bin.
 * layer.bin: the last layer that it comes with (floats, [120, 6625], then 6625), from which the new one begins.
 *
 *     npx tsx notebooks-ts/credits-reading/features.ts models/.training/lines
 */
import { createWriteStream, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeModel } from '../../src/inference/onnx/proto.js';
import { createModels } from '../../src/inference/registry.js';

const HEIGHT = 48;
const AT_ONCE = 8;

const folder = process.argv[2] ?? 'models/.training/lines';
const { lines } = JSON.parse(readFileSync(join(folder, 'lines.json'), 'utf8')) as { lines: [number, string, string][] };
const { graph } = decodeModel(readFileSync('models/.cache/ppocr-rec.onnx'));
// its numbers are nodes of their own
const raw = (name: string): Uint8Array =>
  graph.node.find(({ output }) => output[0] === name)!.attribute![0]!.t!.rawData!;
writeFileSync(join(folder, 'layer.bin'), Buffer.concat([raw('linear_85.w_0'), raw('linear_85.b_0')]));
const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
const trunk = await models.load('ppocr-rec-trunk');
const pictures = openSync(join(folder, 'lines.bin'), 'r');
const out = createWriteStream(join(folder, 'features.bin'));
for (let from = 0; from < lines.length; from += AT_ONCE) {
  const found = await Promise.all(
    lines.slice(from, from + AT_ONCE).map(([width]) => {
      const data = new Uint8Array(width * HEIGHT * 3);
      readSync(pictures, data);
      return trunk.runImage({ width, height: HEIGHT, data });
    }),
  );
  for (const { features } of found) {
    const floats = Float32Array.from(features!.data as Float32Array);
    if (!out.write(Buffer.from(floats.buffer)))
      await new Promise<void>((resolve) => out.once('drain', () => resolve()));
  }
  if (from % 2000 === 0) console.log(from);
}
await new Promise<void>((resolve) => out.end(resolve));
await models.close();
