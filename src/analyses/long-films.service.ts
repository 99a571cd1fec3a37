import { Inject, Injectable } from '@nestjs/common';
import { segmentRemovals, segmentWrites, readSegments } from '../cast/segments.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { JOB_QUEUE, type Job, type JobQueue } from '../jobs/job-queue.js';
import type { WaitFor } from '../jobs/worker.js';
import type { Write } from '../storage/collection.js';
import { everything } from '../storage/pages.js';
import { Documents } from '../titles/collections.js';
import type { AnalysisKind } from '../titles/documents.js';
import type { Film } from '../titles/film.js';
import type { Progress } from '../titles/progress.js';
import { Analyzer, type Finding } from './analyzer.js';

/** The name of jobs that answer one question about a long film. */
export const PART_JOB = 'part';
/** The name of jobs that watch one stretch of a long film for its cast. */
export const FACES_JOB = 'faces';
/** The name of jobs that clear up after an analysis in parts, however it ended. */
export const CLEAR_JOB = 'clear';
/** No film has more stretches, however long it says that it is. */
const MOST_STRETCHES = 100;

/** What a part is about: one whole question, or a stretch of the film for the cast. */
export type PartData = {
  readonly titleId: string;
  /** The analysis that it is a part of. */
  readonly flow: string;
} & (
  | { readonly kind: Exclude<AnalysisKind, 'cast'> }
  | { readonly kind: 'cast'; readonly start: number; readonly end: number | null }
);

/**
 * Long films in parts that different workers take: a job for each question, and for the cast, which takes the longest, one
 * for each stretch of the film. The analysis waits for its parts and joins the stretches. What they kept for joining, faces
 * among it, is removed when the analysis ends: with its result, or by a job that comes after it.
 */
@Injectable()
export class LongFilms {
  constructor(
    private readonly documents: Documents,
    private readonly analyzer: Analyzer,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** The parts of an analysis; null when the film is done in one. */
  async split(job: Job, { info }: Film, kinds: readonly AnalysisKind[]): Promise<readonly string[] | null> {
    const { partSeconds } = this.settings;
    if (partSeconds === null || info.duration <= partSeconds || !kinds.includes('cast')) return null;
    const common = { titleId: String(job.data['titleId']), flow: job.id };
    // In whole seconds a frame of the plan lies in exactly one stretch.
    const length = Math.max(partSeconds, Math.ceil(info.duration / MOST_STRETCHES));
    const count = Math.max(1, Math.floor(info.duration / length));
    const stretches = Array.from({ length: count }, (_, index): PartData => {
      return { ...common, kind: 'cast', start: index * length, end: index + 1 < count ? (index + 1) * length : null };
    });
    const questions = kinds.flatMap((kind): PartData[] => (kind === 'cast' ? [] : [{ ...common, kind }]));
    const parts = await Promise.all(
      [...questions, ...stretches].map((data, index) =>
        this.queue.enqueue({
          name: data.kind === 'cast' ? FACES_JOB : PART_JOB,
          data: { ...data },
          uniqueKey: `${PART_JOB}:${job.id}:${index}`,
          priority: job.priority,
        }),
      ),
    );
    const ids = parts.map(({ id }) => id);
    await this.queue.enqueue({
      name: CLEAR_JOB,
      data: { titleId: common.titleId, flow: job.id, parts: ids },
      after: [job.id],
      regardless: true,
    });
    return ids;
  }

  /** Ends the parts of an analysis that has ended, and removes what they have kept. */
  async clear({ data }: Job): Promise<Write[] | WaitFor> {
    const { flow, parts } = data as { flow: string; parts: readonly string[] };
    // it was tried again meanwhile
    if (await this.isWanted(flow)) return { after: [flow] };
    // one that is cancelled can store nothing any more
    for (const id of parts) await this.queue.cancel(id);
    return segmentRemovals(flow);
  }

  /** Whether an analysis has been split and its parts are done. */
  async isSplit({ after }: Job): Promise<boolean> {
    const last = after.at(-1);
    return last !== undefined && (await this.queue.get(last))?.name === FACES_JOB;
  }

  /** One stretch: what is to be stored until all are there; nothing once the analysis has ended without it. */
  async watch(film: Film, { flow, start, end }: PartData & { kind: 'cast' }, progress: Progress): Promise<Write[]> {
    const window = { start, end: end ?? Number.MAX_SAFE_INTEGER };
    const { seen, truncated } = await this.analyzer.watchPart(film, window, progress);
    return (await this.isWanted(flow)) ? segmentWrites(film.contentHash, flow, window, seen, truncated) : [];
  }

  /** A part of an analysis that failed or was cancelled need not be begun. */
  async isWanted(flow: string): Promise<boolean> {
    const job = await this.queue.get(flow);
    return job?.state === 'queued' || job?.state === 'running';
  }

  /** The cast from all stretches, with the writes that remove them; null when a stretch is not there any more. */
  async join(
    { id, after }: Job,
    film: Film,
    progress: Progress,
  ): Promise<{ finding: Finding; removals: Write[] } | null> {
    const parts = await everything(this.documents.castSegments, { flow: id });
    const there = new Set(parts.map(({ start }) => start));
    const jobs = await Promise.all(after.map((part) => this.queue.get(part)));
    const starts = jobs.flatMap((job) => (job?.data['kind'] === 'cast' ? [Number(job.data['start'])] : []));
    if (starts.some((start) => !there.has(start))) return null;
    const truncated = parts.some((part) => part.truncated);
    const finding = await this.analyzer.joinCast(film, readSegments(parts), truncated, progress);
    return { finding, removals: segmentRemovals(id) };
  }
}
