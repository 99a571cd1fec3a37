import type { Collection as MongoCollection, Document as BsonDocument } from 'mongodb';
import { makeChanges } from './changed-documents.js';
import type {
  Collection,
  CollectionSpec,
  Document,
  Filter,
  FindOptions,
  NewDocument,
  Page,
  Patch,
  Sort,
  Store,
  Write,
} from './collection.js';
import { connectMongo, DEFAULT_LIMIT_MS, type MongoConnection, within } from './mongo-connection.js';
import { fromStored, type Opened, type Stored, toStored } from './mongo-documents.js';
import { persistently, translated } from './mongo-errors.js';
import { fieldOf, mongoAfter, mongoFilter, mongoSort, mongoUpdate } from './mongo-query.js';
import { ensureCollection, uniqueIndexes } from './mongo-schema.js';
import { vectorPaths } from './mongo-vectors.js';
import { applyRun, runsOf } from './mongo-writes.js';
import { checkName, decodeCursor, encodeCursor, pageLimit, parseFilter, querySegments, sortOf } from './query.js';

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
    await makeChanges(this, spec, new MongoDocuments(opened, limitMs));
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
