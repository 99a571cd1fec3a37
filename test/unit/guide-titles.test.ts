import { describe, expect, it } from '@jest/globals';
import { indexOf, plainName, programmesOf, type WantedTitle } from '../../src/guide/names.js';
import { parseXmltv, type Programme } from '../../src/guide/xmltv.js';

/** A programme for each: what stands in its element, by its key. */
function broadcast(programmes: Readonly<Record<string, string>>): readonly Programme[] {
  const elements = Object.entries(programmes).map(
    ([key, text]) => `<programme start="20260402193000" stop="20260402203000" channel="${key}">${text}</programme>`,
  );
  return parseXmltv(`<tv>${elements.join('')}</tv>`);
}

const wanted = (known: Partial<WantedTitle>): WantedTitle => ({
  names: [],
  ids: [],
  seriesIds: [],
  isAmbiguous: false,
  ...known,
});

function found(programmes: Readonly<Record<string, string>>, known: Partial<WantedTitle>): string[] {
  return programmesOf(indexOf(broadcast(programmes)), wanted(known))
    .map(({ channelId }) => channelId)
    .sort();
}

const number = (text: string): string => `<episode-num system="onscreen">${text}</episode-num>`;
const id = (site: string, text: string): string => `<episode-num system="${site}">${text}</episode-num>`;

describe('the programmes that are a film', () => {
  it('have an id of it, whatever they are called', () => {
    const programmes = {
      right: `<title>Der Pate</title>${id('imdb.com', 'tt0068646')}`,
      other: `<title>The Godfather</title>${id('imdb.com', 'tt0071562')}`,
      unnumbered: '<title>The Godfather</title>',
    };
    const known = { names: ['The Godfather'], ids: ['imdb:tt0068646'] };
    expect(found(programmes, known)).toEqual(['right', 'unnumbered']);
  });

  it('have its name, and its year where both tell one', () => {
    const programmes = {
      same: '<title>FARGO</title><date>1996</date>',
      later: '<title>Fargo</title><date>2014</date>',
      written: '<title>Fargo (1996)</title>',
      premiere: '<title>Fargo</title><date>1997</date>',
      bare: '<title>Fargo</title>',
      episode: `<title>Fargo</title>${number('S02E03')}`,
    };
    expect(found(programmes, { names: ['Fargo'], year: 1996 })).toEqual(['premiere', 'same', 'written']);
  });

  it('have its name alone where that stands for nothing else', () => {
    const bare = { bare: '<title>Tom and Jerry</title>' };
    expect(found(bare, { names: ['Tom & Jerry'] })).toEqual(['bare']);
    expect(found(bare, { names: ['Tom & Jerry'], year: 1992 })).toEqual(['bare']);
    // another film of the library
    expect(found(bare, { names: ['Tom & Jerry'], year: 1992, isAmbiguous: true })).toEqual([]);
    // another film of the guide, or a series
    expect(
      found({ ...bare, dated: '<title>Tom and Jerry</title><date>2021</date>' }, { names: ['Tom & Jerry'] }),
    ).toEqual(['bare', 'dated']);
    const several = {
      ...bare,
      one: '<title>Tom and Jerry</title><date>2021</date>',
      two: '<title>Tom and Jerry</title><date>1992</date>',
    };
    expect(found(several, { names: ['Tom & Jerry'] })).toEqual([]);
    expect(
      found({ ...bare, series: `<title>Tom and Jerry</title>${number('E4')}` }, { names: ['Tom & Jerry'] }),
    ).toEqual([]);
  });
});

describe('the programmes that are an episode', () => {
  const known = { names: ['The One'], series: 'A Show', season: 1, episode: 2 };

  it('have its series and number', () => {
    const programmes = {
      right: `<title>A Show</title>${number('S01E02')}`,
      ns: '<title>a show</title><episode-num system="xmltv_ns">0.1.0/1</episode-num>',
      first: `<title>A Show</title>${number('Episode 2')}`,
      next: `<title>A Show</title>${number('S01E03')}`,
      season: `<title>A Show</title>${number('S02E02')}`,
      other: `<title>Another Show</title>${number('S01E02')}`,
      bare: '<title>A Show</title>',
    };
    expect(found(programmes, known)).toEqual(['first', 'ns', 'right']);
  });

  it('have its own name, or its day, where no number is told', () => {
    const programmes = {
      named: '<title>A Show</title><sub-title>The one</sub-title>',
      other: '<title>A Show</title><sub-title>The Other</sub-title>',
      day: '<title>A Show</title><date>20200131</date>',
    };
    expect(found(programmes, known)).toEqual(['named']);
    expect(found(programmes, { names: [], series: 'A Show', aired: '2020-01-31' })).toEqual(['day']);
  });

  it("have its series' id and its number, and none that contradicts", () => {
    const programmes = {
      right: `<title>Eine Show</title>${number('S01E02')}${id('thetvdb.com', 'series/7')}`,
      other: `<title>A Show</title>${number('S01E02')}${id('thetvdb.com', 'series/8')}`,
      next: `<title>Eine Show</title>${number('S01E03')}${id('thetvdb.com', 'series/7')}`,
      bare: `<title>Eine Show</title>${id('thetvdb.com', 'series/7')}`,
    };
    expect(found(programmes, { ...known, seriesIds: ['tvdb:series/7'] })).toEqual(['right']);
  });
});

it.each([
  ['Amélie', 'amelie'],
  ['Matrix, The', 'the matrix'],
  ['Tom & Jerry', 'tom and jerry'],
  ['S.W.A.T.', 's w a t'],
])('names are as one speaks them: %s', (name, plain) => expect(plainName(name)).toBe(plain));
