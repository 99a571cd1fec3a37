import { Injectable } from '@nestjs/common';
import { AnalysesService } from '../analyses/analyses.service.js';
import { SegmentsService } from '../analyses/segments.service.js';
import { type PresentTrack, presentTrackSteps } from '../cast/present-tracks.js';
import { KinoscopeError } from '../core/errors.js';
import { inSlices } from '../core/slices.js';
import { Naming } from '../people/naming.js';
import { everything } from '../storage/pages.js';
import { Documents } from '../titles/collections.js';
import { isOfKind, type Title } from '../titles/documents.js';
import { notAnalysed } from '../titles/not-analysed.js';
import { playerOffset, playingTime, shiftedTracks } from '../titles/player-clock.js';
import { SeriesService } from '../titles/series.service.js';
import { TitlesService } from '../titles/titles.service.js';
import { type ExportedFilm, forPlayers, type StoredFilm } from './film.js';
import { moved } from './offset.js';

/** Seconds: a larger one is a mistake. */
export const MOST_OFFSET = 3600;

/** What those who export may ask for. */
export interface ExportOptions {
  /** 0 to 1: how sure answers must be for a player; unset: as everywhere else. */
  readonly minConfidence?: number | undefined;
  /** Seconds that are added to all times; below 0: earlier. Default 0. */
  readonly offset?: number | undefined;
}

/** Gathers a title's stored answers for those who write them in other forms. */
@Injectable()
export class ExportsService {
  constructor(
    private readonly documents: Documents,
    private readonly titles: TitlesService,
    private readonly analyses: AnalysesService,
    private readonly naming: Naming,
    private readonly segments: SegmentsService,
    private readonly series: SeriesService,
  ) {}

  /** @throws KinoscopeError `not-found` when the title is unknown or its film was not fetched yet */
  async film(titleId: string, { minConfidence, offset = 0 }: ExportOptions = {}): Promise<ExportedFilm> {
    const title = await this.titles.get(titleId);
    if (!title.media) throw new KinoscopeError('not-found', `The film of the title ${titleId} was not fetched yet`);
    const stored = await this.analyses.stored(titleId);
    const credits = stored.find((analysis) => isOfKind(analysis, 'credits'));
    const billing = stored.find((analysis) => isOfKind(analysis, 'billing'));
    const cast = stored.find((analysis) => isOfKind(analysis, 'cast'));
    const { parts, known } = await this.segments.partsOf(title);
    const film: StoredFilm = {
      id: title.id,
      name: title.name,
      media: { ...title.media, duration: playingTime(title.media) },
      episode: title.metadata.episode !== undefined,
      metadata: title.metadata,
      players: await this.series.reachesPlayers(title),
      billing: billing?.result ?? null,
      skip: await this.segments.skipOf(title),
      parts: known ? parts : null,
      credits: credits
        ? { ...credits.result, detectorVersion: credits.result.corrected ? 'set by hand' : credits.detectorVersion }
        : null,
      cast: cast
        ? {
            scenes: cast.result.scenes,
            shots: cast.result.shots,
            tracks: shiftedTracks(await this.tracks(title), playerOffset(title.media)),
            detectorVersion: cast.detectorVersion,
          }
        : null,
    };
    return forPlayers(moved(film, offset), minConfidence);
  }

  /** Everybody who can be told, with the names of today, by face, body or scene. @throws KinoscopeError `not-found` when it was not analysed for cast */
  async tracks({ id, contentHash }: Title): Promise<PresentTrack[]> {
    const names = contentHash === null ? null : await this.naming.namesOf(contentHash);
    if (!names) throw notAnalysed(id, ['cast']);
    const chunks = await everything(this.documents.castChunks, { contentHash });
    const tracks = await inSlices(
      presentTrackSteps(
        chunks.toSorted((a, b) => a.index - b.index),
        names,
      ),
    );
    return tracks.filter(({ by, personId, perhaps }) => by === 'face' || personId !== null || perhaps !== null);
  }
}
