import type { Cluster } from '../faces/cluster.js';
import { type Candidate, type Gallery, identify, NAMED_FROM } from '../people/gallery.js';

/** Someone on screen: a person of the gallery, or an unknown one. */
export interface Identity {
  /** The gallery person's id, or the first cluster's. */
  readonly key: string;
  readonly personId: string | null;
  readonly name: string | null;
  /** Probability of the name; of an unknown person, that they are nobody of the gallery. */
  readonly confidence: number;
  readonly clusters: readonly Cluster[];
}

function together(left: readonly Cluster[], right: Cluster): boolean {
  const times = new Set(
    left.flatMap(({ tracks }) => tracks.flatMap(({ sightings }) => sightings.map(({ time }) => time))),
  );
  return right.tracks.some(({ sightings }) => sightings.some(({ time }) => times.has(time)));
}

/**
 * Names the people on screen. The surest name is given first; a person who is already on screen with somebody in one
 * frame cannot be that somebody, who then gets the next name that is sure enough, or none.
 * @returns by first appearance
 */
export function nameClusters(clusters: readonly Cluster[], gallery: Gallery): Identity[] {
  const offers = clusters
    .flatMap((cluster) => identify(cluster.embedding, gallery).map((candidate) => ({ cluster, candidate })))
    .filter(({ candidate }) => candidate.confidence >= NAMED_FROM)
    .sort((a, b) => b.candidate.confidence - a.candidate.confidence);
  const named = new Map<Cluster, Candidate>();
  const holders = new Map<string, Cluster[]>();
  for (const { cluster, candidate } of offers) {
    const held = holders.get(candidate.personId) ?? [];
    if (named.has(cluster) || together(held, cluster)) continue;
    named.set(cluster, candidate);
    holders.set(candidate.personId, [...held, cluster]);
  }
  const identities = new Map<string, Identity>();
  for (const cluster of clusters) {
    const candidate = named.get(cluster);
    const key = candidate?.personId ?? cluster.id;
    const known = identities.get(key);
    const best = identify(cluster.embedding, gallery, 1)[0]?.confidence ?? 0;
    identities.set(key, {
      key,
      personId: candidate?.personId ?? null,
      name: candidate?.name ?? null,
      confidence: Math.max(known?.confidence ?? 0, candidate?.confidence ?? 1 - best),
      clusters: [...(known?.clusters ?? []), cluster],
    });
  }
  return [...identities.values()];
}
