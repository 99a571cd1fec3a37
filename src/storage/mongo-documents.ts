import type { Collection as MongoCollection, Document as BsonDocument } from 'mongodb';
import type { UniqueIndex } from './mongo-schema.js';
import { fromVectors, toVectors, type VectorPaths } from './mongo-vectors.js';
import { checkId } from './query.js';

/** As MongoDB keeps a document: its id is called `_id`. */
export interface Stored extends BsonDocument {
  readonly _id: string;
  readonly version: number;
}

/** An opened collection. */
export interface Opened {
  readonly documents: MongoCollection<Stored>;
  readonly vectors: VectorPaths;
  readonly unique: readonly UniqueIndex[];
}

export function toStored(document: { readonly id: string }, version: number, vectors: VectorPaths = []): Stored {
  const { id: _id, ...fields } = document;
  checkId(document);
  return { ...(toVectors(fields, vectors) as object), _id, version };
}

export function fromStored<T>({ _id, ...fields }: Stored, vectors: VectorPaths): T {
  return { id: _id, ...(fromVectors(fields, vectors) as object) } as T;
}
