import { Inject, Injectable } from '@nestjs/common';
import { readSegments, segmentRemovals, segmentWrites } from '../cast/segments.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import type { TimeWindow } from '../frames/types.js';
import { type Delegation, JOB_QUEUE, type Job, type JobQueue } from '../jobs/job-queue.js';
import type { WaitFor } from '../jobs/worker.js';
import type { Write } from '../storage/collection.js';
import { everything } from '../storage/pages.js';
import { Documents } from '../titles/collections.js';
import type { AnalysisKind } from '../titles/documents.js';
import type { Film } from '../titles/film.js';
import type { Progress } from '../titles/progress.js';
import { Analyzer, type Finding } from './analyzer.js';
import { ANALYZE, CLEAR, JOIN, QUESTION, SEGMENT } from './job-kinds.js';

/** No film has more segments, however long it says that it is. */
const MOST_SEGMENTS = 100;

/**
 * Long films in parts that different workers take: a job for each question and, for the cast, which takes the longest, one
 * for each segment of the film and one that joins the segments. The analysis, their parent job, ends as they do. What the
 * segments kept for joining, faces among it, is removed with the result, or by a job that comes after the analysis.
 */
@Injectable()
export class LongFilms {
  constructor(
    private readonly documents: Documents,
    private readonly analyzer: Analyzer,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** The jobs that an analysis of a long film is left to; null when the film is done in one. */
  async split(parent: Job, { info }: Film, kinds: readonly AnalysisKind[]): Promise<Delegation | null> {
    const { partSeconds } = this.settings;
    if (partSeconds === null || info.duration <= partSeconds || !kinds.includes('cast')) return null;
    const { titleId } = ANALYZE.dataOf(parent);
    const common = { titleId, parentJob: parent.id };
    const { priority } = parent;
    const key = (index: number): string => `${QUESTION.name}:${parent.id}:${index}`;
    const questions = kinds.filter((kind) => kind !== 'cast' && kind !== 'billing');
    const segments = segmentsOf(info.duration, partSeconds);
    const parts = await Promise.all([
      ...questions.map((kind, index) =>
        this.queue.enqueue(QUESTION.job({ ...common, kind }, { uniqueKey: key(index), priority })),
      ),
      ...segments.map((segment, index) =>
        this.queue.enqueue(
          SEGMENT.job({ ...common, ...segment }, { uniqueKey: key(questions.length + index), priority }),
        ),
      ),
    ]);
    const join = await this.queue.enqueue(
      JOIN.job(
        { ...common, starts: segments.map(({ start }) => start) },
        { uniqueKey: `${JOIN.name}:${parent.id}`, after: parts.slice(questions.length).map(({ id }) => id), priority },
      ),
    );
    const billing = kinds.includes('billing')
      ? await this.billing(common, parts[questions.indexOf('credits')]?.id, priority)
      : null;
    const to = [...parts, join, ...(billing ? [billing] : [])].map(({ id }) => id);
    await this.queue.enqueue(CLEAR.job({ ...common, parts: to }, { after: [parent.id], regardless: true }));
    return { to };
  }

  /** Credits are read once they were found. */
  private billing(
    common: { readonly titleId: string; readonly parentJob: string },
    creditsJob: string | undefined,
    priority: number,
  ): Promise<Job> {
    const after = creditsJob === undefined ? {} : { after: [creditsJob] };
    const uniqueKey = `${QUESTION.name}:${common.parentJob}:billing`;
    return this.queue.enqueue(QUESTION.job({ ...common, kind: 'billing' }, { uniqueKey, priority, ...after }));
  }

  /** The handler of `clear` jobs: ends the parts of an analysis that has ended, and removes what they have kept. */
  async clear(job: Job): Promise<Write[] | WaitFor> {
    const { parentJob, parts } = CLEAR.dataOf(job);
    // it was tried again meanwhile
    if (await this.isWanted(parentJob)) return { after: [parentJob] };
    // one that is cancelled can store nothing any more
    for (const id of parts) await this.queue.cancel(id);
    return segmentRemovals(parentJob);
  }

  /** One segment: what is to be stored until all are there; nothing once the analysis has ended without it. */
  async watch(
    film: Film,
    { parentJob, start, end }: { readonly parentJob: string; readonly start: number; readonly end: number | null },
    progress: Progress,
  ): Promise<Write[]> {
    const window = { start, end: end ?? Number.MAX_SAFE_INTEGER };
    const { seen, truncated } = await this.analyzer.watchPart(film, window, progress);
    return (await this.isWanted(parentJob)) ? segmentWrites(film.contentHash, parentJob, window, seen, truncated) : [];
  }

  /** A part of an analysis that failed or was cancelled need not be begun. */
  async isWanted(parentJob: string): Promise<boolean> {
    const job = await this.queue.get(parentJob);
    return job?.state === 'queued' || job?.state === 'running';
  }

  /**
   * The cast from all segments, with the writes that remove them. Segments that are not there any more, because somebody was
   * erased or the analysis was tried again, are watched first.
   */
  async join(
    film: Film,
    { parentJob, starts }: { readonly parentJob: string; readonly starts: readonly number[] },
    progress: Progress,
  ): Promise<{ finding: Finding; removals: Write[] }> {
    const kept = await everything(this.documents.castSegments, { parentJob });
    const there = new Set(kept.map(({ start }) => start));
    const again: { readonly start: number; readonly end: number }[] = starts
      .map((start, index) => ({ start, end: starts[index + 1] ?? Number.MAX_SAFE_INTEGER }))
      .filter(({ start }) => !there.has(start));
    const watched = [...bySegment(kept)].map(([start, documents]) => ({
      start,
      seen: readSegments(documents),
      truncated: documents.some((one) => one.truncated),
    }));
    for (const window of again) {
      const { seen, truncated } = await this.analyzer.watchPart(film, window, progress);
      watched.push({ start: window.start, seen: [seen], truncated });
    }
    watched.sort((a, b) => a.start - b.start);
    const truncated = watched.some((one) => one.truncated);
    const finding = await this.analyzer.joinCast(
      film,
      watched.flatMap(({ seen }) => seen),
      truncated,
      progress,
    );
    return { finding, removals: segmentRemovals(parentJob) };
  }
}

/** In whole seconds, so that a frame of the plan lies in exactly one segment. */
function segmentsOf(duration: number, seconds: number): { readonly start: number; readonly end: number | null }[] {
  const length = Math.max(seconds, Math.ceil(duration / MOST_SEGMENTS));
  const count = Math.max(1, Math.floor(duration / length));
  return Array.from({ length: count }, (_, index) => ({
    start: index * length,
    end: index + 1 < count ? (index + 1) * length : null,
  }));
}

function bySegment<Stored extends Pick<TimeWindow, 'start'>>(documents: readonly Stored[]): Map<number, Stored[]> {
  const segments = new Map<number, Stored[]>();
  for (const one of documents) segments.set(one.start, [...(segments.get(one.start) ?? []), one]);
  return segments;
}
