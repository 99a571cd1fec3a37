import { Binary, type Document as BsonDocument } from 'mongodb';
import type { Patch, Scalar, Sort } from './collection.js';
import { toVectors, type VectorPaths } from './mongo-vectors.js';
import { parsePatch } from './patch.js';
import type { Position, Test } from './query.js';

/** Filters, sorts, cursors and patches in MongoDB's own language. */

/** MongoDB calls the id `_id`. */
export function fieldOf(path: string): string {
  return path === 'id' ? '_id' : path;
}

export function mongoFilter(tests: readonly Test[]): BsonDocument {
  const conditions = tests.map((test) => ({ [fieldOf(test.path)]: condition(test) }));
  return conditions.length === 1 ? (conditions[0] ?? {}) : conditions.length === 0 ? {} : { $and: conditions };
}

function condition(test: Test): BsonDocument {
  switch (test.op) {
    case '$in':
      return test.values.length === 1 ? { $eq: test.values[0] } : { $in: test.values };
    case '$nin':
      return { $nin: test.values };
    case '$prefix':
      return { $regex: `^${test.value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}` };
    default:
      return { [test.op]: test.value };
  }
}

export function mongoSort(sort: Sort): Record<string, 1 | -1> {
  const direction = sort.order === 'desc' ? -1 : 1;
  return sort.path === 'id' ? { _id: direction } : { [sort.path]: direction, _id: direction };
}

/** The types of sort values in MongoDB's order; null, or nothing, comes before them. */
const TYPES = ['number', 'string', 'bool'] as const;

/** The filter of the documents after this position. A range compares one type alone, so the others are named. */
export function mongoAfter(sort: Sort, { value, id }: Position): BsonDocument {
  const [beyond, descending] = sort.order === 'desc' ? ['$lt', true] : ['$gt', false];
  if (sort.path === 'id') return { _id: { [beyond]: id } };
  const field = sort.path;
  const ties = { [field]: { $eq: value }, _id: { [beyond]: id } };
  if (value === null) return descending ? ties : { $or: [ties, { [field]: { $ne: null } }] };
  const rank = TYPES.indexOf(typeOf(value));
  const others = descending ? TYPES.slice(0, rank) : TYPES.slice(rank + 1);
  return {
    $or: [
      ties,
      { [field]: { [beyond]: value } },
      ...(others.length > 0 ? [{ [field]: { $type: others } }] : []),
      ...(descending ? [{ [field]: { $eq: null } }] : []),
    ],
  };
}

function typeOf(value: NonNullable<Scalar>): (typeof TYPES)[number] {
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'number' ? 'number' : 'string';
}

/** The update of a patch, which also counts the version. @throws TypeError as `parsePatch` */
export function mongoUpdate(patch: Patch, vectors: VectorPaths = []): BsonDocument {
  const update: Record<string, Record<string, unknown>> = { $inc: { version: 1 } };
  for (const { op, path, value } of parsePatch(patch)) {
    (update[op] ??= {})[path] = operand(op, toVectors(value, vectors, path));
  }
  return update;
}

function operand(op: string, value: unknown): unknown {
  switch (op) {
    case '$unset':
      return '';
    case '$push':
    case '$addToSet':
      // a value of its own is never taken for a modifier
      return { $each: [value] };
    case '$pull':
      // an object alone would be a condition on the fields of the elements
      return value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof Binary)
        ? { $eq: value }
        : value;
    default:
      return value;
  }
}
