import { atOnce, type Steps } from '../core/slices.js';
import { meanEmbedding, similarity } from './embed.js';
import { demandOf } from './recognizers.js';
import { type Detection, type Track, weightOf } from './tracks.js';

/** What of a track says whom it shows. */
export interface Shown extends Pick<Track, 'embedding'> {
  readonly detections: readonly Pick<Detection, 'time' | 'quality'>[];
}

/** Tracks that show one person, as far as their faces say. */
export interface Cluster<T extends Shown> {
  readonly id: string;
  readonly tracks: readonly T[];
  /** Mean over the tracks weighted by quality and length, of unit length. */
  readonly embedding: Float32Array;
}

export interface ClusterOptions {
  /** Tracks of good quality at least this similar are neighbours. */
  readonly reach?: number;
  /** Weight (detections times their quality) of a track and its neighbours that makes it the core of a person. */
  readonly density?: number;
}

/** Poor faces (small, blurred, turned away) resemble each other, no matter whose they are: up to this much more is wanted. */
const POOR_BELOW = 0.35;
const POOR_PENALTY = 0.3;

/** How much more alike than others faces must be whose best quality (0 to 1) is this. */
export function poorPenalty(quality: number): number {
  return POOR_PENALTY * Math.max(0, 1 - quality / POOR_BELOW);
}

/** Means of two clusters that are joined are at least this similar: a chain of look-alikes does not join two people. */
const MEANS_ALIKE = 0.4;

/**
 * Density clustering of tracks (DBSCAN, Ester et al. 1996, with weighted points), most similar neighbours first, where
 * two tracks that are on screen together never become one person. A track that is no core goes to the person of its
 * most similar core neighbour; one without any is a person of its own. Then persons are joined by all of their tracks (average linkage).
 * @returns by first appearance; ids `u1`, `u2`, ...
 */
export function clusterTracks<T extends Shown>(tracks: readonly T[], options?: ClusterOptions): Cluster<T>[] {
  return atOnce(clusterSteps(tracks, options));
}

/** {@link clusterTracks} in steps: the thousands of tracks of a long film take seconds. */
export function* clusterSteps<T extends Shown>(
  tracks: readonly T[],
  { reach = 0.45, density = 1.5 }: ClusterOptions = {},
): Steps<Cluster<T>[]> {
  const weights = tracks.map(({ detections }) => detections.reduce((sum, detection) => sum + weightOf(detection), 0));
  const edges = yield* neighbours(tracks, reach);
  const mass = [...weights];
  for (const { a, b } of edges) {
    mass[a]! += weights[b]!;
    mass[b]! += weights[a]!;
  }
  const core = mass.map((value) => value >= density);
  const groups = tracks.map((_, index) => [index]);
  const meanOf = (members: readonly number[]): Float32Array =>
    meanEmbedding(
      members.map((i) => tracks[i]!.embedding),
      members.map((i) => weights[i]!),
    );
  const join = (a: number, b: number): void => {
    const [left, right] = [groups[a]!, groups[b]!];
    if (left === right || meet(tracks, left, right)) return;
    if (similarity(meanOf(left), meanOf(right)) < MEANS_ALIKE + demandOf(tracks[a]!.embedding)) return;
    left.push(...right);
    for (const member of right) groups[member] = left;
  };
  for (const { a, b } of edges) {
    if (!core[a] || !core[b] || groups[a] === groups[b]) continue;
    join(a, b);
    yield;
  }
  const settled = new Set<number>();
  for (const { a, b } of edges) {
    if (core[a] === core[b]) continue;
    const border = core[a] ? b : a;
    if (settled.has(border)) continue;
    join(core[a] ? a : b, border);
    yield;
    if (groups[a] === groups[b]) settled.add(border);
  }
  const gathered = yield* gather([...new Set(groups)], tracks, weights);
  return gathered
    .map((members) => [...members].sort((a, b) => a - b))
    .sort((a, b) => a[0]! - b[0]!)
    .map((members, index) => ({
      id: `u${index + 1}`,
      tracks: members.map((i) => tracks[i]!),
      embedding: meanOf(members),
    }));
}

/**
 * Two persons whose tracks are this similar on average are one, and more so the fewer pairs of tracks they have: what one pair owes to
 * chance many do not share. Chosen by hand on the clips of bench/strangers.ts.
 */
const [ALIKE_ON_AVERAGE, MORE_FOR_ONE_PAIR] = [0.25, 0.15];
/** Who was seen for less (detections times their quality) is joined to nobody so. */
const LEAST_SEEN = 0.8;

interface Gathered {
  readonly members: readonly number[];
  /** Of the tracks' embeddings: two sums' product is that of all pairs. */
  readonly sum: Float32Array;
  readonly penalty: number;
}
interface Joint {
  readonly a: Gathered;
  readonly b: Gathered;
  readonly excess: number;
}

/** Joins groups of tracks that are alike on average, the most alike first. */
function* gather(
  groups: readonly (readonly number[])[],
  tracks: readonly Shown[],
  weights: readonly number[],
): Steps<(readonly number[])[]> {
  const isSeen = (members: readonly number[]): boolean =>
    members.reduce((sum, i) => sum + weights[i]!, 0) >= LEAST_SEEN;
  const open = new Set(groups.filter(isSeen).map((members) => gatheredOf(members, tracks)));
  let joints: Joint[] = [];
  const offer = (a: Gathered, others: Iterable<Gathered>): void => {
    for (const b of others) {
      const pairs = a.members.length * b.members.length;
      const more = MORE_FOR_ONE_PAIR / Math.sqrt(pairs) + Math.max(a.penalty, b.penalty) + demandOf(a.sum);
      const wanted = ALIKE_ON_AVERAGE + more;
      const excess = similarity(a.sum, b.sum) / pairs - wanted;
      if (excess > 0 && !meet(tracks, a.members, b.members)) joints.push({ a, b, excess });
    }
  };
  const before: Gathered[] = [];
  for (const one of open) {
    offer(one, before);
    before.push(one);
    yield;
  }
  while (joints.length > 0) {
    const { a, b } = joints.reduce((best, one) => (one.excess > best.excess ? one : best));
    open.delete(a);
    open.delete(b);
    joints = joints.filter((one) => open.has(one.a) && open.has(one.b));
    const joined = gatheredOf([...a.members, ...b.members], tracks);
    offer(joined, open);
    open.add(joined);
    yield;
  }
  return [...[...open].map(({ members }) => members), ...groups.filter((members) => !isSeen(members))];
}

function gatheredOf(members: readonly number[], tracks: readonly Shown[]): Gathered {
  const sum = new Float32Array(tracks[members[0]!]!.embedding.length);
  for (const member of members) tracks[member]!.embedding.forEach((value, i) => (sum[i]! += value));
  const qualities = members.flatMap((member) => tracks[member]!.detections.map(({ quality }) => quality));
  return { members, sum, penalty: poorPenalty(Math.max(...qualities)) };
}

interface Edge {
  readonly a: number;
  readonly b: number;
  readonly likeness: number;
}

/** Pairs are sorted in so many groups, one after the other. */
const LIKENESSES = 200;

/** Pairs of similar tracks, most similar first. */
function* neighbours(tracks: readonly Shown[], reach: number): Steps<Edge[]> {
  const alike: Edge[][] = Array.from({ length: LIKENESSES + 1 }, () => []);
  const penalties = tracks.map(({ detections }) => poorPenalty(Math.max(...detections.map(({ quality }) => quality))));
  for (let a = 0; a < tracks.length; a++) {
    yield;
    for (let b = a + 1; b < tracks.length; b++) {
      const likeness = similarity(tracks[a]!.embedding, tracks[b]!.embedding);
      if (likeness < reach + Math.max(penalties[a]!, penalties[b]!) + demandOf(tracks[a]!.embedding)) continue;
      alike[Math.max(0, Math.min(LIKENESSES, Math.floor(likeness * LIKENESSES)))]!.push({ a, b, likeness });
    }
  }
  const edges: Edge[] = [];
  for (const group of alike.reverse()) {
    for (const edge of group.sort((x, y) => y.likeness - x.likeness)) edges.push(edge);
    yield;
  }
  return edges;
}

/** Whether one track of each group are seen in the same frame. */
function meet(tracks: readonly Shown[], left: readonly number[], right: readonly number[]): boolean {
  const times = new Set(left.flatMap((i) => tracks[i]!.detections.map(({ time }) => time)));
  return right.some((i) => tracks[i]!.detections.some(({ time }) => times.has(time)));
}
