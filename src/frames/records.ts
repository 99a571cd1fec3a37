import { readSync, writeSync } from 'node:fs';
import type { ErrorCode } from '../core/errors.js';
import type { Dimensions } from './geometry.js';
import type { Fragment, MediaJob, PictureJob } from './media-jobs.js';
import type { Taken } from './pictures/exif.js';
import type { Homography } from './pictures/screen/homography.js';
import type { SoundSummary } from './sound-blocks.js';
import type { Timeline } from './timeline.js';
import type { DecodeSummary, MediaInfo } from './types.js';

/**
 * What goes through the pipe between this process and a media process. A record is the length of its header (four
 * bytes, little endian), the header as JSON, and the body, whose length the header gives in `bytes`.
 */
export type MediaRecord =
  /** To the process, first of all: what it is to do. */
  | { readonly type: 'job'; readonly bytes: 0; readonly job: MediaJob }
  /** To a process for pictures, again and again. */
  | { readonly type: 'picture-job'; readonly bytes: 0; readonly job: PictureJob }
  /** Its answers: how large a picture is once it is turned upright, and its RGB data, after which the screen's come, if there is one. */
  | { readonly type: 'size'; readonly bytes: 0; readonly size: Dimensions; readonly taken?: Taken }
  | {
      readonly type: 'pixels';
      readonly bytes: number;
      readonly size: Dimensions;
      readonly screen?: { readonly size: Dimensions; readonly toPhoto: Homography };
    }
  | { readonly type: 'info'; readonly bytes: 0; readonly info: MediaInfo; readonly timeline: Timeline }
  | { readonly type: 'timeline'; readonly bytes: 0; readonly timeline: Timeline }
  | {
      readonly type: 'frame';
      readonly bytes: number;
      readonly time: number;
      readonly containerTime: number;
      readonly keyframe: boolean;
      /** The body is these images' RGB data, one after the other; images as large as one before are the same and not repeated. */
      readonly images: readonly Dimensions[];
      /** Its data comes last. */
      readonly thumbnail?: Dimensions;
    }
  | { readonly type: 'summary'; readonly bytes: 0; readonly summary: Omit<DecodeSummary, 'warnings'> }
  | { readonly type: 'count'; readonly bytes: 0; readonly frames: number }
  /** A fingerprint: so many words of four bytes, little endian, and then its levels; null for a film without sound. */
  | { readonly type: 'sound'; readonly bytes: number; readonly words: number | null }
  /** Blocks of sound: so many samples of four bytes, then the loudness of so many blocks, momentary and short-term; and the end of them. */
  | {
      readonly type: 'heard';
      readonly bytes: number;
      readonly samples: number;
      readonly blocks: number;
      readonly peak: number;
    }
  | { readonly type: 'heard-all'; readonly bytes: 0; readonly summary: SoundSummary }
  | { readonly type: 'fragment'; readonly bytes: 0; readonly fragment: Fragment }
  | { readonly type: 'error'; readonly bytes: 0; readonly code: ErrorCode; readonly message: string }
  /** Nothing but a sign of life. */
  | { readonly type: 'alive'; readonly bytes: 0 }
  /** To the encoder: a picture and its time in ticks of the encoder's time base. */
  | { readonly type: 'picture'; readonly bytes: number; readonly ticks: number }
  | { readonly type: 'finish'; readonly bytes: 0 };

/** The descriptor, in a media process, of the pipe that carries records. */
export const RECORD_FD = 3;
/** The argument by which a media process is told that its standard input is that pipe. */
export const BY_STANDARD_INPUT = '--records-by-standard-input';
const OWN_RECORD_FD = process.argv.includes(BY_STANDARD_INPUT) ? 0 : RECORD_FD;

export function recordHeader(record: MediaRecord): Buffer {
  const json = Buffer.from(JSON.stringify(record));
  const header = Buffer.allocUnsafe(4 + json.length);
  header.writeUInt32LE(json.length, 0);
  json.copy(header, 4);
  return header;
}

/** Writes a record to the other end and waits while the pipe is full: that is how a slow reader slows the decoder. */
export function writeRecordSync(record: MediaRecord, body: readonly Uint8Array[] = []): void {
  for (const part of [recordHeader(record), ...body]) {
    for (let written = 0; written < part.length;) {
      written += writeSync(OWN_RECORD_FD, part, written, part.length - written);
    }
  }
}

/** Waits for the next record from the other end; null when that has closed. */
export function readRecordSync(): { record: MediaRecord; body: Buffer } | null {
  const length = readExactlySync(4);
  const json = length && readExactlySync(length.readUInt32LE(0));
  if (!json) return null;
  const record = JSON.parse(json.toString()) as MediaRecord;
  const body = readExactlySync(record.bytes);
  return body && { record, body };
}

function readExactlySync(length: number): Buffer | null {
  const bytes = Buffer.allocUnsafe(length);
  for (let done = 0; done < length;) {
    const read = readSync(OWN_RECORD_FD, bytes, done, length - done, null);
    if (read === 0) return null;
    done += read;
  }
  return bytes;
}

/** Reads exactly `length` bytes, or null when the pipe ends before. */
export type ReadBytes = (length: number) => Promise<Buffer | null>;

export async function readRecord(read: ReadBytes): Promise<{ record: MediaRecord; body: Buffer } | null> {
  const length = await read(4);
  const json = length && (await read(length.readUInt32LE(0)));
  if (!json) return null;
  const record = JSON.parse(json.toString()) as MediaRecord;
  const body = record.bytes === 0 ? Buffer.alloc(0) : await read(record.bytes);
  return body && { record, body };
}
