import { createHash } from 'node:crypto';
import { creditStretches } from '../credits/answer.js';
import { clockOf } from '../frames/timecode.js';
import type { SkippedKind } from '../titles/season-documents.js';
import { chaptersOf, type ExportedFilm } from './film.js';
import { xmlText } from './xml.js';

/** What players read: chapters and stretches to skip. */

/** A WebVTT file of chapters (a `track` of kind `chapters`): a cue a scene, then the parts of the credits. */
export function webVtt(film: ExportedFilm): string {
  const escaped = (text: string): string =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replace(/\s+/g, ' ');
  const cues = chaptersOf(film).map(
    ({ start, end, title }, index) => `${index + 1}\n${clockOf(start)} --> ${clockOf(end)}\n${escaped(title)}\n`,
  );
  return ['WEBVTT\n', ...(film.leftOut ? [`NOTE ${film.leftOut}\n`] : []), ...cues].join('\n');
}

/** What a viewer may skip, in order of time: recap, opening titles, stretches of credits, preview. */
export function skipped({ credits, parts }: ExportedFilm): { kind: SkippedKind; start: number; end: number }[] {
  const stretches = credits ? creditStretches(credits).map((one) => ({ ...one, kind: 'credits' as const })) : [];
  const told = (parts ?? []).flatMap(({ kind, start, end }) =>
    kind === 'recap' || kind === 'intro' || kind === 'preview' ? [{ kind, start, end }] : [],
  );
  return [...told, ...stretches].sort((a, b) => a.start - b.start);
}

/**
 * An edit decision list as MPlayer and Kodi read it: `start end action`, seconds. What may be skipped is a commercial break (3), which
 * Kodi skips once and lets the viewer go back to; scenes are scene markers (2), at the line's end time. Lines with ## are
 * comments for Kodi, and lines that MPlayer warns about and passes over.
 */
export function edl(film: ExportedFilm): string {
  const seconds = (value: number): string => value.toFixed(3);
  const scenes = chaptersOf({ ...film, credits: null, parts: null }).slice(1);
  const markers = scenes.map(({ start }, index) => `${seconds(scenes[index - 1]?.start ?? 0)}\t${seconds(start)}\t2`);
  const skips = skipped(film)
    .filter(({ kind }) => film.skip[kind] !== 'never')
    .map(({ start, end }) => `${seconds(start)}\t${seconds(end)}\t3`);
  return [...(film.leftOut ? [`## ${film.leftOut}`] : []), ...markers, ...skips].map((line) => `${line}\n`).join('');
}

/** Chapters as FFmpeg's metadata file: `ffmpeg -i film.mp4 -i chapters.txt -map_metadata 1 -codec copy out.mp4`. */
export function ffmetadata(film: ExportedFilm): string {
  const escaped = (text: string): string => text.replace(/[=;#\\\n]/g, (character) => `\\${character}`);
  const chapters = chaptersOf(film).map(
    ({ start, end, title }) =>
      `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${Math.round(start * 1000)}\nEND=${Math.round(end * 1000)}\ntitle=${escaped(title)}\n`,
  );
  return [
    ';FFMETADATA1',
    ...(film.leftOut ? [`; ${film.leftOut}`] : []),
    `title=${escaped(film.name)}`,
    ...chapters,
  ].join('\n');
}

/** Chapters as mkvmerge and mkvpropedit read them (`--chapters file.xml`); of a film, the same numbers each time. */
export function matroska(film: ExportedFilm): string {
  const uid = (of: string): string =>
    String(BigInt(`0x${createHash('sha256').update(`${film.id}:${of}`).digest('hex').slice(0, 15)}`) | 1n);
  const escaped = (text: string): string => xmlText(text.replace(/\s+/g, ' '));
  const atoms = chaptersOf(film).flatMap(({ start, end, title }, index) => [
    '    <ChapterAtom>',
    `      <ChapterUID>${uid(String(index))}</ChapterUID>`,
    `      <ChapterTimeStart>${clockOf(start)}</ChapterTimeStart>`,
    `      <ChapterTimeEnd>${clockOf(end)}</ChapterTimeEnd>`,
    `      <ChapterDisplay><ChapterString>${escaped(title)}</ChapterString><ChapterLanguage>eng</ChapterLanguage></ChapterDisplay>`,
    '    </ChapterAtom>',
  ]);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    ...(film.leftOut ? [`<!-- ${film.leftOut.replaceAll('--', '-')} -->`] : []),
    '<Chapters>',
    '  <EditionEntry>',
    `    <EditionUID>${uid('edition')}</EditionUID>`,
    ...atoms,
    '  </EditionEntry>',
    '</Chapters>',
    '',
  ].join('\n');
}

const JELLYFIN_TYPES = { recap: 'Recap', intro: 'Intro', credits: 'Outro', preview: 'Preview' } as const;
const TICKS_PER_SECOND = 10_000_000;

/** Of a text, the same GUID each time. */
function guidOf(text: string): string {
  const digits = createHash('sha256').update(text).digest('hex');
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `5${digits.slice(13, 16)}`,
    `8${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join('-');
}

/**
 * Media segments as Jellyfin 10.10 and later answer `GET /MediaSegments/{itemId}`: opening titles are `Intro`, credits
 * `Outro`; ticks of 100 ns.
 * The item is the title here; an importer puts its own item's id in its place.
 */
export function jellyfin(film: ExportedFilm) {
  const item = guidOf(film.id);
  const items = skipped(film).map(({ kind, start, end }, index) => ({
    Id: guidOf(`${film.id}:${index}`),
    ItemId: item,
    Type: JELLYFIN_TYPES[kind],
    StartTicks: Math.round(start * TICKS_PER_SECOND),
    EndTicks: Math.round(end * TICKS_PER_SECOND),
  }));
  return { Items: items, TotalRecordCount: items.length, StartIndex: 0 };
}
