import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { dot, type Rows, rowsOf, transposedTimes } from './matrix.js';
import { product } from './product.js';
import { createRandom } from './random.js';

/** Makes the rows orthonormal (Gram and Schmidt, twice for the rounding). */
function orthonormalise({ count, width, data }: Rows): void {
  for (let i = 0; i < count; i++) {
    for (let round = 0; round < 2; round++) {
      for (let j = 0; j < i; j++) {
        const along = dot(data, i * width, data, j * width, width);
        for (let k = 0; k < width; k++) data[i * width + k] = data[i * width + k]! - along * data[j * width + k]!;
      }
    }
    const length = Math.sqrt(dot(data, i * width, data, i * width, width)) || 1;
    for (let k = 0; k < width; k++) data[i * width + k] = data[i * width + k]! / length;
  }
}

/**
 * The first `dimensions` principal directions of centred rows, the strongest first, [dimensions, width]: a random
 * subspace, sharpened by two power iterations (Halko, Martinsson, Tropp 2011). An exact decomposition of thousands of columns
 * takes hours in JavaScript; this takes seconds, and what it misses is among the weakest directions.
 */
export async function principalDirections(rows: Rows, dimensions: number, seed: number): Promise<Rows> {
  const random = createRandom(seed);
  const subspace = Math.min(dimensions + 16, rows.width);
  const gaussian = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let basis = rowsOf(subspace, rows.width, Float32Array.from({ length: subspace * rows.width }, gaussian));
  for (let round = 0; round < 3; round++) {
    orthonormalise(basis);
    basis = await product(await product(rows, basis, 'second'), rows, 'first');
  }
  orthonormalise(basis);
  const projected = await product(rows, basis, 'second');
  const covariance = transposedTimes(projected, projected);
  const size = covariance.width;
  const square = Array.from({ length: size }, (_, i) => Array.from(covariance.data.subarray(i * size, (i + 1) * size)));
  const vectors = new EigenvalueDecomposition(new Matrix(square), { assumeSymmetric: true }).eigenvectorMatrix;
  const rotation = rowsOf(size, dimensions);
  for (let i = 0; i < size; i++) {
    // The decomposition sorts by growing eigenvalue.
    for (let d = 0; d < dimensions; d++) rotation.data[i * dimensions + d] = vectors.get(i, size - 1 - d);
  }
  return transposedTimes(rotation, basis);
}
