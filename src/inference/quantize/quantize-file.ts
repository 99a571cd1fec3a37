import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { asKinoscopeError, KinoscopeError } from '../../core/errors.js';
import { imagesToTensor } from '../image-tensor.js';
import { folderOf, ImageInputSchema, readManifest } from '../manifest.js';
import { openSession } from '../session.js';
import type { ImageInput, Tensor } from '../types.js';
import { calibrate } from './calibrate.js';
import { quantizeModel } from './quantize.js';

const USAGE = `Quantises a network to 8 bits with ranges measured on pictures, and compares the two.

  npx tsx src/inference/quantize/quantize-file.ts (--id ID | --model FILE.onnx --input FILE.json) --images FOLDER...
      [--count 96] [--percentile 100] [--keep BEGINNING_OF_NODE_NAME...] [--ranges FILE.json] [--out FILE.onnx]

--id takes network and input contract from models/manifest.json; --input is a JSON file with such a contract ("input"
of an entry). Pictures are taken evenly from all JPEG and PNG files below the folders, scaled to the network's size;
as many others measure the loss. --ranges keeps the ranges, --out the network.`;

async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      id: { type: 'string' },
      model: { type: 'string' },
      input: { type: 'string' },
      images: { type: 'string', multiple: true, default: [] },
      count: { type: 'string', default: '96' },
      percentile: { type: 'string', default: '100' },
      keep: { type: 'string', multiple: true, default: [] },
      ranges: { type: 'string' },
      out: { type: 'string' },
    },
  });
  const { bytes, input } = await readNetwork(values);
  const files = (await Promise.all(values.images.map(listPictures))).flat();
  const count = Math.min(Number(values.count), Math.floor(files.length / 2));
  if (!(count > 0)) throw new KinoscopeError('usage', USAGE);
  const samples = Array.from(
    { length: 2 * count },
    (_, index) => files[Math.floor((index * files.length) / (2 * count))] ?? '',
  );
  const tensors = (parity: number): AsyncGenerator<Record<string, Tensor>> =>
    readTensors(
      samples.filter((_, index) => index % 2 === parity),
      input,
    );

  const ranges = await calibrate(bytes, tensors(0), {
    percentile: Number(values.percentile),
    threads: 0,
    keep: values.keep,
    onProgress: (done) => process.stderr.write(`\rcalibrated on ${done} of ${count} pictures`),
  });
  process.stderr.write('\n');
  if (values.ranges) await writeFile(values.ranges, formatRanges(ranges));
  const quantized = quantizeModel(bytes, ranges, { keep: values.keep });
  if (values.out) await writeFile(values.out, quantized);
  process.stdout.write(await compare(bytes, quantized, tensors(1)));
}

async function readNetwork({
  id,
  model,
  input,
}: {
  id?: string | undefined;
  model?: string | undefined;
  input?: string | undefined;
}): Promise<{ bytes: Uint8Array; input: ImageInput }> {
  if (model && input) {
    return { bytes: await readFile(model), input: ImageInputSchema.parse(JSON.parse(await readFile(input, 'utf8'))) };
  }
  const modelsDir = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'models');
  const entry = (await readManifest(modelsDir)).models.find((one) => one.id === id);
  if (!entry?.input) throw new KinoscopeError('usage', USAGE);
  return {
    bytes: await readFile(join(folderOf(entry, modelsDir, join(modelsDir, '.cache')), entry.file)),
    input: entry.input,
  };
}

async function listPictures(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => /\.(jpe?g|png)$/i.test(name))
    .sort()
    .map((name) => join(folder, name));
}

async function* readTensors(files: readonly string[], input: ImageInput): AsyncGenerator<Record<string, Tensor>> {
  for (const file of files) {
    const { data, info } = await sharp(file)
      .resize(input.width, input.height, { fit: 'fill' })
      .flatten()
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    yield { [input.name]: imagesToTensor([{ width: info.width, height: info.height, data }], input) };
  }
}

/** One range a line, in the order of the network. */
function formatRanges(ranges: Readonly<Record<string, readonly number[]>>): string {
  const lines = Object.entries(ranges).map(([name, range]) => `  ${JSON.stringify(name)}: ${JSON.stringify(range)}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}

/** Cosine of every output and ratio of times, picture by picture in turn, on pictures that gave no ranges. */
async function compare(
  float: Uint8Array,
  quantized: Uint8Array,
  inputs: AsyncIterable<Record<string, Tensor>>,
): Promise<string> {
  const options = { provider: 'cpu', threads: 0 } as const;
  const [before, after] = [await openSession(float, options), await openSession(quantized, options)];
  const cosines = new Map<string, number[]>(before.outputNames.map((name) => [name, []]));
  const ratios: number[] = [];
  for await (const input of inputs) {
    const start = performance.now();
    const expected = await before.run(input);
    const middle = performance.now();
    const actual = await after.run(input);
    ratios.push((middle - start) / (performance.now() - middle));
    for (const [name, list] of cosines) list.push(cosine(expected[name], actual[name]));
  }
  await Promise.all([before.close(), after.close()]);
  const lines = [...cosines].map(([name, list]) => {
    return `${name}: cosine of floats and 8 bits, median ${median(list).toFixed(4)}, least ${Math.min(...list).toFixed(4)}\n`;
  });
  const size = `${(float.length / 1e6).toFixed(1)} MB -> ${(quantized.length / 1e6).toFixed(1)} MB\n`;
  return `${lines.join('')}${size}8 bits are ${median(ratios).toFixed(2)} times as fast (median over pictures)\n`;
}

function cosine(a: Tensor | undefined, b: Tensor | undefined): number {
  if (!(a?.data instanceof Float32Array) || !(b?.data instanceof Float32Array)) return NaN;
  let [dot, left, right] = [0, 0, 0];
  for (const [index, x] of a.data.entries()) {
    const y = b.data[index] ?? 0;
    dot += x * y;
    left += x * x;
    right += y * y;
  }
  return dot / Math.sqrt(left * right);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main(process.argv.slice(2)).catch((thrown: unknown) => {
    const error = asKinoscopeError(thrown);
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitStatus;
  });
}
