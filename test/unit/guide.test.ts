import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Guide } from '../../src/guide/guide.js';
import type { WantedTitle } from '../../src/guide/names.js';
import { distance, parsePlace, parseTime } from '../../src/guide/place.js';
import { parseXmltv, XmltvReader, xmltvTime } from '../../src/guide/xmltv.js';
import { zipOf } from '../films/zip.js';

const film = (known: Partial<WantedTitle>): WantedTitle => ({
  names: [],
  ids: [],
  seriesIds: [],
  isAmbiguous: false,
  ...known,
});

const guide = (title: string, channel: string, extra = ''): string => `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tv SYSTEM "xmltv.dtd">
<tv generator-info-name="test">
  <channel id="${channel}"><display-name lang="en">Channel &amp; ${channel}</display-name></channel>
  <programme start="20260402213000 +0200" stop="20260402223000 +0200" channel="${channel}">
    <title lang="en">${title}</title><title lang="fr">Le ${title}</title>
    <credits><director>Nobody</director><actor role="Her">Ada Abel</actor><actor>Bo Berg</actor><guest>Cy Cole</guest></credits>
  </programme>${extra}
</tv>`;

describe('XMLTV', () => {
  it('is read with times, titles, channels and cast', () => {
    const [programme] = parseXmltv(guide('Evening Film', 'one'));
    expect(programme).toEqual({
      titles: ['Evening Film', 'Le Evening Film'],
      channel: 'Channel & one',
      channelId: 'one',
      start: Date.UTC(2026, 3, 2, 19, 30),
      stop: Date.UTC(2026, 3, 2, 20, 30),
      cast: [
        { name: 'Ada Abel', role: 'Her' },
        { name: 'Bo Berg', role: null },
        { name: 'Cy Cole', role: null },
      ],
    });
  });

  it('takes a programme without an end as lasting until the next one of its channel', () => {
    const extra =
      '<programme start="20260402220000 +0200" channel="two"><title>Later</title></programme>' +
      '<programme start="20260402233000 +0200" channel="two"><title>Last</title></programme>';
    const stops = parseXmltv(guide('A', 'one', extra)).map(({ titles, stop, start }) => [
      titles[0],
      (stop - start) / 60_000,
    ]);
    expect(stops).toEqual([
      ['A', 60],
      ['Later', 90],
      ['Last', 1440],
    ]);
  });

  it.each([
    ['20260402213000 +0200', Date.UTC(2026, 3, 2, 19, 30)],
    ['202604022130 -0330', Date.UTC(2026, 3, 3, 1, 0)],
    ['20260402', Date.UTC(2026, 3, 2)],
    ['20260402213000 BST', Date.UTC(2026, 3, 2, 20, 30)],
    ['20260402213000 CEST', Date.UTC(2026, 3, 2, 19, 30)],
    ['20260402213000 EST', Date.UTC(2026, 3, 3, 2, 30)],
    ['20260402213000 pdt', Date.UTC(2026, 3, 3, 4, 30)],
    ['20260402213000 UTC', Date.UTC(2026, 3, 2, 21, 30)],
    ['20260402213000 Z', Date.UTC(2026, 3, 2, 21, 30)],
    ['20260402213000 +0530', Date.UTC(2026, 3, 2, 16, 0)],
    ['20260402213000 +01:00', Date.UTC(2026, 3, 2, 20, 30)],
    ['20260402213000+0100', Date.UTC(2026, 3, 2, 20, 30)],
    ['20260402213000 +1', Date.UTC(2026, 3, 2, 20, 30)],
    ['20260402213000 -3:30', Date.UTC(2026, 3, 3, 1, 0)],
    ['20260402213000 GMT+0200', Date.UTC(2026, 3, 2, 19, 30)],
    ['20260402213000 Europe/Paris', Date.UTC(2026, 3, 2, 19, 30)],
    ['20261202213000 Europe/Paris', Date.UTC(2026, 11, 2, 20, 30)],
    ['2026-04-02T21:30:00+02:00', Date.UTC(2026, 3, 2, 19, 30)],
    ['2026-04-02 21:30:00.000 +0200', Date.UTC(2026, 3, 2, 19, 30)],
    ['20260402240000 +0000', Date.UTC(2026, 3, 3)],
    ['20260402213000 \u22120330', Date.UTC(2026, 3, 3, 1, 0)],
    ['20260402213000 0200', Date.UTC(2026, 3, 2, 19, 30)],
    ['20260402213000 +0200 CEST', Date.UTC(2026, 3, 2, 19, 30)],
    ['20260402213000 +0200 (CEST)', Date.UTC(2026, 3, 2, 19, 30)],
    ['20260402213000 GMT +2', Date.UTC(2026, 3, 2, 19, 30)],
    ['1775158200', Date.UTC(2026, 3, 2, 19, 30)],
    ['1775158200000', Date.UTC(2026, 3, 2, 19, 30)],
    ['tomorrow', null],
    ['20261302213000 +0000', null],
    ['20260230000000 +0000', null],
    ['20260402213000 XYZ', null],
    ['20260402213000 constructor', null],
    ['20260402213000 +9999', null],
  ])('reads the time %s', (text, time) => expect(xmltvTime(text)).toBe(time));

  const one = (
    title: string,
    credits: string,
    start = '20260402193000 +0000',
    rest = 'stop="20260402203000 +0000"',
  ): string =>
    `<tv><channel id="one"><display-name>One</display-name></channel><programme start="${start}" ${rest} channel="one"><title>${title}</title>` +
    `<credits>${credits}</credits></programme></tv>`;

  it.each([
    ['Tom & Jerry', '<actor>Ada & Bo</actor>', 'Tom & Jerry', ['Ada & Bo']],
    ['Caf&#233; &#38; Co', '<actor>Rach&#101;l Gr&eacute;en</actor>', 'Café & Co', ['Rachel Gréen']],
    ['<![CDATA[A & B]]>', '<actor role="Her">\n  Ada\n  Abel </actor>', 'A & B', ['Ada Abel']],
    [
      '&constructor; &x;',
      '<actor>Ada Abel<image type="person">https://example.org/a.jpg</image></actor>',
      '&constructor; &x;',
      ['Ada Abel'],
    ],
  ])('is read as it was meant: %s', (title, credits, titles, cast) => {
    const read = parseXmltv(one(title, credits));
    expect(read).toMatchObject([{ titles: [titles], channel: 'One' }]);
    expect(read[0]!.cast.map(({ name }) => name)).toEqual(cast);
  });

  it('takes the end from the length, or from what follows, where it makes no sense', () => {
    const minutes = (rest: string, length = ''): number[] =>
      parseXmltv(one('A', '', '20260402193000', rest).replace('</title>', `</title>${length}`)).map(
        ({ start, stop }) => (stop - start) / 60_000,
      );
    expect(minutes('stop="20260402193000"')).toEqual([1440]);
    expect(minutes('stop="soon"')).toEqual([1440]);
    expect(minutes('', '<length units="minutes">45</length>')).toEqual([45]);
    expect(minutes('', '<length units="hours">2</length>')).toEqual([120]);
  });

  it('counts what could not be read', () => {
    const reader = new XmltvReader('guide.xml');
    reader.write(
      '<tv><programme start="20260402" channel="a"/><programme start="noon" channel="a"/><programme start="noon" channel="b"/>',
    );
    reader.write(
      '<programme channel="a"/><programme start="20260402" stop="late" channel="c"/><programme start="20260403" channel="d"><title>Cut',
    );
    const { programmes, faults } = reader.end();
    expect(programmes.map(({ channel }) => channel)).toEqual(['a', 'c', 'd']);
    expect([...faults]).toEqual([
      ['the start "noon" is no time that is known', 2],
      ['no start is given', 1],
      ['the guide breaks off before its end', 1],
      ['the end "late" is no time that is known (taken from what follows)', 1],
    ]);
  });

  it.each([
    ['<episode-num system="xmltv_ns">0 . 4/13 . 0/2</episode-num>', { season: 1, episode: 5 }],
    ['<episode-num system="xmltv_ns">.11.</episode-num>', { episode: 12 }],
    ['<episode-num system="onscreen">S02E03</episode-num>', { season: 2, episode: 3 }],
    ['<episode-num>Season 2, Episode 3 of 10</episode-num>', { season: 2, episode: 3 }],
    ['<episode-num system="onscreen">Staffel 2, Folge 3</episode-num>', { season: 2, episode: 3 }],
    ['<episode-num system="onscreen">2x03</episode-num>', { season: 2, episode: 3 }],
    ['<episode-num system="onscreen">Ep. 7</episode-num>', { episode: 7 }],
    [
      '<episode-num system="onscreen">S9E9</episode-num><episode-num system="xmltv_ns">1.2.</episode-num>',
      { season: 2, episode: 3 },
    ],
    ['<episode-num system="imdb.com">title/tt0133093</episode-num>', { ids: ['imdb:tt0133093'] }],
    ['<episode-num system="themoviedb.org">movie/603</episode-num>', { ids: ['tmdb:movie/603'] }],
    ['<episode-num system="themoviedb.org">603</episode-num>', { ids: ['tmdb:movie/603'] }],
    [
      '<episode-num system="xmltv_ns">0.0.</episode-num><episode-num system="thetvdb.com">121361</episode-num>',
      { season: 1, episode: 1, ids: ['tvdb:series/121361'] },
    ],
    ['<episode-num system="thetvdb.com">episode/4161693</episode-num>', { ids: ['tvdb:episode/4161693'] }],
    ['<url>https://www.themoviedb.org/movie/603-the-matrix</url>', { ids: ['tmdb:movie/603'] }],
    ['<url>https://www.themoviedb.org/tv/1396/season/2/episode/3</url>', { ids: ['tmdb:series/1396'] }],
    ['<url>https://thetvdb.com/series/babylon-5</url>', {}],
    ['<episode-num system="dd_progid">EP00003026.0665</episode-num>', {}],
    ['<date>1999</date>', { year: 1999 }],
    ['<date>19990331</date>', { year: 1999, aired: '1999-03-31' }],
  ])('tells which episode or film it is: %s', (elements, expected) => {
    const [programme] = parseXmltv(one('A', '').replace('</title>', `</title>${elements}`));
    const { season, episode, ids, year, aired } = programme!;
    expect(JSON.parse(JSON.stringify({ season, episode, ids, year, aired }))).toEqual(expected);
  });

  it.each([['<rss></rss>'], ['<tv><programme'], ['not at all']])('refuses what is no guide: %s', (text) => {
    expect(() => parseXmltv(text)).toThrow(expect.objectContaining({ code: 'unreadable' }));
  });
});

describe('a broadcast guide', () => {
  const at = Date.UTC(2026, 3, 2, 20, 0);
  const [paris, nice, sea] = [
    { latitude: 48.86, longitude: 2.35 },
    { latitude: 43.7, longitude: 7.27 },
    { latitude: 0, longitude: -140 },
  ];
  let folder: string;
  let kept: string;
  const opened: Guide[] = [];
  function openGuide(...locations: string[]): Guide {
    const source = new Guide({
      settings: locations.map((location) => ({ name: null, location })),
      folder: kept,
      keepMs: Infinity,
    });
    opened.push(source);
    return source;
  }
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kinoscope-guide-'));
    kept = await mkdtemp(join(tmpdir(), 'kinoscope-guide-kept-'));
    await writeFile(join(folder, 'north.xml'), guide('North', 'n'));
    await writeFile(join(folder, 'south.xml'), guide('South', 's'));
    await writeFile(
      join(folder, 'places.csv'),
      'file,latitude,longitude,radius\nnorth.xml,48.9,2.3,200\nnorth.xml,50.6,3.1,100\nsouth.xml,43.3,5.4,300\n',
    );
  });
  afterAll(async () => {
    await Promise.all(opened.map((guide) => guide.onModuleDestroy()));
    for (const dir of [folder, kept]) await rm(dir, { recursive: true, force: true });
  });

  it('tells what was on air at a place and time', async () => {
    const source = openGuide(folder);
    const titles = async (when: number, where: typeof paris | null): Promise<unknown> =>
      (await source.onAir(when, where)).map((programme) => programme.titles[0]);
    expect(await titles(at, paris)).toEqual(['North']);
    expect(await titles(at, nice)).toEqual(['South']);
    expect(await titles(at, null)).toEqual(['North', 'South']);
    expect(await titles(at + 3 * 3_600_000, paris)).toEqual([]);
    await expect(source.onAir(at, sea)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is read again when its file has changed', async () => {
    const file = join(folder, 'alone.xmltv');
    await writeFile(file, guide('Before', 'n'));
    const source = openGuide(file);
    expect((await source.onAir(at, paris))[0]!.titles[0]).toBe('Before');
    await writeFile(file, guide('After the change', 'n'));
    expect((await source.onAir(at, sea))[0]!.titles[0]).toBe('After the change');
    await rm(file);
  });

  it('keeps what it had when its file fails, and says why', async () => {
    const file = join(folder, 'failing.xmltv');
    await expect(openGuide(file).onAir(at, null)).rejects.toMatchObject({ code: 'not-found' });
    await writeFile(file, guide('Kept', 'n'));
    const source = openGuide(file);
    const titles = async (tell?: (note: string) => void): Promise<unknown> =>
      (await source.onAir(at, null, tell)).map((programme) => programme.titles[0]);
    expect(await titles()).toEqual(['Kept']);
    for (const spoil of [() => writeFile(file, '<html>'), () => rm(file)]) {
      await spoil();
      const notes: string[] = [];
      expect(await titles((note) => notes.push(note))).toEqual(['Kept']);
      expect(notes).toEqual([
        expect.stringMatching(/^failing\.xmltv is as of 20.*: .*(no XMLTV guide|no broadcast guide)/),
      ]);
    }
    const [told] = await source.sources();
    expect(told).toMatchObject({ state: { failures: 2, programmes: 1, error: { code: 'not-found' } } });
  });

  it('remembers what was on air before the guide begins, and nothing that it has changed', async () => {
    const file = join(folder, 'moving.xml');
    const write = (...programmes: [start: string, title: string][]): Promise<void> =>
      writeFile(
        file,
        `<tv>${programmes
          .map(
            ([start, title]) =>
              `<programme start="${start}0000" stop="${start}3000" channel="c"><title>${title}</title></programme>`,
          )
          .join('')}</tv>`,
      );
    const source = openGuide(file);
    const around = async (name: string): Promise<unknown> => {
      const [found] = await source.around(Date.UTC(2026, 3, 2, 12), null, [
        { titles: [film({ names: [name] })], cast: [] },
      ]);
      return [found!.last?.start, found!.next?.start].map(
        (start) => start !== undefined && new Date(start).toISOString().slice(8, 13),
      );
    };
    await write(['2026040108', 'Old'], ['2026040220', 'Old'], ['2026040221', 'Dropped']);
    expect([await around('Old'), await around('Dropped')]).toEqual([
      ['01T08', '02T20'],
      [false, '02T21'],
    ]);
    await write(['2026040210', 'New'], ['2026040222', 'Old']);
    expect([await around('Old'), await around('Dropped'), await around('New')]).toEqual([
      ['01T08', '02T22'],
      [false, false],
      ['02T10', false],
    ]);
  });

  it('is several sources: one that fails leaves the others', async () => {
    const good = join(folder, 'good.xml');
    await writeFile(good, guide('Good', 'n'));
    const notes: string[] = [];
    const programmes = await openGuide(join(folder, 'missing.xml'), good).onAir(at, null, (note) => notes.push(note));
    expect(programmes.map(({ titles }) => titles[0])).toEqual(['Good']);
    expect(notes).toEqual([expect.stringMatching(/^missing\.xml: There is no broadcast guide at/)]);
    await rm(good);
  });

  it('is read in any encoding, packed or not, and says what of it could not be read', async () => {
    const at2 = Date.UTC(2026, 3, 2, 20, 0);
    const text = guide('Café', 'n').replace('encoding="UTF-8"', 'encoding="ISO-8859-1"');
    const utf16 = guide('Café', 'n').replace('encoding="UTF-8"', 'encoding="UTF-16"');
    const contents: [string, Buffer][] = [
      ['latin1.xml', Buffer.from(text, 'latin1')],
      ['utf16.xml', Buffer.from(`\ufeff${utf16}`, 'utf16le')],
      ['packed.xml.gz', gzipSync(Buffer.from(text, 'latin1'))],
      ['packed-under-another-name.xml', gzipSync(guide('Café', 'n'))],
      ['archive.zip', zipOf('guide/epg.xml', Buffer.from(text, 'latin1'))],
      ['archive-under-another-name.xml', zipOf('epg', Buffer.from(text, 'latin1'))],
    ];
    for (const [name, bytes] of contents) {
      const file = join(folder, name);
      await writeFile(file, bytes);
      expect((await openGuide(file).onAir(at2, null)).map(({ titles }) => titles[0])).toEqual(['Café']);
      await rm(file);
    }
    const cut = join(folder, 'cut.xml.gz');
    const notes: string[] = [];
    // One that was cut while it was copied: what is there is read, and the rest is told.
    const long = guide(
      'Film',
      'n',
      `<programme start="20260403" channel="n"><title>${randomBytes(40_000).toString('hex')}</title></programme>`.repeat(
        4,
      ),
    );
    const packed = gzipSync(long);
    await writeFile(cut, packed.subarray(0, packed.length >> 1));
    expect(await openGuide(cut).onAir(at2, null, (note) => notes.push(note))).toHaveLength(1);
    expect(notes).toEqual([
      expect.stringMatching(/^cut\.xml\.gz \(\d programmes\): the guide breaks off before its end$/),
    ]);
    await rm(cut);
  });

  it('refuses an archive that breaks off, or has no file', async () => {
    const archive = zipOf('guide.xml', Buffer.from(guide('Film', 'n')));
    const file = join(folder, 'broken.zip');
    for (const bytes of [archive.subarray(0, archive.length >> 1), zipOf('folder/', Buffer.alloc(0))]) {
      await writeFile(file, bytes);
      await expect(openGuide(file).onAir(at, null)).rejects.toMatchObject({
        code: 'unreadable',
        message: 'broken.zip is no zip archive with a guide that can be read',
      });
    }
    await rm(file);
  });

  it('takes packed guides of a folder, and says which it cannot unpack', async () => {
    const packed = join(folder, 'packed');
    await mkdir(packed);
    await writeFile(join(packed, 'a.xml.gz'), gzipSync(guide('Packed', 'n')));
    await writeFile(join(packed, 'b.xml.xz'), 'xz');
    await writeFile(join(packed, 'c.zip'), zipOf('guide.xml', Buffer.from(guide('Zipped', 'n'))));
    const notes: string[] = [];
    const programmes = await openGuide(packed).onAir(at, null, (note) => notes.push(note));
    expect(programmes.map(({ titles }) => titles[0]).sort()).toEqual(['Packed', 'Zipped']);
    expect(notes).toEqual(['b.xml.xz is packed in a way that is not read: gzip and zip are']);
  });

  it('measures the way along the surface', () => {
    // Paris to Nice, as atlases have it: about 690 km.
    expect(Math.abs(distance(paris, nice) - 687)).toBeLessThan(10);
  });

  it.each(['48.86', '91,0', '0,181', 'a,b', '1,2,3', ','])('refuses the place "%s"', (text) => {
    expect(() => parsePlace(text)).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it.each(['yesterday', '2026-04-02', '2026-04-02T21:35', '2026-13-02T21:35Z'])('refuses the time "%s"', (text) => {
    expect(() => parseTime(text)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
