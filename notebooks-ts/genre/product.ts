import { GraphBuilder } from '../../src/inference/onnx/graph-builder.js';
import { openSession } from '../../src/inference/session.js';
import { type Rows, rowsOf } from './matrix.js';

/**
 * The product of two matrices of thousands of rows and columns, one of them transposed, by ONNX Runtime: loops in
 * JavaScript take many times as long. In single precision.
 */
export async function product(a: Rows, b: Rows, transposed: 'first' | 'second'): Promise<Rows> {
  const graph = new GraphBuilder('product');
  const factors = [graph.input('a', ['rows', 'columns']), graph.input('b', ['others', 'width'])];
  graph.output(
    'product',
    graph.node('Gemm', 'gemm', factors, {
      transA: Number(transposed === 'first'),
      transB: Number(transposed === 'second'),
    }),
  );
  const session = await openSession(graph.build(), { provider: 'cpu', threads: 0 });
  try {
    const tensorOf = ({ count, width, data }: Rows): { dims: number[]; data: Float32Array } => ({
      dims: [count, width],
      data,
    });
    const { product: found } = await session.run({ a: tensorOf(a), b: tensorOf(b) });
    const [count = 0, width = 0] = found!.dims;
    return rowsOf(count, width, Float32Array.from(found!.data as Float32Array));
  } finally {
    await session.close();
  }
}
