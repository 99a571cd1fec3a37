import { parentPort, workerData } from 'node:worker_threads';
import { env, InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { threadGivesWay } from '../core/priority.js';
import { type Answer, BUSY, ENDED, IDLE, type Request, type Result, type SessionThreadData } from './session-thread.js';
import type { Tensor, TensorData } from './types.js';

/**
 * The program of the thread that networks run in: ONNX Runtime's `run` blocks the thread that calls it. Requests are
 * answered in their order.
 */

// Whatever fails is thrown; the library's own log lines about it (and about graph details) only hide our one clear line.
env.logLevel = 'fatal';

const sessions = new Map<number, InferenceSession>();
const port = parentPort!;
const { phase, givesWay } = workerData as SessionThreadData;
// before ONNX Runtime starts threads, which take it on
if (givesWay) threadGivesWay();
let turn = Promise.resolve();

port.on('message', (request: Request) => {
  turn = turn.then(async () => {
    // ONNX Runtime aborts the whole process when its thread is ended while it computes: who ends it waits for this
    if (Atomics.compareExchange(phase, 0, IDLE, BUSY) !== IDLE) return;
    try {
      const result = await answer(request);
      port.postMessage({ id: request.id, result } satisfies Answer, transferable(result));
    } catch (error) {
      port.postMessage({ id: request.id, error } satisfies Answer);
    } finally {
      if (Atomics.compareExchange(phase, 0, BUSY, IDLE) !== BUSY) Atomics.store(phase, 0, ENDED);
      Atomics.notify(phase, 0);
    }
  });
});

async function answer(request: Request): Promise<Result> {
  switch (request.kind) {
    case 'open': {
      const { model, options } = request;
      const session =
        typeof model === 'string'
          ? await InferenceSession.create(model, options)
          : await InferenceSession.create(model, options);
      sessions.set(request.session, session);
      return { outputNames: session.outputNames };
    }
    case 'run': {
      const feeds = Object.fromEntries(Object.entries(request.inputs).map(([name, tensor]) => [name, toOrt(tensor)]));
      const results = await sessions.get(request.session)!.run(feeds);
      return {
        outputs: Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, fromOrt(name, tensor)])),
        handedBack: request.handBack ? memoryOf(request.inputs) : [],
      };
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

const memoryOf = (tensors: Readonly<Record<string, Tensor>>): ArrayBuffer[] =>
  Object.values(tensors).map(({ data }) => data.buffer as ArrayBuffer);

/** Memory changes hands without a copy. */
function transferable({ outputs = {}, handedBack = [] }: Result): ArrayBuffer[] {
  return [...new Set([...memoryOf(outputs), ...handedBack])];
}
