import type { FrameSource, RgbImage } from '../../frames/types.js';
import type { Model, Models } from '../../inference/types.js';
import { cut } from '../recognition.js';
import { linesOf } from './columns.js';
import { type BillingReader, billingReader } from './line-reader.js';
import { parseBilling } from './parse.js';
import { PICTURE_SIZE, piecesOf, withAccents } from './regions.js';
import { rowsOf } from './rows.js';
import { Stitcher } from './stitch.js';
import type { BillingResult, CreditsToRead, Row } from './types.js';

export interface BillingRequest {
  readonly file: string;
  readonly source: FrameSource;
  readonly models: Models;
  /** What the credits analysis found. */
  readonly credits: CreditsToRead;
  readonly signal?: AbortSignal;
  /** Called with 0 to 1. */
  readonly onProgress?: (progress: number) => void;
}

/** Text finders that run at a time. */
const FINDERS = 2;

/** The stretches that hold text, in order; neighbours are one. */
function stretchesOf(credits: CreditsToRead): { start: number; end: number }[] {
  const stretches: { start: number; end: number }[] = [];
  for (const { kind, start, end } of credits) {
    if (kind !== 'cards' && kind !== 'roll') continue;
    const last = stretches.at(-1);
    if (last !== undefined && start - last.end < 0.1) last.end = end;
    else stretches.push({ start, end });
  }
  return stretches;
}

/** Reads the pieces of text of a picture that the stitcher does not know yet. @param text finds them */
export async function takePicture(
  stitcher: Stitcher,
  time: number,
  image: RgbImage,
  text: Model,
  reader: BillingReader,
): Promise<void> {
  const pieces = await piecesOf(text, image);
  await stitcher.take(time, pieces, (box) => {
    const aspect = (box.width * image.width) / (box.height * image.height);
    return reader.read(cut(image, withAccents(box, pieces)), aspect);
  });
}

/**
 * Reads the rows of a film's closing credits: a frame a second is looked at, and each piece of text followed through the frames,
 * so that it is known once and several readings of it vote.
 * @throws KinoscopeError `unreadable`, `unavailable` when a network is missing, `cancelled`
 */
export async function readRows({
  file,
  source,
  models,
  credits,
  signal,
  onProgress = () => undefined,
}: BillingRequest): Promise<{ rows: Row[]; truncated: boolean; models: string[] }> {
  const [text, reader] = await Promise.all([models.load('ppocr-det', FINDERS), billingReader(models)]);
  const stitcher = new Stitcher();
  const stretches = stretchesOf(credits);
  const all = stretches.reduce((sum, { start, end }) => sum + end - start, 0);
  let [done, truncated, aspect] = [0, false, 16 / 9];
  for (const window of stretches) {
    stitcher.turn();
    const stream = source.frames(file, {
      plan: { kind: 'everySecond', window },
      sizes: [PICTURE_SIZE],
      ...(signal === undefined ? {} : { signal }),
    });
    for await (const { time, images } of stream) {
      const image = images[0]!;
      aspect = image.width / image.height;
      await takePicture(stitcher, time, image, text, reader);
      onProgress(Math.min(1, (done + time - window.start) / all));
    }
    truncated ||= (await stream.summary).truncated;
    done += window.end - window.start;
  }
  return { rows: rowsOf(stitcher.tracks, aspect), truncated, models: [text.version, ...reader.versions] };
}

/** Reads who is billed in a film's closing credits, and for what. @throws KinoscopeError as {@link readRows} */
export async function readBilling(request: BillingRequest): Promise<BillingResult> {
  const { rows, truncated, models } = await readRows(request);
  request.onProgress?.(1);
  return {
    ...parseBilling(rows),
    lines: linesOf(rows).map(({ start, end, parts }) => ({
      start,
      end,
      parts: parts.map(({ text, confidence, start: from, end: to }) => ({ text, confidence, start: from, end: to })),
    })),
    reason:
      request.credits.length === 0 ? 'no closing credits were found' : rows.length === 0 ? 'nothing could be read' : '',
    truncated,
    models,
  };
}
