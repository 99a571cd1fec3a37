/** The program of a media process: it waits for one job, and answers in records, all at descriptor 3. */
import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { AV_FRAME_FLAG_KEY, AV_LOG_ERROR } from 'node-av/constants';
import { Log } from 'node-av/lib';
import { asKinoscopeError, KinoscopeError } from '../../core/errors.js';
import type { MediaJob, ReadJob } from '../media-jobs.js';
import { readRecordSync, writeRecordSync } from '../records.js';
import { openContainer } from './container.js';
import { countFrames, decode } from './decode.js';
import { encode } from './encode.js';
import { readInfo } from './info.js';
import { join } from './join.js';
import type { AudibleFilm } from './listen.js';
import { measureTimeline } from './measure.js';
import { makeProxy } from './proxy.js';
import { createScaler } from './scale.js';
import { readSoundBlocks } from './sound-blocks.js';
import { readSoundPrint } from './sound-print.js';

/** Milliseconds between two signs of life; also how soon it is noticed that the reader is gone. */
const ALIVE_INTERVAL = 1000;
/** A pass that ends this many seconds before the last packets was broken off. */
const BROKEN_OFF = 1;

/** Tells the reader now and then that work goes on, and watches over memory. */
function watch({ file, settings: { maxMemory } }: Pick<ReadJob, 'file' | 'settings'>): () => void {
  let last = performance.now();
  return () => {
    if (performance.now() - last < ALIVE_INTERVAL) return;
    last = performance.now();
    if (process.memoryUsage.rss() > maxMemory * 1e6) {
      throw new KinoscopeError('unreadable', `${basename(file)} takes more than ${maxMemory} MB to decode`);
    }
    writeRecordSync({ type: 'alive', bytes: 0 });
  };
}

async function run(job: MediaJob): Promise<void> {
  Log.setLevel(AV_LOG_ERROR);
  if (job.kind === 'probe') {
    writeRecordSync({ type: 'info', bytes: 0, ...readInfo(job.file, job.settings, watch(job)) });
  } else if (job.kind === 'count') {
    const container = openContainer(job.file, job.settings, watch(job));
    container.follow(job.timeline ?? measureTimeline(container));
    writeRecordSync({ type: 'count', bytes: 0, frames: countFrames(container, job.before, job.settings) });
    container.close();
  } else if (job.kind === 'sound' || job.kind === 'hear') {
    await soundJob(job);
  } else if (job.kind === 'decode') {
    await decodeJob(job);
  } else if (job.kind === 'proxy') {
    await makeProxy(job, watch(job));
    writeRecordSync({ type: 'finish', bytes: 0 });
  } else if (job.kind === 'join') {
    await join(job, watch(job));
    writeRecordSync({ type: 'finish', bytes: 0 });
  } else {
    await encode(job);
    writeRecordSync({ type: 'finish', bytes: 0 });
  }
}

async function soundJob(job: Extract<ReadJob, { readonly kind: 'sound' | 'hear' }>): Promise<void> {
  const alive = watch(job);
  const container = openContainer(job.file, job.settings, alive);
  const timeline = job.timeline ?? measureTimeline(container);
  container.follow(timeline);
  const film = { file: job.file, settings: job.settings, container, timeline, alive };
  if (job.kind === 'hear') await hear(film);
  else await fingerprint(film);
  container.close();
}

async function hear(film: AudibleFilm): Promise<void> {
  const end = await readSoundBlocks(film, ({ samples, momentary, shortTerm, peak }) => {
    const body = [samples, momentary, shortTerm].map(({ buffer }) => Buffer.from(buffer));
    const bytes = body.reduce((sum, { length }) => sum + length, 0);
    writeRecordSync({ type: 'heard', bytes, samples: samples.length, blocks: momentary.length, peak }, body);
  });
  writeRecordSync({ type: 'heard-all', bytes: 0, summary: { truncated: end?.truncated ?? false } });
}

async function fingerprint(film: AudibleFilm): Promise<void> {
  const print = await readSoundPrint(film);
  const body = print === null ? [] : [Buffer.from(print.words.buffer), print.levels];
  const bytes = body.reduce((sum, { length }) => sum + length, 0);
  writeRecordSync({ type: 'sound', bytes, words: print?.words.length ?? null }, body);
}

async function decodeJob(job: ReadJob & { readonly kind: 'decode' }): Promise<void> {
  const { plan, sizes } = job.request;
  const container = openContainer(job.file, job.settings, watch(job));
  const timeline = job.timeline ?? measureTimeline(container);
  if (!job.timeline) writeRecordSync({ type: 'timeline', bytes: 0, timeline });
  container.follow(timeline);
  const scaler = createScaler(container.geometry, sizes);
  const thumbnailer =
    plan.kind === 'everySecond' && plan.thumbnail ? createScaler(container.geometry, [plan.thumbnail]) : null;
  const progress = { lastTime: -Infinity, startTime: 0 };
  let frames = 0;
  for (const { frame, ticks, time, wanted } of decode(container, plan, job.settings, timeline.end, progress)) {
    const images = wanted ? scaler.scale(frame) : [];
    const thumbnail = thumbnailer?.scale(frame)[0];
    const body = [...new Set(images), ...(thumbnail ? [thumbnail] : [])].map(({ data }) => data);
    writeRecordSync(
      {
        type: 'frame',
        bytes: body.reduce((sum, { length }) => sum + length, 0),
        time,
        containerTime: container.seconds(ticks),
        keyframe: (frame.flags & AV_FRAME_FLAG_KEY) !== 0 || plan.kind === 'keyframes',
        images: images.map(({ width, height }) => ({ width, height })),
        ...(thumbnail ? { thumbnail: { width: thumbnail.width, height: thumbnail.height } } : {}),
      },
      body,
    );
    if (wanted) frames++;
    // The native parts of packets and frames are only freed when the event loop turns.
    await setImmediate();
  }
  const brokenOff = container.ended && container.reached.video < timeline.end - BROKEN_OFF;
  const truncated = timeline.truncated || brokenOff;
  const duration = Math.max(0, timeline.end - progress.startTime);
  writeRecordSync({
    type: 'summary',
    bytes: 0,
    summary: { frames, lastTime: Math.max(0, progress.lastTime), duration, truncated },
  });
  container.close();
}

// A parent that closes the pipe before has no job.
const first = readRecordSync();
try {
  if (first?.record.type === 'job') await run(first.record.job);
} catch (error) {
  const { code, message } = asKinoscopeError(error);
  writeRecordSync({ type: 'error', bytes: 0, code, message });
  process.exitCode = 1;
}
