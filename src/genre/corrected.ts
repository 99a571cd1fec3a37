import type { GenreProbabilities } from './types.js';

/** The answer that follows from the genres that a person said: they are certain, and no others. @param known all genres */
export function saidGenres(genres: readonly string[], known: readonly string[]): GenreProbabilities {
  return {
    top3: genres.slice(0, 3).map((genre) => ({ genre, probability: 1 })),
    genres: Object.fromEntries(known.map((genre) => [genre, genres.includes(genre) ? 1 : 0])),
    sure: true,
  };
}
