import { describe, expect, test } from '@jest/globals';
import { parseMediaName } from '../../src/download/media-name.js';
import { parseNfo } from '../../src/download/nfo.js';
import { parseTrailerList } from '../../src/download/trailer-list.js';

describe('names of files', () => {
  test.each([
    ['films/Sintel (2010).mkv', { title: 'Sintel', year: 2010 }],
    ['films/Sintel (2010)/Sintel (2010) - 1080p.mkv', { title: 'Sintel', year: 2010 }],
    ['films/The Matrix (1999) {tmdb-603}/movie.mkv', { title: 'The Matrix', year: 1999 }],
    ['films/The Matrix [imdbid-tt0133093] (1999).mp4', { title: 'The Matrix', year: 1999 }],
    ['The.Matrix.1999.1080p.BluRay.x264-GROUP.mkv', { title: 'The Matrix', year: 1999 }],
    ['films/2012 (2009).mkv', { title: '2012', year: 2009 }],
    ['1917.mkv', { title: '1917' }],
    ['Blade.Runner.2049.2017.2160p.WEB-DL.mkv', { title: 'Blade Runner 2049', year: 2017 }],
    ['Mr. & Mrs. Smith (2005).avi', { title: 'Mr. & Mrs. Smith', year: 2005 }],
    ['holiday_in_rome.mp4', { title: 'holiday in rome' }],
    [
      'tv/Friends/Season 02/Friends S02E05 - The One with Five Steaks.mkv',
      { title: 'The One with Five Steaks', series: 'Friends', season: 2, episode: 5 },
    ],
    [
      'tv/Fargo (2014)/Season 1/S01E02.mkv',
      { title: 'Fargo S01E02', series: 'Fargo', year: 2014, season: 1, episode: 2 },
    ],
    ['Fargo.S01E02.720p.WEB-DL.mkv', { title: 'Fargo S01E02', series: 'Fargo', season: 1, episode: 2 }],
    ['tv/Doctor Who/Specials/S00E03.mkv', { title: 'Doctor Who S00E03', series: 'Doctor Who', season: 0, episode: 3 }],
    ['Monk 3x07.avi', { title: 'Monk S03E07', series: 'Monk', season: 3, episode: 7 }],
    ['tv/Lost/Lost S01E01-E02 Pilot.mkv', { title: 'Pilot', series: 'Lost', season: 1, episode: 1 }],
  ])('%s', (path, expected) => expect(parseMediaName(path)).toEqual(expected));
});

describe('.nfo files', () => {
  test('a film with its cast', () => {
    const text = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<movie><title>Am&#233;lie &amp; Nino</title><year>2001</year>
<actor><name>Audrey Tautou</name><role>Amélie</role></actor><actor><name>Mathieu Kassovitz</name></actor><actor><role>Nobody</role></actor></movie>
https://www.imdb.com/title/tt0211915/`;
    expect(parseNfo(text)).toEqual({
      title: 'Amélie & Nino',
      year: 2001,
      cast: [
        { name: 'Audrey Tautou', role: 'Amélie' },
        { name: 'Mathieu Kassovitz', role: null },
      ],
    });
  });

  test('the first of several episodes in one file', () => {
    const episode = (number: number): string =>
      `<episodedetails><title>Part ${number}</title><showtitle>Lost</showtitle><season>1</season><episode>${number}</episode><aired>2004-09-22</aired></episodedetails>`;
    expect(parseNfo(episode(1) + episode(2))).toEqual({
      title: 'Part 1',
      series: 'Lost',
      season: 1,
      episode: 1,
      year: 2004,
    });
  });

  test('a series gives its name and its cast, and no title of an episode', () => {
    expect(parseNfo('<tvshow><title>Lost</title><actor><name>Evangeline Lilly</name></actor></tvshow>')).toEqual({
      series: 'Lost',
      cast: [{ name: 'Evangeline Lilly', role: null }],
    });
  });

  test('what is told of a film: its plot, or the outline where there is none; cut when it never ends', () => {
    const film = (inside: string): unknown => parseNfo(`<movie>${inside}</movie>`);
    expect(film('<outline>Short.</outline><plot>A girl &amp; a dragon.</plot><tagline>Now</tagline>')).toEqual({
      description: 'A girl & a dragon.',
    });
    expect(film('<plot> </plot><outline>Short.</outline>')).toEqual({ description: 'Short.' });
    expect(parseNfo(`<movie><plot>${'long '.repeat(10_000)}</plot></movie>`).description).toHaveLength(10_000);
  });

  test('entities that would grow are left as they are', () => {
    const bomb = '<!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><movie><title>&b;</title></movie>';
    expect(parseNfo(bomb)).toEqual({ title: '&b;' });
  });

  test('what scrapers of all kinds write', () => {
    const film = (inside: string): unknown => parseNfo(`<movie>${inside}</movie>`);
    expect(film('<title>Amélie</title><genre>Comedy / Romance</genre><genre>comedy</genre>')).toEqual({
      title: 'Amélie',
      genres: ['comedy', 'Romance'],
    });
    expect(film('<genre>Action|Sci-Fi &amp; Fantasy; Drama, War</genre>')).toEqual({
      genres: ['Action', 'Sci-Fi & Fantasy', 'Drama', 'War'],
    });
    expect(film('<title>X</title><year>0</year><premiered>1994-05-01</premiered>')).toEqual({ title: 'X', year: 1994 });
    expect(film('<title>X</title><year></year><releasedate>01.05.1994</releasedate>')).toEqual({
      title: 'X',
      year: 1994,
    });
    expect(film('<title>X</title><year>0000</year><premiered>0000-00-00</premiered>')).toEqual({ title: 'X' });
    expect(film('<title>Tom &constructor; &__proto__; &toString; Jerry</title>')).toEqual({
      title: 'Tom &constructor; &__proto__; &toString; Jerry',
    });
    expect(film('<title>Tom & Jerry</title>')).toEqual({ title: 'Tom & Jerry' });
    expect(film('<title>Caf&eacute; &#233; &#xE9; &lt;3 &#38;</title>')).toEqual({ title: 'Café é é <3 &' });
    expect(film('<title><![CDATA[Tom & Jerry]]></title>')).toEqual({ title: 'Tom & Jerry' });
    expect(film('<title>\n  Two\n  lines </title>')).toEqual({ title: 'Two lines' });
    expect(film('<set><title>The Set</title></set><title>The Film</title>')).toEqual({ title: 'The Film' });
    expect(parseNfo('<movie><title>Cut off</title><plot>and the')).toEqual({
      title: 'Cut off',
      description: 'and the',
    });
    expect(parseNfo(`<movie>${'<a>'.repeat(100_000)}`)).toEqual({});
  });

  test.each(['', 'https://www.imdb.com/title/tt0211915/', '<movie><title>', '<album><title>x</title></album>', '\0\0'])(
    '%j gives nothing',
    (text) => {
      expect(parseNfo(text)).toEqual({});
    },
  );
});

describe('lists of trailers', () => {
  test('reads quoted cells, several genres, other columns, and says which lines it cannot use', () => {
    const text = `\ufeffTitle,Year,Link,Genres
"Sintel, the film",2010,https://example.org/a,"Animation|Short"

No link,2011,,Drama
Twice,2012,https://example.org/a,Drama
No genre,2013,https://example.org/b,
,2014,https://example.org/c,"comedy, Drama, Comedy"
Odd,2015,https://example.org/d,Drama|Telenovela
`;
    const { entries, faults } = parseTrailerList(text, ['Animation', 'Comedy', 'Drama', 'Short']);
    expect(entries).toEqual([
      { title: 'Sintel, the film', link: 'https://example.org/a', genres: ['Animation', 'Short'], line: 2 },
      { title: 'https://example.org/c', link: 'https://example.org/c', genres: ['Comedy', 'Drama'], line: 7 },
    ]);
    expect(faults.map(({ line }) => line)).toEqual([4, 5, 6, 8]);
    expect(faults[3]!.message).toContain('Telenovela');
  });

  test('semicolons part columns where the heading has them', () => {
    expect(parseTrailerList('link;title;genres\nhttps://example.org/a;A;Drama|Crime\n').entries).toEqual([
      { title: 'A', link: 'https://example.org/a', genres: ['Drama', 'Crime'], line: 2 },
    ]);
  });

  test.each(['title,link\nA,B\n', 'title,link,genres\n"A,B,C\n', ''])('%j is no list', (text) => {
    expect(() => parseTrailerList(text)).toThrow(expect.objectContaining({ code: 'unreadable' }));
  });
});
