import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { KinoscopeError } from '../core/errors.js';

/** The format of models/manifest.json: what every network is, where it comes from and how it is fed. */

const triple = z.tuple([z.number(), z.number(), z.number()]);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** A bare file name: entries cannot point outside their folder. */
const fileName = z.string().regex(/^[A-Za-z0-9][\w.-]*$/);

export const ImageInputSchema = z.strictObject({
  name: z.string().min(1),
  layout: z.enum(['NCHW', 'NHWC']),
  width: z.number().int().positive().nullable(),
  height: z.number().int().positive().nullable(),
  channels: z.enum(['RGB', 'BGR', 'GRAY']),
  scale: z.number().positive(),
  mean: triple,
  std: triple,
});

/** How the files of a package (paths inside it) become one ONNX file in floats. */
const FloatBuildSchema = z.discriminatedUnion('kind', [
  /** The package holds the ONNX file. */
  z.strictObject({ kind: z.literal('copy'), model: z.string() }),
  /** The package holds the ONNX file, every scalar step a node of its own: the same with those folded away. */
  z.strictObject({ kind: z.literal('folded'), model: z.string() }),
  /** An ONNX file cut at inner values, with a free image size. `outputs`: name in the new file -> inner value. */
  z.strictObject({ kind: z.literal('cut'), model: z.string(), outputs: z.record(z.string(), z.string()) }),
  /** A layers model of TensorFlow.js, as it is saved or in JavaScript bundles. `outputs`: name in the ONNX file -> layer. */
  z.strictObject({
    kind: z.literal('tfjs-layers'),
    model: z.string(),
    weights: z.array(z.string()).min(1),
    outputs: z.record(z.string(), z.string()),
  }),
  /** A graph model of TensorFlow.js. `outputs`: name in the ONNX file -> node; `begin`: the node that the input takes the place of. */
  z.strictObject({
    kind: z.literal('tfjs-graph'),
    model: z.string(),
    weights: z.array(z.string()).min(1),
    outputs: z.record(z.string(), z.string()),
    begin: z.string().optional(),
  }),
  /** Weights of face-api, whose networks stand in its code. `model` is the list of the weights. */
  z.strictObject({
    kind: z.literal('face-api'),
    network: z.enum(['face-recognition', 'ssd-mobilenet']),
    model: z.string(),
    weights: z.array(z.string()).min(1),
  }),
]);

const BuildSchema = z.union([
  FloatBuildSchema,
  /**
   * The same in 8 bits. `ranges`: a file of models/ with the ranges of the activations; `keep`: operators that stay floats, by name or
   * how it begins (see quantize/).
   */
  z.strictObject({
    kind: z.literal('quantized'),
    ranges: fileName,
    keep: z.array(z.string()).default([]),
    of: FloatBuildSchema,
  }),
]);

/** A file of an npm package, built on the user's machine into models/.cache by the set-up. */
const PackageSourceSchema = z.strictObject({
  package: z.string().min(1),
  version: z.string().min(1),
  /** Subresource integrity of the package's tarball, as `npm view NAME@VERSION dist.integrity` prints it. */
  integrity: z.string().regex(/^sha512-[A-Za-z0-9+/]{86}==$/),
  license: z.string().min(1),
  build: BuildSchema,
});

/** A network trained here and committed in models/. */
const TrainedSourceSchema = z.strictObject({
  /** Path of the script or notebook that trains it, from the project's root. */
  trained: z.string().min(1),
  /** What it was trained on, in words, with the size of the set. */
  data: z.string().min(1),
  seed: z.number().int(),
  license: z.string().min(1),
});

const ModelEntrySchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/),
  description: z.string().min(1),
  source: z.union([PackageSourceSchema, TrainedSourceSchema]),
  /** The ONNX file: in models/.cache when it comes from a package, in models/ when it was trained here. */
  file: fileName,
  sha256,
  /** null where the network reads no pictures: its caller's code and the notes say how it is fed. */
  input: ImageInputSchema.nullable(),
  /** Name by which callers know an output -> its name inside the ONNX file. */
  outputs: z.record(z.string().min(1), z.string().min(1)),
  /** Most pictures of one run; 1 for a network exported with a fixed batch. */
  batchLimit: z.number().int().positive(),
  /** Most threads of one run, where more only take time from the others: small networks hardly gain by them. */
  threadLimit: z.number().int().positive().optional(),
  /** Names of classes or characters, a line each: a file of the same package or folder. */
  labels: z.strictObject({ from: z.string().optional(), file: fileName, sha256 }).optional(),
  metrics: z.record(z.string(), z.union([z.number(), z.string()])).default({}),
  notes: z.string().optional(),
  /** Built only when asked for by name: references for measurements. */
  optional: z.boolean().default(false),
});

/** A model trained here that is no network: the code of its analysis reads it. */
const TrainedFileSchema = ModelEntrySchema.pick({
  id: true,
  description: true,
  file: true,
  sha256: true,
  metrics: true,
  notes: true,
}).extend({ source: TrainedSourceSchema });

const ManifestSchema = z
  .strictObject({
    format: z.literal(1),
    models: z.array(ModelEntrySchema),
    trained: z.array(TrainedFileSchema).default([]),
  })
  .superRefine(({ models }, context) => {
    const files = models.flatMap((entry) => [entry.file, ...(entry.labels ? [entry.labels.file] : [])]);
    for (const [what, names] of [
      ['id', models.map((entry) => entry.id)],
      ['file', files],
    ] as const) {
      const twice = names.find((name, at) => names.indexOf(name) !== at);
      if (twice !== undefined) context.addIssue({ code: 'custom', message: `${what} ${twice} occurs twice` });
    }
  });

export type FloatBuild = z.infer<typeof FloatBuildSchema>;
export type Build = z.infer<typeof BuildSchema>;
export type PackageSource = z.infer<typeof PackageSourceSchema>;
export type ModelEntry = z.infer<typeof ModelEntrySchema>;
export type Manifest = z.infer<typeof ManifestSchema>;

/** Whether the entry's files are built from an npm package (otherwise they are committed in models/). */
export function isBuilt(entry: ModelEntry): entry is ModelEntry & { source: PackageSource } {
  return 'package' in entry.source;
}

/** A file of the manifest, whatever reads it. */
export type FileEntry = Pick<ModelEntry, 'id' | 'description' | 'source' | 'file' | 'sha256'> &
  Partial<Pick<ModelEntry, 'input' | 'outputs' | 'labels' | 'optional'>>;

/** Where the entry's files lie. `modelsDir` holds manifest.json; `cacheDir` what the set-up built. */
export function folderOf({ source }: FileEntry, modelsDir: string, cacheDir: string): string {
  return 'package' in source ? cacheDir : modelsDir;
}

/** @throws KinoscopeError `internal` naming the first fault */
export function parseManifest(json: unknown): Manifest {
  const parsed = ManifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const fault = parsed.error.issues[0];
  throw new KinoscopeError('internal', `models/manifest.json is wrong at ${fault?.path.join('.')}: ${fault?.message}`);
}

/** Reads `modelsDir`/manifest.json. @throws KinoscopeError `unavailable` when it cannot be read, `internal` when wrong */
export async function readManifest(modelsDir: string): Promise<Manifest> {
  const file = join(modelsDir, 'manifest.json');
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new KinoscopeError('unavailable', `Cannot read the list of networks ${file}`, { cause });
  }
  return parseManifest(json);
}
