import { resample } from '../frames/resample.js';
import type { FrameSize, FrameSource, RgbImage, SamplingPlan, TimeWindow } from '../frames/types.js';
import type { Model } from '../inference/types.js';
import type { Inside, LitFrames } from './bars.js';
import { evidenceOf, sampleOf, type Before, type Evidence, type Sample } from './evidence.js';
import { isBlack, isPlain } from './frame-classifier.js';
import { cut, type LinePictures, type LineReader } from './recognition.js';
import { findText, type TextBox } from './text-boxes.js';

/**
 * Frames are sampled at this size and read at half of it: on 367 stills PP-OCR finds a box in 84, 90, 94 and 99 % of the
 * credits at 256, 320, 448 and 640 pixels of width, in 3, 4, 11 and 20 % of the film pictures, for 8, 10, 18 and 40 ms.
 * What 320 misses is small print on a plain ground, so such frames are read again at the full size, and names over
 * footage, so all frames near the end are.
 */
export const SAMPLE_SIZE: FrameSize = { width: 640, height: 384, fit: 'inside' };

/** Pictures nearly as large as the samples are left as they are. */
const ENLARGED_BELOW = 0.9;
/** Without wide bars; small films are enlarged to the size: PP-OCR misses letters of less than ten pixels. */
function legible(whole: RgbImage, inside: Inside | null = null, size = SAMPLE_SIZE): RgbImage {
  const image = inside ? cut(whole, inside) : whole;
  const width = Math.round(Math.min(size.width, (size.height * image.width) / image.height));
  if (image.width >= ENLARGED_BELOW * width) return image;
  return resample(
    image,
    { left: 0, top: 0, width: image.width, height: image.height },
    width,
    Math.round((image.height * width) / image.width),
  );
}

export interface ReadContext {
  readonly file: string;
  readonly source: FrameSource;
  /** Where the picture is in a frame with wide bars. Default: they have none. */
  readonly inside?: Inside | null;
  /** Told what sampled frames light. */
  readonly lit?: LitFrames;
  readonly text: Model;
  readonly lines: LineReader;
  /** Where pictures of the lines that frames show are kept. */
  readonly pictures?: LinePictures;
  readonly signal?: AbortSignal;
}

/** A sampled frame whose text nobody has looked for yet. */
export interface Unread {
  readonly sample: Sample;
  readonly before: Before | null;
}

export interface ReadFrames {
  readonly evidence: Evidence[];
  /** Those that were kept, in order of time. */
  readonly unread: Unread[];
  readonly truncated: boolean;
  /** Of the film as its packets say, seconds. */
  readonly duration: number;
}

export interface ReadOptions {
  /** Whether a frame is read; `last` is the one that was read before. */
  readonly wanted: (sample: Sample, last: Sample | null) => boolean;
  /** Whether a frame at that time is read thoroughly, and kept when it is not read: it may be wanted later. */
  readonly thorough: (time: number) => boolean;
  readonly onTime?: (time: number) => void;
}

/** More boxes than this at half the size are a list; fewer are read again, as the frame classifier was trained at full size. */
const CLEAR_BOXES = 3;

interface Reading {
  readonly boxes: TextBox[];
  /** There is much that only the full size shows: frames that follow need not be tried at half of it. */
  readonly smallPrint: boolean;
}

async function readText(model: Model, sample: Sample, thorough: boolean, smallPrint: boolean): Promise<Reading> {
  const worthwhile = (thorough || isPlain(sample)) && !isBlack(sample) && sample.full !== sample.image;
  const read = async (image: RgbImage): Promise<TextBox[]> => (await findText(model, [image]))[0]!;
  // What half the size shows of names over footage is never enough.
  const half = worthwhile && (smallPrint || !isPlain(sample)) ? [] : await read(sample.image);
  if (half.length > (thorough ? CLEAR_BOXES : 1) || !worthwhile) return { boxes: half, smallPrint: false };
  const full = await read(sample.full);
  return { boxes: full.length >= half.length ? full : half, smallPrint: full.length > CLEAR_BOXES };
}

async function examined(
  { text, pictures }: Pick<ReadContext, 'text' | 'pictures'>,
  sample: Sample,
  before: Before | null,
  thorough: boolean,
  smallPrint: boolean,
): Promise<{ evidence: Evidence; smallPrint: boolean }> {
  const reading = await readText(text, sample, thorough, smallPrint);
  pictures?.keep(sample, reading.boxes);
  return { evidence: evidenceOf(sample, before, reading.boxes, thorough), smallPrint: reading.smallPrint };
}

/**
 * What one sampled frame shows, its text read.
 * @param thorough read at the full size too where the half shows little
 */
export async function examine(
  text: Model,
  sample: Sample,
  before: Before | null,
  thorough: boolean,
): Promise<Evidence> {
  return (await examined({ text }, sample, before, thorough, false)).evidence;
}

/** Frames that wait for their text: bounds the memory while decoding runs ahead. */
const WAITING = 16;

/** Reads frames in their order, while others are decoded. */
class Reader {
  private readonly results: ReturnType<typeof examined>[] = [];

  constructor(private readonly context: ReadContext) {}

  /** Resolves when few enough frames wait. */
  async read({ sample, before }: Unread, thorough: boolean): Promise<void> {
    // Not the last result: its frame is still being read, and this one's picture is made ready meanwhile.
    const earlier = this.results.at(-2);
    const result = (async () =>
      examined(this.context, sample, before, thorough, (await earlier)?.smallPrint ?? false))();
    // A failure is thrown where the results are collected; until then it must not count as unhandled.
    result.catch(() => undefined);
    this.results.push(result);
    await this.results[this.results.length - 1 - WAITING];
  }

  async evidence(): Promise<Evidence[]> {
    return (await Promise.all(this.results)).map(({ evidence }) => evidence);
  }
}

/** Decodes what the plan says and examines those frames that `wanted` asks for. Inference overlaps decoding. */
export async function readFrames(
  context: ReadContext,
  plan: SamplingPlan,
  { wanted, thorough, onTime }: ReadOptions,
): Promise<ReadFrames> {
  const stream = context.source.frames(context.file, {
    plan,
    sizes: [SAMPLE_SIZE],
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  });
  const reader = new Reader(context);
  const unread: Unread[] = [];
  let before: Before | null = null;
  let last: Sample | null = null;
  for await (const frame of stream) {
    const sample = sampleOf(frame.time, legible(frame.images[0]!, context.inside));
    context.lit?.add(sample.sketch);
    if (wanted(sample, last)) {
      last = sample;
      await reader.read({ sample, before }, thorough(frame.time));
    } else if (thorough(frame.time)) {
      unread.push({ sample, before });
    }
    before = sample;
    onTime?.(frame.time);
  }
  const { truncated, duration } = await stream.summary;
  return { evidence: await reader.evidence(), unread, truncated, duration };
}

/** Reads frames that were kept. */
export async function readLater(context: ReadContext, frames: readonly Unread[]): Promise<Evidence[]> {
  const reader = new Reader(context);
  for (const frame of frames) await reader.read(frame, true);
  return reader.evidence();
}

/** Small names over a bright picture are read at this size; the usual one misses many of them. */
const CLOSE_SIZE: FrameSize = { width: 960, height: 576, fit: 'inside' };

/** A frame that is read at a larger size than usual, when it is asked for: it costs three times as much. */
export interface CloseFrame {
  readonly time: number;
  readonly read: () => Promise<Evidence>;
}

/** Frames at some times, in order. */
export async function closeFrames(
  { file, source, inside, text, signal }: ReadContext,
  times: readonly number[],
): Promise<CloseFrame[]> {
  const stream = source.frames(file, {
    plan: { kind: 'exactAt', times },
    sizes: [CLOSE_SIZE],
    ...(signal === undefined ? {} : { signal }),
  });
  const frames: CloseFrame[] = [];
  for await (const { time, images } of stream) {
    const image = images[0]!;
    frames.push({
      time,
      read: async () => {
        const sample = sampleOf(time, legible(image, inside, CLOSE_SIZE));
        const boxes = (await findText(text, [sample.full]))[0]!;
        return evidenceOf(sample, null, boxes, true);
      },
    });
  }
  return frames;
}

/** A frame as it was decoded. */
export interface PlainFrame {
  readonly time: number;
  readonly image: RgbImage;
}

/** Frames follow each other no faster than this, a second. */
const FASTEST_RATE = 120;

/** Every frame of some windows, while they are decoded. */
export interface WindowFrames {
  /** Those of a window, as soon as it is over. */
  readonly of: (window: TimeWindow) => Promise<readonly PlainFrame[]>;
  /** When all are there; rejects as the decoder does. */
  readonly complete: Promise<void>;
}

/** Every frame of some short windows, from one pass: to start a decoder takes longer than to decode a few seconds. */
export function everyFrame(context: ReadContext, windows: readonly TimeWindow[]): WindowFrames {
  const frames: PlainFrame[] = [];
  const over = new Map<TimeWindow, () => void>();
  const ends = new Map(windows.map((window) => [window, new Promise<void>((resolve) => over.set(window, resolve))]));
  const decode = async (): Promise<void> => {
    if (windows.length === 0) return;
    const stream = context.source.frames(context.file, {
      plan: everyFrameOf(windows),
      sizes: [SAMPLE_SIZE],
      ...(context.signal === undefined ? {} : { signal: context.signal }),
    });
    for await (const { time, images } of stream) {
      frames.push({ time, image: legible(images[0]!, context.inside) });
      for (const [window, end] of over) if (time > window.end - 0.5 / FASTEST_RATE) end();
    }
  };
  const complete = decode();
  // who waits for a window is told as well
  complete.catch(() => undefined);
  return {
    complete,
    of: async (window) => {
      await Promise.race([ends.get(window), complete]);
      return frames.filter(({ time }) => time >= window.start && time < window.end);
    },
  };
}

function everyFrameOf([only, ...others]: readonly TimeWindow[]): SamplingPlan {
  if (only !== undefined && others.length === 0) return { kind: 'every', window: only };
  const times = [only!, ...others].flatMap(({ start, end }) =>
    Array.from({ length: Math.ceil((end - start) * FASTEST_RATE) }, (_, k) => start + k / FASTEST_RATE),
  );
  return { kind: 'exactAt', times };
}
