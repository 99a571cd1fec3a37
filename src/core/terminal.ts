/**
 * What a terminal would act on instead of showing it: control characters (escape sequences begin with one) besides tab and
 * line feed, and marks that turn the direction of what follows.
 */
// eslint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Text that may go to a terminal whatever names it holds; it may have several lines. */
export const printable = (text: string): string => text.replace(UNSAFE, escape);

/** Text without them: what is stored of names and descriptions goes to pages, players and terminals alike. */
export const withoutControls = (text: string): string => text.replace(UNSAFE, '');

/** {@link printable} on one line: for names, which could pass a line of their own for an answer of ours. */
export const printableLine = (text: string): string => printable(text.replace(/[\t\r\n]+/g, ' '));

/** Rows of an answer, each on one line. */
export const printableLines = (rows: readonly string[]): string => rows.map(printableLine).join('\n');

/** JSON on one line that a terminal shows and any reader takes for the same value. */
export const printableJson = (value: unknown): string => printable(JSON.stringify(value));
