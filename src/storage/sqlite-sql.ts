import type { Scalar, Sort } from './collection.js';
import { prefixEnd, querySegments, type Position, type Test } from './query.js';

/**
 * Filters, sorts and cursors as SQL over JSON documents. Every comparison works on a path's *key*: one SQLite value for
 * each JSON scalar, in MongoDB's order of types. Null and missing are -Infinity (which JSON cannot hold), then come
 * numbers, strings by code point, and after them blobs: false, true, and one mark for arrays and objects. So a key is
 * never NULL, true is not 1, and an index on keys serves equality, ranges, sorting and cursors alike.
 */

/** SQL text and the values bound to it. */
export interface Sql {
  readonly text: string;
  readonly values: readonly (string | number | Buffer)[];
}

/** How a collection stores what a path meets; decides which SQL may be used. */
export type PathShape =
  /** Indexed, and no document has an array on the way: the key alone decides, and the index is used. */
  | 'plain'
  /** Indexed, and some documents have an array on the way: their elements are in the table of elements. */
  | 'elements'
  /** Not indexed. */
  | 'scan';

/** Strings that are bound one by one, at most: SQLite takes 32,766 values. */
const MANY = 100;
const NULL_KEY = '-9e999';
const FALSE_KEY = Buffer.from([0]);
const TRUE_KEY = Buffer.from([1]);
const NESTED_KEY = "x'02'";

function key(type: string, value: string): string {
  return (
    `CASE ${type} WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' WHEN 'array' THEN ${NESTED_KEY} ` +
    `WHEN 'object' THEN ${NESTED_KEY} ELSE coalesce(${value},${NULL_KEY}) END`
  );
}

function jsonPath(segments: readonly string[]): string {
  return `'$${segments.map((segment) => `."${segment}"`).join('')}'`;
}

/** The key of a path that is followed through objects only. The same text makes the index and the query. */
export function keyOf(path: string): string {
  if (path === 'id') return 'id';
  const at = jsonPath(querySegments(path));
  return `(${key(`json_type(body,${at})`, `body->>${at}`)})`;
}

/** Whether a key is that of a string, number or boolean, not of null, nothing, an array or an object. */
export function isScalarKey(path: string): string {
  return `${keyOf(path)} > ${NULL_KEY} AND ${keyOf(path)} < ${NESTED_KEY}`;
}

/** Whether a path meets an array in this document. */
export function meetsArray(path: string, body: string): string {
  const segments = querySegments(path);
  return segments.map((_, i) => `json_type(${body},${jsonPath(segments.slice(0, i + 1))}) IS 'array'`).join(' OR ');
}

/**
 * The values a path meets in a document, arrays opened one level at each step: a FROM clause, and the key of its rows.
 * A step that leads nowhere gives one row of null.
 */
export function elementsOf(path: string, body: string): { readonly from: string; readonly key: string } {
  const steps = walk(querySegments(path), body);
  const last = `e${steps.from.length - 1}`;
  return { from: steps.from.join(', '), key: key(`${last}.type`, `${last}.atom`) };
}

function walk(segments: readonly string[], body: string): { from: string[]; container: string } {
  let container = body;
  const from = segments.map((segment, i) => {
    const at = jsonPath([segment]);
    const value = `${container}->${at}`;
    const row =
      `json_each(CASE json_type(${container},${at}) WHEN 'array' THEN ${value} ` +
      `ELSE json_array(json(${value})) END) AS e${i}`;
    container = `CASE e${i}.type WHEN 'object' THEN e${i}.value ELSE '{}' END`;
    return row;
  });
  return { from, container };
}

/** The WHERE condition of a filter on a collection whose elements are in `elementsTable`. */
export function whereSql(tests: readonly Test[], shapeOf: (path: string) => PathShape, elementsTable: string): Sql {
  const parts = tests.map((test) => testSql(test, shapeOf(test.path), elementsTable));
  return parts.length === 0 ? { text: '1', values: [] } : parts.reduce(both);
}

function testSql(test: Test, shape: PathShape, elementsTable: string): Sql {
  if (test.op === '$exists') return existsSql(test.path, test.value);
  if (test.op === '$ne' || test.op === '$nin') {
    const values = test.op === '$ne' ? [test.value] : test.values;
    const equal = testSql({ path: test.path, op: '$in', values }, shape, elementsTable);
    return { text: `NOT (${equal.text})`, values: equal.values };
  }
  if (test.path === 'id' || shape === 'plain') return compare(keyOf(test.path), test);
  if (shape === 'elements' && !(test.op === '$in' && test.values.includes(null))) {
    const whole = compare(keyOf(test.path), test);
    const element = compare('value', test);
    const some = `seq IN (SELECT document FROM ${elementsTable} WHERE path = '${test.path}' AND ${element.text})`;
    return { text: `(${whole.text} OR ${some})`, values: [...whole.values, ...element.values] };
  }
  const elements = elementsOf(test.path, 'body');
  const compared = compare(elements.key, test);
  return { text: `EXISTS (SELECT 1 FROM ${elements.from} WHERE ${compared.text})`, values: compared.values };
}

function existsSql(path: string, wanted: boolean): Sql {
  const segments = querySegments(path);
  const last = segments.pop() ?? '';
  const parents = walk(segments, 'body');
  const there = `json_type(${parents.container},${jsonPath([last])}) IS NOT NULL`;
  const some = parents.from.length === 0 ? there : `EXISTS (SELECT 1 FROM ${parents.from.join(', ')} WHERE ${there})`;
  return { text: wanted ? `(${some})` : `NOT (${some})`, values: [] };
}

/** A positive test of one key. Ranges end where the next type begins, so that like is compared with like. */
function compare(of: string, test: Exclude<Test, { op: '$ne' | '$nin' | '$exists' }>): Sql {
  switch (test.op) {
    case '$in': {
      if (test.values.length > MANY && test.values.every((value) => typeof value === 'string'))
        return { text: `${of} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(test.values)] };
      const values = test.values.map(bind);
      if (values.length === 1) return surround(`${of} = `, values, '');
      return surround(`${of} IN (`, values, ')');
    }
    case '$prefix': {
      const end = prefixEnd(test.value);
      const start = surround(`(${of} >= `, [bind(test.value)], ` AND ${of} < `);
      return end === null ? { text: `${start.text}x'')`, values: start.values } : chain(start, bind(end), ')');
    }
    case '$gt':
    case '$gte':
      return surround(
        `(${of} ${test.op === '$gt' ? '>' : '>='} `,
        [bind(test.value)],
        ` AND ${of} < ${typeof test.value === 'number' ? "''" : "x''"})`,
      );
    case '$lt':
    case '$lte':
      return surround(
        `(${of} ${test.op === '$lt' ? '<' : '<='} `,
        [bind(test.value)],
        ` AND ${of} ${typeof test.value === 'number' ? `> ${NULL_KEY}` : ">= ''"})`,
      );
  }
}

/** Whether a key is that of a string. */
export const isStringKey = (path: string): string => `typeof(${keyOf(path)}) = 'text'`;

/** The ORDER BY of a sort; the id breaks ties in the same direction, so that one index serves both. */
export function orderSql(sort: Sort): string {
  const direction = sort.order === 'desc' ? 'DESC' : 'ASC';
  return sort.path === 'id' ? `id ${direction}` : `${keyOf(sort.path)} ${direction}, id ${direction}`;
}

/** The condition that a document comes after this position. */
export function afterSql(sort: Sort, position: Position): Sql {
  const beyond = sort.order === 'desc' ? '<' : '>';
  if (sort.path === 'id') return { text: `id ${beyond} ?`, values: [position.id] };
  const of = keyOf(sort.path);
  const value = bind(position.value);
  // the first condition bounds the range of the index, the second passes over the ties
  const text = `${of} ${beyond}= ${value.text} AND (${of} ${beyond} ${value.text} OR id ${beyond} ?)`;
  return { text, values: [...value.values, ...value.values, position.id] };
}

/**
 * A scalar as a key. SQLite does not always read decimals to the nearest double (1 in 20,000 in [0, 1), 1 in 20 at
 * large exponents, with 3.45.1), so a fraction is bound as JSON text and read by the same routine as the documents'.
 */
function bind(value: Scalar): Sql {
  if (value === null) return { text: NULL_KEY, values: [] };
  if (typeof value === 'boolean') return { text: '?', values: [value ? TRUE_KEY : FALSE_KEY] };
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    return { text: "(? ->> '$')", values: [JSON.stringify(value)] };
  }
  return { text: '?', values: [value] };
}

function surround(before: string, parts: readonly Sql[], after: string): Sql {
  return { text: before + parts.map((p) => p.text).join(', ') + after, values: parts.flatMap((p) => [...p.values]) };
}

function chain(first: Sql, second: Sql, after: string): Sql {
  return { text: first.text + second.text + after, values: [...first.values, ...second.values] };
}

/** Two conditions in one. */
export function both(first: Sql, second: Sql): Sql {
  return chain({ text: `${first.text} AND `, values: first.values }, second, '');
}
