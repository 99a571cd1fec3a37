import { KinoscopeError } from '../core/errors.js';
import { startThread } from '../core/start-thread.js';
import type { MapFace, MapPlace } from './map-layout.js';

/** What the thread of `map-program.ts` is given. */
export interface MapWork {
  readonly personIds: readonly string[];
  /** One after the other. */
  readonly embeddings: Float32Array;
}

export type MapMessage = { readonly done: number } | { readonly places: readonly MapPlace[] };

/**
 * Lays faces out in a thread: ten thousand take half a minute, in which nothing else must wait.
 * @param onProgress 0 to 1
 * @throws whatever `signal` is aborted with; KinoscopeError `internal` when the thread ends without an answer
 */
export function layOutInThread(
  faces: readonly MapFace[],
  { signal, onProgress }: { readonly signal?: AbortSignal | undefined; readonly onProgress?: (done: number) => void },
): Promise<readonly MapPlace[]> {
  if (faces.length === 0) return Promise.resolve([]);
  const columns = faces[0]!.embedding.length;
  const embeddings = new Float32Array(new SharedArrayBuffer(faces.length * columns * Float32Array.BYTES_PER_ELEMENT));
  for (const [i, { embedding }] of faces.entries()) embeddings.set(embedding, i * columns);
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const work: MapWork = { personIds: faces.map(({ personId }) => personId), embeddings };
    const worker = startThread(import.meta.url, './map-program', work);
    const stop = (): void => void worker.terminate();
    signal?.addEventListener('abort', stop, { once: true });
    worker.on('message', (message: MapMessage) => {
      if ('places' in message) resolve(message.places);
      else onProgress?.(message.done);
    });
    worker.on('error', reject);
    worker.on('exit', () => {
      signal?.removeEventListener('abort', stop);
      reject(signal?.aborted ? signal.reason : new KinoscopeError('internal', 'The thread that draws the map ended'));
    });
  });
}
