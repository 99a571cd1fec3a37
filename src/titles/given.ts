import { withoutControls } from '../core/terminal.js';
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
  return Object.fromEntries(Object.entries({ ...shown(known), ...given }).filter(([, value]) => value != null));
}

/** A source may say anything: its texts without what a terminal or a page would act on instead of showing it. */
export const shown = (known: MediaMetadata): MediaMetadata => shownPart(known) as MediaMetadata;

function shownPart(part: unknown): unknown {
  if (typeof part === 'string') return withoutControls(part);
  if (Array.isArray(part)) return part.map(shownPart);
  if (part === null || typeof part !== 'object') return part;
  return Object.fromEntries(Object.entries(part).map(([name, member]) => [name, shownPart(member)]));
}
