import { setTimeout as delay } from 'node:timers/promises';
import { type Document as BsonDocument, MongoError, MongoServerError } from 'mongodb';
import { KinoscopeError } from '../core/errors.js';
import { DuplicateKeyError } from './collection.js';
import { isAway } from './mongo-connection.js';
import type { Opened } from './mongo-documents.js';
import type { UniqueIndex } from './mongo-schema.js';

/** What MongoDB refuses, and which of it is tried again. */

const DUPLICATE_KEY = 11_000;

export function isDuplicate(error: unknown): error is MongoServerError {
  return error instanceof MongoServerError && Number(error.code) === DUPLICATE_KEY;
}

/**
 * The paths of the index that refused a document. Servers name the index in their message, mongod alone its key in
 * `keyPattern`, and not for bulk writes. Values, which may look like anything, come after the name.
 */
export function violatedPaths(error: MongoServerError, unique: readonly UniqueIndex[]): readonly string[] {
  const { keyPattern } = error as { keyPattern?: BsonDocument };
  if (keyPattern) return Object.keys(keyPattern).map((path) => (path === '_id' ? 'id' : path));
  const named = unique
    .map((index) => ({ ...index, at: error.message.indexOf(index.name) }))
    .filter(({ at }) => at >= 0);
  return named.sort((a, b) => a.at - b.at || b.name.length - a.name.length)[0]?.paths ?? [];
}

/** What a server says of a document over 16 MB, and the driver of a bulk write; of a single one it just leaves its buffer. */
const TOO_LARGE = /BSONObj(ect)?TooLarge|BSONObj size|larger than the maximum size|too large/i;

function isTooLarge(error: unknown): boolean {
  if (error instanceof MongoError) return TOO_LARGE.test(error.message);
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_OUT_OF_RANGE';
}

/** Tries of what can be repeated; processes that start at once get in each other's way. */
const TRIES = 8;

export async function persistently(work: () => Promise<void>, left = TRIES): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (left <= 1 || !isAway(error)) throw error;
    await delay(Math.random() * 200);
    await persistently(work, left - 1);
  }
}

/** Says in our words what MongoDB refuses. */
export async function translated<R>(collection: Opened | (() => Opened), command: () => Promise<R>): Promise<R> {
  try {
    return await command();
  } catch (error) {
    const {
      documents: { collectionName },
      unique,
    } = typeof collection === 'function' ? collection() : collection;
    if (isDuplicate(error)) throw new DuplicateKeyError(collectionName, violatedPaths(error, unique));
    if (isAway(error)) throw new KinoscopeError('unavailable', 'The database does not answer', { cause: error });
    if (isTooLarge(error)) {
      throw new KinoscopeError('too-large', `A document of ${collectionName} is larger than MongoDB takes (16 MB)`, {
        cause: error,
      });
    }
    throw error;
  }
}
