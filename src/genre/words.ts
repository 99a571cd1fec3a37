import { decodeHTML } from 'entities';

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

/** A tag: catalogues write descriptions for a browser. */
const TAG = /<\/?[a-z][^<>]{0,1000}>/giu;

/** A line, or a sentence, that speaks to the viewer or names a label. A story may tell of trailers, tickets and channels, too. */
const BOILERPLATE = new RegExp(
  [
    'subscri(?:be|bed|bing|ption)s?\\b',
    '\\b(?:follow|like|find|join|visit|tweet) (?:us|me)(?: (?:on|at|here|for|online)\\b|\\s*(?:[:!.]|$))',
    '\\bvisit (?:our|the official)\\b|\\bcheck (?:us out|out (?:our|my|more|the (?:official|full|latest|new)))\\b',
    '\\ball rights reserved\\b|\\bcopyright (?:\\d|of|by|owner|infringement|disclaimer)|\\b(?:photos?|images?|clips?) courtesy of\\b|\\bfair use\\b|\\btrademarks? of\\b|[©®™]',
    '\\b(?:official|teaser|red band|international|theatrical|final|full|hd|4k) (?:movie )?(?:trailer|teaser|clip|poster|site|website|channel)s?\\b',
    '(?<!\\b(?:a|his|her|their) (?:\\p{L}{1,30} )?)\\btrailers?\\b(?! (?:parks?|homes?|trucks?|trash|courts?)\\b)|\\bteasers?\\b|\\bfeaturettes?\\b',
    '\\b(?:in|only in) (?:theat(?:er|re)s|cinemas)\\b|\\b(?:coming soon|release date)\\b|\\b(?:runtime|running time)\\s*[:=]',
    '\\b(?:get|buy|book|order|reserve) (?:your |my )?tickets\\b|\\btickets (?:are )?(?:on sale|available|here|now)\\b',
    '\\bclick (?:here|the|on)\\b|\\b(?:hit|ring) the bell\\b|\\bcomment(?:s)? below\\b|\\blet us know\\b',
    '\\bstreaming (?:now|on)\\b|\\bstream (?:it|now)\\b|\\bwatch (?:the |this )?(?:full|complete) (?:movie|film|episode)s?\\b',
    '^\\s*(?:genres?|categor(?:y|ies)|tags?|keywords?|rated|rating|certificate|studio|network|country|languages?|subtitles?|source|plot keywords)\\s*[:=]',
  ].join('|'),
  'iu',
);

const PLATFORM =
  '\\b(?:facebook|twitter|instagram|tiktok|youtube|snapchat|pinterest|tumblr|patreon|discord|itunes|netflix|hulu|blu-?ray|dvd|vod)\\b';
/** People of a story are on platforms, too: a line names them to the viewer where it calls him there, or says nothing else. */
const ON_PLATFORM = new RegExp(
  `(?:\\b(?:follow|visit|connect|watch|stream|available|buy|rent|download|own it|get it|out now|now on|coming to|official)\\b.{0,300}${PLATFORM})|` +
    `${PLATFORM}\\s*(?:[:|]|$)|${PLATFORM}.{0,100}\\b(?:now|today)\\b[.!]*$`,
  'iu',
);

/** What stands before names of people, or of their other films. */
const CREDIT = new RegExp(
  '\\b(?:(?:also |co-?)?starr?(?:s|ing)|(?:featuring|with) the voices of|(?:directed|written|produced|created|voiced) by|' +
    '(?:screenplay|story|music) by|based on the (?:novel|book|play) by|from (?:the )?(?:directors?|producers?|writers?|creators?|makers)) ',
  'giu',
);
/** Names, and what joins them. */
const NAMES =
  /(?:(?:of |the ){0,2}\p{Lu}[\p{L}\p{M}\p{N}.'’-]*|\([^()]{0,200}\)|"[^"]{0,200}"|(?:and|de|van|von|di|da|del|la|le|bin|al)\b|[&,])(?:\s*,\s*|\s+|$)/uy;
/** A line that begins so names people. */
const CREDIT_LINE =
  /^(?:(?:main |voice )?cast|stars?|starring|directors?|writers?|producers?|actors?|music|composers?|editors?|cinematographers?) ?[:–-]/iu;

/** Without the names that stand where credits name people; what is told of them stays. */
function withoutCredits(line: string): string {
  if (CREDIT_LINE.test(line)) return '';
  let [kept, from] = ['', 0];
  for (const { index, 0: credit } of line.matchAll(CREDIT)) {
    if (index < from) continue;
    NAMES.lastIndex = index + credit.length;
    let end = 0;
    while (NAMES.test(line)) end = NAMES.lastIndex;
    if (end === 0) continue;
    kept += line.slice(from, index);
    from = end;
  }
  return kept + line.slice(from);
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
  return decodeHTML(text.slice(0, MOST_CHARACTERS))
    .replace(TAG, ' ')
    .replace(NO_WORDS, ' ')
    .split(/\r?\n|(?<=[.!?…])\s/)
    .map((line) => line.trim())
    .filter((line) => line && !BOILERPLATE.test(line) && !ON_PLATFORM.test(line))
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
