import { makeChanges } from './changed-documents.js';
import {
  DuplicateKeyError,
  PreconditionError,
  type Collection,
  type CollectionSpec,
  type Document,
  type FieldType,
  type Filter,
  type FindOptions,
  type NewDocument,
  type Page,
  type Patch,
  type Sort,
  type Store,
  type Write,
} from './collection.js';
import { applyPatch, parsePatch } from './patch.js';
import { checkId, checkName, decodeCursor, encodeCursor, pageLimit, parseFilter, sortOf, type Test } from './query.js';
import { SqliteConnection } from './sqlite-connection.js';
import { createCollection, documentsTable, elementsTable, violatedPaths } from './sqlite-schema.js';
import { afterSql, both, isStringKey, keyOf, orderSql, whereSql, type PathShape, type Sql } from './sqlite-sql.js';

/**
 * Opens one SQLite file (created with its folder when missing; `:memory:` for none) as a store. Several processes may
 * have it open. A change that was acknowledged survives SIGKILL and power loss: WAL, synchronous FULL.
 * @throws KinoscopeError `unavailable` when the file cannot be opened or is no database
 */
export function openSqliteStore(path: string): Promise<Store> {
  return Promise.resolve().then(() => new SqliteStore(new SqliteConnection(path)));
}

class SqliteStore implements Store {
  readonly kind = 'sqlite';
  private readonly tables = new Map<string, Table>();

  constructor(private readonly db: SqliteConnection) {}

  async collection<T extends Document>(spec: CollectionSpec): Promise<Collection<T>> {
    checkName(spec.name);
    guard(spec.name, () => createCollection(this.db, spec));
    const table = this.tables.get(spec.name) ?? new Table(this.db, spec.name);
    for (const index of spec.indexes ?? []) index.paths.forEach((path) => table.indexed.add(path));
    for (const [field, types] of Object.entries(spec.fields ?? {})) table.fields.set(field, types);
    this.tables.set(spec.name, table);
    await makeChanges(this, spec, new SqliteCollection(this.db, table));
    return new SqliteCollection<T>(this.db, table);
  }

  async commit(writes: readonly Write[]): Promise<void> {
    this.db.write(() => {
      for (const write of writes) this.apply(write);
    });
  }

  check(): Promise<void> {
    return this.db.requireSpace();
  }

  purge(): Promise<void> {
    return this.db.purge();
  }

  async close(): Promise<void> {
    this.db.close();
  }

  private apply(write: Write): void {
    const table = this.tables.get(write.collection);
    if (!table) throw new TypeError(`The collection ${write.collection} was not opened`);
    switch (write.kind) {
      case 'upsert':
        return void guard(table.name, () => table.upsert(write.document));
      case 'delete':
        return void table.deleteMany(parseFilter(write.filter));
      case 'patch': {
        const tests = parseFilter({ ...write.where, id: write.id });
        const patched = guard(table.name, () => table.patchFirst(tests, write.patch));
        if (!patched && write.where) throw new PreconditionError(table.name, write.id);
      }
    }
  }
}

/** Statements on the documents of one collection; none of them opens a transaction. */
class Table {
  /** The indexed paths. */
  readonly indexed = new Set<string>();
  /** What documents have to have. */
  readonly fields = new Map<string, FieldType | readonly FieldType[]>();
  private readonly documents: string;
  private readonly elements: string;

  constructor(
    private readonly db: SqliteConnection,
    readonly name: string,
  ) {
    this.documents = documentsTable(name);
    this.elements = elementsTable(name);
  }

  insert(document: { readonly id: string }): string {
    const body = this.bodyOf(document, 1);
    this.db.run(`INSERT INTO ${this.documents} (id, body) VALUES (?, ?)`, [document.id, body]);
    return body;
  }

  upsert(document: { readonly id: string }): void {
    const [old] = this.db.all<{ version: number }>(
      `SELECT body->>'$.version' AS version FROM ${this.documents} WHERE id = ?`,
      [document.id],
    );
    if (old) this.update(document.id, this.bodyOf(document, old.version + 1));
    else this.insert(document);
  }

  replace(document: { readonly id: string }, version: number): string | null {
    const body = this.bodyOf(document, version + 1);
    const changes = this.db.run(`UPDATE ${this.documents} SET body = ? WHERE id = ? AND body->>'$.version' = ?`, [
      body,
      document.id,
      version,
    ]);
    return changes === 1 ? body : null;
  }

  get(id: string): string | null {
    return this.db.all<{ body: string }>(`SELECT body FROM ${this.documents} WHERE id = ?`, [id])[0]?.body ?? null;
  }

  /** The bodies of the first documents that match. */
  find(condition: Sql, sort: Sort, limit: number): string[] {
    const sql = `SELECT body FROM ${this.documents} WHERE ${condition.text} ORDER BY ${orderSql(sort)} LIMIT ?`;
    return this.db.all<{ body: string }>(sql, [...condition.values, limit]).map((row) => row.body);
  }

  count(tests: readonly Test[]): number {
    const { text, values } = this.where(tests);
    return this.db.all<{ n: number }>(`SELECT count(*) AS n FROM ${this.documents} WHERE ${text}`, values)[0]?.n ?? 0;
  }

  distinct(path: string, tests: readonly Test[]): string[] {
    const { text, values } = this.where(tests);
    const sql = `SELECT DISTINCT ${keyOf(path)} AS value FROM ${this.documents} WHERE ${isStringKey(path)} AND ${text}`;
    return this.db.all<{ value: string }>(sql, values).map(({ value }) => value);
  }

  any(tests: readonly Test[]): boolean {
    const { text, values } = this.where(tests);
    return this.db.all(`SELECT 1 FROM ${this.documents} WHERE ${text} LIMIT 1`, values).length > 0;
  }

  deleteMany(tests: readonly Test[]): number {
    const { text, values } = this.where(tests);
    return this.db.run(`DELETE FROM ${this.documents} WHERE ${text}`, values);
  }

  patchFirst(tests: readonly Test[], patch: Patch, sort: Sort = sortOf(undefined)): string | null {
    const [body] = this.find(this.where(tests), sort, 1);
    if (body === undefined) return null;
    const document = JSON.parse(body) as Document & Record<string, unknown>;
    applyPatch(document, patch);
    const patched = this.bodyOf(document, document.version + 1);
    this.update(document.id, patched);
    return patched;
  }

  /** The condition of these tests, given what the indexed paths meet at this moment. */
  where(tests: readonly Test[]): Sql {
    return whereSql(tests, (path) => this.shapeOf(path), this.elements);
  }

  /** @throws TypeError when a field is missing or of another type than the collection says */
  private bodyOf(document: { readonly id: string } & Readonly<Record<string, unknown>>, version: number): string {
    for (const [field, types] of this.fields) {
      if (!([types].flat() as readonly string[]).includes(typeOf(document[field])))
        throw new TypeError(`${this.name}/${document.id}: ${field} is not what it has to be`);
    }
    return JSON.stringify({ ...document, id: checkId(document), version });
  }

  private update(id: string, body: string): void {
    this.db.run(`UPDATE ${this.documents} SET body = ? WHERE id = ?`, [body, id]);
  }

  private shapeOf(path: string): PathShape {
    if (!this.indexed.has(path)) return 'scan';
    const some = this.db.all(`SELECT 1 FROM ${this.elements} WHERE path = ? LIMIT 1`, [path]);
    return some.length > 0 ? 'elements' : 'plain';
  }
}

class SqliteCollection<T extends Document> implements Collection<T> {
  readonly name: string;

  constructor(
    private readonly db: SqliteConnection,
    private readonly table: Table,
  ) {
    this.name = table.name;
  }

  async insert(document: NewDocument<T>): Promise<T> {
    return this.parse(guard(this.name, () => this.table.insert(document)));
  }

  async get(id: string): Promise<T | null> {
    return this.parseSome(this.table.get(id));
  }

  async replace(document: NewDocument<T>, version: number): Promise<T | null> {
    return this.parseSome(guard(this.name, () => this.table.replace(document, version)));
  }

  async patch(id: string, patch: Patch): Promise<T | null> {
    return this.patchFirst(parseFilter({ id }), patch);
  }

  async find(filter: Filter = {}, options: FindOptions = {}): Promise<Page<T>> {
    const tests = parseFilter(filter);
    const sort = sortOf(options.sort);
    const limit = pageLimit(options);
    const after = options.cursor === undefined ? undefined : afterSql(sort, decodeCursor(options.cursor, sort));
    const bodies = this.db.read(() => {
      const where = this.table.where(tests);
      return this.table.find(after ? both(where, after) : where, sort, limit + 1);
    });
    const items = bodies.slice(0, limit).map((body) => this.parse(body));
    const last = items.at(-1);
    return { items, nextCursor: bodies.length > limit && last ? encodeCursor(last, sort) : null };
  }

  async count(filter: Filter = {}): Promise<number> {
    const tests = parseFilter(filter);
    return this.db.read(() => this.table.count(tests));
  }

  async distinct(path: string, filter: Filter = {}): Promise<string[]> {
    const tests = parseFilter(filter);
    return this.db.read(() => this.table.distinct(path, tests));
  }

  async delete(id: string): Promise<boolean> {
    return (await this.deleteMany({ id })) === 1;
  }

  async deleteMany(filter: Filter): Promise<number> {
    const tests = parseFilter(filter);
    return this.db.write(() => this.table.deleteMany(tests));
  }

  async claim(filter: Filter, patch: Patch, sort?: Sort): Promise<T | null> {
    parsePatch(patch);
    // a claimant that finds nothing, as most do, shall not hold up those that write
    const tests = parseFilter(filter);
    if (!this.db.read(() => this.table.any(tests))) return null;
    return this.patchFirst(tests, patch, sort);
  }

  private patchFirst(tests: readonly Test[], patch: Patch, sort?: Sort): T | null {
    return this.parseSome(
      guard(this.name, () => this.db.write(() => this.table.patchFirst(tests, patch, sortOf(sort)))),
    );
  }

  private parse(body: string): T {
    return JSON.parse(body) as T;
  }

  private parseSome(body: string | null): T | null {
    return body === null ? null : this.parse(body);
  }
}

/** The type of a value as JSON has it. */
function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Runs statements of a collection; a unique index that refuses them speaks of its paths. */
function guard<T>(collection: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') {
      throw new DuplicateKeyError(collection, violatedPaths((error as Error).message));
    }
    throw error;
  }
}
