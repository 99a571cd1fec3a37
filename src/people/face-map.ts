import { z } from 'zod';
import { currentTenant } from '../core/context.js';
import { decodeEmbedding } from '../faces/embedding-text.js';
import { JobKind } from '../jobs/job-kind.js';
import type { Job, JobQueue } from '../jobs/job-queue.js';
import { everything } from '../storage/pages.js';
import type { Progress } from '../titles/progress.js';
import { type Person, upsert } from './documents.js';
import type { GalleryStore } from './gallery-store.js';
import { FACE_MAPS, type FaceMapHead, isHead, MAP_HEAD, type MapPoint, partWrite } from './map-documents.js';
import { layOutInThread } from './map-thread.js';

/** Draws the map of a gallery. */
export const MAP = new JobKind('map', z.object({}));

/** Faces on a map: everybody's best one first, then their second, and so on. */
const MOST_FACES = 10_000;
const LAST_JOBS = 200;

/** The map as it was last drawn. */
export interface DrawnMap {
  readonly head: FaceMapHead;
  /** Of people who are still there and not hidden. */
  readonly parts: readonly { readonly person: Person; readonly points: readonly MapPoint[] }[];
  /** The gallery has changed since. */
  readonly stale: boolean;
}

interface Face {
  readonly personId: string;
  readonly embedding: string;
  readonly quality: number;
  readonly source: Pick<MapPoint, 'photo' | 'seen'>;
}

/** A map of the gallery on which faces lie beside those that are like them. It keeps places, no embeddings. */
export class FaceMap {
  constructor(
    private readonly gallery: GalleryStore,
    private readonly queue: JobQueue,
  ) {}

  /** The job that draws it, one at a time. */
  enqueue(): Promise<Job> {
    return this.queue.enqueue(MAP.job({}, { uniqueKey: MAP.name, announced: true }));
  }

  /** The job that draws it or last did. */
  async job(): Promise<Job | null> {
    const { items } = await this.queue.list({ tenant: currentTenant(), announced: true, limit: LAST_JOBS });
    return items.find(({ name }) => name === MAP.name) ?? null;
  }

  /** null: none was drawn yet. */
  async read(): Promise<DrawnMap | null> {
    const state = await this.gallery.state();
    const stored = await everything(this.gallery.maps, {});
    const head = stored.find(isHead);
    if (!head) return null;
    const people = new Map((await this.gallery.everybody(state)).map(({ person }) => [person.id, person]));
    const parts = stored.flatMap((one) => {
      const person = people.get(one.id);
      return isHead(one) || !person || person.hidden ? [] : [{ person, points: one.points }];
    });
    return { head, parts, stale: head.changes !== state.changes };
  }

  /** Faces that the gallery has. */
  async count(): Promise<number> {
    const there = { $ne: null };
    return (
      (await this.gallery.photos.count({ embedding: there })) +
      (await this.gallery.appearances.count({ personId: there, embedding: there }))
    );
  }

  /** The handler of `map` jobs. */
  async handle({ signal, onProgress }: Progress): Promise<[]> {
    onProgress?.(0, 'reading');
    const { changes } = await this.gallery.state();
    const { faces, total } = await this.chosenFaces();
    const places = await layOutInThread(
      faces.map(({ personId, embedding }) => ({ personId, embedding: decodeEmbedding(embedding) })),
      { signal, onProgress: (done) => onProgress?.(done, 'drawing') },
    );
    const points = new Map<string, MapPoint[]>();
    for (const [i, { personId, source }] of faces.entries()) {
      const own = points.get(personId) ?? [];
      points.set(personId, own);
      own.push({ ...source, ...places[i]! });
    }
    await this.store(points, { changes, faces: faces.length, total, drawnAt: new Date().toISOString() });
    return [];
  }

  private async chosenFaces(): Promise<{ readonly faces: readonly Face[]; readonly total: number }> {
    const people = (await this.gallery.everybody(await this.gallery.state())).filter(({ person }) => !person.hidden);
    const share = Math.ceil(MOST_FACES / Math.max(1, people.length));
    const ranked: { readonly face: Face; readonly rank: number }[] = [];
    let total = 0;
    for (const { person } of people) {
      const own = await this.facesOf(person.id);
      total += own.length;
      const most = Math.max(share, MOST_FACES - ranked.length);
      ranked.push(...own.slice(0, most).map((face, rank) => ({ face, rank })));
    }
    const chosen = ranked.sort((a, b) => a.rank - b.rank).slice(0, MOST_FACES);
    return { faces: chosen.map(({ face }) => face), total };
  }

  /** The best first. */
  private async facesOf(personId: string): Promise<Face[]> {
    const photos = await everything(this.gallery.photos, { personId });
    const seen = await everything(this.gallery.appearances, { personId });
    const faces = [
      ...photos.map(({ file, embedding, quality }) => ({ embedding, quality, source: { photo: file, seen: null } })),
      ...seen.map(({ contentHash, bestFrame: { time, box }, embedding, quality }) => ({
        embedding,
        quality,
        source: { photo: null, seen: { contentHash, time, box } },
      })),
    ];
    return faces
      .flatMap(({ embedding, ...face }) => (embedding === null ? [] : [{ personId, embedding, ...face }]))
      .sort((a, b) => b.quality - a.quality);
  }

  /** Whoever was deleted while it was drawn, and whatever film, does not come back with it. */
  private store(
    drawn: ReadonlyMap<string, readonly MapPoint[]>,
    head: Omit<FaceMapHead, 'id' | 'version'>,
  ): Promise<void> {
    return this.gallery.change(async (state) => {
      const there = new Set((await this.gallery.everybody(state)).map(({ person }) => person.id));
      const films = new Set(await this.gallery.appearances.distinct('contentHash'));
      const parts = [...drawn]
        .filter(([id]) => there.has(id))
        .map(([id, points]) =>
          partWrite(
            id,
            points
              .filter(({ seen }) => seen === null || films.has(seen.contentHash))
              .map((point) => (point.nearer !== null && !there.has(point.nearer) ? { ...point, nearer: null } : point)),
          ),
        );
      return {
        writes: [
          { kind: 'delete', collection: FACE_MAPS.name, filter: {} },
          upsert(FACE_MAPS, { id: MAP_HEAD, ...head }),
          ...parts,
        ],
        result: undefined,
        changes: 'nothing',
      };
    });
  }
}
