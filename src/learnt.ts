import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** What a bench has learnt for an analysis: a table of data/. */
export interface Learnt {
  readonly json: unknown;
  /** Of its text: belongs to the version of whatever the table decides, so that answers of another table are not kept. */
  readonly fingerprint: string;
}

/** @param name of a JSON file in data/ */
export function readLearnt(name: string): Learnt {
  const text = readFileSync(new URL(`../data/${name}`, import.meta.url), 'utf8');
  return { json: JSON.parse(text), fingerprint: createHash('sha256').update(text).digest('hex').slice(0, 8) };
}
