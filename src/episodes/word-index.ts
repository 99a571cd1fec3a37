/** Where a key stands: in which of the episodes, at which position. */
export interface Posting {
  readonly key: number;
  readonly episode: number;
  readonly position: number;
}

/** A place, of up to 65,536 in one of 128 episodes, takes 23 bits of the 53 of a number, a key the other 30. */
const POSITIONS = 2 ** 16;
const REFERENCES = 2 ** 23;
const KEYS = 2 ** 30 - 1;
/** A key that stands in more places of one episode tells nothing of where. */
const MOST_PLACES = 48;

/**
 * An inverted index: from a key (of which 30 bits count) to where it stands. A look-up costs what it finds, however many episodes there are: of each key
 * no more than `most` places are kept.
 */
export class WordIndex {
  /** Key and place in one number, in order; 53 bits hold both. */
  private readonly entries: Float64Array;

  constructor(
    postings: Iterable<Posting>,
    private readonly most = 512,
  ) {
    const entries: number[] = [];
    for (const { key, episode, position } of postings)
      if (position < POSITIONS) entries.push((key & KEYS) * REFERENCES + episode * POSITIONS + position);
    this.entries = Float64Array.from(entries).sort();
  }

  /** Calls back with the places of a key in other episodes than `own`. */
  find(wanted: number, own: number, found: (episode: number, position: number) => void): void {
    const { entries } = this;
    const key = wanted & KEYS;
    const first = lowerBound(entries, key * REFERENCES);
    const end = Math.min(entries.length, first + this.most);
    const last = (key + 1) * REFERENCES;
    for (let k = first; k < end && entries[k]! < last;) {
      const episode = Math.floor((entries[k]! - key * REFERENCES) / POSITIONS);
      let after = k;
      while (after < end && entries[after]! < key * REFERENCES + (episode + 1) * POSITIONS) after++;
      if (episode !== own && after - k <= MOST_PLACES)
        for (let at = k; at < after; at++) found(episode, (entries[at]! - key * REFERENCES) % POSITIONS);
      k = after;
    }
  }
}

function lowerBound(values: Float64Array, wanted: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Counts votes for an episode and a lag, to the quarter of a second. */
export class Votes {
  private readonly counts = new Map<number, number>();
  private static readonly LAGS = 2 ** 20;
  static readonly STEP = 0.25;

  add(episode: number, lag: number): void {
    const key = episode * Votes.LAGS + Math.round(lag / Votes.STEP) + Votes.LAGS / 2;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  /** The lags with the most votes, each with its neighbours' together, none beside a better one of its episode. */
  best(least: number, each: number): { episode: number; lag: number; votes: number }[] {
    const { counts } = this;
    const sums = [...counts.keys()]
      .map((key) => ({ key, votes: (counts.get(key - 1) ?? 0) + counts.get(key)! + (counts.get(key + 1) ?? 0) }))
      .filter(({ votes }) => votes >= least)
      .sort((a, b) => b.votes - a.votes || a.key - b.key);
    const taken = new Set<number>();
    const perEpisode = new Map<number, number>();
    const best: { episode: number; lag: number; votes: number }[] = [];
    for (const { key, votes } of sums) {
      const episode = Math.floor(key / Votes.LAGS);
      const before = perEpisode.get(episode) ?? 0;
      if (before >= each || [-2, -1, 0, 1, 2].some((near) => taken.has(key + near))) continue;
      taken.add(key);
      perEpisode.set(episode, before + 1);
      best.push({ episode, lag: ((key % Votes.LAGS) - Votes.LAGS / 2) * Votes.STEP, votes });
    }
    return best;
  }
}
