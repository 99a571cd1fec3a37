import { join } from 'node:path';
import { contentOf, DATA } from './learnt.js';

/** What is used here of the standard's interface, which Node's types leave out. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** Memory that a program and its caller share. Growing it makes another `buffer` of it. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** @param pages of 64 KiB */
  grow(pages: number): void;
}

/**
 * Starts a program of data/, which the set-up makes of the .wat file of that name.
 * @returns what it exports, which the caller knows from the .wat file
 */
export function startWasm<Exports>(file: `${string}.wasm`): Exports & { readonly memory: WasmMemory } {
  const program = new WebAssembly.Module(contentOf(join(DATA, file)));
  return new WebAssembly.Instance(program).exports as Exports & { readonly memory: WasmMemory };
}

/** Makes memory at least so large, bytes. */
export function reserve(memory: WasmMemory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65536));
}
