import { mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'libsql';
import { KinoscopeError } from '../core/errors.js';

/** How long a statement waits for another process to end its transaction, in milliseconds. */
const BUSY_TIMEOUT_MS = 10_000;
const MAX_STATEMENTS = 200;
/** How long other processes may keep old pages in use before a purge is given up, in milliseconds. */
const PURGE_TIMEOUT_MS = 5_000;
/** Free space of the disk below which writes are about to fail, bytes. */
const LEAST_FREE = 64 * 2 ** 10;
/** The `user_version` of a file in which nothing was ever deleted without being overwritten. */
const ALWAYS_OVERWRITTEN = 1;

/** What SQLite says when it cannot write, in our words. */
const UNWRITABLE: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'The disk of the database is full',
  SQLITE_READONLY: 'The database cannot be written: its disk is read-only',
  SQLITE_IOERR: 'The disk of the database does not work',
  SQLITE_BUSY: 'The database is kept busy by another process',
};

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
  constructor(private readonly path: string) {
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.db = new Database(path, { timeout: BUSY_TIMEOUT_MS });
      this.enterWal();
      this.db.exec('PRAGMA synchronous = FULL');
      // what is deleted is overwritten with zeros
      this.db.prepare('PRAGMA secure_delete = ON').all();
      const [{ tables = 0 } = {}] = this.all<{ tables: number }>('SELECT count(*) AS tables FROM sqlite_master');
      if (tables === 0) this.db.exec(`PRAGMA user_version = ${ALWAYS_OVERWRITTEN}`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new KinoscopeError('unavailable', `Cannot open the database ${path}: ${reason}`, { cause: error });
    }
  }

  all<Row>(sql: string, values: readonly Value[] = []): Row[] {
    return translated(() => this.statement(sql).all([...values]) as Row[]);
  }

  /** The number of rows changed. */
  run(sql: string, values: readonly Value[] = []): number {
    return translated(() => this.statement(sql).run([...values]).changes);
  }

  /** @throws KinoscopeError `unavailable` when nothing can be written */
  async requireSpace(): Promise<void> {
    if (this.path === ':memory:') return;
    const { bavail, bsize } = await statfs(dirname(this.path));
    if (bavail * bsize < LEAST_FREE) throw new KinoscopeError('unavailable', UNWRITABLE['SQLITE_FULL']!);
  }

  /**
   * Leaves nothing of what was deleted in the file and its log.
   * @throws KinoscopeError `unavailable` when other processes keep reading what was there before
   */
  async purge(): Promise<void> {
    if (this.path === ':memory:') return;
    const [{ user_version: version = 0 } = {}] = this.all<{ user_version: number }>('PRAGMA user_version');
    if (version < ALWAYS_OVERWRITTEN) {
      // pages that an older version has freed hold what they held
      this.run('VACUUM');
      this.db.exec(`PRAGMA user_version = ${ALWAYS_OVERWRITTEN}`);
    }
    for (const end = Date.now() + PURGE_TIMEOUT_MS; ;) {
      // without waiting: that would keep this process from doing anything else
      this.all('PRAGMA busy_timeout = 0');
      const [{ busy = 1 } = {}] = this.all<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)');
      this.all(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
      if (busy === 0) return;
      if (Date.now() > end) throw new KinoscopeError('unavailable', UNWRITABLE['SQLITE_BUSY']!);
      await delay(50);
    }
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

/** @throws KinoscopeError `unavailable` where SQLite cannot write or read */
function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const reason = Object.keys(UNWRITABLE).find((known) => code === known || code.startsWith(`${known}_`));
    if (reason === undefined) throw error;
    throw new KinoscopeError('unavailable', UNWRITABLE[reason]!, { cause: error });
  }
}
