import './telemetry-off.js';
import { parentPort } from 'node:worker_threads';
import { env, InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Answer, Request, Result } from './session-thread.js';
import type { Tensor, TensorData } from './types.js';

/**
 * The program of the thread that networks run in: ONNX Runtime's `run` blocks the thread that calls it. Requests are
 * answered in their order.
 */

// Whatever fails is thrown; the library's own log lines about it (and about graph details) only hide our one clear line.
env.logLevel = 'fatal';

const sessions = new Map<number, InferenceSession>();
const port = parentPort!;

port.on('message', (request: Request) => {
  void answer(request).then(
    (result) => port.postMessage({ id: request.id, result } satisfies Answer, transferable(result)),
    (error: unknown) => port.postMessage({ id: request.id, error } satisfies Answer),
  );
});

async function answer(request: Request): Promise<Result> {
  switch (request.kind) {
    case 'open': {
      const { model, options } = request;
      const session = typeof model === 'string'
        ? await InferenceSession.create(model, options)
        : await InferenceSession.create(model, options);
      sessions.set(request.session, session);
      return { outputNames: session.outputNames };
    }
    case 'run': {
      const feeds = Object.fromEntries(Object.entries(request.inputs).map(([name, tensor]) => [name, toOrt(tensor)]));
      const results = await sessions.get(request.session)!.run(feeds);
      return { outputs: Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, fromOrt(name, tensor)])) };
    }
    case 'close':
      await sessions.get(request.session)?.release();
      sessions.delete(request.session);
      return {};
  }
}

function toOrt({ data, dims }: Tensor): OrtTensor {
  // A Node Buffer is a Uint8Array too, but ONNX Runtime looks at the constructor: hence the explicit types.
  if (data instanceof Float32Array) return new OrtTensor('float32', data, dims);
  if (data instanceof Int32Array) return new OrtTensor('int32', data, dims);
  if (data instanceof BigInt64Array) return new OrtTensor('int64', data, dims);
  return new OrtTensor('uint8', data, dims);
}

function fromOrt(name: string, { data, dims }: OrtTensor): Tensor {
  if (!ArrayBuffer.isView(data)) throw new TypeError(`output ${name} holds no numbers`);
  return { dims, data: data as TensorData };
}

/** The memory of outputs changes hands without a copy. */
function transferable({ outputs = {} }: Result): ArrayBuffer[] {
  return [...new Set(Object.values(outputs).map(({ data }) => data.buffer as ArrayBuffer))];
}
