import type { CollectionSpec, IndexSpec } from './collection.js';
import type { SqliteConnection } from './sqlite-connection.js';
import { elementsOf, isScalarKey, keyOf, meetsArray } from './sqlite-sql.js';

/**
 * Tables, indexes and triggers of a collection. Documents are JSON text in one table. An index is one of keys (see
 * sqlite-sql.ts) ending in the id. For each indexed path triggers keep the elements of arrays in a second table, so
 * that a path through an array is found by index too; documents without arrays there have no rows in it.
 */

export function documentsTable(collection: string): string {
  return `c_${collection}`;
}

export function elementsTable(collection: string): string {
  return `e_${collection}`;
}

/** Creates what is missing. Indexes are only ever added: another process may still use those of an older version. */
export function createCollection(db: SqliteConnection, spec: CollectionSpec): void {
  const wanted = statements(spec);
  const missing = () => {
    const there = new Set(db.all<{ name: string }>('SELECT name FROM sqlite_master').map((row) => row.name));
    return wanted.filter(({ name }) => !there.has(name));
  };
  if (missing().length === 0) return;
  db.write(() => {
    for (const { sql } of missing()) sql.forEach((one) => db.run(one));
  });
}

interface Definition {
  readonly name: string;
  readonly sql: readonly string[];
}

function statements(spec: CollectionSpec): Definition[] {
  const documents = documentsTable(spec.name);
  const elements = elementsTable(spec.name);
  const indexes = spec.indexes ?? [];
  const paths = new Set(indexes.flatMap((index) => index.paths).filter((path) => path !== 'id'));
  return [
    {
      name: documents,
      // the id has no type, so that comparing it converts nothing
      sql: [`CREATE TABLE ${documents} (seq INTEGER PRIMARY KEY, id UNIQUE NOT NULL, body TEXT NOT NULL)`],
    },
    {
      name: elements,
      sql: [
        `CREATE TABLE ${elements} (path TEXT, value, document INTEGER, PRIMARY KEY (path, value, document)) ` +
          'WITHOUT ROWID',
        `CREATE INDEX "${elements}|document" ON ${elements} (document, path)`,
      ],
    },
    ...indexes.map((index) => indexDefinition(spec.name, index)),
    ...[...paths].map((path) => elementTriggers(documents, elements, path)),
  ];
}

function indexDefinition(collection: string, { paths, unique = false }: IndexSpec): Definition {
  const name = indexName(collection, paths, unique);
  const keys = paths.map(keyOf).join(', ');
  // the last column of a unique index is the same for all documents that it constrains and different for all others
  const last = unique ? `CASE WHEN ${paths.map(isScalarKey).join(' AND ')} THEN '' ELSE id END` : 'id';
  const kind = unique ? 'UNIQUE INDEX' : 'INDEX';
  return { name, sql: [`CREATE ${kind} "${name}" ON ${documentsTable(collection)} (${keys}, ${last})`] };
}

function indexName(collection: string, paths: readonly string[], unique: boolean): string {
  return [collection, unique ? 'unique' : 'index', ...paths].join('|');
}

/** The paths of the index that a message of SQLite's names. */
export function violatedPaths(message: string): string[] {
  const name = /index '(.*)'/.exec(message)?.[1];
  return name ? name.split('|').slice(2) : ['id'];
}

function elementTriggers(documents: string, elements: string, path: string): Definition {
  const name = `${documents}|${path}`;
  const add = (body: string, seq: string) => {
    const rows = elementsOf(path, body);
    return `INSERT OR IGNORE INTO ${elements} SELECT '${path}', ${rows.key}, ${seq} FROM ${rows.from}`;
  };
  const remove = `DELETE FROM ${elements} WHERE document = OLD.seq AND path = '${path}'`;
  const had = meetsArray(path, 'OLD.body');
  const has = meetsArray(path, 'NEW.body');
  const trigger = (event: string, when: string, action: string) =>
    `CREATE TRIGGER "${name}${event === 'INSERT' ? '' : `|${event}`}" AFTER ${event} ON ${documents} ` +
    `WHEN ${when} BEGIN ${action}; END`;
  const inserted = add('NEW.body', 'NEW.seq');
  return {
    name,
    sql: [
      trigger('INSERT', has, inserted),
      trigger('UPDATE', `${had} OR ${has}`, `${remove}; ${inserted} WHERE ${has}`),
      trigger('DELETE', had, remove),
      // documents of a time before this index
      `INSERT OR IGNORE INTO ${elements} SELECT '${path}', ${elementsOf(path, 'body').key}, seq FROM ${documents}, ` +
        `${elementsOf(path, 'body').from} WHERE ${meetsArray(path, 'body')}`,
    ],
  };
}
