import type { InferenceSession } from 'onnxruntime-node';
import { KinoscopeError } from '../core/errors.js';
import { SessionThread } from './session-thread.js';
import { keepSpare } from './spare-memory.js';
import type { ExecutionProvider, Tensor } from './types.js';

export interface SessionOptions {
  readonly provider: ExecutionProvider;
  /** Threads of one run; 0 takes one for each core. */
  readonly threads: number;
  /** Slower 8-bit products that cannot overflow: wanted where `productsOverflow()` says so. Default false. */
  readonly exactProducts?: boolean;
  /** Networks of one lane take turns, those of different lanes run side by side. Default 0. */
  readonly lane?: number;
}

/** An ONNX file that ONNX Runtime has loaded. */
export interface Session {
  readonly outputNames: readonly string[];
  /** @param options.handOver the inputs' memory changes hands instead of being copied, and is lost to the caller */
  run(
    inputs: Readonly<Record<string, Tensor>>,
    options?: { readonly handOver?: boolean },
  ): Promise<Record<string, Tensor>>;
  close(): Promise<void>;
}

/**
 * Loads an ONNX file (a path, or its bytes) into the thread that networks run in.
 * @throws KinoscopeError `unavailable` when the provider is absent: never another one instead. (A provider that is there
 * may still leave single operators that it does not know to the CPU; that is how ONNX Runtime works.)
 */
export async function openSession(
  model: string | Uint8Array,
  { provider, threads, exactProducts = false, lane = 0 }: SessionOptions,
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
  const { thread, session } = SessionThread.join(lane);
  try {
    const { outputNames = [] } = await thread.ask(session, { kind: 'open', model, options });
    return {
      outputNames,
      run: async (inputs, { handOver = false } = {}) => {
        const memory = handOver ? Object.values(inputs).map(({ data }) => data.buffer as ArrayBuffer) : [];
        const question = { kind: 'run', inputs, handBack: handOver } as const;
        const { outputs = {}, handedBack = [] } = await thread.ask(session, question, memory);
        handedBack.forEach(keepSpare);
        return outputs;
      },
      close: async () => {
        await thread.ask(session, { kind: 'close' });
        await thread.leave(session);
      },
    };
  } catch (cause) {
    await thread.leave(session);
    if (provider === 'cpu') throw cause;
    throw new KinoscopeError('unavailable', absence(provider, cause), { cause });
  }
}

function absence(provider: ExecutionProvider, cause: unknown): string {
  // The library puts file names and conditions first, the reason last.
  const reason = (cause instanceof Error ? cause.message : String(cause)).trim().split('. ').at(-1) ?? '';
  const advice =
    provider === 'cuda'
      ? "it needs an NVIDIA driver and ONNX Runtime's CUDA libraries"
      : 'it needs a graphics driver with Vulkan, Metal or Direct3D 12';
  return `The inference provider ${provider} is not available here: ${advice} (${reason}); the provider cpu always is`;
}
