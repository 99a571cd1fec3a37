import {
  type Collection as MongoCollection,
  type Db,
  type Document as BsonDocument,
  type IndexDescription,
  MongoServerError,
} from 'mongodb';
import { KinoscopeError } from '../core/errors.js';
import type { CollectionSpec, FieldType, IndexSpec } from './collection.js';
import { fieldOf } from './mongo-query.js';
import { querySegments } from './query.js';

/**
 * Rules and indexes of collections. A start compares what is there with what it needs, and changes nothing that serves:
 * processes of an older and a newer kinoscope work side by side, as users who may read and write and no more.
 */

const NAMESPACE_EXISTS = 48;
const INDEX_NOT_FOUND = 27;
const UNAUTHORIZED = 13;

const isCode = (error: unknown, ...codes: number[]): error is MongoServerError =>
  error instanceof MongoServerError && codes.includes(Number(error.code));

/** Makes what is missing of a collection. @throws KinoscopeError `forbidden` when its rules have to change and the user may not */
export async function ensureCollection(db: Db, spec: CollectionSpec): Promise<void> {
  const rules = rulesOf(spec);
  const [there] = await db.listCollections({ name: spec.name }, { nameOnly: false }).toArray();
  if (there) await widen(db, spec.name, there.options?.validator, rules);
  else {
    try {
      await db.createCollection(spec.name, { validator: validatorOf(rules), validationLevel: 'moderate' });
    } catch (error) {
      // another process was faster
      if (!isCode(error, NAMESPACE_EXISTS)) throw error;
      return ensureCollection(db, spec);
    }
  }
  await ensureIndexes(db.collection(spec.name), spec, there !== undefined);
}

/** What MongoDB lets in, no matter who writes: fields with their types in BSON, and which of them have to be there. */
interface Rules {
  readonly types: ReadonlyMap<string, readonly string[]>;
  readonly required: readonly string[];
}

const BSON_TYPES: Record<FieldType, readonly string[]> = {
  string: ['string'],
  number: ['int', 'long', 'double'],
  boolean: ['bool'],
  object: ['object'],
  array: ['array'],
  null: ['null'],
};

function rulesOf({ fields = {} }: CollectionSpec): Rules {
  const types = Object.entries(fields).map(
    ([name, allowed]) => [name, [allowed].flat().flatMap((type) => BSON_TYPES[type])] as const,
  );
  return { types: new Map(types), required: Object.keys(fields) };
}

function validatorOf({ types, required }: Rules): BsonDocument {
  return {
    $jsonSchema: {
      bsonType: 'object',
      required: ['_id', 'version', ...required],
      properties: {
        _id: { bsonType: 'string', minLength: 1 },
        version: { bsonType: BSON_TYPES.number, minimum: 1 },
        ...Object.fromEntries([...types].map(([name, bsonType]) => [name, { bsonType }])),
      },
    },
  };
}

const OWN = ['_id', 'version'];

/** The rules of a validator of ours; null for one of somebody else's, and for none. */
function readRules(validator: BsonDocument | undefined): Rules | null {
  const schema = validator?.['$jsonSchema'] as
    { required?: string[]; properties?: Record<string, { bsonType?: string | string[] }> } | undefined;
  if (!schema?.required?.includes('version') || !schema.properties) return null;
  const types = Object.entries(schema.properties).map(
    ([name, { bsonType = [] }]) => [name, [bsonType].flat()] as const,
  );
  return {
    types: new Map(types.filter(([name]) => !OWN.includes(name))),
    required: schema.required.filter((name) => !OWN.includes(name)),
  };
}

/**
 * Lets in our documents besides those that are let in already. Rules never get narrower: what another process writes by
 * its own rules, older or newer, stays welcome.
 */
async function widen(db: Db, name: string, validator: BsonDocument | undefined, ours: Rules): Promise<void> {
  const stored = readRules(validator);
  if (!stored || admits(stored, ours)) return;
  try {
    await db.command({ collMod: name, validator: validatorOf(union(stored, ours)), validationLevel: 'moderate' });
  } catch (error) {
    if (!isCode(error, UNAUTHORIZED)) throw error;
    const how = 'start it once as a user who may (collMod, as in the role dbAdmin)';
    throw new KinoscopeError(
      'forbidden',
      `The rules of the collection ${name} refuse what this kinoscope writes, and MongoDB does not let this user change them: ${how}`,
      { cause: error },
    );
  }
}

/** Whether every document that `ours` let in is let in by `stored`. */
function admits(stored: Rules, ours: Rules): boolean {
  return (
    stored.required.every((name) => ours.required.includes(name)) &&
    [...stored.types].every(([name, types]) => ours.types.get(name)?.every((type) => types.includes(type)) ?? false)
  );
}

function union(a: Rules, b: Rules): Rules {
  const types = [...a.types].flatMap(([name, allowed]) => {
    const others = b.types.get(name);
    return others ? [[name, [...new Set([...allowed, ...others])]] as const] : [];
  });
  return { types: new Map(types), required: a.required.filter((name) => b.required.includes(name)) };
}

/** A unique index by its name, and the paths of ours that it is about. */
export interface UniqueIndex {
  readonly name: string;
  readonly paths: readonly string[];
}

export function uniqueIndexes({ indexes = [] }: CollectionSpec): UniqueIndex[] {
  return [
    { name: '_id_', paths: ['id'] },
    ...indexes.filter(({ unique }) => unique).map(({ paths }) => ({ name: indexName('unique', paths), paths })),
  ];
}

const indexName = (kind: 'index' | 'unique', paths: readonly string[]): string => [kind, ...paths].join('|');

/**
 * An index as MongoDB has it, ending in the id so that it serves sorted pages. A unique one is two: the constraint is
 * partial (null and missing values are free), and finds could not use a partial index.
 */
function indexDescriptions({ paths, unique = false }: IndexSpec): IndexDescription[] {
  paths.forEach(querySegments);
  const fields = paths.map(fieldOf);
  const key = Object.fromEntries(fields.map((field) => [field, 1 as const]));
  const plain = { name: indexName('index', paths), key: { ...key, _id: 1 as const } };
  if (!unique) return [plain];
  const partialFilterExpression = Object.fromEntries(
    fields.map((field) => [field, { $type: ['string', 'number', 'bool'] }]),
  );
  return [plain, { name: indexName('unique', paths), key, unique: true, partialFilterExpression }];
}

/** Two indexes with this in common do the same. */
const essence = ({ key, unique = false, partialFilterExpression }: BsonDocument): string =>
  JSON.stringify([
    Object.entries(key as object),
    unique,
    Object.entries((partialFilterExpression ?? {}) as object).sort(),
  ]);

/** Makes the missing indexes, makes those again that were made otherwise, and drops those that were given up. */
async function ensureIndexes(
  collection: MongoCollection,
  { indexes = [], retired = [] }: CollectionSpec,
  existed: boolean,
): Promise<void> {
  const wanted = indexes.flatMap(indexDescriptions);
  if (wanted.length + retired.length === 0) return;
  const there = existed ? await collection.listIndexes().toArray() : [];
  const known = new Set(there.map(essence));
  const missing = wanted.filter((index) => !known.has(essence(index)));
  const names = new Set([...missing, ...retired.flatMap(indexDescriptions)].map(({ name }) => name));
  const kept = new Set(wanted.filter((index) => known.has(essence(index))).map(({ name }) => name));
  for (const { name } of there.filter(
    (index) => names.has(String(index['name'])) && !kept.has(String(index['name'])),
  )) {
    await collection.dropIndex(String(name)).catch((error: unknown) => {
      // another process was faster
      if (!isCode(error, INDEX_NOT_FOUND)) throw error;
    });
  }
  if (missing.length > 0) await collection.createIndexes(missing);
}
