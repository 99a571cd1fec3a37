import { Inject, Injectable } from '@nestjs/common';
import { buildCast, CAST_VERSION } from '../cast/cast.js';
import { chunkWrites, embeddingWrites } from '../cast/stored.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { CREDITS_DETECTOR_VERSION, detectCredits } from '../credits/detect.js';
import { createFacesAnalyzer, FACES_VERSION, type FacesResult, type FacesSeen } from '../faces/analyzer.js';
import { MEDIA, type Media } from '../frames/media.js';
import { type FrameConsumer, runPass } from '../frames/pass.js';
import { createShotDetector, SHOTS_VERSION } from '../frames/shots.js';
import type { DecodeSummary, MediaInfo, SamplingPlan, TimeWindow } from '../frames/types.js';
import { createGenreAnalyzer, GENRE_VERSION, keyFramesOf } from '../genre/analyzer.js';
import type { ModelRegistry } from '../inference/registry.js';
import { MODELS } from '../inference/types.js';
import { Naming } from '../people/naming.js';
import type { Write } from '../storage/collection.js';
import type { AnalysisKind } from './documents.js';

/** What one analysis found, ready to be stored. */
export interface Finding {
  readonly kind: AnalysisKind;
  readonly detectorVersion: string;
  readonly truncated: boolean;
  readonly result: Readonly<Record<string, unknown>>;
  /** Documents that belong to the result and are stored with it. */
  readonly children: readonly Write[];
}

/** A film on disk. */
export interface Film {
  readonly file: string;
  readonly contentHash: string;
  readonly info: MediaInfo;
}

export interface AnalyzeOptions {
  readonly signal?: AbortSignal | undefined;
  /** 0 to 1, and what is being done. */
  readonly onProgress?: ((fraction: number, stage: string) => void) | undefined;
}

/** An analysis that watches the shared pass, a frame a second, and answers after it. */
interface Watcher {
  readonly consumer: FrameConsumer;
  /** What it is content with when it has the pass for itself; absent: a frame a second. */
  readonly alone?: SamplingPlan;
  /** What it wants to see as well before it answers; null: nothing. */
  secondLook(): SamplingPlan | null;
  finding(summary: DecodeSummary): Promise<Finding>;
}

/** The rules, and the networks that take part, of each analysis: together its detector's version. */
const DETECTORS: Record<AnalysisKind, { readonly rules: string; readonly networks: readonly string[] }> = {
  genre: { rules: GENRE_VERSION, networks: ['inception-v3', 'inception-v3.int8'] },
  credits: { rules: CREDITS_DETECTOR_VERSION, networks: ['ppocr-det', 'credits-resnet50'] },
  cast: { rules: `${FACES_VERSION} ${CAST_VERSION}`, networks: ['face-rfb', 'face-landmark', 'face-embed-512'] },
  shots: { rules: SHOTS_VERSION, networks: [] },
};

/** About how long each part of the work takes beside the others, on two cores. */
const WEIGHTS = { pass: 0.8, credits: 0.2, shots: 0.4 } as const;

/** Seconds around a stretch of a film that its frames are compared with: far more than shots.ts looks, unless frames are rare. */
const SURROUNDINGS = 5;

/**
 * Answers questions about a film. Genre and cast want the same frames (one a second) and share one decode; credits looks
 * at key frames of the tail and searches on its own.
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
  async versions(): Promise<Record<AnalysisKind, string>> {
    const networks = new Map((await this.models.list()).map(({ id, version, state }) => [id, state === 'ok' ? version : null]));
    const versionOf = (kind: AnalysisKind): string =>
      [DETECTORS[kind].rules, ...DETECTORS[kind].networks.flatMap((id) => networks.get(id) ?? [])].join(' ');
    return { genre: versionOf('genre'), credits: versionOf('credits'), cast: versionOf('cast'), shots: versionOf('shots') };
  }

  /** @throws KinoscopeError `unreadable`, `unavailable`, `cancelled` */
  async analyze(film: Film, kinds: readonly AnalysisKind[], { signal, onProgress }: AnalyzeOptions): Promise<Finding[]> {
    const versions = await this.versions();
    const watchers: Watcher[] = [];
    if (kinds.includes('genre')) watchers.push(await this.watchGenre(film, versions.genre));
    if (kinds.includes('cast')) watchers.push(this.watchCast(film, versions.cast));
    const parts = [watchers.length > 0 ? WEIGHTS.pass : 0, kinds.includes('credits') ? WEIGHTS.credits : 0, kinds.includes('shots') ? WEIGHTS.shots : 0];
    const all = parts.reduce((sum, part) => sum + part, 0);
    /** Progress inside part `index` as progress of the whole. */
    const tell = (index: number, stage: string) => (fraction: number): void =>
      onProgress?.((parts.slice(0, index).reduce((sum, part) => sum + part, 0) + Math.min(1, fraction) * parts[index]!) / all, stage);
    const pass = async (plan: SamplingPlan, consumers: readonly FrameConsumer[], told: (fraction: number) => void): Promise<DecodeSummary> =>
      runPass(this.media.source, film.file, {
        plan,
        consumers,
        ...(signal ? { signal } : {}),
        onProgress: (time) => told(time / film.info.duration),
      });

    const findings: Finding[] = [];
    if (watchers.length > 0) {
      const [first, ...others] = watchers;
      const plan = (others.length === 0 ? first?.alone : undefined) ?? { kind: 'everySecond' };
      const told = tell(0, 'watching');
      told(0);
      const summary = await pass(plan, watchers.map(({ consumer }) => consumer), told);
      for (const { consumer, secondLook } of watchers) {
        const again = secondLook();
        if (again) await pass(again, [consumer], () => undefined);
      }
      tell(0, 'naming')(1);
      for (const watcher of watchers) findings.push(await watcher.finding(summary));
    }
    if (kinds.includes('credits')) {
      const told = tell(1, 'credits');
      told(0);
      const result = await detectCredits({
        file: film.file,
        info: film.info,
        source: this.media.source,
        models: this.models,
        policy: this.settings.nextEpisode,
        ...(signal ? { signal } : {}),
        onProgress: told,
      });
      const { truncated, detectorVersion, ...rest } = result;
      findings.push({ kind: 'credits', detectorVersion: versions.credits, truncated, result: rest, children: [] });
    }
    if (kinds.includes('shots')) {
      const detector = createShotDetector();
      const { truncated } = await pass({ kind: 'every' }, [detector], tell(2, 'shots'));
      findings.push({ kind: 'shots', detectorVersion: versions.shots, truncated, result: { ...detector.finish() }, children: [] });
    }
    return findings;
  }

  private async watchGenre({ info }: Film, detectorVersion: string): Promise<Watcher> {
    const analyzer = await createGenreAnalyzer({ models: this.models, duration: info.duration });
    return {
      consumer: analyzer,
      alone: keyFramesOf(info.duration),
      secondLook: () => analyzer.secondLook(),
      finding: async ({ truncated }) => ({ kind: 'genre', detectorVersion, truncated, result: { ...(await analyzer.finish()) }, children: [] }),
    };
  }

  private watchCast({ contentHash }: Film, detectorVersion: string): Watcher {
    const analyzer = createFacesAnalyzer({ models: this.models });
    return {
      consumer: analyzer,
      secondLook: () => {
        const times = analyzer.secondLook();
        return times.length > 0 ? { kind: 'exactAt', times } : null;
      },
      finding: async ({ truncated }) => this.castFinding(contentHash, analyzer.finish(), truncated, detectorVersion),
    };
  }

  private async castFinding(contentHash: string, faces: FacesResult, truncated: boolean, detectorVersion: string): Promise<Finding> {
    const { scenes, shots, tracks, appearances, embeddings } = buildCast(faces);
    const children = [
      ...chunkWrites(contentHash, tracks),
      ...embeddingWrites(contentHash, tracks, embeddings),
      ...(await this.naming.replace(contentHash, appearances)),
    ];
    return { kind: 'cast', detectorVersion, truncated, result: { scenes, shots }, children };
  }

  /**
   * A stretch of a film: what there is to see for the cast, to be joined with the other stretches. The pass begins and ends
   * a little outside, because a shot's boundary is told by the frames around it.
   */
  async watchPart(film: Film, { start, end }: TimeWindow, { signal, onProgress }: AnalyzeOptions): Promise<{ seen: FacesSeen; truncated: boolean }> {
    const analyzer = createFacesAnalyzer({ models: this.models });
    const length = Math.min(end, film.info.duration) - start;
    const inside = ({ time }: { readonly time: number }): boolean => time >= start && time < end;
    const { truncated } = await runPass(this.media.source, film.file, {
      plan: { kind: 'everySecond', window: { start: Math.max(0, start - SURROUNDINGS), end: end + SURROUNDINGS } },
      consumers: [{ ...analyzer, wants: (time) => inside({ time }) }],
      ...(signal ? { signal } : {}),
      onProgress: (time) => onProgress?.(Math.min(1, Math.max(0, time - start) / length), 'watching'),
    });
    return { seen: { ...analyzer.seen, glimpses: analyzer.seen.glimpses.filter(inside) }, truncated };
  }

  /** The cast of a film from all its stretches, in order of time: the same as from one pass over the whole film. */
  async joinCast(film: Film, seen: readonly FacesSeen[], truncated: boolean, { signal, onProgress }: AnalyzeOptions): Promise<Finding> {
    const analyzer = createFacesAnalyzer({ models: this.models, seen });
    const times = analyzer.secondLook();
    if (times.length > 0) {
      await runPass(this.media.source, film.file, {
        plan: { kind: 'exactAt', times },
        consumers: [analyzer],
        ...(signal ? { signal } : {}),
        onProgress: (time) => onProgress?.(Math.min(1, time / film.info.duration), 'looking again'),
      });
    }
    return this.castFinding(film.contentHash, analyzer.finish(), truncated, (await this.versions()).cast);
  }
}
