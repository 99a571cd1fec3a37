import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { isFilmName, stemOf } from '../../src/download/film-files.js';
import { parseMediaName } from '../../src/download/media-name.js';

const plain = (text = ''): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');

interface Row {
  readonly path: string;
  readonly name: string;
  readonly known: Readonly<Record<string, number | string>>;
}

const TABLE = readFileSync(new URL('../library/media-names.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line && !line.startsWith('#'))
  .map((line): Row => {
    const [path = '', name = '', year, season, episode, aired] = line.split('|').map((cell) => cell.trim());
    const number = (key: string, text?: string): object => (text ? { [key]: Number(text) } : {});
    return {
      path,
      name,
      known: {
        ...number('year', year),
        ...number('season', season),
        ...number('episode', episode),
        ...(aired ? { aired } : {}),
      },
    };
  });

describe('names of 200 films and episodes', () => {
  test.each(TABLE)('$path', ({ path, name, known }) => {
    const { title, series, year, ...numbers } = parseMediaName(path);
    const isEpisode = 'episode' in known || 'aired' in known;
    // What was broadcast on a day is of that year.
    const years = 'aired' in known ? {} : year === undefined ? {} : { year };
    expect({ name: plain(isEpisode ? series : title), ...years, ...numbers }).toEqual({ name: plain(name), ...known });
    expect(series === undefined).toBe(!isEpisode);
  });
});

describe('names that hold more', () => {
  test.each([
    [
      'tv/Breaking Bad/Breaking.Bad.S05E14.Ozymandias.1080p.BluRay.x264.mkv',
      { title: 'Ozymandias', series: 'Breaking Bad' },
    ],
    ['Show S01E01 (1080p).mkv', { title: 'Show S01E01', series: 'Show' }],
    ['[SubsPlease] Frieren - 05 (1080p) [ABCD1234].mkv', { title: 'Frieren E05', series: 'Frieren', episode: 5 }],
    ['The Daily Show - 2024-03-05 - Guest Name.mkv', { title: 'Guest Name', aired: '2024-03-05', year: 2024 }],
    ['Show.S01E02.Part.1.of.2.mkv', { title: 'Part 1 of 2', season: 1, episode: 2 }],
    ['Сериал.Сезон 2/Серия 3.mkv', { series: 'Сериал', season: 2, episode: 3 }],
    ['Inception (2010)/BDMV/STREAM/00001.m2ts', { title: 'Inception', year: 2010 }],
    ['E\u0301lite.S01E03.mkv', { series: 'Élite', season: 1, episode: 3 }],
  ])('%s', (path, expected) => expect(parseMediaName(path)).toMatchObject(expected));

  test.each([
    'VID_20240305_101010.mp4',
    '2024-03-05 10.10.10.mov',
    'Screen Recording 2024-03-05 at 10.10.10.mov',
    '101 Dalmatians.mkv',
    '2 Fast 2 Furious.mkv',
  ])('%s is no episode', (name) => {
    const { series, season, episode, aired } = parseMediaName(name);
    expect([series, season, episode, aired]).toEqual([undefined, undefined, undefined, undefined]);
  });

  test.each(['constructor.mkv', '__proto__.mkv', 'toString S01E01.mkv', '.mkv', '', '///', ' .mp4'])(
    '%j is read like any other',
    (name) => {
      expect(Object.values(parseMediaName(name)).every((value) => ['string', 'number'].includes(typeof value))).toBe(
        true,
      );
    },
  );
});

test.each([
  'mp4',
  'MKV',
  'mts',
  'm2ts',
  'divx',
  'wtv',
  'rmvb',
  'f4v',
  'vob',
  'ogm',
  'webm',
  'ts',
  'dvr-ms',
  'mpg',
  'wmv',
  '3gp',
  'mxf',
  'm4v',
  'flv',
  'asf',
])('a file that ends with .%s is a film', (ending) => {
  expect(isFilmName(`Film.${ending}`)).toBe(true);
  expect(stemOf(`The.Film.1999.${ending}`)).toBe('The.Film.1999');
});
test.each(['film.nfo', 'film.srt', 'poster.jpg', 'film.mkv.part', 'mkv', '.mp4', 'film.txt'])('%s is none', (name) =>
  expect(isFilmName(name)).toBe(false),
);
