import { meanEmbedding } from '../faces/embed.js';
import { encodeEmbedding } from '../faces/embedding-text.js';
import type { Box } from '../faces/geometry.js';
import { weightOf } from '../faces/tracks.js';
import { renamed } from '../storage/changed-documents.js';
import type { CollectionSpec, Document } from '../storage/collection.js';
import type { StoredTrack } from './stored.js';

/** The tracks of one film that show one person, as far as their faces say. */
export interface Appearance {
  /** Inside the film: `u1`, ... */
  readonly key: string;
  readonly tracks: readonly string[];
  /** Detections times their quality. */
  readonly weight: number;
  /** Of its best detection, 0 to 1. */
  readonly quality: number;
  /** Seconds on screen. */
  readonly screenTime: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** The sampled frame that shows them best. */
  readonly bestFrame: { readonly time: number; readonly box: Box };
  /** Keys of the appearances that were seen in one frame with this one: other people. */
  readonly meets: readonly string[];
  /** Mean over the tracks weighted by quality and length, as text; null when it was erased. */
  readonly embedding: string | null;
}

/** An appearance with the person that it was given to. */
export interface StoredAppearance extends Document, Appearance {
  readonly contentHash: string;
  /** The person that it shows; null for a passer-by, and before anybody asked. */
  readonly personId: string | null;
  /** A user said so. */
  readonly mustLink: boolean;
  /** People of whom a user said that it does not show them. */
  readonly cannotLink: readonly string[];
}

export const APPEARANCES: CollectionSpec = {
  name: 'appearances',
  fields: {
    contentHash: 'string',
    key: 'string',
    personId: ['string', 'null'],
    mustLink: 'boolean',
    cannotLink: 'array',
  },
  changes: [renamed('constraints', { pinned: 'mustLink', not: 'cannotLink' })],
  vectors: ['embedding'],
  indexes: [{ paths: ['contentHash', 'key'], unique: true }, { paths: ['personId'] }],
};

/** Detections times quality from which a stranger is somebody: two fair ones, or several poor ones. */
export const SOMEBODY = 0.8;

/** Describes the appearances that tracks belong to. @param embeddings of unit length, by track; missing: erased */
export function describeAppearances(
  tracks: readonly StoredTrack[],
  embeddings: ReadonlyMap<string, Float32Array>,
): Appearance[] {
  const groups = new Map<string, StoredTrack[]>();
  for (const track of tracks) groups.set(track.appearance, [...(groups.get(track.appearance) ?? []), track]);
  const seenAt = new Map<number, Set<string>>();
  for (const { appearance, samples } of tracks)
    for (const [time] of samples) seenAt.set(time, (seenAt.get(time) ?? new Set()).add(appearance));
  const meets = new Map<string, Set<string>>();
  for (const together of seenAt.values())
    for (const key of together) {
      const others = meets.get(key) ?? new Set();
      meets.set(key, others);
      for (const other of together) if (other !== key) others.add(other);
    }
  return [...groups].map(([key, own]): Appearance => {
    const samples = own.flatMap((track) => track.samples);
    const best = samples.reduce((a, b) => (b[5] > a[5] ? b : a));
    const weighed = own.flatMap(({ id, samples: sampled }) => {
      const embedding = embeddings.get(id);
      return embedding
        ? [{ embedding, weight: sampled.reduce((sum, sample) => sum + weightOf({ quality: sample[5] }), 0) }]
        : [];
    });
    return {
      key,
      tracks: own.map(({ id }) => id),
      weight: samples.reduce((sum, sample) => sum + sample[5], 0),
      quality: best[5],
      screenTime: own.reduce((sum, { start, end }) => sum + end - start, 0),
      firstSeen: Math.min(...own.map(({ start }) => start)),
      lastSeen: Math.max(...own.map(({ end }) => end)),
      bestFrame: { time: best[0], box: [best[1], best[2], best[3], best[4]] },
      meets: [...(meets.get(key) ?? [])].sort(),
      embedding:
        weighed.length === 0
          ? null
          : encodeEmbedding(
              meanEmbedding(
                weighed.map(({ embedding }) => embedding),
                weighed.map(({ weight }) => weight),
              ),
            ),
    };
  });
}
