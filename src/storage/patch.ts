import type { Patch } from './collection.js';

/**
 * Applies patches to plain JSON documents as MongoDB applies its update operators. A number in a path addresses an
 * element of an array that is there.
 */

type Json = Record<string, unknown>;

export const OPERATORS = ['$set', '$unset', '$inc', '$push', '$addToSet', '$pull'] as const;
type Operator = (typeof OPERATORS)[number];

/** A single change; `value` is undefined for `$unset`. */
export interface Change {
  readonly op: Operator;
  readonly path: string;
  readonly value: unknown;
}

/**
 * A patch as single changes; fields set to `undefined` are left out, as JSON leaves them out.
 * @throws TypeError for a path that is no path, touches `id` or `version`, or overlaps another of the same patch
 */
export function parsePatch(patch: Patch): Change[] {
  const changes = OPERATORS.flatMap((op): Change[] => {
    if (op === '$unset') return (patch.$unset ?? []).map((path) => ({ op, path, value: undefined }));
    return Object.entries(patch[op] ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([path, value]) => ({ op, path, value }));
  });
  changes.forEach(({ op, path, value }, i) => {
    checkPath(path);
    if (op === '$inc' && !(typeof value === 'number' && Number.isFinite(value))) {
      throw new TypeError(`$inc of ${path} needs a number, not ${String(value)}`);
    }
    const overlap = changes.slice(0, i).find((other) => within(path, other.path) || within(other.path, path));
    if (overlap) throw new TypeError(`The patch changes ${overlap.path} and ${path} at once`);
  });
  return changes;
}

function within(inner: string, outer: string): boolean {
  return `${inner}.`.startsWith(`${outer}.`);
}

function checkPath(path: string): void {
  const segments = path.split('.');
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const sane = segments.every((s) => s !== '' && s !== '__proto__' && !s.startsWith('$') && !/[\x00-\x1f]/.test(s));
  if (!sane) throw new TypeError(`Not a path of fields: ${JSON.stringify(path)}`);
  if (segments[0] === 'id' || segments[0] === 'version') throw new TypeError(`A patch cannot change ${path}`);
}

/**
 * Applies a patch to the document in place; what it was handed is not shared with the document.
 * @throws TypeError as {@link parsePatch}, and where a value is in the way (a field of a number, a push to a string)
 */
export function applyPatch(document: Json, patch: Patch): void {
  for (const { op, path, value } of parsePatch(patch)) {
    if (op === '$unset') unset(document, path);
    else change(document, path, op, value);
  }
}

function change(document: Json, path: string, op: Operator, value: unknown): void {
  const segments = path.split('.');
  const last = segments.pop() ?? '';
  if (op === '$pull' && lookUp(document, segments)?.[last] === undefined) return;
  const parent = descend(document, segments, path);
  const before = Object.hasOwn(parent, last) ? parent[last] : undefined;
  write(parent, last, changed(op, path, before, value), path);
}

function changed(op: Operator, path: string, before: unknown, value: unknown): unknown {
  if (op === '$set') return copy(value);
  if (op === '$inc') {
    if (before !== undefined && typeof before !== 'number') throw new TypeError(`${path} is no number to add to`);
    return (before ?? 0) + (value as number);
  }
  if (before !== undefined && !Array.isArray(before)) throw new TypeError(`${path} is no array`);
  const array = before ?? [];
  if (op === '$pull') return array.filter((element) => !equal(element, value));
  if (op === '$addToSet' && array.some((element) => equal(element, value))) return array;
  return [...array, copy(value)];
}

/** Walks to the object or array at these segments, creating objects where nothing is. */
function descend(document: Json, segments: readonly string[], path: string): Json {
  let at: Json = document;
  for (const segment of segments) {
    const next = Object.hasOwn(at, segment) ? at[segment] : undefined;
    if (next === undefined) write(at, segment, {}, path);
    else if (next === null || typeof next !== 'object') throw new TypeError(`${segment} in ${path} is no object`);
    at = at[segment] as Json;
  }
  return at;
}

function write(parent: Json, key: string, value: unknown, path: string): void {
  if (Array.isArray(parent)) {
    if (!/^\d{1,6}$/.test(key)) throw new TypeError(`${key} in ${path} is no position of an array`);
    while (parent.length < Number(key)) parent.push(null);
  }
  parent[key] = value;
}

function unset(document: Json, path: string): void {
  const segments = path.split('.');
  const last = segments.pop() ?? '';
  const parent = lookUp(document, segments);
  if (!parent || !Object.hasOwn(parent, last)) return;
  // as MongoDB: the other elements keep their places
  if (Array.isArray(parent)) (parent as unknown[])[Number(last)] = null;
  else Reflect.deleteProperty(parent, last);
}

function lookUp(document: Json, segments: readonly string[]): Json | undefined {
  let at: unknown = document;
  for (const segment of segments) {
    if (at === null || typeof at !== 'object' || !Object.hasOwn(at, segment)) return undefined;
    at = (at as Json)[segment];
  }
  return at !== null && typeof at === 'object' ? (at as Json) : undefined;
}

/** Equal as MongoDB has it: of objects, the order of the fields counts. */
function equal(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function copy(value: unknown): unknown {
  return value !== null && typeof value === 'object' ? (JSON.parse(JSON.stringify(value)) as unknown) : value;
}
