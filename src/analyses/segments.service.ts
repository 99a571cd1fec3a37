import { Injectable } from '@nestjs/common';
import { asKinoscopeError } from '../core/errors.js';
import { creditStretches, isScene, isSure, SURE } from '../credits/answer.js';
import type { Part, PartKind } from '../episodes/types.js';
import { everything } from '../storage/pages.js';
import { Documents } from '../titles/collections.js';
import { correctionId, isCorrectionOf, noteOf } from '../titles/corrections.js';
import type { CorrectionNote, CreditsAnswer, Title } from '../titles/documents.js';
import { playerOffset, shifted } from '../titles/player-clock.js';
import {
  OFFERED,
  SERIES_SETTINGS,
  seriesId,
  type SeriesSettings,
  SKIPPED_KINDS,
  type SkipMode,
  type SkippedKind,
  type StoredParts,
} from '../titles/season-documents.js';
import { TitlesService } from '../titles/titles.service.js';
import { AnalysesService } from './analyses.service.js';
import { placeOf } from './seasons.service.js';
import type { SegmentsOutput } from './segment-schemas.js';
import { SidecarJobs } from './sidecar-jobs.service.js';

/** A stretch of a film, on a player's clock. */
export interface Segment {
  readonly kind: SkippedKind | 'scene';
  /** Seconds, `start <= t < end`. */
  readonly start: number;
  readonly end: number;
  /** 0 to 1. */
  readonly confidence: number;
  readonly reason: string;
}

/**
 * The segments that a player may act on: everything of episodes that leaves for a player passes here.
 * @param minConfidence 0 to 1; lower it knowingly
 */
export function sureSegments<T extends Segment>(segments: readonly T[], minConfidence = SURE): T[] {
  return segments.filter(({ confidence }) => confidence >= minConfidence);
}

/** Why these cannot be the opening titles, recap and preview of a film, in one line; null where they can. @param duration seconds */
export function whyNoParts(parts: readonly Pick<Part, 'start' | 'end'>[], duration: number): string | null {
  for (const [index, { start, end }] of parts.entries()) {
    if (start >= duration) return `The film ends at ${duration.toFixed(3)} s, before ${start} s`;
    if (end <= start) return 'A segment ends after its start';
    if (end > duration + ROUNDING) return `The film ends at ${duration.toFixed(3)} s, before ${end} s`;
    if (start < (parts[index - 1]?.end ?? 0)) return 'Segments do not overlap each other';
  }
  return null;
}

/** A player's length of a film and ours differ by less, seconds. */
const ROUNDING = 0.1;
const SAID = 'set by hand';
const NOT_COMPARED = 'its season was not compared yet';
const NO_EPISODE = 'it is no episode of a series';

/** Opening titles, recap and preview of a title, on a player's clock. */
export interface PartsAnswer {
  readonly parts: readonly Part[];
  readonly none: Readonly<Partial<Record<PartKind, string>>>;
  /** Whether a season or a person told of them. */
  readonly known: boolean;
  readonly note: CorrectionNote | null;
  /** What the season says; null before it was compared. */
  readonly machine: StoredParts | null;
}

/** What can be told of a film's stretches, on one line: what its season says, its credits, and what people have corrected. */
@Injectable()
export class SegmentsService {
  constructor(
    private readonly documents: Documents,
    private readonly titles: TitlesService,
    private readonly analyses: AnalysesService,
    private readonly sidecars: SidecarJobs,
  ) {}

  /** @throws KinoscopeError `not-found` when the title is unknown */
  async read(titleId: string): Promise<SegmentsOutput> {
    const title = await this.titles.get(titleId);
    const [told, credits, skip] = await Promise.all([this.partsOf(title), this.creditsOf(titleId), this.skipOf(title)]);
    const segments = [
      ...told.parts.map((one) => ({ ...one, corrected: told.note !== null, sure: one.confidence >= SURE })),
      ...creditSegments(credits.answer),
    ];
    const { machine } = told;
    return {
      segments: segments
        .map((one) => ({ ...one, skip: one.kind === 'scene' ? null : skip[one.kind] }))
        .sort((a, b) => a.start - b.start),
      none: { ...told.none, ...(credits.none !== null && { credits: credits.none }) },
      skip,
      ...(told.note && { correction: told.note, machine: { segments: [...(machine?.parts ?? [])] } }),
      season: machine && {
        series: machine.series,
        season: machine.season,
        episode: machine.episode,
        detectorVersion: machine.detectorVersion,
        finishedAt: machine.finishedAt,
      },
    };
  }

  /** What the season says, or a person in its place. */
  async partsOf(title: Title): Promise<PartsAnswer> {
    const { contentHash } = title;
    const [machine, correction] =
      contentHash === null
        ? [null, null]
        : await Promise.all([
            this.seasonsWord(title),
            this.documents.corrections.get(correctionId(contentHash, 'segments')),
          ]);
    const offset = playerOffset(title.media);
    if (correction && isCorrectionOf(correction, 'segments')) {
      const parts = correction.said.segments.map((one) => ({ ...one, confidence: 1, reason: SAID }));
      const none = saidNone(parts);
      return { parts: shifted(parts, offset), none, known: true, note: noteOf(correction), machine };
    }
    const why = title.metadata.series === undefined ? NO_EPISODE : NOT_COMPARED;
    const none = machine?.none ?? { recap: why, intro: why, preview: why };
    return { parts: machine?.parts ?? [], none, known: machine !== null, note: null, machine };
  }

  /** What the season says, as it is stored. */
  async machineOf({ contentHash }: Title): Promise<{ detectorVersion: string; result: { segments: readonly Part[] } }> {
    const stored = contentHash === null ? null : await this.documents.episodeParts.get(contentHash);
    return { detectorVersion: stored?.detectorVersion ?? '', result: { segments: stored?.parts ?? [] } };
  }

  async skipOf({ metadata: { series } }: Title): Promise<SeriesSettings['skip']> {
    return series === undefined ? OFFERED : this.skipOfSeries(series);
  }

  async skipOfSeries(series: string): Promise<SeriesSettings['skip']> {
    return (await this.documents.seriesSettings.get(seriesId(series)))?.skip ?? OFFERED;
  }

  /** What is left out stays as it is. */
  async setSkip(series: string, change: { readonly [Kind in SkippedKind]?: SkipMode | undefined }) {
    const before = await this.skipOfSeries(series);
    const skip = Object.fromEntries(SKIPPED_KINDS.map((kind) => [kind, change[kind] ?? before[kind]]));
    const { players } = (await this.documents.seriesSettings.get(seriesId(series))) ?? {};
    const document = { id: seriesId(series), series, skip, ...(players !== undefined && { players }) };
    await this.documents.store.commit([{ kind: 'upsert', collection: SERIES_SETTINGS.name, document }]);
    await this.sidecars.enqueue(await everything(this.documents.titles, { 'metadata.series': series }));
    return this.skipOfSeries(series);
  }

  /** On a player's clock; null where the title was another episode then, or of another series. */
  private async seasonsWord(title: Title): Promise<StoredParts | null> {
    const stored = await this.documents.episodeParts.get(title.contentHash!);
    const place = placeOf(title);
    if (!stored || !place) return null;
    const same = stored.series === place.series && stored.season === place.season && stored.episode === place.number;
    return same ? shifted(stored, playerOffset(title.media)) : null;
  }

  private async creditsOf(
    titleId: string,
  ): Promise<{ answer: (CreditsAnswer & { corrected: boolean }) | null; none: string | null }> {
    try {
      const { result } = await this.analyses.read(titleId, 'credits');
      return { answer: result, none: result.creditsStart === null ? result.reason : null };
    } catch (error) {
      if (asKinoscopeError(error).code !== 'not-found') throw error;
      return { answer: null, none: 'it was not analysed for credits yet' };
    }
  }
}

function saidNone(parts: readonly Part[]): Partial<Record<PartKind, string>> {
  const missing = (['recap', 'intro', 'preview'] as const).filter((kind) => parts.every((part) => part.kind !== kind));
  return Object.fromEntries(missing.map((kind) => [kind, 'a person said so']));
}

function creditSegments(answer: (CreditsAnswer & { corrected: boolean }) | null) {
  if (answer === null) return [];
  const { corrected, reason } = answer;
  const sure = isSure(answer);
  const credits = creditStretches(answer).map(({ start, end, confidence }) => ({
    kind: 'credits' as const,
    start,
    end,
    confidence,
    reason,
  }));
  const scenes = answer.segments
    .filter(isScene)
    .map(({ start, end, confidence, evidence }) => ({
      kind: 'scene' as const,
      start,
      end,
      confidence,
      reason: evidence,
    }));
  return [...credits, ...scenes].map((one) => ({ ...one, corrected, sure: sure && one.confidence >= SURE }));
}
