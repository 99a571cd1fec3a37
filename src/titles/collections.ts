import { APPEARANCES, type StoredAppearance } from '../cast/appearances.js';
import { CAST_SEGMENTS, type CastSegment } from '../cast/segments.js';
import { CAST_CHUNKS, type CastChunk, TRACK_EMBEDDINGS, type TrackEmbeddings } from '../cast/stored.js';
import { TITLE_NAMES, type TitleNames } from '../cast/title-names.js';
import { CAST_SHOTS, type StoredShots } from '../cast/watched.js';
import { KEPT_ANSWERS, type KeptAnswer } from '../http/kept-answers.js';
import type { Collection, Store, Write } from '../storage/collection.js';
import { BILLED, type Billed } from './billed.js';
import { type Correction, CORRECTIONS } from './corrections.js';
import { ANALYSES, ARRIVALS, TITLES, type Analysis, type Arrival, type Title } from './documents.js';
import {
  EPISODE_PARTS,
  FINGERPRINTS,
  SERIES_SETTINGS,
  type SeriesSettings,
  type StoredParts,
  type StoredPrint,
} from './season-documents.js';

/** The opened collections of titles and of what was found out about their content. */
export class Documents {
  private constructor(
    readonly store: Store,
    readonly titles: Collection<Title>,
    readonly analyses: Collection<Analysis>,
    readonly corrections: Collection<Correction>,
    readonly castChunks: Collection<CastChunk>,
    readonly castSegments: Collection<CastSegment>,
    readonly castShots: Collection<StoredShots>,
    readonly trackEmbeddings: Collection<TrackEmbeddings>,
    readonly appearances: Collection<StoredAppearance>,
    /** What clients that repeat a request are answered. */
    readonly answers: Collection<KeptAnswer>,
    readonly arrivals: Collection<Arrival>,
    /** Names of credits, for searches. */
    readonly billed: Collection<Billed>,
    readonly fingerprints: Collection<StoredPrint>,
    readonly episodeParts: Collection<StoredParts>,
    readonly seriesSettings: Collection<SeriesSettings>,
  ) {}

  static async open(store: Store): Promise<Documents> {
    // Who is in a title is told anew when others are named of it.
    await store.collection<TitleNames>(TITLE_NAMES);
    return new Documents(
      store,
      await store.collection<Title>(TITLES),
      await store.collection<Analysis>(ANALYSES),
      await store.collection<Correction>(CORRECTIONS),
      await store.collection<CastChunk>(CAST_CHUNKS),
      await store.collection<CastSegment>(CAST_SEGMENTS),
      await store.collection<StoredShots>(CAST_SHOTS),
      await store.collection<TrackEmbeddings>(TRACK_EMBEDDINGS),
      await store.collection<StoredAppearance>(APPEARANCES),
      await store.collection<KeptAnswer>(KEPT_ANSWERS),
      await store.collection<Arrival>(ARRIVALS),
      await store.collection<Billed>(BILLED),
      await store.collection<StoredPrint>(FINGERPRINTS),
      await store.collection<StoredParts>(EPISODE_PARTS),
      await store.collection<SeriesSettings>(SERIES_SETTINGS),
    );
  }

  /** Everything that was found out, and said, about one content. */
  deletions(contentHash: string): Write[] {
    const ofContent = [CAST_CHUNKS, CAST_SEGMENTS, CAST_SHOTS, TRACK_EMBEDDINGS, FINGERPRINTS, EPISODE_PARTS, BILLED];
    return [ANALYSES, CORRECTIONS, ...ofContent].map(({ name }) => ({
      kind: 'delete',
      collection: name,
      filter: { contentHash },
    }));
  }
}
