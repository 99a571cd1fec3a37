import { similarity } from '../faces/embed.js';
import { demandOf, type RecognizerId } from '../faces/recognizers.js';
import { CALIBRATIONS, NAMED_PRIOR } from './calibration.js';
import type { FaceGraph } from './face-graph.js';
import { FaceMatrix } from './face-matrix.js';

/** A person as the recogniser knows them. */
export interface KnownPerson {
  readonly id: string;
  readonly name: string;
  /** Mean of the good photos' embeddings, of unit length. */
  readonly mean: Float32Array;
  /** Faces of which a user said "not this person". */
  readonly cannotLinkFaces: readonly Float32Array[];
}

export interface Candidate {
  readonly personId: string;
  readonly name: string;
  /** Probability that it is this person, 0 to 1. */
  readonly confidence: number;
  /** Cosine to the mean of the person's photos. */
  readonly similarity: number;
}

/** Another appearance of a face of which a user said "not this person" is at least this similar to it. */
const LIKE_CANNOT_LINK = 0.5;

/** Whether a face is more like one that was said not to be somebody than like their own faces. */
export function isCannotLink(
  embedding: Float32Array,
  likeness: number,
  cannotLinkFaces: readonly Float32Array[],
): boolean {
  return cannotLinkFaces.some(
    (face) => similarity(face, embedding) > Math.max(LIKE_CANNOT_LINK + demandOf(face), likeness),
  );
}

/** People asked of the graph, and people who stand for all the others: bench/people-many.ts tells how well. */
const NEAREST = 500;
const SAMPLE = 16_384;

interface Likely {
  readonly person: KnownPerson;
  /** Exact. */
  readonly likeness: number;
  /** The likeness at which somebody who is not named would be as likely. */
  readonly rank: number;
}

const NOBODY: ReadonlySet<string> = new Set();

interface Compared {
  /** At least the likeliest, in no order. */
  readonly likely: readonly Likely[];
  /** What the odds of everybody else sum to. */
  readonly others: number;
}

/** Known people, made ready for looking faces up. */
export class Gallery {
  private readonly means: () => FaceMatrix;
  /** Everybody of a smaller gallery, evenly spread people of a larger one. */
  private readonly sample: () => FaceMatrix;
  /** Places of people who have faces that are not theirs. */
  private readonly corrected: readonly number[];
  private readonly places: () => ReadonlyMap<string, number>;
  private readonly odds: (rank: number) => number;
  /** What being named is worth, as likeness. */
  private readonly head: number;

  /** @param graph holds the same people: then a face is compared with those that it finds, as soon as it holds most of them */
  constructor(
    readonly recognizer: RecognizerId,
    readonly people: readonly KnownPerson[],
    private readonly graph: FaceGraph<KnownPerson> | null = null,
  ) {
    const every = Math.max(1, Math.floor(people.length / SAMPLE));
    this.means = once(() => new FaceMatrix(people.map(({ mean }) => mean)));
    this.sample = once(() => new FaceMatrix(people.flatMap(({ mean }, i) => (i % every === 0 ? [mean] : []))));
    this.corrected = people.flatMap(({ cannotLinkFaces }, i) => (cannotLinkFaces.length > 0 ? [i] : []));
    this.places = once(() => new Map(people.map(({ id }, i) => [id, i])));
    const { slope, middle } = CALIBRATIONS[recognizer].identify;
    this.head = NAMED_PRIOR / slope;
    // Against a stranger's, which are 1.
    this.odds = (rank) => Math.exp(slope * (rank - middle));
    if (!graph) this.means();
  }

  /**
   * The likeliest people, best first, at most `limit`. A face that is more like one that was said not to be somebody than
   * like their photos is never offered as them. Confidences are calibrated on photos of two casts (data/
   * face-calibration.json) and sum to less than 1: what is missing is the probability of a stranger.
   * @param named ids of people who are said to be there: their odds are higher by a learnt factor, so a face that is not like them
   *   gets none of their names
   */
  identify(embedding: Float32Array, limit = 3, named: ReadonlySet<string> = NOBODY): Candidate[] {
    const { likely, others } = this.graph?.ready
      ? this.compareWithNearest(this.graph, embedding, named)
      : this.compareWithAll(embedding, limit, named);
    // The people compete with each other and with a stranger.
    const total = likely.reduce((sum, { rank }) => sum + this.odds(rank), 1 + others);
    return likely
      .toSorted((a, b) => b.rank - a.rank)
      .slice(0, limit)
      .map(({ person: { id, name }, likeness, rank }) => ({
        personId: id,
        name,
        confidence: this.odds(rank) / total,
        similarity: likeness,
      }));
  }

  /**
   * Everybody is looked at roughly; those who can be among the best by that are compared exactly, so the people, their order
   * and their similarities are those of comparing with all.
   */
  private compareWithAll(embedding: Float32Array, limit: number, named: ReadonlySet<string>): Compared {
    const { cosines, slack } = this.means().cosines(embedding);
    for (const i of this.placesOf(named)) cosines[i]! += this.head;
    for (const i of this.corrected) {
      const { mean, cannotLinkFaces } = this.people[i]!;
      if (isCannotLink(embedding, similarity(mean, embedding), cannotLinkFaces)) cosines[i] = -Infinity;
    }
    // The best may be overrated by the slack, and another one underrated by as much. No cosine of a face is below -2.
    const floor = Math.max(nthLargest(cosines, limit) - 2 * slack, -2);
    const likely: Likely[] = [];
    let others = 0;
    for (let i = 0; i < cosines.length; i++) {
      if (cosines[i]! < floor) others += this.odds(cosines[i]!);
      else likely.push(this.compare(this.people[i]!, embedding, named));
    }
    return { likely, others };
  }

  private placesOf(named: ReadonlySet<string>): number[] {
    return named.size === 0 ? [] : [...named].flatMap((id) => this.places().get(id) ?? []);
  }

  private compare(person: KnownPerson, embedding: Float32Array, named: ReadonlySet<string>): Likely {
    const likeness = similarity(person.mean, embedding);
    return { person, likeness, rank: named.has(person.id) ? likeness + this.head : likeness };
  }

  /** The nearest are compared exactly. Everybody else is less like the face than they are: a sample tells what their odds sum to. */
  private compareWithNearest(
    graph: FaceGraph<KnownPerson>,
    embedding: Float32Array,
    named: ReadonlySet<string>,
  ): Compared {
    const near = graph
      .nearest(embedding, NEAREST)
      .map((person) => this.compare(person, embedding, named))
      .sort((a, b) => b.likeness - a.likeness)
      .slice(0, NEAREST);
    const floor = near.at(-1)?.likeness ?? -Infinity;
    const there = new Set(near.map(({ person }) => person.id));
    for (const i of this.placesOf(named))
      if (!there.has(this.people[i]!.id)) near.push(this.compare(this.people[i]!, embedding, named));
    const { cosines } = this.sample().cosines(embedding);
    let others = 0;
    for (const cosine of cosines) if (cosine < floor) others += this.odds(cosine);
    return {
      likely: near.filter(({ person, likeness }) => !isCannotLink(embedding, likeness, person.cannotLinkFaces)),
      others: others * (this.people.length / cosines.length),
    };
  }
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** The nth largest of the values, counted from 1; -Infinity when there are fewer. */
function nthLargest(values: Float32Array, nth: number): number {
  const top = new Float64Array(nth).fill(-Infinity);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value <= top[nth - 1]!) continue;
    let at = nth - 1;
    for (; at > 0 && top[at - 1]! < value; at--) top[at] = top[at - 1]!;
    top[at] = value;
  }
  return top[nth - 1]!;
}

/** Confidence from which a face gets its name; below it is unknown. */
export const NAMED_FROM = 0.5;

/** Probability that two faces are one person's, 0 to 1, from the cosine of their embeddings. */
export function sameProbability(cosine: number, recognizer: RecognizerId): number {
  const { slope, middle } = CALIBRATIONS[recognizer].compare;
  return 1 / (1 + Math.exp(-slope * (cosine - middle)));
}
