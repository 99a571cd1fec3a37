import type { Box } from '../faces/geometry.js';
import type { Collection, CollectionSpec, Document, Write } from '../storage/collection.js';
import { everything } from '../storage/pages.js';
import { removal, upsert } from './documents.js';

/** The stored map of a gallery's faces: a head, and a document a person, so that somebody's points go with them. */

export interface FaceMapHead extends Document {
  /** Of the gallery, when it was drawn. */
  readonly changes: number;
  /** On the map, and in the gallery. */
  readonly faces: number;
  readonly total: number;
  readonly drawnAt: string;
}

/** A face of a photo or of a film. */
export interface MapPoint {
  /** 0 to 1. */
  readonly x: number;
  readonly y: number;
  /** The person whom it is more like than its own; null: none. */
  readonly nearer: string | null;
  /** A photo's file. */
  readonly photo: string | null;
  /** Where a film shows it: seconds, fractions of the frame. */
  readonly seen: { readonly contentHash: string; readonly time: number; readonly box: Box } | null;
}

/** Its id is the person's. */
export interface FaceMapPart extends Document {
  readonly points: readonly MapPoint[];
  /** Of the points, to find them by. */
  readonly nearer: readonly string[];
  readonly contents: readonly string[];
}

export type FaceMapDocument = FaceMapHead | FaceMapPart;

/** No person's id. */
export const MAP_HEAD = 'map';

export const FACE_MAPS: CollectionSpec = {
  name: 'face_maps',
  indexes: [{ paths: ['nearer'] }, { paths: ['contents'] }],
};

export const isHead = (one: FaceMapDocument): one is FaceMapHead => one.id === MAP_HEAD;

/** The write of somebody's points. */
export function partWrite(personId: string, points: readonly MapPoint[]): Write {
  const part: Omit<FaceMapPart, 'version'> = {
    id: personId,
    points,
    nearer: [...new Set(points.flatMap(({ nearer }) => nearer ?? []))],
    contents: [...new Set(points.flatMap(({ seen }) => seen?.contentHash ?? []))],
  };
  return upsert(FACE_MAPS, part);
}

/** The writes after which the map does not tell of a person. */
export async function withoutPerson(maps: Collection<FaceMapDocument>, personId: string): Promise<Write[]> {
  const near = (await everything(maps, { nearer: personId })).filter(({ id }) => id !== personId);
  return [
    removal(FACE_MAPS, personId),
    ...near.flatMap((one) =>
      isHead(one)
        ? []
        : [
            partWrite(
              one.id,
              one.points.map((point) => (point.nearer === personId ? { ...point, nearer: null } : point)),
            ),
          ],
    ),
  ];
}

/** The writes after which the map shows no face of a film. */
export async function withoutFilm(maps: Collection<FaceMapDocument>, contentHash: string): Promise<Write[]> {
  return (await everything(maps, { contents: contentHash })).flatMap((one) =>
    isHead(one)
      ? []
      : [
          partWrite(
            one.id,
            one.points.filter(({ seen }) => seen?.contentHash !== contentHash),
          ),
        ],
  );
}
