export interface GenreProbability {
  readonly genre: string;
  /** 0 to 1; genres are not exclusive, so they need not add up to 1. */
  readonly probability: number;
}

/** What one witness says, or all together. */
export interface GenreProbabilities {
  /** The three most probable genres, in order. */
  readonly top3: readonly GenreProbability[];
  /** Every genre's probability, 0 to 1. */
  readonly genres: Readonly<Record<string, number>>;
  /** Whether the first genre may be relied on: of answers called sure on films that took no part, four of five are right or more. */
  readonly sure: boolean;
}

/** What a single picture looks like. */
export interface StillResult extends GenreProbabilities {
  /** Versions of the networks and of the genre model. */
  readonly model: string;
}

/** The frames that spoke most for a genre. */
export interface GenreEvidence {
  readonly genre: string;
  /** Seconds, the strongest first. */
  readonly times: readonly number[];
}

/** What a film or a trailer as a whole looks like. */
export interface GenreResult extends StillResult {
  /** Frames that the answer rests on. */
  readonly frames: number;
  /** Frames that were looked at and left out because they say nothing: black, cards, repeated pictures. */
  readonly dropped: number;
  /** For each of the three that look most probable. */
  readonly evidence: readonly GenreEvidence[];
}

/** What is answered about a title: its pictures and what is told of it together. It is stored as it was answered first. */
export interface GenreAnswer extends GenreResult {
  readonly witnesses: {
    readonly pictures: GenreProbabilities;
    /** Of title, description and tags; null where they say nothing: the answer is then that of the pictures. */
    readonly words: (GenreProbabilities & { readonly model: string }) | null;
  };
}
