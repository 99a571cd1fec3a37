import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { Audit } from '../access/audit.js';
import { currentContext } from '../core/context.js';
import { KinoscopeError } from '../core/errors.js';
import { type CreditsSaid, type SaidSegment, startingAt, whyNotSaid } from '../credits/corrected.js';
import { frameNumber } from '../credits/frame-number.js';
import { MEDIA, type Media } from '../frames/media.js';
import { type FindOptions, type Page, PreconditionError, type Write } from '../storage/collection.js';
import { Documents } from '../titles/collections.js';
import {
  type CorrectedKind,
  type Correction,
  type CorrectionOf,
  correctionId,
  CORRECTIONS,
  isCorrectionOf,
  type Said,
} from '../titles/corrections.js';
import { stillThere, type Title } from '../titles/documents.js';
import { notAnalysed } from '../titles/not-analysed.js';
import { playerOffset, playingTime } from '../titles/player-clock.js';
import { TitlesService } from '../titles/titles.service.js';
import { AnalysesService } from './analyses.service.js';
import { SegmentsService, whyNoParts } from './segments.service.js';

/** What is said now, and of what. */
export interface SetCorrection<Kind extends CorrectedKind> {
  readonly title: Title;
  readonly correction: CorrectionOf<Kind>;
}

interface Locking {
  readonly locked?: boolean | undefined;
}

/** What is said of the credits, on a player's clock; what is left out stays as it is answered now. */
export interface CreditsGiven extends Locking {
  readonly creditsStart?: number | null | undefined;
  readonly segments?: readonly SaidSegment[] | undefined;
}

/** What is said of the genre; what is left out stays as it is answered now. */
export interface GenreGiven extends Locking {
  readonly genres?: readonly string[] | undefined;
}

/** What is said of opening titles, recap and preview, on a player's clock; what is left out stays as it is answered now. */
export interface SegmentsGiven extends Locking {
  readonly segments?: readonly SaidPart[] | undefined;
}

type SaidPart = Said['segments']['segments'][number];
type Machine = Pick<Correction['machine'], 'detectorVersion' | 'result'>;

/** What people say of a film's genre, credits and segments where the machine was wrong. */
@Injectable()
export class CorrectionsService {
  constructor(
    private readonly documents: Documents,
    private readonly titles: TitlesService,
    private readonly analyses: AnalysesService,
    private readonly segments: SegmentsService,
    private readonly audit: Audit,
    @Inject(MEDIA) private readonly media: Pick<Media, 'source'>,
  ) {}

  /** The oldest first. */
  page(
    filter: { readonly kind?: CorrectedKind; readonly contentHash?: string },
    options: FindOptions,
  ): Promise<Page<Correction>> {
    return this.documents.corrections.find({ ...filter }, { ...options, sort: { path: 'createdAt', order: 'asc' } });
  }

  /** @throws KinoscopeError `not-found` before it was analysed; `usage` for what cannot be; `conflict` while it is locked */
  async setCredits(titleId: string, given: CreditsGiven): Promise<SetCorrection<'credits'>> {
    const { result: now } = await this.analyses.read(titleId, 'credits');
    const title = await this.titles.get(titleId);
    const { media } = title;
    if (media === null) throw new KinoscopeError('not-found', `The film of the title ${titleId} was not fetched yet`);
    const said = saidOf(given, now, playingTime(media));
    const wrong = whyNotSaid(said, playingTime(media));
    if (wrong !== null) throw new KinoscopeError('usage', wrong);
    const kept = stored(said, playerOffset(media));
    return this.set(title, 'credits', kept, given.locked, await this.frameOf(title, kept.creditsStart));
  }

  /** Number of the frame that shows at a second of a film of a variable rate; null where the rate tells it, or nothing does. */
  private async frameOf({ source: { file }, media }: Title, time: number | null): Promise<number | null> {
    if (time === null || file === null || !media?.variableRate) return null;
    // a film that is gone meanwhile is corrected nevertheless
    return frameNumber({ file, info: media, source: this.media.source }, time).catch(() => null);
  }

  /** @throws KinoscopeError `not-found` before it was analysed; `usage` for a genre that is not known; `conflict` while it is locked */
  async setGenre(titleId: string, { genres, locked }: GenreGiven): Promise<SetCorrection<'genre'>> {
    const { result: now } = await this.analyses.read(titleId, 'genre');
    const known = Object.keys(now.genres);
    const unknown = genres?.find((genre) => !known.includes(genre));
    if (unknown !== undefined)
      throw new KinoscopeError('usage', `There is no genre "${unknown}": take some of ${known.join(', ')}`);
    const title = await this.titles.get(titleId);
    const before = await this.of(title, 'genre');
    const said = genres ?? before?.said.genres ?? now.top3.map(({ genre }) => genre);
    return this.set(title, 'genre', { genres: [...new Set(said)] }, locked);
  }

  /**
   * What is said of opening titles, recap and preview. @throws KinoscopeError `not-found` before the film was fetched; `usage` for
   * what cannot be; `conflict` while it is locked
   */
  async setSegments(titleId: string, { segments, locked }: SegmentsGiven): Promise<SetCorrection<'segments'>> {
    const title = await this.titles.get(titleId);
    const { media } = title;
    if (media === null) throw new KinoscopeError('not-found', `The film of the title ${titleId} was not fetched yet`);
    const now = segments ?? (await this.segments.partsOf(title)).parts;
    const said = now.map(({ kind, start, end }) => ({ kind, start, end })).sort((a, b) => a.start - b.start);
    const wrong = whyNoParts(said, playingTime(media));
    if (wrong !== null) throw new KinoscopeError('usage', wrong);
    const offset = playerOffset(media);
    const stored = said.map((one) => ({
      ...one,
      start: Math.max(0, one.start - offset),
      end: Math.min(media.duration, one.end - offset),
    }));
    return this.set(title, 'segments', { segments: stored }, locked);
  }

  /** What the machine answers, for the record. @throws KinoscopeError `not-found` */
  private async machineOf<Kind extends CorrectedKind>(title: Title, kind: Kind): Promise<Machine> {
    if (kind === 'segments') return this.segments.machineOf(title);
    const analysis = await this.documents.analyses.get(correctionId(title.contentHash!, kind));
    if (!analysis) throw notAnalysed(title.id, [kind]);
    if (analysis.kind !== 'genre' && analysis.kind !== 'credits')
      throw new KinoscopeError('internal', `${analysis.id} cannot be corrected`);
    return { detectorVersion: analysis.detectorVersion, result: analysis.result };
  }

  /** @throws KinoscopeError `not-found`; `conflict` while it is locked */
  async delete(titleId: string, kind: CorrectedKind): Promise<Title> {
    const title = await this.titles.get(titleId);
    const before = await this.of(title, kind);
    if (!before) throw new KinoscopeError('not-found', `The ${kind} of the title ${titleId} was not corrected`);
    refuseLocked(before, undefined);
    await this.commit([
      { kind: 'patch', collection: CORRECTIONS.name, id: before.id, patch: {}, where: { locked: false } },
      { kind: 'delete', collection: CORRECTIONS.name, filter: { id: before.id } },
      this.audit.line('correction.deleted', { title: titleId, kind }),
    ]);
    return title;
  }

  private async of<Kind extends CorrectedKind>(title: Title, kind: Kind): Promise<CorrectionOf<Kind> | null> {
    const { contentHash } = title;
    const correction =
      contentHash === null ? null : await this.documents.corrections.get(correctionId(contentHash, kind));
    return correction && isCorrectionOf(correction, kind) ? correction : null;
  }

  private async set<Kind extends CorrectedKind>(
    title: Title,
    kind: Kind,
    said: Said[Kind],
    locked: boolean | undefined,
    frame: number | null = null,
  ): Promise<SetCorrection<Kind>> {
    const contentHash = title.contentHash!;
    const id = correctionId(contentHash, kind);
    const [before, machine] = await Promise.all([this.of(title, kind), this.machineOf(title, kind)]);
    if (before?.locked === (locked ?? false) && isDeepStrictEqual(before.said, said))
      return { title, correction: before };
    if (before) refuseLocked(before, locked);
    const at = new Date().toISOString();
    const document = {
      id,
      contentHash,
      kind,
      said,
      ...(frame !== null && { frame }),
      machine,
      by: currentContext()?.actor ?? 'cli',
      createdAt: before?.createdAt ?? at,
      updatedAt: at,
      locked: locked ?? false,
    };
    const unchanged: Write[] = before
      ? [{ kind: 'patch', collection: CORRECTIONS.name, id, patch: {}, where: { updatedAt: before.updatedAt } }]
      : [];
    await this.commit([
      stillThere(title),
      ...unchanged,
      { kind: 'upsert', collection: CORRECTIONS.name, document },
      this.audit.line('correction.set', { title: title.id, kind, locked: document.locked }),
    ]);
    const correction = await this.of(title, kind);
    if (!correction) throw new KinoscopeError('conflict', 'The correction was deleted meanwhile');
    return { title, correction };
  }

  private async commit(writes: readonly Write[]): Promise<void> {
    try {
      await this.documents.store.commit(writes);
    } catch (error) {
      if (!(error instanceof PreconditionError)) throw error;
      throw new KinoscopeError('conflict', 'The title or its correction has changed meanwhile: look again', {
        cause: error,
      });
    }
  }
}

/** What is locked changes when it is unlocked first, or by the same request. */
function refuseLocked({ kind, locked }: Pick<Correction, 'kind' | 'locked'>, wanted: boolean | undefined): void {
  if (locked && wanted !== false)
    throw new KinoscopeError('conflict', `The ${kind} of this title ${kind === 'genre' ? 'is' : 'are'} locked`);
}

/** A player's length of a film and ours differ by less, seconds. */
const ROUNDING = 0.1;

function saidOf({ creditsStart, segments }: CreditsGiven, now: CreditsSaid, duration: number): CreditsSaid {
  const within = ({ kind, start, end }: SaidSegment): SaidSegment => ({
    kind,
    start,
    end: end > duration && end < duration + ROUNDING ? duration : end,
  });
  if (segments !== undefined) {
    const ordered = segments.map(within).sort((a, b) => a.start - b.start);
    return { creditsStart: creditsStart === undefined ? (ordered[0]?.start ?? null) : creditsStart, segments: ordered };
  }
  const kept = now.segments.map(within);
  if (creditsStart === undefined) return { creditsStart: now.creditsStart, segments: kept };
  return { creditsStart, segments: creditsStart === null ? [] : startingAt(kept, creditsStart, duration) };
}

/** As it is stored: since the first picture, before which there is nothing. */
function stored({ creditsStart, segments }: CreditsSaid, offset: number): CreditsSaid {
  const time = (seconds: number): number => Math.max(0, seconds - offset);
  return {
    creditsStart: creditsStart === null ? null : time(creditsStart),
    segments: segments.map(({ kind, start, end }) => ({ kind, start: time(start), end: time(end) })),
  };
}
