/**
 * The words with which a film is described, made ready for words-model.ts: what a description tells of a film is kept,
 * what channels, shops and credits put around it is not.
 */

/** A longer description is cut: no catalogue has one, and channels repeat themselves. */
const MOST_CHARACTERS = 8000;

/** Links, addresses, hosts and handles, looked for at once: each of them may stand inside another, and would leave the rest of it. */
const NO_WORDS = new RegExp(
  [
    '\\b(?:https?:\\/\\/|www\\.)[^\\s<>]{1,2000}',
    '[\\p{L}\\p{N}_.+\\-]{1,64}@[\\p{L}\\p{N}_\\-]{1,63}(?:\\.[\\p{L}\\p{N}_\\-]{1,63}){1,8}',
    '\\b(?:[\\p{L}\\p{N}_\\-]{1,63}\\.){1,8}(?:com|net|org|tv|co|ly|gl|me|fr|de|uk)\\b[^\\s<>]{0,2000}',
    '[@#][\\p{L}\\p{N}_]{1,100}',
  ].join('|'),
  'giu',
);

/** A line, or a sentence, that speaks to the viewer or names a label instead of telling a story. */
const BOILERPLATE = new RegExp(
  [
    'subscri(?:be|bed|bing|ption)s?\\b',
    '(?:follow|like|find|join|visit|check|tweet) (?:us|me|our|out|on)\\b',
    '\\b(?:facebook|twitter|instagram|tiktok|youtube|snapchat|pinterest|tumblr|patreon|discord|itunes|netflix|hulu|blu-?ray|dvd|vod)\\b',
    '\\b(?:all rights reserved|copyright|courtesy of|fair use|trademark)\\b|[©®™]',
    '\\b(?:official|teaser|red band|international|final|new|full|hd|4k) (?:movie )?(?:trailer|teaser|clip|poster|site|website|channel)s?\\b',
    '\\btrailers?\\b|\\bteasers?\\b|\\bfeaturettes?\\b',
    '\\b(?:in|only in) (?:theat(?:er|re)s|cinemas)\\b|\\b(?:coming soon|release date|box office|tickets?|runtime|running time)\\b',
    '\\bclick (?:here|the|on)\\b|\\b(?:hit|ring) the bell\\b|\\bcomment(?:s)? below\\b|\\blet us know\\b|\\bstream(?:ing)? (?:now|on)\\b',
    '^\\s*(?:genres?|categor(?:y|ies)|tags?|keywords?|rated|rating|certificate|studio|network|country|languages?|subtitles?|source|plot keywords)\\s*[:=]',
  ].join('|'),
  'iu',
);

/** Where a list of names begins inside a sentence: the rest of it is names. */
const CREDIT = new RegExp(
  '\\b(?:(?:also |co-?)?starr?(?:s|ing)|(?:featuring|with) the voices of|(?:directed|written|produced|created|voiced) by|' +
    '(?:screenplay|story|music) by|based on the (?:novel|book|play) by|from (?:the )?(?:directors?|producers?|writers?|creators?|makers)) ',
  'iu',
);
/** A line that begins so names people. */
const CREDIT_LINE =
  /^(?:(?:main |voice )?cast|stars?|starring|directors?|writers?|producers?|actors?|music|composers?|editors?|cinematographers?) ?[:–-]/iu;

/** What stands before the names. */
function withoutCredits(line: string): string {
  if (CREDIT_LINE.test(line)) return '';
  const at = line.search(CREDIT);
  return at < 0 ? line : line.slice(0, at);
}

const NAME = /^\p{Lu}[\p{L}.'’-]*$/u;

/** Whether nearly all words of a line are capitalised and commas part them: a list of names. */
function listsNames(line: string): boolean {
  const words = line.split(/[\s,;&|/•·]+/).filter((word) => word && word.toLowerCase() !== 'and');
  const parts = line.split(/[,;|/•·]/).length;
  return parts >= 3 && words.length >= 4 && words.filter((word) => NAME.test(word)).length >= 0.9 * words.length;
}

/** The sentences of a description that tell of the film. Linear in the length of the text. */
export function tellingSentences(text: string): string[] {
  return text
    .slice(0, MOST_CHARACTERS)
    .replace(NO_WORDS, ' ')
    .split(/\r?\n|(?<=[.!?…])\s/)
    .map((line) => line.trim())
    .filter((line) => line && !BOILERPLATE.test(line))
    .map(withoutCredits)
    .filter((line) => !listsNames(line));
}

/** The rest of a longer word tells nothing more. */
const LONGEST_WORD = 30;

const WORD = /[\p{L}\p{N}]+(?:['’][\p{L}]+)*/gu;

/** Words as they are compared: lower case, without accents and a possessive s; years by their decade. */
export function wordsOf(sentence: string): string[] {
  const plain = sentence.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '').replaceAll('’', "'");
  return (plain.match(WORD) ?? []).map((word) => {
    if (/^1\d{3}s?$|^20\d\ds?$/.test(word)) return `${word.slice(0, 3)}0s`;
    return word.replace(/'s$/, '').replaceAll("'", '');
  });
}

/** Lengths of the pieces that words are cut into: they tell of inflected and unknown words what the words themselves do not. */
const PIECES = [3, 4, 5];
/** Before a piece, so that none is taken for a word; `<` and `>` stand for a word's ends. */
const PIECE = '#';

/** What a text consists of. */
export interface WordCounts {
  readonly words: readonly string[];
  /** How often each word, and each piece of words, occurs. */
  readonly terms: ReadonlyMap<string, number>;
}

export function countWords(text: string): WordCounts {
  const words = tellingSentences(text).flatMap(wordsOf);
  const terms = new Map<string, number>();
  const add = (term: string): void => void terms.set(term, (terms.get(term) ?? 0) + 1);
  for (const word of words) {
    add(word);
    const ended = `<${word.slice(0, LONGEST_WORD)}>`;
    for (const length of PIECES)
      for (let at = 0; at + length <= ended.length; at++) add(PIECE + ended.slice(at, at + length));
  }
  return { words, terms };
}
