import './heap-growth.js';
import { checkCancelled } from './media-process.js';
import type { DecodeSummary, Frame, FrameSize, FrameSource, RgbImage, SamplingPlan } from './types.js';

/** Someone who watches a film's frames. */
export interface FrameConsumer {
  /** The sizes that it wants every frame in; at least one. Its frames carry exactly these, in this order. */
  readonly sizes: readonly FrameSize[];
  /**
   * Takes every frame that is decoded on the way of an `everySecond` plan, in one small size, in order of time. Not called
   * where the source gives no thumbnails.
   */
  readonly thumbnail?: { readonly size: FrameSize; push(time: number, image: RgbImage): void };
  /** Whether it wants the frame at this time (seconds); absent: every frame. */
  wants?(time: number): boolean;
  /**
   * Takes one frame. Called in order of time, without waiting for the calls before: what must be done in order, the
   * consumer keeps in order. The frame counts as in flight until the promise settles.
   */
  push(frame: Frame): Promise<void> | void;
}

export interface PassRequest {
  readonly plan: SamplingPlan;
  readonly consumer: FrameConsumer;
  readonly signal?: AbortSignal;
  /** Called with the time of every frame that was handed out, seconds. */
  readonly onProgress?: (time: number) => void;
  /** Frames that the consumer may be busy with before decoding waits. Default 16. */
  readonly inFlight?: number;
}

/**
 * Feeds a consumer from one decode. Decoding goes on while it is busy with up to `inFlight` frames, and waits beyond that.
 * The first failure, of the decoder or of the consumer, ends the pass; it settles only when the consumer is not busy any
 * more.
 * @throws KinoscopeError `cancelled` when the signal aborts, `unreadable` when no frame can be decoded; whatever the
 *   consumer throws
 */
export async function runPass(source: FrameSource, file: string, request: PassRequest): Promise<DecodeSummary> {
  const { consumer, signal, onProgress, inFlight = 16 } = request;
  const { sizes, thumbnail } = consumer;
  const plan =
    thumbnail && request.plan.kind === 'everySecond' ? { ...request.plan, thumbnail: thumbnail.size } : request.plan;
  const stream = source.frames(file, { plan, sizes, ...(signal ? { signal } : {}) });
  const busy = new Set<Promise<void>>();
  let failure: { readonly reason: unknown } | null = null;

  const hand = (frame: Frame): void => {
    const work: Promise<void> = Promise.resolve(consumer.push(frame))
      .catch((reason: unknown) => void (failure ??= { reason }))
      .finally(() => busy.delete(work));
    busy.add(work);
  };

  try {
    for await (const frame of stream) {
      checkCancelled(signal);
      if (frame.thumbnail) thumbnail?.push(frame.time, frame.thumbnail);
      if (frame.images.length === 0) continue;
      if (consumer.wants?.(frame.time) !== false) hand(frame);
      onProgress?.(frame.time);
      if (busy.size >= inFlight) await Promise.race(busy);
      if (failure) break;
    }
  } catch (error) {
    checkCancelled(signal);
    throw error;
  } finally {
    await Promise.all(busy);
  }
  // Written by the consumer's promises, which the compiler does not follow.
  const failed = failure as { readonly reason: unknown } | null;
  if (failed) throw failed.reason;
  return stream.summary;
}
