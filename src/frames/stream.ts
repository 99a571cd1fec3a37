import { frameDecoded } from '../core/signals.js';
import type { DecodeSummary, Frame, FrameStream } from './types.js';

/** A pass that starts when the first frame is asked for, and runs once. */
export function frameStream(pass: AsyncGenerator<Frame, DecodeSummary, undefined>): FrameStream {
  let resolve: (summary: DecodeSummary) => void;
  let reject: (error: unknown) => void;
  const summary = new Promise<DecodeSummary>((onDone, onFailure) => {
    resolve = onDone;
    reject = onFailure;
  });
  // The failure also comes out of the iteration; who does not ask for the summary must not be hit by it twice.
  summary.catch(() => undefined);

  async function* iterate(): AsyncGenerator<Frame, void, undefined> {
    let seen: DecodeSummary = { frames: 0, lastTime: 0, duration: 0, truncated: false, warnings: [] };
    try {
      for (;;) {
        const next = await pass.next();
        if (next.done) {
          seen = next.value;
          return;
        }
        const frames = seen.frames + (next.value.images.length > 0 ? 1 : 0);
        seen = { ...seen, frames, lastTime: next.value.time, duration: next.value.time };
        frameDecoded.tell(null);
        yield next.value;
      }
    } catch (error) {
      reject(error);
      throw error;
    } finally {
      await pass.return(seen);
      resolve(seen);
    }
  }
  const frames = iterate();
  return { summary, [Symbol.asyncIterator]: () => frames };
}
