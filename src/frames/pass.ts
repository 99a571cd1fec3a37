import { checkCancelled } from './media-process.js';
import type { DecodeSummary, Frame, FrameSize, FrameSource, RgbImage, SamplingPlan } from './types.js';

/** Someone who watches a film's frames. */
export interface FrameConsumer {
  /** The sizes that it wants every frame in; its frames carry exactly these, in this order. */
  readonly sizes: readonly FrameSize[];
  /**
   * Takes every frame that is decoded on the way of an `everySecond` plan, in one small size, in order of time. Not called
   * where the source gives no glimpses.
   */
  readonly glimpse?: { readonly size: FrameSize; push(time: number, image: RgbImage): void };
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
  readonly consumers: readonly FrameConsumer[];
  readonly signal?: AbortSignal;
  /** Called with the time of every frame that was handed out, seconds. */
  readonly onProgress?: (time: number) => void;
  /** Frames that consumers may be busy with before decoding waits. Default 16. */
  readonly inFlight?: number;
}

/** The different sizes of all consumers, and for each consumer where its sizes are among them. */
function mergeSizes(consumers: readonly FrameConsumer[]): { sizes: FrameSize[]; places: number[][] } {
  const sizes: FrameSize[] = [];
  const places = consumers.map((consumer) =>
    consumer.sizes.map((size) => {
      const same = ({ width, height, fit }: FrameSize): boolean => width === size.width && height === size.height && fit === size.fit;
      const place = sizes.findIndex(same);
      return place >= 0 ? place : sizes.push(size) - 1;
    }),
  );
  return { sizes, places };
}

/** @throws RangeError when consumers want glimpses of different sizes: there is one consumer for them so far */
function withGlimpses({ plan, consumers }: PassRequest): SamplingPlan {
  const [glimpse, ...others] = consumers.flatMap((consumer) => consumer.glimpse?.size ?? []);
  if (others.length > 0) throw new RangeError('two consumers want glimpses');
  return glimpse && plan.kind === 'everySecond' ? { ...plan, glimpse } : plan;
}

/**
 * Feeds several consumers from one decode. Decoding goes on while they are busy with up to `inFlight` frames, and waits
 * beyond that. The first failure, of the decoder or of a consumer, ends the pass; it settles only when no consumer is
 * busy any more.
 * @throws KinoscopeError `cancelled` when the signal aborts, `unreadable` when no frame can be decoded; whatever a
 *   consumer throws
 */
export async function runPass(source: FrameSource, file: string, request: PassRequest): Promise<DecodeSummary> {
  const { consumers, signal, onProgress, inFlight = 16 } = request;
  const plan = withGlimpses(request);
  const { sizes, places } = mergeSizes(consumers);
  const stream = source.frames(file, { plan, sizes, ...(signal ? { signal } : {}) });
  const busy = new Set<Promise<void>>();
  let failure: { readonly reason: unknown } | null = null;

  const hand = (frame: Frame): void => {
    const takers = consumers.flatMap((consumer, index) => {
      if (consumer.wants?.(frame.time) === false) return [];
      const images = places[index]!.map((place) => frame.images[place]!);
      return [Promise.resolve(consumer.push({ ...frame, images }))];
    });
    const work: Promise<void> = Promise.allSettled(takers).then((ended) => {
      const failed = ended.find((one) => one.status === 'rejected');
      if (failed) failure ??= { reason: failed.reason as unknown };
      busy.delete(work);
    });
    busy.add(work);
  };

  try {
    for await (const frame of stream) {
      checkCancelled(signal);
      if (frame.glimpse) for (const { glimpse } of consumers) glimpse?.push(frame.time, frame.glimpse);
      if (frame.images.length === 0) continue;
      hand(frame);
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
  // Written by the consumers' promises, which the compiler does not follow.
  const failed = failure as { readonly reason: unknown } | null;
  if (failed) throw failed.reason;
  return stream.summary;
}
