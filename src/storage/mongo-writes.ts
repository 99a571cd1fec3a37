import {
  type AnyBulkWriteOperation,
  type ClientSession,
  type Document as BsonDocument,
  MongoErrorLabel,
} from 'mongodb';
import { PreconditionError, type Write } from './collection.js';
import { type Opened, type Stored, toStored } from './mongo-documents.js';
import { isDuplicate, violatedPaths } from './mongo-errors.js';
import { mongoFilter, mongoUpdate } from './mongo-query.js';
import type { VectorPaths } from './mongo-vectors.js';
import { checkId, parseFilter } from './query.js';

/** Writes of a batch that travel together. */
interface Run {
  readonly collection: string;
  readonly writes: readonly Write[];
}

/**
 * The writes of each collection, the collections in the order in which they first come. A patch with an expectation is a run
 * of its own: the answer to several would not tell whose was not met.
 */
export function runsOf(writes: readonly Write[]): Run[] {
  const byCollection = new Map<string, { collection: string; writes: Write[] }[]>();
  for (const write of writes) {
    const runs = byCollection.get(write.collection) ?? [];
    byCollection.set(write.collection, runs);
    const last = runs.at(-1);
    if (!last || isExpecting(write) || isExpecting(last.writes[0]!))
      runs.push({ collection: write.collection, writes: [write] });
    else last.writes.push(write);
  }
  return [...byCollection.values()].flat();
}

const isExpecting = (write: Write): boolean => write.kind === 'patch' && write.where !== undefined;

/** One round trip for neighbours that delete, one for neighbours that change; the driver splits what is over 48 MB. */
export async function applyRun(collection: Opened, writes: readonly Write[], session: ClientSession): Promise<void> {
  try {
    const { matchedCount } = await collection.documents.bulkWrite(
      writes.map((write) => operationOf(write, collection.vectors)),
      { session },
    );
    const [write] = writes;
    if (write?.kind === 'patch' && write.where && matchedCount === 0)
      throw new PreconditionError(write.collection, write.id);
  } catch (error) {
    // another transaction has put the document in since ours began, which a second try will see
    if (isDuplicate(error) && violatedPaths(error, collection.unique)[0] === 'id')
      error.addErrorLabel(MongoErrorLabel.TransientTransactionError);
    throw error;
  }
}

function operationOf(write: Write, vectors: VectorPaths): AnyBulkWriteOperation<Stored> {
  switch (write.kind) {
    case 'upsert':
      return {
        updateOne: {
          filter: { _id: checkId(write.document) },
          update: upsertOf(toStored(write.document, 0, vectors)),
          upsert: true,
        },
      };
    case 'delete':
      return { deleteMany: { filter: mongoFilter(parseFilter(write.filter)) } };
    case 'patch':
      return {
        updateOne: {
          filter: mongoFilter(parseFilter({ ...write.where, id: write.id })),
          update: mongoUpdate(write.patch, vectors),
        },
      };
  }
}

/** Replaces whatever is there, and counts its version. */
function upsertOf(document: Stored): BsonDocument[] {
  const version = { $add: [{ $ifNull: ['$version', 0] }, 1] };
  return [{ $replaceWith: { $mergeObjects: [{ $literal: document }, { version }] } }];
}
