/** The port of `storage`: documents by collection. SQLite serves it embedded, MongoDB in production. */

/** Injection token of the {@link Store}. */
export const STORE = Symbol('STORE');

/** Every document has a string id and a version that grows by one with every change (optimistic locking). */
export interface Document {
  readonly id: string;
  readonly version: number;
}

/** A document as it is handed in: the store numbers the versions itself, starting at 1. */
export type NewDocument<T extends Document> = Omit<T, 'version'>;

export type Scalar = string | number | boolean | null;

/** One field's condition. Ranges compare like with like (numbers with numbers, strings by code point). */
export type Condition =
  | Scalar
  | {
      readonly $gt?: number | string;
      readonly $gte?: number | string;
      readonly $lt?: number | string;
      readonly $lte?: number | string;
      readonly $ne?: Scalar;
      readonly $in?: readonly Scalar[];
      readonly $nin?: readonly Scalar[];
      /** A string starts with this, letter case counts. Several: each of them begins one, where the path meets an array. */
      readonly $prefix?: string | readonly string[];
      readonly $exists?: boolean;
    };

/**
 * Conditions by dotted path, all of which must hold. A path that meets an array matches when any element does, as in
 * MongoDB; equality with null also matches a missing field.
 */
export type Filter = Readonly<Record<string, Condition>>;

/** Changes by dotted path, applied atomically to one document. */
export interface Patch {
  readonly $set?: Readonly<Record<string, unknown>>;
  readonly $unset?: readonly string[];
  /** Adds to a number; a missing field counts as 0. */
  readonly $inc?: Readonly<Record<string, number>>;
  /** Appends one value to an array; a missing field counts as []. */
  readonly $push?: Readonly<Record<string, unknown>>;
  /** As $push, unless the array has an equal value already. */
  readonly $addToSet?: Readonly<Record<string, unknown>>;
  /** Removes every equal value from an array. */
  readonly $pull?: Readonly<Record<string, unknown>>;
}

/** The path leads to single values, or nothing, without meeting an array. Ascending, null and missing come first. */
export interface Sort {
  readonly path: string;
  readonly order: 'asc' | 'desc';
}

export interface FindOptions {
  /** Default: by id, ascending. The id always breaks ties, so pages neither repeat nor skip a document. */
  readonly sort?: Sort;
  /** 1 to 1,000; default 50. */
  readonly limit?: number;
  /** Opaque, from an earlier page with the same filter and sort. */
  readonly cursor?: string;
}

export interface Page<T> {
  readonly items: T[];
  /** null on the last page. */
  readonly nextCursor: string | null;
}

export interface IndexSpec {
  /** Dotted paths, one or more (compound). */
  readonly paths: readonly string[];
  /** Holds between documents that have a string, number or boolean at every path; others are not constrained. */
  readonly unique?: boolean;
}

export const FIELD_TYPES = ['string', 'number', 'boolean', 'object', 'array', 'null'] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

/** What becomes of documents that an earlier release has left. */
export interface DocumentChange {
  /** Never used again for another change of the collection. */
  readonly id: string;
  /** The documents that are to be changed, and no others. */
  readonly where: Filter;
  /** After it `where` holds no more. */
  patch(document: Readonly<Record<string, unknown>>): Patch;
}

export interface CollectionSpec {
  /** Lower-case letters, digits and underscores. */
  readonly name: string;
  readonly indexes?: readonly IndexSpec[];
  /** Indexes of earlier versions that are needed no more: MongoDB drops them. An older process that starts makes them again. */
  readonly retired?: readonly IndexSpec[];
  /**
   * Fields that every document has, beside id and version, with what they may be: a document that is otherwise is refused.
   * MongoDB, where others may write, refuses theirs as well.
   */
  readonly fields?: Readonly<Record<string, FieldType | readonly FieldType[]>>;
  /** Paths of embeddings as text (faces/embedding-text.ts), `*` for any field: stored as vectors where the database has them. */
  readonly vectors?: readonly string[];
  /** Made once in a database, in this order, when the collection is opened. */
  readonly changes?: readonly DocumentChange[];
  /** Its documents are everybody's: queues and keys, which know of tenants themselves. Default: each is one tenant's. */
  readonly shared?: boolean;
}

/** An id or a unique index is taken. */
export class DuplicateKeyError extends Error {
  override readonly name = 'DuplicateKeyError';
  constructor(
    readonly collection: string,
    /** The paths of the index that was violated; ['id'] for the id. */
    readonly paths: readonly string[],
  ) {
    super(`Duplicate key in ${collection}: ${paths.join(', ')}`);
  }
}

/** The `where` of a batched write did not hold; nothing of the batch was written. */
export class PreconditionError extends Error {
  override readonly name = 'PreconditionError';
  constructor(
    readonly collection: string,
    readonly id: string,
  ) {
    super(`${collection}/${id} is not as the batch expects it`);
  }
}

export interface Collection<T extends Document> {
  readonly name: string;
  /** @throws DuplicateKeyError */
  insert(document: NewDocument<T>): Promise<T>;
  get(id: string): Promise<T | null>;
  /** Replaces the whole document if its stored version is still `version`; null when it is not (or it is gone). */
  replace(document: NewDocument<T>, version: number): Promise<T | null>;
  /** Applies the patch; null when there is no such document. @throws DuplicateKeyError */
  patch(id: string, patch: Patch): Promise<T | null>;
  find(filter?: Filter, options?: FindOptions): Promise<Page<T>>;
  count(filter?: Filter): Promise<number>;
  /** The different strings at a path, which meets no array, of the documents that match: in no order, without their documents. */
  distinct(path: string, filter?: Filter): Promise<string[]>;
  delete(id: string): Promise<boolean>;
  deleteMany(filter: Filter): Promise<number>;
  /**
   * Atomically patches the first document (by sort) that matches, and returns it as it is afterwards: two claimants
   * never get the same one if the patch makes it match no more. null when none matches.
   */
  claim(filter: Filter, patch: Patch, sort?: Sort): Promise<T | null>;
}

/**
 * One write of a batch that is committed as a whole. A patch of a document that is gone does nothing, unless it has a
 * `where`: then the document must be there and match, or the whole batch is refused.
 */
export type Write =
  | { readonly kind: 'upsert'; readonly collection: string; readonly document: { readonly id: string } }
  | {
      readonly kind: 'patch';
      readonly collection: string;
      readonly id: string;
      readonly patch: Patch;
      readonly where?: Filter;
    }
  | { readonly kind: 'delete'; readonly collection: string; readonly filter: Filter };

/** A database: collections, and batches of writes that are visible all together or not at all. */
export interface Store {
  readonly kind: 'sqlite' | 'mongodb';
  /** Opens a collection, creating it and its indexes where they are missing (idempotent). */
  collection<T extends Document>(spec: CollectionSpec): Promise<Collection<T>>;
  /**
   * Commits all writes in one transaction; collections must have been opened.
   * @throws DuplicateKeyError, PreconditionError
   */
  commit(writes: readonly Write[]): Promise<void>;
  /** @throws KinoscopeError `unavailable` when nothing can be written, as far as that can be told without writing */
  check(): Promise<void>;
  /**
   * Has nothing of what was deleted stay in the database's files, as far as that is in our hands: a server's are its own.
   * @throws KinoscopeError `unavailable` when it is to be tried again later
   */
  purge(): Promise<void>;
  close(): Promise<void>;
}

/** The store numbers versions itself. */
export function withoutVersion<T extends Document>({ version: _version, ...document }: T): NewDocument<T> {
  return document;
}
