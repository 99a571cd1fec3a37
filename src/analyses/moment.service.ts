import { Injectable } from '@nestjs/common';
import { castAt, type CastMember, nameCast, type NamedCast, type Names } from '../cast/names.js';
import { type Present, presentAt } from '../cast/present.js';
import { CHUNK_SECONDS, chunkId, joinChunks } from '../cast/stored.js';
import { KinoscopeError } from '../core/errors.js';
import { Naming } from '../people/naming.js';
import { Documents } from '../titles/collections.js';
import { type Analysis, analysisId, isOfKind, type OfKind } from '../titles/documents.js';
import { playerOffset, playingTime, shifted } from '../titles/player-clock.js';
import { TitlesService } from '../titles/titles.service.js';

/** Who is on screen at one moment, and who else is in the scene. */
export interface CastMoment {
  /** Seconds of a player's clock. */
  readonly at: number;
  readonly cast: readonly Present[];
  /** null: there is none at that time, or it was not asked for. */
  readonly scene: { readonly start: number; readonly end: number; readonly others: readonly CastMember[] } | null;
  /** Why those without a name can have none, and what to do; null where nothing stands against it. */
  readonly note: string | null;
}

const isNobody = ({ personId }: Pick<Present, 'personId'>): boolean => personId === null;

/** How far from a moment its scene is read, seconds: it is rarely longer, and a pause must not wait. */
const AROUND = 300;

/** What a viewer who pauses asks, from what is stored. */
@Injectable()
export class MomentService {
  constructor(
    private readonly documents: Documents,
    private readonly titles: TitlesService,
    private readonly naming: Naming,
  ) {}

  /**
   * Everybody on screen at a second of a player's clock, and who else is in the scene.
   * @throws KinoscopeError `not-found`, `usage` past the film's end
   */
  async castAt(titleId: string, at: number): Promise<CastMoment> {
    const { contentHash, media, names, time, chunk } = await this.moment(titleId, at);
    const cast = presentAt(chunk, names, time);
    const analysis = await this.castOf(contentHash);
    const [scene, note] = await Promise.all([
      analysis && this.sceneAt(analysis, names, time),
      this.noteOf(analysis, cast),
    ]);
    if (scene === null) return { at, cast, scene, note };
    // Those who are perhaps, or poorly, in the picture are not told as elsewhere.
    const maybe = [...cast.flatMap(({ perhaps }) => perhaps ?? []), ...castAt(chunk, names, time)];
    const here = new Set([...cast, ...maybe].flatMap(({ personId }) => personId ?? []));
    const others = scene.cast.filter(({ personId }) => !here.has(personId));
    return { at, cast, scene: shifted({ start: scene.start, end: scene.end, others }, playerOffset(media)), note };
  }

  /** As {@link castAt}, only those whose face is in view, each by their face alone. */
  async facesAt(titleId: string, at: number): Promise<CastMoment> {
    const { contentHash, names, time, chunk } = await this.moment(titleId, at);
    const alone = { by: 'face', body: null, perhaps: null } as const;
    const cast = castAt(chunk, names, time).map((face) => ({ ...face, ...alone }));
    const note = cast.some(isNobody) ? await this.noteOf(await this.castOf(contentHash), cast) : null;
    return { at, cast, scene: null, note };
  }

  private async castOf(contentHash: string): Promise<OfKind<Analysis, 'cast'> | null> {
    const analysis = await this.documents.analyses.get(analysisId(contentHash, 'cast'));
    return analysis && isOfKind(analysis, 'cast') ? analysis : null;
  }

  private async noteOf(analysis: OfKind<Analysis, 'cast'> | null, cast: readonly Present[]): Promise<string | null> {
    return analysis && cast.some(isNobody) ? this.naming.whyNobody(analysis.detectorVersion) : null;
  }

  private async moment(titleId: string, at: number) {
    const { contentHash, media } = await this.titles.get(titleId);
    const time = at - playerOffset(media);
    const [names, chunk] =
      contentHash === null
        ? [null, null]
        : await Promise.all([
            this.naming.namesOf(contentHash),
            time < 0 ? null : this.documents.castChunks.get(chunkId(contentHash, time)),
          ]);
    if (contentHash === null || !names)
      throw new KinoscopeError('not-found', `The title ${titleId} was not analysed for cast yet`);
    if (media && time > media.duration)
      throw new KinoscopeError('usage', `The film ends at ${playingTime(media).toFixed(3)} s, before ${at} s`);
    return { contentHash, media, names, time, chunk };
  }

  /** The scene at a time of the film, with whom its faces show; of a long one, within {@link AROUND} of that time. */
  private async sceneAt(
    { contentHash, result: { scenes, shots } }: OfKind<Analysis, 'cast'>,
    names: Names,
    time: number,
  ): Promise<NamedCast['scenes'][number] | null> {
    const scene = scenes.find(({ start, end }) => start <= time && time < end);
    if (!scene) return null;
    const [from, to] = [Math.max(scene.start, time - AROUND), Math.min(scene.end, time + AROUND)];
    const first = Math.floor(from / CHUNK_SECONDS);
    const ids = Array.from({ length: Math.floor(to / CHUNK_SECONDS) - first + 1 }, (_, index) =>
      chunkId(contentHash, (first + index) * CHUNK_SECONDS),
    );
    const chunks = await Promise.all(ids.map((id) => this.documents.castChunks.get(id)));
    const tracks = joinChunks(chunks.flatMap((chunk) => chunk ?? []));
    const there = new Set(tracks.map(({ appearance }) => appearance));
    const appearances = (await this.naming.appearancesOf(contentHash)).filter(({ key }) => there.has(key));
    // What else supports a poor face would take too long to find while somebody waits.
    return nameCast({ scenes: [scene], shots }, tracks, appearances, names, []).scenes[0] ?? null;
  }
}
