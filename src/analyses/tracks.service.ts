import { Injectable } from '@nestjs/common';
import { nameTracks, type OnScreenTrack } from '../cast/names.js';
import { type PresentTrack, presentTrackSteps } from '../cast/present-tracks.js';
import { CHUNK_SECONDS, chunkId, joinChunks } from '../cast/stored.js';
import { inSlices } from '../core/slices.js';
import { Naming } from '../people/naming.js';
import { everything } from '../storage/pages.js';
import { Documents } from '../titles/collections.js';
import { notAnalysed } from '../titles/not-analysed.js';
import { playerOffset, shiftedTracks } from '../titles/player-clock.js';
import { TitlesService } from '../titles/titles.service.js';

/** Which tracks of a title, seconds of a player's clock. */
export interface TracksWanted {
  readonly start?: number | undefined;
  readonly end?: number | undefined;
  readonly personId?: string | undefined;
}

/** The longest stretch that is read by its chunks; a longer one is read as the whole film. */
const STRETCH_SECONDS = 600;

/** Faces on their way through a film, with the names of today: what a player asks for ahead of a pause. */
@Injectable()
export class TracksService {
  constructor(
    private readonly documents: Documents,
    private readonly titles: TitlesService,
    private readonly naming: Naming,
  ) {}

  /** Faces, in order of time. @throws KinoscopeError `not-found` when the title is unknown or was not analysed for cast */
  async tracks(titleId: string, { start = 0, end, personId }: TracksWanted): Promise<OnScreenTrack[]> {
    const { names, offset, from, to, chunks } = await this.stretch(titleId, start, end);
    const tracks = joinChunks(chunks).filter((track) => track.start < to && track.end > from);
    return shiftedTracks(
      nameTracks(tracks, names).filter((track) => personId === undefined || track.personId === personId),
      offset,
    );
  }

  /** Everybody, by face, body or scene, in order of time. @throws KinoscopeError as {@link tracks} */
  async everybody(titleId: string, { start = 0, end, personId }: TracksWanted): Promise<PresentTrack[]> {
    const { names, offset, from, to, chunks } = await this.stretch(titleId, start, end);
    const tracks = await inSlices(presentTrackSteps(chunks, names));
    return shiftedTracks(
      tracks
        .filter((track) => track.start < to && track.end > from)
        .filter((track) => personId === undefined || track.personId === personId),
      offset,
    );
  }

  private async stretch(titleId: string, start: number, end: number | undefined) {
    const { contentHash, media } = await this.titles.get(titleId);
    const names = contentHash === null ? null : await this.naming.namesOf(contentHash);
    if (contentHash === null || !names) throw notAnalysed(titleId, ['cast']);
    const offset = playerOffset(media);
    const [from, to] = [Math.max(0, start - offset), (end ?? Infinity) - offset];
    const chunks = (await this.chunks(contentHash, from, to)).toSorted((a, b) => a.index - b.index);
    return { names, offset, from, to, chunks };
  }

  private async chunks(contentHash: string, from: number, to: number) {
    if (to - from > STRETCH_SECONDS) return everything(this.documents.castChunks, { contentHash });
    const first = Math.floor(from / CHUNK_SECONDS);
    const count = Math.max(0, Math.floor(to / CHUNK_SECONDS) - first + 1);
    const ids = Array.from({ length: count }, (_, index) => chunkId(contentHash, (first + index) * CHUNK_SECONDS));
    return (await Promise.all(ids.map((id) => this.documents.castChunks.get(id)))).flatMap((chunk) => chunk ?? []);
  }
}
