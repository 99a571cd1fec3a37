import {
  MongoClient,
  MongoServerError,
  MongoServerSelectionError,
  type ClientSession,
  type Collection as MongoCollection,
  type Db,
  type Document as BsonDocument,
  type IndexDescription,
  type MongoClientOptions,
} from 'mongodb';
import { KinoscopeError } from '../errors.js';
import {
  DuplicateKeyError,
  PreconditionError,
  type Collection,
  type CollectionSpec,
  type Document,
  type FieldType,
  type Filter,
  type FindOptions,
  type IndexSpec,
  type NewDocument,
  type Page,
  type Patch,
  type Sort,
  type Store,
  type Write,
} from './collection.js';
import { fromVectors, toVectors, vectorPaths, type VectorPaths } from './mongo-vectors.js';
import { fieldOf, mongoAfter, mongoFilter, mongoSort, mongoUpdate } from './mongo-query.js';
import {
  checkId, checkName, decodeCursor, encodeCursor, pageLimit, parseFilter, querySegments, sortOf,
} from './query.js';

/** As MongoDB keeps a document: its id is called `_id`. */
interface Stored extends BsonDocument {
  readonly _id: string;
  readonly version: number;
}

const DUPLICATE_KEY = 11_000;
const NAMESPACE_EXISTS = 48;
const DEFAULT_DATABASE = 'kinoscope';

/** What is acknowledged is on the disks of a majority and survives the loss of a server; what is read was too. */
const OPTIONS: MongoClientOptions = {
  appName: 'kinoscope',
  writeConcern: { w: 'majority', journal: true },
  readConcern: { level: 'majority' },
  readPreference: 'primary',
  retryWrites: true,
  retryReads: true,
  ignoreUndefined: true,
};

/** How long it may take to find the primary, where the URI does not say it (the driver would wait 30 s). */
const SELECTION = { name: 'serverSelectionTimeoutMS', ms: 5_000 };

const BSON_TYPES: Record<FieldType, readonly string[]> = {
  string: ['string'], number: ['int', 'long', 'double'], boolean: ['bool'], object: ['object'], array: ['array'], null: ['null'],
};

/** Lets in documents of ours, whoever else writes to the collection. */
function validatorOf({ fields = {} }: CollectionSpec): BsonDocument {
  const bsonType = (types: FieldType | readonly FieldType[]): string[] => [types].flat().flatMap((type) => BSON_TYPES[type]);
  return {
    $jsonSchema: {
      bsonType: 'object',
      required: ['_id', 'version', ...Object.keys(fields)],
      properties: {
        _id: { bsonType: 'string', minLength: 1 },
        version: { bsonType: bsonType('number'), minimum: 1 },
        ...Object.fromEntries(Object.entries(fields).map(([name, types]) => [name, { bsonType: bsonType(types) }])),
      },
    },
  };
}

/**
 * Connects to a MongoDB replica set or sharded cluster (transactions need one), MongoDB 5.0 or later. The database is
 * the URI's, or `kinoscope`.
 * @throws KinoscopeError `unavailable` when it cannot be reached, `usage` when the URI is wrong or it is a lone server
 */
export async function openMongoStore(uri: string): Promise<Store> {
  const client = newClient(uri);
  const hosts = client.options.hosts.map(String).join(', ');
  try {
    await client.connect();
    const hello = await client.db('admin').command({ hello: 1 });
    if (hello['setName'] === undefined && hello['msg'] !== 'isdbgrid') {
      throw new KinoscopeError('usage', `MongoDB at ${hosts} is a lone server; kinoscope needs a replica set`);
    }
    const named = /^[^/]*\/\/[^/]*\/([^?]+)/.test(uri);
    return new MongoStore(client, client.db(named ? undefined : DEFAULT_DATABASE));
  } catch (error) {
    await client.close();
    if (error instanceof KinoscopeError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new KinoscopeError('unavailable', `Cannot reach MongoDB at ${hosts}: ${reason}`, { cause: error });
  }
}

function newClient(uri: string): MongoClient {
  try {
    const told = uri.includes(`${SELECTION.name}=`);
    return new MongoClient(uri, { ...OPTIONS, ...(!told && { [SELECTION.name]: SELECTION.ms }) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new KinoscopeError('usage', `Not a MongoDB address: ${reason}`, { cause: error });
  }
}

class MongoStore implements Store {
  readonly kind = 'mongodb';
  /** The paths of vectors of the collections that were opened. */
  private readonly opened = new Map<string, VectorPaths>();

  constructor(
    private readonly client: MongoClient,
    private readonly db: Db,
  ) {}

  async collection<T extends Document>(spec: CollectionSpec): Promise<Collection<T>> {
    checkName(spec.name);
    const indexes = (spec.indexes ?? []).flatMap(indexDescriptions);
    await guard(spec.name, async () => {
      const validator = validatorOf(spec);
      await this.db.createCollection(spec.name, { validator }).catch(async (error: unknown) => {
        if (!(error instanceof MongoServerError) || error.code !== NAMESPACE_EXISTS) throw error;
        // an earlier kinoscope made it, with the fields of its time
        await this.db.command({ collMod: spec.name, validator });
      });
      if (indexes.length > 0) await this.db.collection(spec.name).createIndexes(indexes);
    });
    const vectors = vectorPaths(spec.vectors);
    this.opened.set(spec.name, vectors);
    return new MongoDocuments<T>(this.db.collection<Stored>(spec.name), vectors);
  }

  async commit(writes: readonly Write[]): Promise<void> {
    for (const { collection } of writes) {
      if (!this.opened.has(collection)) throw new TypeError(`The collection ${collection} was not opened`);
    }
    if (writes.length === 0) return;
    await this.client.withSession((session) =>
      // repeats the whole when another transaction was faster
      session.withTransaction(async () => {
        for (const write of writes) await guard(write.collection, () => this.apply(write, session));
      }, { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority', journal: true } }));
  }

  async check(): Promise<void> {
    // a server that cannot write says so when it is asked to
  }

  async purge(): Promise<void> {
    // what becomes of the pages of deleted documents is the server's
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  private async apply(write: Write, session: ClientSession): Promise<void> {
    const collection = this.db.collection<Stored>(write.collection);
    const vectors = this.opened.get(write.collection);
    switch (write.kind) {
      case 'upsert': {
        const _id = checkId(write.document);
        const old = await collection.findOne({ _id }, { projection: { version: 1 }, session });
        const stored = toStored(write.document, (old?.version ?? 0) + 1, vectors);
        await collection.replaceOne({ _id }, stored, { upsert: true, session });
        return;
      }
      case 'delete':
        await collection.deleteMany(mongoFilter(parseFilter(write.filter)), { session });
        return;
      case 'patch': {
        const filter = mongoFilter(parseFilter({ ...write.where, id: write.id }));
        const { matchedCount } = await collection.updateOne(filter, mongoUpdate(write.patch, vectors), { session });
        if (matchedCount === 0 && write.where) throw new PreconditionError(write.collection, write.id);
      }
    }
  }
}

class MongoDocuments<T extends Document> implements Collection<T> {
  constructor(private readonly collection: MongoCollection<Stored>, private readonly vectors: VectorPaths) {}

  get name(): string {
    return this.collection.collectionName;
  }

  async insert(document: NewDocument<T>): Promise<T> {
    await guard(this.name, () => this.collection.insertOne(toStored(document, 1, this.vectors)));
    return JSON.parse(JSON.stringify({ ...document, version: 1 })) as T;
  }

  async get(id: string): Promise<T | null> {
    return this.some(await guard(this.name, () => this.collection.findOne({ _id: id })));
  }

  async replace(document: NewDocument<T>, version: number): Promise<T | null> {
    const stored = toStored(document, version + 1, this.vectors);
    return this.some(await guard(this.name, () =>
      this.collection.findOneAndReplace({ _id: stored._id, version }, stored, { returnDocument: 'after' })));
  }

  patch(id: string, patch: Patch): Promise<T | null> {
    return this.claim({ id }, patch);
  }

  async find(filter: Filter = {}, options: FindOptions = {}): Promise<Page<T>> {
    const sort = sortOf(options.sort);
    const limit = pageLimit(options);
    const wanted = mongoFilter(parseFilter(filter));
    const after = options.cursor === undefined ? null : mongoAfter(sort, decodeCursor(options.cursor, sort));
    const found = await guard(this.name, () =>
      this.collection.find(after ? { $and: [wanted, after] } : wanted)
        .sort(mongoSort(sort)).limit(limit + 1).toArray());
    const items = found.slice(0, limit).map((stored) => fromStored<T>(stored, this.vectors));
    const last = items.at(-1);
    return { items, nextCursor: found.length > limit && last ? encodeCursor(last, sort) : null };
  }

  async count(filter: Filter = {}): Promise<number> {
    const wanted = mongoFilter(parseFilter(filter));
    return guard(this.name, () => this.collection.countDocuments(wanted));
  }

  async delete(id: string): Promise<boolean> {
    return (await this.deleteMany({ id })) === 1;
  }

  async deleteMany(filter: Filter): Promise<number> {
    const wanted = mongoFilter(parseFilter(filter));
    return (await guard(this.name, () => this.collection.deleteMany(wanted))).deletedCount;
  }

  async claim(filter: Filter, patch: Patch, sort?: Sort): Promise<T | null> {
    const wanted = mongoFilter(parseFilter(filter));
    const update = mongoUpdate(patch, this.vectors);
    return this.some(await guard(this.name, () =>
      this.collection.findOneAndUpdate(wanted, update, { sort: mongoSort(sortOf(sort)), returnDocument: 'after' })));
  }

  private some(stored: BsonDocument | null): T | null {
    return stored && fromStored<T>(stored as Stored, this.vectors);
  }
}

/**
 * An index as MongoDB has it, ending in the id so that it serves sorted pages. A unique one is two: the constraint is
 * partial (null and missing values are free), and finds could not use a partial index.
 */
function indexDescriptions({ paths, unique = false }: IndexSpec): IndexDescription[] {
  paths.forEach(querySegments);
  const fields = paths.map(fieldOf);
  const key = Object.fromEntries(fields.map((field) => [field, 1 as const]));
  const plain = { name: ['index', ...paths].join('|'), key: { ...key, _id: 1 as const } };
  if (!unique) return [plain];
  const partialFilterExpression = Object.fromEntries(
    fields.map((field) => [field, { $type: ['string', 'number', 'bool'] }]));
  return [plain, { name: ['unique', ...paths].join('|'), key, unique: true, partialFilterExpression }];
}

function toStored(document: { readonly id: string }, version: number, vectors: VectorPaths = []): Stored {
  const { id: _id, ...fields } = document;
  checkId(document);
  return { ...(toVectors(fields, vectors) as object), _id, version };
}

function fromStored<T>({ _id, ...fields }: Stored, vectors: VectorPaths): T {
  return { id: _id, ...(fromVectors(fields, vectors) as object) } as T;
}

/** Runs a command on a collection, and says in our words what MongoDB refuses. */
async function guard<R>(collection: string, command: () => Promise<R>): Promise<R> {
  try {
    return await command();
  } catch (error) {
    if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) {
      const { keyPattern } = error as { keyPattern?: BsonDocument };
      const paths = Object.keys(keyPattern ?? {}).map((path) => (path === '_id' ? 'id' : path));
      throw new DuplicateKeyError(collection, paths);
    }
    if (error instanceof MongoServerSelectionError) {
      throw new KinoscopeError('unavailable', `The database cannot be reached: ${error.message}`, { cause: error });
    }
    throw error;
  }
}
