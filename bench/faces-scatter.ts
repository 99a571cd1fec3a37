import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { readPicture } from '../src/frames/picture.js';
import type { RgbImage } from '../src/frames/types.js';
import { dataFolder } from './faces-photos.js';

/** How embeddings of different people scatter: what the benches that learn whitening and cohort share. */

/**
 * Reads every so manieth picture of some folders of the data, such as `posters`; pictures that cannot be read are left out.
 * @returns what `read` found, and how much of it in which folder
 */
export async function readFolders<T>(
  folders: Readonly<Record<string, number>>,
  read: (image: RgbImage) => Promise<readonly T[]>,
): Promise<{ readonly found: T[]; readonly counts: string }> {
  const found: T[] = [];
  const counts: string[] = [];
  for (const [folder, every] of Object.entries(folders)) {
    const path = join(dataFolder(), folder, 'images');
    const before = found.length;
    for (const [i, name] of readdirSync(path).sort().entries()) {
      if (i % every !== 0) continue;
      const image = await readPicture(join(path, name)).catch(() => null);
      if (image !== null) found.push(...(await read(image)));
    }
    counts.push(`${found.length - before} of ${folder}`);
  }
  return { found, counts: counts.join(', ') };
}

export interface Scatter {
  readonly centre: readonly number[];
  /** A row for each embedding, less the centre. */
  readonly apart: Matrix;
  /** Variances along the axes, largest first. */
  readonly variances: readonly number[];
  /** Of unit length, a column for each variance. */
  readonly axes: Matrix;
}

/** The mean of embeddings and the axes of their covariance. */
export function scatterOf(embeddings: readonly ArrayLike<number>[]): Scatter {
  const faces = new Matrix(embeddings.map((embedding) => Array.from(embedding)));
  const centre = faces.mean('column');
  const apart = faces.subRowVector(centre);
  const covariance = apart
    .transpose()
    .mmul(apart)
    .div(embeddings.length - 1);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const order = [...realEigenvalues.keys()].sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  return {
    centre,
    apart,
    variances: order.map((column) => realEigenvalues[column]!),
    axes: eigenvectorMatrix.subMatrixColumn(order),
  };
}

/** Writes a table: float32, little endian. @param path from the project's root */
export function writeFloats(path: string, numbers: readonly number[]): void {
  const bytes = Buffer.alloc(4 * numbers.length);
  numbers.forEach((value, i) => bytes.writeFloatLE(value, 4 * i));
  writeFileSync(new URL(`../${path}`, import.meta.url), bytes);
}
