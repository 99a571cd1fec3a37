import { currentTenant } from '../core/context.js';
import { inSlices, type Steps } from '../core/slices.js';
import { similarity } from '../faces/embed.js';
import type { Person } from './documents.js';
import { FaceMatrix } from './face-matrix.js';
import type { GalleryStore } from './gallery-store.js';
import { sameProbability } from './gallery.js';
import { meetAnywhere } from './merge.js';

/** Two who may be one person: a mustLink or a cannotLink says so. */
export interface Suggestion {
  /** The one who would stay: who has a name, or was seen first. */
  readonly person: Person;
  readonly other: Person;
  /** Cosine of what was learnt of them. */
  readonly similarity: number;
  /** That two photos as alike as these are of one person, 0 to 1. */
  readonly probability: number;
}

/**
 * Means at least this similar are shown: best by F1 in four folds of five, where .997 of what is shown is right and .988 of
 * the pairs are found (bench/people-suggestions.ts).
 */
export const NEAR = 0.44;
/** People who are compared with each other, the newest: it takes seconds among so many. */
const MOST_PEOPLE = 4000;
/** Pairs of which it is looked up whether the two were seen in one frame, for each that is wanted. */
const TRIES = 5;

interface Pair {
  readonly person: Person;
  readonly other: Person;
  readonly similarity: number;
}

interface Placed {
  readonly person: Person;
  readonly mean: Float32Array;
  readonly cannotLink: readonly string[];
}

/** Finds people who look alike and may be one. */
export class Suggestions {
  /** By tenant, as of a state of its gallery. */
  private readonly found = new Map<string, { readonly changes: number; readonly pairs: Promise<readonly Pair[]> }>();

  constructor(private readonly gallery: GalleryStore) {}

  /** The most alike first; nobody who is hidden, was said to be somebody else, or was seen in one frame with the other. */
  async list(limit: number): Promise<Suggestion[]> {
    const suggestions: Suggestion[] = [];
    for (const pair of (await this.pairs()).slice(0, limit * TRIES)) {
      if (suggestions.length === limit) break;
      if (await meetAnywhere(this.gallery, pair.person.id, pair.other.id)) continue;
      suggestions.push({ ...pair, probability: sameProbability(pair.similarity, this.gallery.recognizer) });
    }
    return suggestions;
  }

  private async pairs(): Promise<readonly Pair[]> {
    const state = await this.gallery.state();
    const tenant = currentTenant();
    const kept = this.found.get(tenant);
    if (kept?.changes === state.changes) return kept.pairs;
    const people = (await this.gallery.everybody(state))
      .flatMap(({ person, mean, cannotLink }): Placed[] =>
        mean === null || person.hidden ? [] : [{ person, mean, cannotLink }],
      )
      .sort((a, b) => (a.person.createdAt < b.person.createdAt ? 1 : -1))
      .slice(0, MOST_PEOPLE);
    const pairs = inSlices(near(people));
    this.found.set(tenant, { changes: state.changes, pairs });
    return pairs.catch((error: unknown) => {
      this.found.delete(tenant);
      throw error;
    });
  }
}

function* near(people: readonly Placed[]): Steps<Pair[]> {
  const matrix = new FaceMatrix(people.map(({ mean }) => mean));
  const pairs: Pair[] = [];
  for (const [i, one] of people.entries()) {
    const { cosines, slack } = matrix.cosines(one.mean);
    for (let j = i + 1; j < people.length; j++) {
      if (cosines[j]! < NEAR - slack) continue;
      const another = people[j]!;
      const likeness = similarity(one.mean, another.mean);
      if (likeness < NEAR || one.cannotLink.includes(another.person.id)) continue;
      const [person, other] = stays(one.person, another.person)
        ? [one.person, another.person]
        : [another.person, one.person];
      pairs.push({ person, other, similarity: likeness });
    }
    yield;
  }
  return pairs.sort((a, b) => b.similarity - a.similarity);
}

/** Whether the first one stays when the two become one. */
function stays(a: Person, b: Person): boolean {
  if ((a.name === null) !== (b.name === null)) return a.name !== null;
  return a.createdAt <= b.createdAt;
}
