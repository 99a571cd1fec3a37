export interface GenreProbability {
  readonly genre: string;
  /** 0 to 1; genres are not exclusive, so they need not add up to 1. */
  readonly probability: number;
}

/** What a single picture looks like. */
export interface StillResult {
  /**
   * The three genres that it has more of than others have, the most probable first. How common a genre is counts little for a
   * film and almost in full for a single picture: a genre that most films have may be left out though it is more probable.
   */
  readonly top3: readonly GenreProbability[];
  /** Every genre's probability, 0 to 1. */
  readonly genres: Readonly<Record<string, number>>;
  /** False when no genre is likely enough to rely on. */
  readonly sure: boolean;
  /** Versions of the network and of the genre model. */
  readonly model: string;
}

/** The frames that spoke most for a genre. */
export interface GenreEvidence {
  readonly genre: string;
  /** Seconds, the strongest first. */
  readonly times: readonly number[];
}

/** What a film or a trailer as a whole is. */
export interface GenreResult extends StillResult {
  /** Frames that the answer rests on. */
  readonly frames: number;
  /** Frames that were looked at and left out because they say nothing: black, cards, repeated pictures. */
  readonly dropped: number;
  /** For each of the top three. */
  readonly evidence: readonly GenreEvidence[];
}
