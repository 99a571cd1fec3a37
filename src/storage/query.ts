import { KinoscopeError } from '../core/errors.js';
import type { Condition, Filter, FindOptions, Scalar, Sort } from './collection.js';

/**
 * What the adapters share: checked paths, filters as lists of single tests, page limits and cursors. Checking here, not
 * in each adapter, means that a slip such as `{ owner: undefined }` fails alike everywhere and never widens a delete.
 */

/** One condition on one path. Equality is `$in` with one value. */
export type Test =
  | { readonly path: string; readonly op: '$in'; readonly values: readonly Scalar[] }
  | { readonly path: string; readonly op: '$nin'; readonly values: readonly Scalar[] }
  | { readonly path: string; readonly op: '$ne'; readonly value: Scalar }
  | { readonly path: string; readonly op: '$gt' | '$gte' | '$lt' | '$lte'; readonly value: number | string }
  | { readonly path: string; readonly op: '$prefix'; readonly value: string }
  | { readonly path: string; readonly op: '$exists'; readonly value: boolean };

export const DEFAULT_LIMIT = 50;
export const MAX_LIMIT = 1000;

/** The place after which a page begins: the last document's sort value and id. */
export interface Position {
  readonly value: Scalar;
  readonly id: string;
}

/** A field name in a filter, sort or index: no quotes or operators, and no array positions. */
const QUERY_SEGMENT = /^[\p{L}_][\p{L}\p{N}_ -]*$/u;

/**
 * The segments of a dotted path of a filter, sort or index.
 * @throws TypeError when the path could not name a field
 */
export function querySegments(path: string): string[] {
  const segments = path.split('.');
  if (!segments.every((segment) => QUERY_SEGMENT.test(segment))) {
    throw new TypeError(`Not a path of fields: ${JSON.stringify(path)}`);
  }
  return segments;
}

/**
 * A filter as single tests, all of which must hold.
 * @throws TypeError for a bad path, an unknown operator, or a value that is no finite scalar
 */
export function parseFilter(filter: Filter): Test[] {
  return Object.entries(filter).flatMap(([path, condition]) => {
    querySegments(path);
    return parseCondition(path, condition);
  });
}

function parseCondition(path: string, condition: Condition): Test[] {
  if (condition === null || typeof condition !== 'object') {
    return [{ path, op: '$in', values: [scalar(path, condition)] }];
  }
  const operators = Object.entries(condition as Readonly<Record<string, unknown>>);
  if (operators.length === 0) throw new TypeError(`The condition on ${path} is empty`);
  return operators.flatMap(([op, value]): Test | Test[] => {
    switch (op) {
      case '$in':
      case '$nin':
        if (Array.isArray(value)) return { path, op, values: value.map((one) => scalar(path, one)) };
        break;
      case '$ne':
        return { path, op, value: scalar(path, value) };
      case '$gt':
      case '$gte':
      case '$lt':
      case '$lte': {
        const bound = scalar(path, value);
        if (typeof bound === 'number' || typeof bound === 'string') return { path, op, value: bound };
        break;
      }
      case '$prefix':
        if (typeof value === 'string') return { path, op, value };
        // none would match everything
        if (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string'))
          return value.map((one): Test => ({ path, op, value: one }));
        break;
      case '$exists':
        if (typeof value === 'boolean') return { path, op, value };
        break;
    }
    throw new TypeError(`Not a condition on ${path}: ${op} ${JSON.stringify(value)}`);
  });
}

function scalar(path: string, value: unknown): Scalar {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new TypeError(`Not a value to compare ${path} with: ${String(value)}`);
}

/** The id of a document that is to be stored. @throws TypeError when it has none */
export function checkId(document: { readonly id: string }): string {
  if (typeof document.id !== 'string' || document.id === '') throw new TypeError('A document needs a string id');
  return document.id;
}

/** @throws TypeError when a collection cannot have this name */
export function checkName(name: string): void {
  if (!/^[a-z0-9_]+$/.test(name)) throw new TypeError(`Not a name of a collection: ${name}`);
}

/** The page size. @throws KinoscopeError `usage` outside 1 to 1,000 */
export function pageLimit(options: FindOptions): number {
  const limit = options.limit ?? DEFAULT_LIMIT;
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new KinoscopeError('usage', `The limit must be 1 to ${MAX_LIMIT}, not ${limit}`);
}

/** The sort of a find: by id, ascending, unless told. @throws TypeError for a bad path */
export function sortOf(sort: Sort | undefined): Sort {
  if (!sort) return { path: 'id', order: 'asc' };
  querySegments(sort.path);
  return sort;
}

/** A cursor that continues after this document. @throws TypeError when the document's sort value is no scalar */
export function encodeCursor(document: { readonly id: string }, sort: Sort): string {
  let value: unknown = document;
  for (const segment of sort.path.split('.')) {
    value = value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[segment] : undefined;
  }
  const position = [sort.path, sort.order, scalar(sort.path, value ?? null), document.id];
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** Reads a cursor. @throws KinoscopeError `usage` when it is damaged or belongs to another sort */
export function decodeCursor(cursor: string, sort: Sort): Position {
  try {
    const [path, order, value, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    if (path === sort.path && order === sort.order && typeof id === 'string') {
      return { value: scalar(sort.path, value), id };
    }
  } catch {
    // falls through to the same answer
  }
  throw new KinoscopeError('usage', 'The cursor is not valid for this list');
}

/**
 * The smallest string that is greater than every string with this prefix, by code point; null when there is none (an
 * empty prefix, or one of nothing but U+10FFFF).
 */
export function prefixEnd(prefix: string): string | null {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.length > 0) {
    const last = points.pop() ?? 0;
    if (last < 0x10ffff) {
      // U+D800 to U+DFFF are surrogates, no characters
      return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
    }
  }
  return null;
}
