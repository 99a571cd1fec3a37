import { Inject, Injectable } from '@nestjs/common';
import { nameCast } from '../cast/names.js';
import { presentTrackSteps } from '../cast/present-tracks.js';
import { joinChunks } from '../cast/stored.js';
import { readWatched } from '../cast/watched.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { inSlices } from '../core/slices.js';
import { withSure } from '../credits/billing/sure.js';
import type { CreditsToRead } from '../credits/billing/types.js';
import { withWords } from '../genre/answer.js';
import { type Delegation, JOB_QUEUE, type Job, type JobQueue } from '../jobs/job-queue.js';
import type { JobResult } from '../jobs/worker.js';
import { Naming } from '../people/naming.js';
import type { Write } from '../storage/collection.js';
import { everything } from '../storage/pages.js';
import { Documents } from '../titles/collections.js';
import {
  ANALYSES,
  ANALYSIS_KINDS,
  analysisId,
  USUAL_KINDS,
  isOfKind,
  stillThere,
  type Analysis,
  type AnalysisAnswer,
  type AnalysisKind,
  type OfKind,
  type Title,
} from '../titles/documents.js';
import { DownloadsService } from '../titles/downloads.service.js';
import { type Film, filmOf } from '../titles/film.js';
import { notAnalysed } from '../titles/not-analysed.js';
import { underItsName } from '../titles/own-name.js';
import { onPlayersClock } from '../titles/player-clock.js';
import type { Progress } from '../titles/progress.js';
import { TitlesService } from '../titles/titles.service.js';
import { Analyzer, type Finding } from './analyzer.js';
import { CorrectedAnswers } from './corrected-answers.service.js';
import { FilmsService } from './films.service.js';
import { Fingerprints } from './fingerprints.service.js';
import { ANALYZE, JOIN, NAMES, QUESTION, SEGMENT } from './job-kinds.js';
import { LongFilms } from './long-films.service.js';
import { SeasonsService } from './seasons.service.js';

/** What is to be answered about a title. */
export interface AnalysisOrder {
  readonly kinds: readonly AnalysisKind[];
  /** Although the answers are stored. */
  readonly force: boolean;
  /** 0 to 9; a lower number starts first. */
  readonly priority: number;
}

export const USUAL_ORDER: AnalysisOrder = { kinds: USUAL_KINDS, force: false, priority: 0 };

/** Whom the credits name is likelier to be on screen. */
const tellsNames = (kinds: readonly AnalysisKind[]): boolean => kinds.includes('cast') || kinds.includes('billing');

/** Answers from the store, and makes the answers that are missing or out of date. */
@Injectable()
export class AnalysesService {
  constructor(
    private readonly documents: Documents,
    private readonly titles: TitlesService,
    private readonly films: FilmsService,
    private readonly downloads: DownloadsService,
    private readonly analyzer: Analyzer,
    private readonly naming: Naming,
    private readonly longFilms: LongFilms,
    private readonly corrected: CorrectedAnswers,
    private readonly prints: Fingerprints,
    private readonly seasons: SeasonsService,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Stored answers, and the job that makes the others; null when there are none to make. */
  async start(titleId: string, order: AnalysisOrder): Promise<{ job: Job | null; analyses: AnalysisAnswer[] }> {
    const { kinds, force } = order;
    const title = await this.titles.get(titleId);
    const analyses = await this.current(title, kinds);
    const complete = !force && analyses.length === new Set(kinds).size;
    return { job: complete ? null : await this.enqueue(title, order), analyses: await this.presented(title, analyses) };
  }

  /** The job that analyses a title, after the one that fetches its film if need be. */
  async enqueue(title: Title, { kinds, force, priority } = USUAL_ORDER): Promise<Job> {
    const download = (await this.titles.isToBeFetched(title)) ? await this.downloads.enqueue(title) : null;
    const wanted = ANALYSIS_KINDS.filter((kind) => kinds.includes(kind));
    return this.queue.enqueue(
      ANALYZE.job(
        { titleId: title.id, kinds: wanted, force },
        {
          uniqueKey: `${ANALYZE.name}:${title.id}:${wanted.join(',')}:${force}`,
          priority,
          announced: true,
          ...(download ? { after: [download.id] } : {}),
        },
      ),
    );
  }

  /** The handler of `analyze` jobs: analyses the film and hands back what is to be stored, or has other jobs do so. */
  async handle(job: Job, progress: Progress): Promise<JobResult> {
    const { titleId, kinds, force } = ANALYZE.dataOf(job);
    const title = await this.titles.get(titleId);
    await this.seasons.enqueue(title, job);
    const missing = force ? await this.withNeeded(title, kinds) : await this.missing(title, kinds);
    if (missing.length === 0) return tellsNames(kinds) ? named([], titleId) : [];
    const delegation = await this.longFilms.split(job, filmOf(title), missing);
    if (delegation) return delegation;
    // each answer is there for those who ask as soon as it was found, the last one together with the job's end
    const credits = await this.creditsToRead(title, missing);
    const writes = await this.films.use(title, { analysis: job.id, shared: false }, progress, async (film) => {
      const findings = await this.analyzer.analyze(film, missing, { ...progress, credits }, async (finding) => {
        progress.signal?.throwIfAborted();
        await this.documents.store.commit(this.writes(title, finding));
      });
      // while the film is at hand
      if (title.metadata.series !== undefined) await this.prints.listen(film, progress);
      return findings.flatMap((finding) => this.writes(title, finding));
    });
    return tellsNames(kinds) ? named(writes, titleId) : writes;
  }

  /** The handler of `part` jobs: answers one question about a long film. */
  async handleQuestion(job: Job, progress: Progress): Promise<Write[]> {
    const { kind, ...part } = QUESTION.dataOf(job);
    const writes = await this.useForPart(part, progress, async (film, title) => {
      const credits = await this.creditsToRead(title, [kind]);
      const findings = await this.analyzer.analyze(film, [kind], { ...progress, credits });
      return findings.flatMap((finding) => this.writes(title, finding));
    });
    return writes ?? [];
  }

  /** The handler of `faces` jobs: watches one segment of a long film. */
  async handleSegment(job: Job, progress: Progress): Promise<Write[]> {
    const segment = SEGMENT.dataOf(job);
    const writes = await this.useForPart(segment, progress, async (film, title) => [
      stillThere(title),
      ...(await this.longFilms.watch(film, segment, progress)),
    ]);
    return writes ?? [];
  }

  /** The handler of `join` jobs: makes the cast of a long film from its segments. */
  async handleJoin(job: Job, progress: Progress): Promise<JobResult> {
    const whole = JOIN.dataOf(job);
    const writes = await this.useForPart(whole, progress, async (film, title) => {
      const { finding, removals } = await this.longFilms.join(film, whole, progress);
      return [...removals, ...this.writes(title, finding)];
    });
    return writes ? named(writes, whole.titleId) : [];
  }

  /** The handler of `names` jobs. */
  async handleNames(job: Job): Promise<Write[]> {
    NAMES.dataOf(job);
    await this.naming.refreshAllNames();
    return [];
  }

  /** Has work done on the film of a part of an analysis; null when that has ended without it. */
  private async useForPart<T>(
    { titleId, parentJob }: { readonly titleId: string; readonly parentJob: string },
    progress: Progress,
    work: (film: Film, title: Title) => Promise<T>,
  ): Promise<T | null> {
    if (!(await this.longFilms.isWanted(parentJob))) return null;
    const title = await this.titles.get(titleId);
    return this.films.use(title, { analysis: parentJob, shared: true }, progress, (film) => work(film, title));
  }

  /** The command line's way: the same work in this process, at once, stored as well. */
  async answer(
    title: Title,
    kinds: readonly AnalysisKind[],
    force: boolean,
    progress: Progress,
  ): Promise<AnalysisAnswer[]> {
    const missing = force ? await this.withNeeded(title, kinds) : await this.missing(title, kinds);
    const film = filmOf(title);
    const credits = await this.creditsToRead(title, missing);
    const findings = await underItsName(film.file, title.source.location, () =>
      this.analyzer.analyze(film, missing, { ...progress, credits }),
    );
    await this.documents.store.commit(findings.flatMap((finding) => this.writes(title, finding)));
    if (tellsNames(kinds)) await this.naming.refreshAllNames();
    return this.presented(title, await this.current(title, kinds));
  }

  async stored(titleId: string): Promise<AnalysisAnswer[]> {
    const title = await this.titles.get(titleId);
    if (!title.contentHash) return [];
    return this.presented(title, (await this.documents.analyses.find({ contentHash: title.contentHash })).items);
  }

  /** @throws KinoscopeError `not-found` when the title is unknown or was not analysed for this */
  async read<Kind extends AnalysisKind>(titleId: string, kind: Kind): Promise<OfKind<AnalysisAnswer, Kind>> {
    const title = await this.titles.get(titleId);
    const { contentHash } = title;
    const analysis = contentHash ? await this.documents.analyses.get(analysisId(contentHash, kind)) : null;
    const [answer] = analysis ? await this.presented(title, [analysis]) : [];
    if (answer && isOfKind(answer, kind)) return answer;
    throw notAnalysed(titleId, [kind]);
  }

  /** Answers as they leave the service: with the names of today, on a player's clock. */
  private presented(title: Title, analyses: readonly Analysis[]): Promise<AnalysisAnswer[]> {
    return Promise.all(
      analyses.map(async (analysis) =>
        onPlayersClock(await this.answerOf(title, analysis), title, this.settings.nextEpisode),
      ),
    );
  }

  /** The genre with what is told of the title today, the cast with the names of today, credits with what today's other episodes say. */
  private async answerOf(title: Title, analysis: Analysis): Promise<AnalysisAnswer> {
    if (analysis.kind === 'genre') return this.corrected.genre(title, analysis);
    if (analysis.kind === 'credits') return this.corrected.credits(title, analysis);
    if (analysis.kind === 'billing') return { ...analysis, result: withSure(analysis.result) };
    if (analysis.kind === 'sound') {
      const { soundMissing } = title.source;
      const missing =
        soundMissing === undefined || analysis.result.track !== null ? {} : { reason: notFetched(soundMissing) };
      return {
        ...analysis,
        result: { ...analysis.result, ...missing, cutsPerMinute: await this.cutsPerMinute(title) },
      };
    }
    if (analysis.kind !== 'cast') return analysis;
    const { contentHash } = analysis;
    const [names, chunks, appearances, note] = await Promise.all([
      this.naming.namesOf(contentHash),
      everything(this.documents.castChunks, { contentHash }),
      this.naming.appearancesOf(contentHash),
      this.naming.whyNobody(analysis.detectorVersion),
    ]);
    const inOrder = chunks.toSorted((a, b) => a.index - b.index);
    const everybody = await inSlices(presentTrackSteps(inOrder, names ?? {}));
    const cast = nameCast(analysis.result, joinChunks(chunks), appearances, names ?? {}, everybody);
    return { ...analysis, result: { ...cast, note } };
  }

  /** Of the analysis that has seen every frame, or of the cast's. */
  private async cutsPerMinute({ contentHash, media }: Title): Promise<number | null> {
    if (contentHash === null || !media) return null;
    const stored = await this.documents.analyses.get(analysisId(contentHash, 'shots'));
    const shots =
      stored?.kind === 'shots' ? stored.result.shots : (await this.documents.castShots.get(contentHash))?.shots;
    return shots === undefined || shots.length === 0 || media.duration === 0
      ? null
      : Number((((shots.length - 1) * 60) / media.duration).toFixed(2));
  }

  /** The stored answers that today's detectors would give again. */
  private async current(title: Title, kinds: readonly AnalysisKind[]): Promise<Analysis[]> {
    const { contentHash } = title;
    if (!contentHash) return [];
    const { items } = await this.documents.analyses.find({ contentHash, kind: { $in: [...kinds] } });
    const versions = await this.analyzer.versions();
    const good = items.filter((analysis) => analysis.detectorVersion === versions[analysis.kind]);
    return ANALYSIS_KINDS.flatMap((kind) => good.filter((analysis) => analysis.kind === kind));
  }

  /** The answers for which the film is wanted: the cast is made again without it where that gives the same. */
  private async missing(title: Title, kinds: readonly AnalysisKind[]): Promise<AnalysisKind[]> {
    const there = new Set((await this.current(title, kinds)).map(({ kind }) => kind));
    const missing = await this.withNeeded(
      title,
      kinds.filter((kind) => !there.has(kind)),
    );
    return missing.includes('cast') && (await this.remakeCast(title))
      ? missing.filter((kind) => kind !== 'cast')
      : missing;
  }

  /** With those that others are made from: credits are found before they are read. */
  private async withNeeded(title: Title, kinds: readonly AnalysisKind[]): Promise<AnalysisKind[]> {
    const isComplete = !kinds.includes('billing') || kinds.includes('credits');
    return isComplete || (await this.current(title, ['credits'])).length > 0 ? [...kinds] : ['credits', ...kinds];
  }

  /** Where the credits of a title are, as it is stored or corrected, if they are to be read. */
  private async creditsToRead({ id }: Title, kinds: readonly AnalysisKind[]): Promise<CreditsToRead> {
    if (!kinds.includes('billing')) return [];
    const title = await this.titles.get(id);
    const stored = title.contentHash && (await this.documents.analyses.get(analysisId(title.contentHash, 'credits')));
    const answer = stored ? await this.answerOf(title, stored) : null;
    return answer?.kind === 'credits' ? answer.result.segments : [];
  }

  private async remakeCast(title: Title): Promise<boolean> {
    const { analyses, castShots, castChunks, trackEmbeddings, store } = this.documents;
    const contentHash = title.contentHash;
    const stored =
      contentHash === null || !(await analyses.get(analysisId(contentHash, 'cast')))
        ? null
        : await castShots.get(contentHash);
    if (!stored) return false;
    const finding = await this.analyzer.remakeCast(stored, async () =>
      readWatched(
        stored,
        await everything(castChunks, { contentHash }),
        await everything(trackEmbeddings, { contentHash }),
      ),
    );
    if (finding) await store.commit(this.writes(title, finding));
    return finding !== null;
  }

  /** Replaces what was found before by what was found now. */
  private writes(title: Title, finding: Finding): Write[] {
    const contentHash = title.contentHash!;
    const { kind, detectorVersion, truncated, children } = finding;
    const result = finding.kind === 'genre' ? withWords(finding.result, title.metadata) : finding.result;
    const document = {
      id: analysisId(contentHash, kind),
      contentHash,
      kind,
      detectorVersion,
      truncated,
      result,
      finishedAt: new Date().toISOString(),
    };
    return [stillThere(title), ...children, { kind: 'upsert', collection: ANALYSES.name, document }];
  }
}

const notFetched = (why: string): string => `it was fetched without its sound: ${why}`;

/** The end of a job that has made a cast: readers write no names, so they are given before it ends. */
const named = (writes: readonly Write[], titleId: string): Delegation => ({
  to: [],
  writes,
  then: NAMES.job({ titleId }),
});
