import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { dirname, parse, resolve } from 'node:path';
import { KinoscopeError } from '../core/errors.js';
import type { AudioSource } from './av/audio-copy.js';
import type { Orientation } from './geometry.js';
import { type EncodeJob, TICKS_PER_SECOND } from './media-jobs.js';
import { lastComplaint, type MediaProcess, patientReader } from './media-process.js';
import { startJob } from './program.js';
import { type MediaRecord, readRecord, recordHeader } from './records.js';
import { DEFAULT_FRAME_SETTINGS } from './settings.js';
import type { RgbImage } from './types.js';

export interface VideoWriterOptions {
  /** Pixels of every picture; even numbers. */
  readonly width: number;
  readonly height: number;
  /** Frames a second of pictures that come without a time of their own. */
  readonly frameRate: number;
  /** Default `h264`. */
  readonly codec?: keyof typeof ENCODERS;
  /** Options of the encoder (x264, x265, libvpx, SVT-AV1) beside or instead of the quick ones set here. */
  readonly encoderOptions?: Readonly<Record<string, string>>;
  /** What players shall do with the pictures. */
  readonly orientation?: Orientation;
  /** A film whose sound is copied as it is. */
  readonly audio?: AudioSource | undefined;
}

/** Pictures become a video file, encoded in a process of its own. */
export interface VideoWriter {
  /**
   * Adds a picture; the promise settles when the encoder has room for more, and then the picture's data may be reused.
   *
   * @param time seconds, larger than the time before it; by default the pictures follow each other at the frame rate
   */
  write(image: RgbImage, time?: number): Promise<void>;
  /** Ends the file and puts it in its place. Before, nothing is there under its name. */
  close(): Promise<void>;
  /** Ends the encoder and leaves no file. Does nothing after `close`. */
  abort(): Promise<void>;
}

const ENCODERS = {
  h264: { encoder: 'libx264', options: { preset: 'veryfast', crf: '21' } },
  hevc: { encoder: 'libx265', options: { preset: 'ultrafast', crf: '24', 'x265-params': 'log-level=none' } },
  vp9: { encoder: 'libvpx-vp9', options: { deadline: 'realtime', 'cpu-used': '8', crf: '30', b: '0' } },
  av1: { encoder: 'libsvtav1', options: { preset: '12', crf: '35' } },
} as const;

/** No picture can be shown for longer, seconds: containers count that in 31 bits. */
const LONGEST_PICTURE = Math.floor((2 ** 31 - 1) / TICKS_PER_SECOND);
/** Seconds that the encoder may take for the pictures that it still holds, and for moving the index to the front. */
const CLOSING_PATIENCE = 600;

/**
 * Starts a video file; its extension (.mp4, .mkv, .webm, .ts, .mov) chooses the container.
 *
 * @throws KinoscopeError `usage` for sizes or rates that cannot be; from `write` `unreadable` for times that cannot be; from
 *   `write` and `close` `unavailable` or `internal` when encoding fails
 */
export async function openVideoWriter(file: string, options: VideoWriterOptions): Promise<VideoWriter> {
  const { width, height, frameRate, codec = 'h264', orientation = { mirrored: false, rotation: 0 } } = options;
  if (width < 2 || height < 2 || width % 2 !== 0 || height % 2 !== 0 || !(frameRate > 0)) {
    throw new KinoscopeError(
      'usage',
      `A video of ${width} x ${height} at ${frameRate} frames a second cannot be written`,
    );
  }
  const target = resolve(file);
  const { name, ext } = parse(target);
  const part = resolve(dirname(target), `.${name}.${randomUUID().slice(0, 8)}${ext}`);
  const { encoder, options: defaults } = ENCODERS[codec];
  const job: EncodeJob & { kind: 'encode' } = {
    kind: 'encode',
    file: part,
    width,
    height,
    encoder,
    encoderOptions: { ...defaults, ...options.encoderOptions },
    frameRate: rational(frameRate),
    orientation,
    audio: options.audio ?? null,
  };
  return new EncoderProcess(await startJob(job), job, target);
}

class EncoderProcess implements VideoWriter {
  private written = 0;
  /** When the picture before is shown from, seconds; null before the first. */
  private last: number | null = null;
  private ended = false;

  constructor(
    private readonly process: MediaProcess,
    private readonly job: EncodeJob,
    private readonly target: string,
  ) {}

  async write(image: RgbImage, time?: number): Promise<void> {
    const { width, height, frameRate } = this.job;
    if (image.width !== width || image.height !== height || image.data.length !== width * height * 3) {
      throw new KinoscopeError(
        'usage',
        `A picture of ${image.width} x ${image.height} in a video of ${width} x ${height}`,
      );
    }
    const seconds = time ?? (this.written * frameRate.den) / frameRate.num;
    if (this.last !== null && seconds - this.last > LONGEST_PICTURE)
      throw new KinoscopeError('unreadable', `No video can show a picture for more than ${LONGEST_PICTURE} s`);
    this.last = seconds;
    this.written++;
    const ticks = Math.round(seconds * TICKS_PER_SECOND);
    if (!(await this.send({ type: 'picture', bytes: image.data.length, ticks }, image.data))) await this.lastWord();
  }

  async close(): Promise<void> {
    if (this.ended) return;
    await this.send({ type: 'finish', bytes: 0 });
    await this.lastWord();
    this.ended = true;
    await this.process.kill();
    await rename(this.job.file, this.target);
  }

  async abort(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    await this.process.kill();
    await rm(this.job.file, { force: true });
  }

  private send(record: MediaRecord, body?: Uint8Array): Promise<boolean> {
    const { pipe } = this.process;
    return new Promise((sent) => {
      pipe.cork();
      pipe.write(recordHeader(record), (error) => body || sent(!error));
      if (body) pipe.write(body, (error) => sent(!error));
      pipe.uncork();
    });
  }

  /** Waits until the encoder says that it has finished, or why it has not. */
  private async lastWord(): Promise<void> {
    const read = patientReader(this.process, { ...DEFAULT_FRAME_SETTINGS, stallSeconds: CLOSING_PATIENCE });
    const answer = await readRecord(read).catch(() => null);
    if (answer?.record.type === 'finish') return;
    await this.abort();
    if (answer?.record.type === 'error') throw new KinoscopeError(answer.record.code, answer.record.message);
    throw new KinoscopeError('internal', `Video could not be written${lastComplaint(this.process.stderr)}`);
  }
}

/** 29.97 is 30000/1001 and 12.5 is 12500/1000. */
function rational(rate: number): { num: number; den: number } {
  const den = [1, 1001].find((candidate) => Math.abs(rate * candidate - Math.round(rate * candidate)) < 0.05) ?? 1000;
  return { num: Math.max(1, Math.round(rate * den)), den };
}
