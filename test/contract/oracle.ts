import type { Condition, Filter, Scalar, Sort } from '../../src/storage/collection.js';

/** What a store must answer, worked out the slow way: every document, every condition, one after the other. */

type Json = Record<string, unknown>;

/** The values at a path, arrays opened at each step; `undefined` where a step leads nowhere. */
function valuesAt(value: unknown, segments: readonly string[]): unknown[] {
  const [first, ...rest] = segments;
  if (Array.isArray(value)) {
    return value.flatMap((element) => (Array.isArray(element) ? [element] : valuesAt(element, segments)));
  }
  if (first === undefined) return [value];
  if (value === null || typeof value !== 'object') return [undefined];
  const next = (value as Json)[first];
  return rest.length === 0 && Array.isArray(next) ? next : valuesAt(next, rest);
}

/** The order of types: null and missing, numbers, strings, booleans. */
function rank(value: unknown): number {
  if (value === null || value === undefined) return 0;
  return ['number', 'string', 'boolean'].indexOf(typeof value) + 1;
}

/** By type, then by value; strings by code point. */
function compareScalars(a: unknown, b: unknown): number {
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b as string));
  return Number(a ?? 0) - Number(b ?? 0);
}

function equal(value: unknown, wanted: Scalar): boolean {
  return wanted === null ? value === null || value === undefined : value === wanted;
}

function holds(values: readonly unknown[], op: string, wanted: unknown): boolean {
  const like = values.filter((value) => rank(value) === rank(wanted) && typeof value === typeof wanted);
  switch (op) {
    case '$in':
      return (wanted as Scalar[]).some((one) => values.some((value) => equal(value, one)));
    case '$ne':
      return !values.some((value) => equal(value, wanted as Scalar));
    case '$gt':
      return like.some((value) => compareScalars(value, wanted) > 0);
    case '$gte':
      return like.some((value) => compareScalars(value, wanted) >= 0);
    case '$lt':
      return like.some((value) => compareScalars(value, wanted) < 0);
    case '$lte':
      return like.some((value) => compareScalars(value, wanted) <= 0);
    case '$prefix':
      return values.some((value) => typeof value === 'string' && value.startsWith(wanted as string));
    default:
      throw new Error(`The oracle does not know ${op}`);
  }
}

export function matches(document: object, filter: Filter): boolean {
  return Object.entries(filter).every(([path, condition]: [string, Condition]) => {
    const values = valuesAt(document, path.split('.'));
    if (condition === null || typeof condition !== 'object') return holds(values, '$in', [condition]);
    return Object.entries(condition).every(([op, wanted]) => holds(values, op, wanted));
  });
}

export function sorted<T extends { readonly id: string }>(documents: readonly T[], { path, order }: Sort): T[] {
  const sign = order === 'asc' ? 1 : -1;
  const at = (document: T) => valuesAt(document, path.split('.'))[0];
  return [...documents].sort((a, b) => sign * (compareScalars(at(a), at(b)) || compareScalars(a.id, b.id)));
}

/** Repeatable random numbers in [0, 1) (mulberry32). */
export function randomSource(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
