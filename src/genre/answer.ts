import { combine } from './combine.js';
import { logitsOf, probabilitiesOf } from './probabilities.js';
import type { GenreAnswer, GenreProbabilities, GenreResult } from './types.js';
import { type WordsModel, wordsModel } from './words-model.js';

/** What is told of a film. Genres that a catalogue or an .nfo file names are no part of it: they would be their own proof. */
export interface Described {
  readonly title?: string;
  readonly series?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
}

/** All that is told, a line each. Tags that are a genre's name are left out. */
export function tellingText({ title, series, description, tags = [] }: Described, genres: readonly string[]): string {
  const names = new Set(genres.map((genre) => genre.toLowerCase()));
  const told = tags.filter((tag) => !names.has(tag.trim().toLowerCase()));
  return [series, title, description, ...told].filter(Boolean).join('\n');
}

/**
 * The answer of the pictures, and with it what is told of the title. Where that says nothing, the pictures' answer stands.
 * @param result of the pictures, or an earlier answer, whose words count no more
 */
export function withWords(
  result: GenreResult & Partial<Pick<GenreAnswer, 'witnesses'>>,
  described: Described,
  model: WordsModel = wordsModel(),
): GenreAnswer {
  const { meta } = model;
  const { top3, genres, sure } = result.witnesses?.pictures ?? result;
  const pictures: GenreProbabilities = { top3, genres, sure };
  const evidence = model.evidence(tellingText(described, meta.genres));
  if (!evidence) return { ...result, ...pictures, witnesses: { pictures, words: null } };
  const alone = evidence.map((value, g) => meta.base[g]! + value);
  const words = { ...probabilitiesOf(meta.genres, alone, meta.sureFrom.words), model: model.version };
  const both = combine(logitsOf(meta.genres, genres), evidence, meta.product);
  return { ...result, ...probabilitiesOf(meta.genres, both, meta.sureFrom.both), witnesses: { pictures, words } };
}
