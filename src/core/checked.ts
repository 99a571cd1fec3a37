import { z } from 'zod';
import { type ErrorCode, KinoscopeError } from './errors.js';

/** What is wrong with input that a schema refuses, in words of those who sent it instead of the library's. */

export interface CheckedOptions {
  readonly code?: ErrorCode;
  /** What the sentence begins with where all of it is wrong. */
  readonly whole?: string;
  /** What is said before the sentence. */
  readonly before?: string;
}

/** So many faults are told; somebody who mends them sees the others. */
const MOST_TOLD = 5;
const MOST_CHARACTERS = 300;

/**
 * @returns the value as its schema makes it
 * @throws KinoscopeError `usage` or `code`, with one line such as "name must not be empty; limit must be a whole number from 1 to 100"
 */
export function checked<T extends z.ZodType>(
  schema: T,
  value: unknown,
  { code = 'usage', whole = 'The body', before = '' }: CheckedOptions = {},
): z.output<T> {
  const parsed = schema.safeParse(value, { error: predicateOf });
  if (parsed.success) return parsed.data;
  throw new KinoscopeError(code, before + sentence(parsed.error.issues, whole));
}

function sentence(issues: readonly z.core.$ZodIssue[], whole: string): string {
  const told = issues.slice(0, MOST_TOLD).map((issue) => clip(faultOf(issue, whole)));
  const more = issues.length - told.length;
  return [...told, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

/** What a schema words itself ("Give either path or link") is a sentence, all else comes after a name. */
function faultOf(issue: z.core.$ZodIssue, whole: string): string {
  const { path, code, message } = issue;
  if (code === 'unrecognized_keys')
    return `${issue.keys.map((key) => nameOf([...path, key])).join(', ')} ${issue.keys.length === 1 ? 'is' : 'are'} not known here`;
  if (code === 'custom') return [nameOf(path), message].filter(Boolean).join(': ');
  return `${nameOf(path) || whole} ${message}`;
}

/** ['segments', 0, 'start'] is "start of item 1 of segments". */
const nameOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === 'number' ? `item ${part + 1}` : String(part)))
    .toReversed()
    .join(' of ');

const clip = (text: string): string => (text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text);

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a JSON object',
  record: 'a JSON object',
};
const FORMATS: Readonly<Record<string, string>> = {
  url: 'a link that begins with http:// or https://',
  datetime: 'a time such as 2026-01-31T20:15:00Z',
};

/** What a value must be or have, to come after its name. Messages that a schema gives itself win. */
function predicateOf(issue: z.core.$ZodRawIssue): string {
  const { schema, input, code } = issue;
  // numbers are sent as text that says none, too
  if (schema instanceof z.ZodNumber && !(code === 'invalid_type' && input === undefined))
    return `must be ${numberOf(schema)}`;
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `${issue.input === undefined ? 'is missing: it ' : ''}must be one of ${issue.values.join(', ')}`;
    case 'too_small':
      if (issue.minimum === 1 && !issue.exact) return 'must not be empty';
      return `must have ${issue.exact ? '' : 'at least '}${issue.minimum} ${unitOf(issue.origin)}`;
    case 'too_big':
      return `must have ${issue.exact ? '' : 'at most '}${issue.maximum} ${unitOf(issue.origin)}`;
    case 'invalid_format':
      return FORMATS[issue.format] ? `must be ${FORMATS[issue.format]}` : 'is not written as it must be';
    default:
      return 'is none of what can be given here';
  }
}

const unitOf = (origin: string): string => (origin === 'string' ? 'characters' : 'entries');

/** "a whole number from 1 to 100", "a number above 0 and up to 3600" */
function numberOf(schema: z.ZodNumber): string {
  const kind = schema.isInt ? 'a whole number' : 'a number';
  const [low, high] = [schema.minValue, schema.maxValue].map((bound) => {
    const value = bound !== null && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : null;
    return value === null ? null : { value, itself: schema.safeParse(value).success };
  });
  if (low?.itself && high?.itself) return `${kind} from ${low.value} to ${high.value}`;
  const bounds = [
    ...(low ? [`${low.itself ? 'of at least' : 'above'} ${low.value}`] : []),
    ...(high ? [`${high.itself ? 'up to' : 'below'} ${high.value}`] : []),
  ];
  return [kind, bounds.join(' and ')].filter(Boolean).join(' ');
}
