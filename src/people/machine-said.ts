import type { StoredAppearance } from '../cast/appearances.js';
import type { Names } from '../cast/names.js';
import { similarity } from '../faces/embed.js';
import { decodeEmbedding } from '../faces/embedding-text.js';
import type { MachineSaid } from './constraints.js';
import type { Person } from './documents.js';
import { NAMING_VERSION } from './naming.js';

/** What the machine says when a person says otherwise, or the same: together they are training data. */

/** Whom tracks show. @param who of the title's names */
export function saidOfTracks(
  tracks: readonly string[],
  appearances: readonly StoredAppearance[],
  who: Names | undefined,
): MachineSaid {
  return {
    version: NAMING_VERSION,
    tracks: tracks.map((id) => {
      const shown = appearances.find((one) => one.tracks.includes(id));
      return { id, personId: shown?.personId ?? null, confidence: (shown && who?.[shown.key]?.confidence) ?? 0 };
    }),
    similarity: null,
  };
}

/** How alike two people are. */
export function saidOfPair(a: Pick<Person, 'mean'>, b: Pick<Person, 'mean'>): MachineSaid {
  return {
    version: NAMING_VERSION,
    tracks: [],
    similarity:
      a.mean === null || b.mean === null ? null : similarity(decodeEmbedding(a.mean), decodeEmbedding(b.mean)),
  };
}
