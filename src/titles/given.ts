import type { MediaMetadata } from '../download/downloader.js';

/** What a user has said of a title: it stays whatever its source says later. null: what the source says is wrong. */
export interface GivenMetadata {
  readonly year?: number | null | undefined;
  readonly series?: string | null | undefined;
  readonly season?: number | null | undefined;
  readonly episode?: number | null | undefined;
  readonly description?: string | null | undefined;
}

/** What is known of a title: what its source says, but for what a user has said. */
export function withGiven(known: MediaMetadata, given: GivenMetadata = {}): MediaMetadata {
  return Object.fromEntries(Object.entries({ ...known, ...given }).filter(([, value]) => value != null));
}
