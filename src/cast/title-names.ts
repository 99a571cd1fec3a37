import type { CollectionSpec, Document, Write } from '../storage/collection.js';
import type { Who } from './names.js';

/** Who is who in a title, as of one revision of the gallery and by the rules of one version. */
export interface TitleNames extends Document {
  /** 0: what they rest on has changed since. */
  readonly revision: number;
  readonly rules: string;
  readonly who: Readonly<Record<string, Who>>;
  /** Ids of people whom an analysis before has shown: strangers who are seen nowhere now are nobody. Missing: none. */
  readonly left?: readonly string[];
}

export const TITLE_NAMES: CollectionSpec = { name: 'title_names', fields: { revision: 'number', who: 'object' } };

/** The names in titles of these contents are given again when somebody asks. */
export function staleNames(contentHashes: Iterable<string>): Write[] {
  return [...new Set(contentHashes)].map((id): Write => ({
    kind: 'patch',
    collection: TITLE_NAMES.name,
    id,
    patch: { $set: { revision: 0 } },
  }));
}
