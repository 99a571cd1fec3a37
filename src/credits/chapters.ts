import { z } from 'zod';
import type { Chapter } from '../frames/types.js';
import { loadTable } from '../parameters/learnt.js';

/** What a chapter's name says of it. `scene` follows or interrupts the credits; `other` says nothing. */
export type ChapterKind = 'opening' | 'credits' | 'preview' | 'scene' | 'other';

const Names = z.array(z.string().min(1)).min(1);
export const ChapterNamesSchema = z.object({
  opening: Names,
  recap: Names,
  coldOpen: Names,
  credits: Names,
  preview: Names,
  scene: Names,
});
/** A kind of {@link ChapterKind}, and which part of an opening. */
type NameKind = ChapterKind | 'recap' | 'coldOpen';

/**
 * What people call chapters, in lower case and without accents: whole names, or their first words. Names that openings and
 * endings share (Credits, Générique, Sigla) are listed as credits; where the chapter lies tells them apart.
 */
const NAMES = loadTable('chapter-names.json', ChapterNamesSchema);

const KIND_OF_NAME: ReadonlyMap<string, NameKind> = new Map(
  (['scene', 'preview', 'coldOpen', 'recap', 'opening', 'credits'] as const).flatMap((kind) =>
    NAMES[kind].map((name) => [plainName(name), kind] as const),
  ),
);
/** Whatever follows these words belongs to them: "Next Episode Preview", "Credits and bloopers", "Previously on Lost". */
const FIRST_WORDS: readonly (readonly [RegExp, NameKind])[] = [
  [/^(?:next (?:episode|time|week|on)|preview (?:of|for)|次回)/, 'preview'],
  [/^opening (?:credits|titles|theme)/, 'opening'],
  [/^previously on/, 'recap'],
  [/^avant/, 'coldOpen'],
  [/^(?:(?:end|closing|ending) credits|credits (?:and|with|roll)|outro|片尾曲)/, 'credits'],
];
/** What stands before a name (a chapter's number, a time) and what may stand after it (which of several it is). */
const CHAPTER_WORDS =
  'chapter|chap|ch|chapitre|kapitel|capitulo|capitolo|hoofdstuk|kapittel|rozdzial|kapitola|fejezet|глава|chuong|bolum|part|track|チャプター';
const BEFORE = new RegExp(
  String.raw`^(?:(?:${CHAPTER_WORDS})(?= ?\d)|第)? ?(?:\d+(?::\d+)*(?:\.\d+)?)?(?: ?章)?[ .:)_#-]*`,
);
const AFTER: ReadonlySet<string> = new Set([
  'theme',
  'song',
  'sequence',
  'scene',
  'part',
  'segment',
  'chapter',
  'start',
  'starts',
  'begin',
  'begins',
  'ver',
  'version',
]);
const NUMBER = /^(?:#?\d{1,4}|v\d|[ivx]{1,4}|[ab])$/;

/** A name without which of several it is: "ED2", "Ending Theme 03". */
function withoutNumber(name: string): string {
  const words = name.split(' ');
  for (
    let last = words.at(-1);
    words.length > 1 && last !== undefined && (AFTER.has(last) || NUMBER.test(last));
    last = words.at(-1)
  )
    words.pop();
  const only = words.join(' ');
  let end = only.length;
  while (end > 0 && '0123456789'.includes(only[end - 1]!)) end--;
  return only.slice(0, end).trim();
}

/** Lower case, without accents and without what only decorates. */
function plainName(title: string): string {
  return title
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ł', 'l')
    .replaceAll('ı', 'i')
    .replaceAll('ø', 'o')
    .replaceAll('æ', 'ae')
    .replaceAll('&', ' and ')
    .replace(/(?<=\p{L})['’`._-]+(?=\p{L})/gu, ' ')
    .replace(/[!?*~"“”„«»♪…]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function kindOfName(name: string): NameKind {
  const known = KIND_OF_NAME.get(name) ?? KIND_OF_NAME.get(withoutNumber(name));
  if (known !== undefined) return known;
  return FIRST_WORDS.find(([words]) => words.test(name))?.[1] ?? 'other';
}

/** What the name of a chapter says, wherever it lies: a name with a number, in brackets, or before a song's. */
export function chapterKind(title: string | null): ChapterKind {
  const kind = nameKind(title);
  return kind === 'recap' || kind === 'coldOpen' ? 'opening' : kind;
}

/** The same for what episodes have in common with others: opening titles, a recap, a preview; null for the rest. */
export function episodeChapterKind(title: string | null): 'intro' | 'recap' | 'preview' | null {
  const kind = nameKind(title);
  if (kind === 'opening') return 'intro';
  return kind === 'recap' || kind === 'preview' ? kind : null;
}

function nameKind(title: string | null): NameKind {
  if (title === null) return 'other';
  const parts = plainName(title)
    .split(/ ?[[\](){}「」『』【】|/:：;,] ?| [-–—] |(?<=\d)[-–—] ?| ?[–—] ?/)
    .map((part) => part.replace(BEFORE, '').trim());
  for (const part of parts) {
    const kind = part === '' ? 'other' : kindOfName(part);
    if (kind !== 'other') return kind;
  }
  return 'other';
}

/** A chapter as evidence of the film's parts. */
export interface ChapterWitness {
  /** Seconds since the first video frame. */
  readonly start: number;
  readonly end: number;
  readonly kind: ChapterKind;
}

/** Names of a scene after the credits that are names of story where no credits come before. */
const AFTER_CREDITS = /^(?:epilogue?|epilog|part ?[cd]|[cd] ?part|c ?パート|エピローグ|에필로그|эпилог|尾声)$/;

/**
 * What the chapters of a film say. "Credits" in its first half, before others, are those at its opening; what follows the
 * credits and is called an epilogue or the third part is a scene.
 * @param chapters in order of time
 * @param duration seconds
 */
export function chapterWitnesses(chapters: readonly Chapter[], duration: number): ChapterWitness[] {
  let credits = false;
  return chapters.map(({ start, end, title }) => {
    let kind = chapterKind(title);
    if (kind === 'credits' && end < duration / 2) kind = 'opening';
    else if (kind === 'opening' && start > duration / 2) kind = 'other';
    if (kind === 'other' && credits && AFTER_CREDITS.test(plainName(title ?? '').replace(BEFORE, ''))) kind = 'scene';
    credits ||= kind === 'credits';
    return { start, end, kind };
  });
}
