import { Inject, Injectable } from '@nestjs/common';
import { withAppearances } from '../cast/bodies.js';
import { castSteps } from '../cast/cast.js';
import type { SegmentSeen } from '../cast/segments.js';
import { chunkWrites, embeddingSteps } from '../cast/stored.js';
import { shotWrite, type StoredShots, type Watched, watchedSteps } from '../cast/watched.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { inSlices } from '../core/slices.js';
import { readBilling } from '../credits/billing/read.js';
import type { CreditsToRead } from '../credits/billing/types.js';
import { detectCredits } from '../credits/detect.js';
import { samplingPlan, secondPlan } from '../faces/analyzer.js';
import { MEDIA, type Media } from '../frames/media.js';
import { type FrameConsumer, runPass } from '../frames/pass.js';
import { createShotDetector, EVERY_FRAME } from '../frames/shots.js';
import type { DecodeSummary, SamplingPlan, TimeWindow } from '../frames/types.js';
import { createGenreAnalyzer, KEY_FRAMES } from '../genre/analyzer.js';
import type { ModelRegistry } from '../inference/registry.js';
import { MODELS } from '../inference/types.js';
import { Naming } from '../people/naming.js';
import { hearFilm } from '../sound/hear.js';
import type { Write } from '../storage/collection.js';
import { billedWrites } from '../titles/billed.js';
import type { Analysis, AnalysisKind, OfKind } from '../titles/documents.js';
import type { Film } from '../titles/film.js';
import { createCastWatcher } from './cast-watcher.js';
import { answerVersions, castVersion, detectorVersion, modelsOf } from './detectors.js';
import { pictureWrites } from './fingerprints.service.js';

/** What one analysis found, ready to be stored. */
export type Finding = {
  [Kind in AnalysisKind]: Pick<OfKind<Analysis, Kind>, 'kind' | 'detectorVersion' | 'truncated' | 'result'>;
}[AnalysisKind] & {
  /** Documents that belong to the result and are stored with it. */
  readonly children: readonly Write[];
};

export interface AnalyzeOptions {
  readonly signal?: AbortSignal | undefined;
  /** 0 to 1, and what is being done. */
  readonly onProgress?: ((fraction: number, stage: string) => void) | undefined;
  /** The stored answer to where the credits are: who is billed is read there, unless they are looked for as well. */
  readonly credits?: CreditsToRead | undefined;
}

/** About how long each part of the work takes beside the others, on two cores. */
const WEIGHTS: Record<AnalysisKind, number> = {
  genre: 0.2,
  cast: 0.8,
  credits: 0.2,
  billing: 0.3,
  sound: 0.1,
  shots: 0.4,
};

/**
 * Answers questions about a film, one after the other: each wants other frames. Genre watches key frames, cast a frame a
 * second, shots every frame; credits searches on its own; sound sees none.
 */
@Injectable()
export class Analyzer {
  constructor(
    @Inject(MODELS) private readonly models: ModelRegistry,
    @Inject(MEDIA) private readonly media: Media,
    private readonly naming: Naming,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** What the stored answers must have been made by to be still good. */
  versions(): Promise<Record<AnalysisKind, string>> {
    return answerVersions(this.models, this.media);
  }

  /**
   * The quick answers first.
   * @param onFound takes each answer but the last as soon as it is there; without it all are returned
   * @returns the answers that nobody took
   * @throws KinoscopeError `unreadable`, `unavailable`, `cancelled`; whatever `onFound` throws
   */
  async analyze(
    film: Film,
    kinds: readonly AnalysisKind[],
    { signal, onProgress, credits: stored = [] }: AnalyzeOptions,
    onFound?: (finding: Finding) => Promise<void>,
  ): Promise<Finding[]> {
    const versions = await this.versions();
    const asked = (['genre', 'credits', 'billing', 'cast', 'sound', 'shots'] as const).filter((kind) =>
      kinds.includes(kind),
    );
    const all = asked.reduce((sum, kind) => sum + WEIGHTS[kind], 0);
    const findings: Finding[] = [];
    let credits = stored;
    for (const [index, kind] of asked.entries()) {
      const before = asked.slice(0, index).reduce((sum, earlier) => sum + WEIGHTS[earlier], 0);
      const finding = await this[kind](film, versions[kind], {
        signal,
        credits,
        onProgress: (fraction, stage) => onProgress?.((before + Math.min(1, fraction) * WEIGHTS[kind]) / all, stage),
      });
      if (finding.kind === 'credits') credits = finding.result.segments;
      if (onFound && index < asked.length - 1) await onFound(finding);
      else findings.push(finding);
    }
    return findings;
  }

  /** Has somebody watch frames of a film. The fraction that is told is the share of the film that was watched. */
  private watch(
    { file, info }: Film,
    plan: SamplingPlan,
    consumer: FrameConsumer,
    { signal, onProgress }: AnalyzeOptions,
    stage: string,
  ): Promise<DecodeSummary> {
    onProgress?.(0, stage);
    return runPass(this.media.source, file, {
      plan,
      consumer,
      ...(signal ? { signal } : {}),
      onProgress: (time) => onProgress?.(time / info.duration, stage),
    });
  }

  /** A pass after the one that was counted: progress, which never goes back, stands still meanwhile. */
  private async lookAgain(
    film: Film,
    plan: SamplingPlan,
    consumer: FrameConsumer,
    { signal, onProgress }: AnalyzeOptions,
  ): Promise<void> {
    await this.watch(
      film,
      plan,
      consumer,
      { signal, onProgress: (_fraction, stage) => onProgress?.(1, stage) },
      'looking again',
    );
  }

  private async genre(film: Film, detectorVersion: string, options: AnalyzeOptions): Promise<Finding> {
    const analyzer = await createGenreAnalyzer({ models: modelsOf('genre', this.models) });
    const { truncated, duration } = await this.watch(film, KEY_FRAMES, analyzer, options, 'watching');
    const again = analyzer.secondLook(duration);
    if (again) await this.lookAgain(film, again, analyzer, options);
    return { kind: 'genre', detectorVersion, truncated, result: await analyzer.finish(), children: [] };
  }

  private async cast(film: Film, _version: string, options: AnalyzeOptions): Promise<Finding> {
    const watcher = createCastWatcher(modelsOf('faces', this.models), film.info.duration);
    const { truncated } = await this.watch(film, samplingPlan(), watcher, options, 'watching');
    const times = await watcher.secondLook();
    if (times.length > 0) await this.lookAgain(film, secondPlan(times), watcher, options);
    options.onProgress?.(1, 'naming');
    const { faces, bodies } = await watcher.finish();
    return this.castFinding(
      film.contentHash,
      await inSlices(watchedSteps(faces, bodies)),
      truncated,
      pictureWrites(film.contentHash, watcher.seen.thumbnails, faces.shots),
    );
  }

  private async credits(
    { file, info }: Film,
    detectorVersion: string,
    { signal, onProgress }: AnalyzeOptions,
  ): Promise<Finding> {
    onProgress?.(0, 'credits');
    const { truncated, ...result } = await detectCredits({
      file,
      info,
      source: this.media.source,
      models: modelsOf('credits', this.models),
      policy: this.settings.nextEpisode,
      ...(signal ? { signal } : {}),
      onProgress: (fraction) => onProgress?.(fraction, 'credits'),
    });
    return { kind: 'credits', detectorVersion, truncated, result, children: [] };
  }

  private async billing(
    { file, contentHash }: Film,
    detectorVersion: string,
    { signal, onProgress, credits = [] }: AnalyzeOptions,
  ): Promise<Finding> {
    onProgress?.(0, 'reading credits');
    const { truncated, ...result } = await readBilling({
      file,
      source: this.media.source,
      models: modelsOf('billing', this.models),
      credits,
      ...(signal ? { signal } : {}),
      onProgress: (fraction) => onProgress?.(fraction, 'reading credits'),
    });
    return { kind: 'billing', detectorVersion, truncated, result, children: billedWrites(contentHash, result) };
  }

  /** A film whose sound cannot be read has other answers all the same. */
  private async sound(
    { file, info }: Film,
    detectorVersion: string,
    { signal, onProgress }: AnalyzeOptions,
  ): Promise<Finding> {
    onProgress?.(0, 'listening');
    const { result, truncated } = await hearFilm({
      file,
      track: info.audio,
      media: this.media,
      models: modelsOf('sound', this.models),
      ...(signal ? { signal } : {}),
      onProgress: (time) => onProgress?.(time / info.duration, 'listening'),
    });
    return { kind: 'sound', detectorVersion, truncated, result, children: [] };
  }

  private async shots(film: Film, detectorVersion: string, options: AnalyzeOptions): Promise<Finding> {
    const detector = createShotDetector([], film.info.duration);
    const { truncated } = await this.watch(film, EVERY_FRAME, detector, options, 'shots');
    return { kind: 'shots', detectorVersion, truncated, result: await inSlices(detector.conclude()), children: [] };
  }

  /** @param prints what the film was found to look like on the way */
  private async castFinding(
    contentHash: string,
    watched: Watched,
    truncated: boolean,
    prints: readonly Write[] = [],
  ): Promise<Finding> {
    const watchedBy = await detectorVersion('faces', this.models, this.media);
    const { scenes, shots, ...found } = await inSlices(castSteps(watched));
    const { tracks, writes } = await this.naming.replace(contentHash, found);
    const children = [
      shotWrite(contentHash, watched, watchedBy, truncated),
      ...chunkWrites(contentHash, tracks, withAppearances(found.bodies, tracks)),
      ...(await inSlices(embeddingSteps(contentHash, tracks, found.embeddings, watched.bodies))),
      ...writes,
      ...prints,
    ];
    return { kind: 'cast', detectorVersion: castVersion(watchedBy), truncated, result: { scenes, shots }, children };
  }

  /** The cast from what is stored of a film that was watched, without the film; null when it would be watched otherwise today. */
  async remakeCast(
    { contentHash, watchedBy, truncated }: StoredShots,
    readStored: () => Promise<Watched>,
  ): Promise<Finding | null> {
    return watchedBy === (await detectorVersion('faces', this.models, this.media))
      ? this.castFinding(contentHash, await readStored(), truncated)
      : null;
  }

  /** A stretch of a film: what there is to see for the cast, to be joined with the other stretches. */
  async watchPart(
    film: Film,
    { start, end }: TimeWindow,
    { signal, onProgress }: AnalyzeOptions,
  ): Promise<{ seen: SegmentSeen; truncated: boolean }> {
    const watcher = createCastWatcher(modelsOf('faces', this.models), film.info.duration);
    const length = Math.min(end, film.info.duration) - start;
    const inside = ({ time }: { readonly time: number }): boolean => time >= start && time < end;
    const { truncated } = await runPass(this.media.source, film.file, {
      plan: samplingPlan({ start, end }),
      consumer: { ...watcher, wants: (time) => inside({ time }) },
      ...(signal ? { signal } : {}),
      onProgress: (time) => onProgress?.(Math.min(1, Math.max(0, time - start) / length), 'watching'),
    });
    return { seen: { ...watcher.seen, thumbnails: watcher.seen.thumbnails.filter(inside) }, truncated };
  }

  /** The cast of a film from all its stretches, in order of time: the same as from one pass over the whole film. */
  async joinCast(
    film: Film,
    seen: readonly SegmentSeen[],
    truncated: boolean,
    options: AnalyzeOptions,
  ): Promise<Finding> {
    const watcher = createCastWatcher(modelsOf('faces', this.models), film.info.duration, seen);
    const times = await watcher.secondLook();
    if (times.length > 0) await this.watch(film, secondPlan(times), watcher, options, 'looking again');
    const { faces, bodies } = await watcher.finish();
    return this.castFinding(
      film.contentHash,
      await inSlices(watchedSteps(faces, bodies)),
      truncated,
      pictureWrites(film.contentHash, watcher.seen.thumbnails, faces.shots),
    );
  }
}
