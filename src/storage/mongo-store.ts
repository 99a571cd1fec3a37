import { setTimeout as delay } from 'node:timers/promises';
import {
  type AnyBulkWriteOperation,
  type ClientSession,
  type Collection as MongoCollection,
  type Document as BsonDocument,
  MongoError,
  MongoErrorLabel,
  MongoServerError,
} from 'mongodb';
import { KinoscopeError } from '../core/errors.js';
import {
  DuplicateKeyError,
  PreconditionError,
  type Collection,
  type CollectionSpec,
  type Document,
  type Filter,
  type FindOptions,
  type NewDocument,
  type Page,
  type Patch,
  type Sort,
  type Store,
  type Write,
} from './collection.js';
import { connectMongo, DEFAULT_LIMIT_MS, isAway, type MongoConnection, within } from './mongo-connection.js';
import { fieldOf, mongoAfter, mongoFilter, mongoSort, mongoUpdate } from './mongo-query.js';
import { ensureCollection, type UniqueIndex, uniqueIndexes } from './mongo-schema.js';
import { fromVectors, toVectors, vectorPaths, type VectorPaths } from './mongo-vectors.js';
import {
  checkId,
  checkName,
  decodeCursor,
  encodeCursor,
  pageLimit,
  parseFilter,
  querySegments,
  sortOf,
} from './query.js';

/** As MongoDB keeps a document: its id is called `_id`. */
interface Stored extends BsonDocument {
  readonly _id: string;
  readonly version: number;
}

/** An opened collection. */
interface Opened {
  readonly documents: MongoCollection<Stored>;
  readonly vectors: VectorPaths;
  readonly unique: readonly UniqueIndex[];
}

/**
 * Connects to a MongoDB replica set or sharded cluster, MongoDB 5.0 or later.
 * @param limitMs longest that one operation may take, waiting for a server included; then it is `unavailable`
 * @throws KinoscopeError `unavailable` when it cannot be reached, `usage` when the URI is wrong or it is a lone server
 */
export async function openMongoStore(uri: string, limitMs = DEFAULT_LIMIT_MS): Promise<Store> {
  return new MongoStore(await connectMongo(uri, limitMs));
}

class MongoStore implements Store {
  readonly kind = 'mongodb';
  private readonly opened = new Map<string, Opened>();

  constructor(private readonly connection: MongoConnection) {}

  async collection<T extends Document>(spec: CollectionSpec): Promise<Collection<T>> {
    checkName(spec.name);
    const { db, limitMs } = this.connection;
    const opened = {
      documents: db.collection<Stored>(spec.name),
      vectors: vectorPaths(spec.vectors),
      unique: uniqueIndexes(spec),
    };
    // without a limit: an index of many documents takes its time
    await translated(opened, () => persistently(() => ensureCollection(db, spec)));
    this.opened.set(spec.name, opened);
    return new MongoDocuments<T>(opened, limitMs);
  }

  async commit(writes: readonly Write[]): Promise<void> {
    const runs = runsOf(writes).map(({ collection, writes: run }) => ({
      collection: this.open(collection),
      writes: run,
    }));
    if (runs.length === 0) return;
    const { client, limitMs } = this.connection;
    let at = runs[0]!.collection;
    await translated(
      () => at,
      () =>
        within(limitMs, (signal) =>
          client.withSession((session) =>
            // repeats the whole when another transaction was faster, which it learns from the labels of the driver's own errors
            session.withTransaction(
              async () => {
                for (const { collection, writes: run } of runs) {
                  signal.throwIfAborted();
                  at = collection;
                  await applyRun(collection, run, session);
                }
              },
              { readConcern: { level: 'snapshot' }, readPreference: 'primary', maxCommitTimeMS: limitMs },
            ),
          ),
        ),
    );
  }

  async check(): Promise<void> {
    // a server that cannot write says so when it is asked to
  }

  async purge(): Promise<void> {
    // what becomes of the pages of deleted documents is the server's
  }

  async close(): Promise<void> {
    await this.connection.client.close();
  }

  private open(collection: string): Opened {
    const opened = this.opened.get(collection);
    if (!opened) throw new TypeError(`The collection ${collection} was not opened`);
    return opened;
  }
}

/** Writes of a batch that travel together. */
interface Run {
  readonly collection: string;
  readonly writes: readonly Write[];
}

/**
 * The writes of each collection, the collections in the order in which they first come. A patch with an expectation is a run
 * of its own: the answer to several would not tell whose was not met.
 */
function runsOf(writes: readonly Write[]): Run[] {
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
async function applyRun(collection: Opened, writes: readonly Write[], session: ClientSession): Promise<void> {
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

class MongoDocuments<T extends Document> implements Collection<T> {
  private readonly documents: MongoCollection<Stored>;

  constructor(
    private readonly opened: Opened,
    private readonly limitMs: number,
  ) {
    this.documents = opened.documents;
  }

  get name(): string {
    return this.documents.collectionName;
  }

  async insert(document: NewDocument<T>): Promise<T> {
    const stored = toStored(document, 1, this.opened.vectors);
    await this.ask((options) => this.documents.insertOne(stored, options));
    return JSON.parse(JSON.stringify({ ...document, version: 1 })) as T;
  }

  async get(id: string): Promise<T | null> {
    return this.some(await this.ask((options) => this.documents.findOne({ _id: id }, options)));
  }

  async replace(document: NewDocument<T>, version: number): Promise<T | null> {
    const stored = toStored(document, version + 1, this.opened.vectors);
    return this.some(
      await this.ask((options) =>
        this.documents.findOneAndReplace({ _id: stored._id, version }, stored, { ...options, returnDocument: 'after' }),
      ),
    );
  }

  patch(id: string, patch: Patch): Promise<T | null> {
    return this.claim({ id }, patch);
  }

  async find(filter: Filter = {}, options: FindOptions = {}): Promise<Page<T>> {
    const sort = sortOf(options.sort);
    const limit = pageLimit(options);
    const wanted = mongoFilter(parseFilter(filter));
    const after = options.cursor === undefined ? null : mongoAfter(sort, decodeCursor(options.cursor, sort));
    const found = await this.ask((limits) =>
      this.documents
        .find(after ? { $and: [wanted, after] } : wanted, limits)
        .sort(mongoSort(sort))
        .limit(limit + 1)
        .toArray(),
    );
    const items = found.slice(0, limit).map((stored) => fromStored<T>(stored, this.opened.vectors));
    const last = items.at(-1);
    return { items, nextCursor: found.length > limit && last ? encodeCursor(last, sort) : null };
  }

  async count(filter: Filter = {}): Promise<number> {
    const wanted = mongoFilter(parseFilter(filter));
    return this.ask((options) => this.documents.countDocuments(wanted, options));
  }

  async distinct(path: string, filter: Filter = {}): Promise<string[]> {
    querySegments(path);
    const wanted = mongoFilter(parseFilter(filter));
    // as an aggregation, whose answer may be longer than one document
    const groups = await this.ask((options) =>
      this.documents
        .aggregate<{ _id: unknown }>([{ $match: wanted }, { $group: { _id: `$${fieldOf(path)}` } }], options)
        .toArray(),
    );
    return groups.flatMap(({ _id }) => (typeof _id === 'string' ? [_id] : []));
  }

  async delete(id: string): Promise<boolean> {
    return (await this.ask((options) => this.documents.deleteOne({ _id: id }, options))).deletedCount === 1;
  }

  async deleteMany(filter: Filter): Promise<number> {
    const wanted = mongoFilter(parseFilter(filter));
    return (await this.ask((options) => this.documents.deleteMany(wanted, options))).deletedCount;
  }

  async claim(filter: Filter, patch: Patch, sort?: Sort): Promise<T | null> {
    const wanted = mongoFilter(parseFilter(filter));
    const update = mongoUpdate(patch, this.opened.vectors);
    return this.some(
      await this.ask((options) =>
        this.documents.findOneAndUpdate(wanted, update, {
          ...options,
          sort: mongoSort(sortOf(sort)),
          returnDocument: 'after',
        }),
      ),
    );
  }

  /** One command: the server gives it up when we do. */
  private ask<R>(command: (options: { readonly maxTimeMS: number }) => Promise<R>): Promise<R> {
    return translated(this.opened, () => within(this.limitMs, () => command({ maxTimeMS: this.limitMs })));
  }

  private some(stored: BsonDocument | null): T | null {
    return stored && fromStored<T>(stored as Stored, this.opened.vectors);
  }
}

function toStored(document: { readonly id: string }, version: number, vectors: VectorPaths = []): Stored {
  const { id: _id, ...fields } = document;
  checkId(document);
  return { ...(toVectors(fields, vectors) as object), _id, version };
}

function fromStored<T>({ _id, ...fields }: Stored, vectors: VectorPaths): T {
  return { id: _id, ...(fromVectors(fields, vectors) as object) } as T;
}

const DUPLICATE_KEY = 11_000;

function isDuplicate(error: unknown): error is MongoServerError {
  return error instanceof MongoServerError && Number(error.code) === DUPLICATE_KEY;
}

/**
 * The paths of the index that refused a document. Servers name the index in their message, mongod alone its key in
 * `keyPattern`, and not for bulk writes. Values, which may look like anything, come after the name.
 */
function violatedPaths(error: MongoServerError, unique: readonly UniqueIndex[]): readonly string[] {
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

async function persistently(work: () => Promise<void>, left = TRIES): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (left <= 1 || !isAway(error)) throw error;
    await delay(Math.random() * 200);
    await persistently(work, left - 1);
  }
}

/** Says in our words what MongoDB refuses. */
async function translated<R>(collection: Opened | (() => Opened), command: () => Promise<R>): Promise<R> {
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
