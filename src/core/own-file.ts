import { createHash } from 'node:crypto';

/**
 * Files that we leave beside films of others carry a line that says so, with a digest of the rest: what somebody has changed
 * since, or written in its place, is theirs. No database has to know of it.
 */

const MARK = /^.{0,20}written by kinoscope: ([0-9a-f]{64})(?:$|\s.{0,20}$)/;
/** The line stands among the first. */
const FIRST_LINES = 8;

const digestOf = (lines: readonly string[]): string => createHash('sha256').update(lines.join('\n')).digest('hex');

/**
 * A text with the line that says who wrote it.
 * @param at which line it becomes, counted from 0
 * @param wrap makes a comment of it
 */
export function withMark(text: string, at: number, wrap: (mark: string) => string): string {
  const lines = text.split('\n');
  return lines.toSpliced(at, 0, wrap(`written by kinoscope: ${digestOf(lines)}`)).join('\n');
}

/** Whether a text is as `withMark` has made it. */
export function isOwnText(text: string): boolean {
  const lines = text.split('\n');
  const at = lines.slice(0, FIRST_LINES).findIndex((line) => MARK.test(line));
  const [, digest] = MARK.exec(lines[at] ?? '') ?? [];
  return digest !== undefined && digestOf(lines.toSpliced(at, 1)) === digest;
}
