import type { Title } from './documents.js';

/** A title's words, for searches, and its name as it is sorted: without case and accents. Both are stored with the title. */
export type Searchable = Required<Pick<Title, 'words' | 'sortName'>>;

const MOST_WORDS = 64;

const plain = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** The words of a text, without case, accents and punctuation. */
export const wordsOf = (text: string): string[] => plain(text).match(/[\p{L}\p{N}]+/gu) ?? [];

/** A name however it is written: without case, accents, punctuation, and the order of its words (`Abel, Ada`). */
export const nameKey = (name: string): string => wordsOf(name).toSorted().join(' ');

export function searchable({ name, metadata }: Pick<Title, 'name' | 'metadata'>): Searchable {
  const { title = '', series = '', channel = '' } = metadata;
  const words = [name, title, series, channel].flatMap(wordsOf);
  return { words: [...new Set(words)].slice(0, MOST_WORDS), sortName: wordsOf(name).join(' ') };
}
