import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import { KinoscopeError } from '../errors.js';

/** How long a statement waits for another process to end its transaction, in milliseconds. */
const BUSY_TIMEOUT_MS = 10_000;
const MAX_STATEMENTS = 200;

type Value = string | number | Buffer;

/**
 * One connection to the file. libsql works synchronously: a transaction is one function that awaits nothing, so two
 * transactions of a process can never mix. Statements are always read to their end: one that was left at its first row
 * (libsql's `get`) would keep its snapshot and lock the table.
 */
export class SqliteConnection {
  private readonly db: Database.Database;
  private readonly statements = new Map<string, Database.Statement>();
  private open = true;

  /** @throws KinoscopeError `unavailable` when the file cannot be opened or is no database */
  constructor(path: string) {
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.db = new Database(path, { timeout: BUSY_TIMEOUT_MS });
      this.enterWal();
      this.db.exec('PRAGMA synchronous = FULL');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new KinoscopeError('unavailable', `Cannot open the database ${path}: ${reason}`, { cause: error });
    }
  }

  all<Row>(sql: string, values: readonly Value[] = []): Row[] {
    return this.statement(sql).all([...values]) as Row[];
  }

  /** The number of rows changed. */
  run(sql: string, values: readonly Value[] = []): number {
    return this.statement(sql).run([...values]).changes;
  }

  /** Several reads of one snapshot. */
  read<T>(work: () => T): T {
    return this.transaction('BEGIN', work);
  }

  /** Takes the write lock at the start: a transaction that began as a reader could fail when it comes to write. */
  write<T>(work: () => T): T {
    return this.transaction('BEGIN IMMEDIATE', work);
  }

  close(): void {
    if (!this.open) return;
    // libsql closes the file once its statements are garbage: leave everything in the main file already now
    this.all('PRAGMA wal_checkpoint(PASSIVE)');
    this.open = false;
    this.statements.clear();
    this.db.close();
  }

  private transaction<T>(begin: string, work: () => T): T {
    this.run(begin);
    try {
      const result = work();
      this.run('COMMIT');
      return result;
    } catch (error) {
      // SQLite has rolled back by itself after some errors, such as a full disk
      if (this.db.inTransaction) this.run('ROLLBACK');
      throw error;
    }
  }

  private statement(sql: string): Database.Statement {
    if (!this.open) throw new KinoscopeError('unavailable', 'The database is closed');
    const known = this.statements.get(sql);
    if (known) return known;
    const [oldest] = this.statements.keys();
    if (oldest !== undefined && this.statements.size >= MAX_STATEMENTS) this.statements.delete(oldest);
    const statement = this.db.prepare(sql);
    this.statements.set(sql, statement);
    return statement;
  }

  /** Changing the journal mode does not wait for other processes that are just doing the same: try for a while. */
  private enterWal(): void {
    const end = Date.now() + BUSY_TIMEOUT_MS;
    for (;;) {
      try {
        this.db.prepare('PRAGMA journal_mode = WAL').all();
        return;
      } catch (error) {
        const busy = error instanceof Error && /locked|busy/i.test(error.message);
        if (!busy || Date.now() > end) throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      }
    }
  }
}
