import './telemetry-off.js';
import { env, InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { KinoscopeError } from '../errors.js';
import type { ExecutionProvider, Tensor, TensorData } from './types.js';

// Whatever fails is thrown; the library's own log lines about it (and about graph details) only hide our one clear line.
env.logLevel = 'fatal';

export interface SessionOptions {
  readonly provider: ExecutionProvider;
  /** Threads of one run; 0 takes one for each core. */
  readonly threads: number;
  /** Slower 8-bit products that cannot overflow: wanted where `productsOverflow()` says so. Default false. */
  readonly exactProducts?: boolean;
}

/** An ONNX file that ONNX Runtime has loaded. */
export interface Session {
  readonly outputNames: readonly string[];
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  close(): Promise<void>;
}

/**
 * Loads an ONNX file (a path, or its bytes).
 * @throws KinoscopeError `unavailable` when the provider is absent: never another one instead. (A provider that is there
 * may still leave single operators that it does not know to the CPU; that is how ONNX Runtime works.)
 */
export async function openSession(
  model: string | Uint8Array, { provider, threads, exactProducts = false }: SessionOptions,
): Promise<Session> {
  const options: InferenceSession.SessionOptions = {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 4,
    extra: {
      session: {
        // Threads of an idle session must sleep: several networks share the cores with the decoder.
        intra_op: { allow_spinning: '0' },
        x64quantprecision: exactProducts ? '1' : '0',
      },
    },
  };
  let session: InferenceSession;
  try {
    session = typeof model === 'string'
      ? await InferenceSession.create(model, options)
      : await InferenceSession.create(model, options);
  } catch (cause) {
    if (provider === 'cpu') throw cause;
    throw new KinoscopeError('unavailable', absence(provider, cause), { cause });
  }
  return {
    outputNames: session.outputNames,
    run: async (inputs) => {
      const feeds = Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, toOrt(tensor)]));
      const results = await session.run(feeds);
      return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, fromOrt(name, tensor)]));
    },
    close: () => session.release(),
  };
}

function absence(provider: ExecutionProvider, cause: unknown): string {
  // The library puts file names and conditions first, the reason last.
  const reason = (cause instanceof Error ? cause.message : String(cause)).trim().split('. ').at(-1) ?? '';
  const advice = provider === 'cuda'
    ? 'it needs an NVIDIA driver and ONNX Runtime\'s CUDA libraries'
    : 'it needs a graphics driver with Vulkan, Metal or Direct3D 12';
  return `The inference provider ${provider} is not available here: ${advice} (${reason}); the provider cpu always is`;
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
