import { basename, resolve } from 'node:path';
import { KinoscopeError } from '../core/errors.js';
import { isDescription, MOST_LINES, parseChapters } from './description.js';
import { FileMemo } from './file-memo.js';
import { type Dimensions, firstAsLarge } from './geometry.js';
import { checkMediaFile } from './media-file.js';
import type { MediaJob, ReadJob } from './media-jobs.js';
import {
  attend,
  brokenBy,
  checkCancelled,
  lastComplaint,
  type MediaProcess,
  patientReader,
  warningsOf,
} from './media-process.js';
import { expectJob, startJob } from './program.js';
import { type MediaRecord, readRecord } from './records.js';
import type { FrameSettings } from './settings.js';
import { type SoundBlocks, type SoundSummary, SPEECH_RATE } from './sound-blocks.js';
import { type SoundPrint, toWords } from './sound-print.js';
import { frameStream } from './stream.js';
import type { Timeline } from './timeline.js';
import type { DecodeSummary, Frame, FrameRequest, FrameSource, MediaInfo, RgbImage } from './types.js';

/** Decodes with the FFmpeg libraries in node-av, in a process of its own for each pass. */
export function nodeAvSource(settings: FrameSettings): FrameSource {
  return {
    name: 'node-av',
    frames: (file, request) => frameStream(frames(file, request, settings)),
    expect: expectJob,
    countBefore: async (file, time, signal) => {
      const timeline = await timelines.get(file);
      const job: ReadJob = {
        kind: 'count',
        file: resolve(file),
        settings,
        before: time,
        ...(timeline && { timeline }),
      };
      for await (const { record, process } of records(job, signal)) {
        if (record.type !== 'count') continue;
        await process.exited;
        return record.frames;
      }
      throw noAnswer(file);
    },
  };
}

/** A film is read in several passes: one measures its time. */
const timelines = new FileMemo<Timeline>();

export async function nodeAvProbe(file: string, settings: FrameSettings, signal?: AbortSignal): Promise<MediaInfo> {
  const lines: string[] = [];
  const job: ReadJob = { kind: 'probe', file: resolve(file), settings };
  const hear = (line: string): boolean => {
    const describes = isDescription(line);
    if (describes && lines.length < MOST_LINES) lines.push(line);
    return !describes;
  };
  for await (const { record, process } of records(job, signal, hear)) {
    if (record.type !== 'info') continue;
    await process.exited;
    await timelines.set(file, record.timeline);
    return { ...record.info, chapters: parseChapters(lines, record.info.startTime) };
  }
  throw noAnswer(file);
}

/** @throws KinoscopeError `unreadable` when the film's sound is broken */
export async function nodeAvSound(
  file: string,
  settings: FrameSettings,
  signal?: AbortSignal,
): Promise<SoundPrint | null> {
  const timeline = await timelines.get(file);
  const job: ReadJob = { kind: 'sound', file: resolve(file), settings, ...(timeline && { timeline }) };
  for await (const { record, body, process } of records(job, signal)) {
    if (record.type !== 'sound') continue;
    await process.exited;
    if (record.words === null) return null;
    return {
      words: toWords(body.subarray(0, 4 * record.words)),
      levels: new Uint8Array(body.subarray(4 * record.words)),
    };
  }
  throw noAnswer(file);
}

/** @throws KinoscopeError `unreadable` when the film's sound is broken */
export async function* nodeAvHeard(
  file: string,
  settings: FrameSettings,
  signal?: AbortSignal,
): AsyncGenerator<SoundBlocks, SoundSummary, undefined> {
  const timeline = await timelines.get(file);
  const job: ReadJob = { kind: 'hear', file: resolve(file), settings, ...(timeline && { timeline }) };
  for await (const { record, body, process } of records(job, signal)) {
    if (record.type === 'heard') {
      const floats = new Float32Array(Uint8Array.from(body).buffer);
      const { samples, blocks, peak } = record;
      yield {
        samples: floats.subarray(0, samples),
        momentary: floats.subarray(samples, samples + blocks),
        shortTerm: floats.subarray(samples + blocks),
        peak,
        seconds: samples / SPEECH_RATE,
      };
    } else if (record.type === 'heard-all') {
      await process.exited;
      return record.summary;
    }
  }
  throw noAnswer(file);
}

function noAnswer(file: string): KinoscopeError {
  return new KinoscopeError('unreadable', `${basename(file)} gave no answer`);
}

async function* frames(
  file: string,
  { plan, sizes, signal }: FrameRequest,
  settings: FrameSettings,
): AsyncGenerator<Frame, DecodeSummary, undefined> {
  const timeline = await timelines.get(file);
  const job: ReadJob = {
    kind: 'decode',
    file: resolve(file),
    settings,
    request: { plan, sizes },
    ...(timeline && { timeline }),
  };
  for await (const { record, body, process } of records(job, signal)) {
    if (record.type === 'frame') {
      const { time, containerTime, keyframe, thumbnail } = record;
      const { images, rest } = cutImages(record.images, body);
      yield {
        time,
        containerTime,
        keyframe,
        images,
        ...(thumbnail ? { thumbnail: { ...thumbnail, data: rest } } : {}),
      };
    } else if (record.type === 'timeline') {
      await timelines.set(file, record.timeline);
    } else if (record.type === 'summary') {
      // All is there now: a process that still fails on its way out does no harm.
      await process.exited;
      return { ...record.summary, warnings: warningsOf(process.stderr) };
    }
  }
  throw noAnswer(file);
}

function cutImages(sizes: readonly Dimensions[], body: Buffer): { images: RgbImage[]; rest: Buffer } {
  let offset = 0;
  const images: RgbImage[] = [];
  for (const size of sizes) {
    const known = images[firstAsLarge(size, images)];
    const end = known ? offset : offset + size.width * size.height * 3;
    images.push(known ?? { ...size, data: body.subarray(offset, end) });
    offset = end;
  }
  return { images, rest: body.subarray(offset) };
}

interface ReceivedRecord {
  readonly record: MediaRecord;
  readonly body: Buffer;
  readonly process: MediaProcess;
}

/** Runs a job and gives its records; whichever way the loop over them ends, the process is gone afterwards. */
export async function* records(
  job: Extract<MediaJob, { readonly settings: FrameSettings }>,
  signal: AbortSignal | undefined,
  onStderrLine?: (line: string) => boolean,
): AsyncGenerator<ReceivedRecord, void, undefined> {
  await checkMediaFile(job.file);
  checkCancelled(signal);
  const process = await startJob(job, onStderrLine);
  const end = attend(process, signal);
  try {
    const read = patientReader(process, job.settings);
    for (;;) {
      const next = await readRecord(read);
      checkCancelled(signal);
      if (!next) break;
      if (next.record.type === 'error') {
        await process.exited;
        throw new KinoscopeError(next.record.code, next.record.message + lastComplaint(process.stderr));
      }
      if (next.record.type !== 'alive') yield { ...next, process };
    }
    const status = await process.exited;
    if (status === 0) return;
    throw brokenBy(status, `${basename(job.file)} broke the decoder${lastComplaint(process.stderr)}`);
  } finally {
    await end();
  }
}
