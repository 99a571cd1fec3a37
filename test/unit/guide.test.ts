import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { distance, Guide, parsePlace, parseTime } from '../../src/guide/guide.js';
import { parseXmltv, xmltvTime } from '../../src/guide/xmltv.js';

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
      start: Date.UTC(2026, 3, 2, 19, 30),
      stop: Date.UTC(2026, 3, 2, 20, 30),
      cast: ['Ada Abel', 'Bo Berg', 'Cy Cole'],
    });
  });

  it('takes a programme without an end as lasting until the next one of its channel', () => {
    const extra = '<programme start="20260402220000 +0200" channel="two"><title>Later</title></programme>'
      + '<programme start="20260402233000 +0200" channel="two"><title>Last</title></programme>';
    const stops = parseXmltv(guide('A', 'one', extra)).map(({ titles, stop, start }) => [titles[0], (stop - start) / 60_000]);
    expect(stops).toEqual([['A', 60], ['Later', 90], ['Last', 1440]]);
  });

  it.each([
    ['20260402213000 +0200', Date.UTC(2026, 3, 2, 19, 30)],
    ['202604022130 -0330', Date.UTC(2026, 3, 3, 1, 0)],
    ['20260402', Date.UTC(2026, 3, 2)],
    ['tomorrow', null],
  ])('reads the time %s', (text, time) => expect(xmltvTime(text)).toBe(time));

  it.each([['<rss></rss>'], ['<tv><programme'], ['not at all']])('refuses what is no guide: %s', (text) => {
    expect(() => parseXmltv(text)).toThrow(expect.objectContaining({ code: 'unreadable' }));
  });
});

describe('a broadcast guide', () => {
  const at = Date.UTC(2026, 3, 2, 20, 0);
  const [paris, nice, sea] = [{ latitude: 48.86, longitude: 2.35 }, { latitude: 43.7, longitude: 7.27 }, { latitude: 0, longitude: -140 }];
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kinoscope-guide-'));
    await writeFile(join(folder, 'north.xml'), guide('North', 'n'));
    await writeFile(join(folder, 'south.xml'), guide('South', 's'));
    await writeFile(join(folder, 'places.csv'), 'file,latitude,longitude,radius\nnorth.xml,48.9,2.3,200\nnorth.xml,50.6,3.1,100\nsouth.xml,43.3,5.4,300\n');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('tells what was on air at a place and time', async () => {
    const source = new Guide(folder);
    const titles = async (when: number, where: typeof paris | null): Promise<unknown> =>
      (await source.onAir(when, where)).map((programme) => programme.titles[0]);
    expect(await titles(at, paris)).toEqual(['North']);
    expect(await titles(at, nice)).toEqual(['South']);
    expect(await titles(at, null)).toEqual(['North', 'South']);
    expect(await titles(at + 3 * 3_600_000, paris)).toEqual([]);
    await expect(source.onAir(at, sea)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is read anew when its file has changed', async () => {
    const file = join(folder, 'alone.xmltv');
    await writeFile(file, guide('Before', 'n'));
    const source = new Guide(file);
    expect((await source.onAir(at, paris))[0]!.titles[0]).toBe('Before');
    await writeFile(file, guide('After the change', 'n'));
    expect((await source.onAir(at, sea))[0]!.titles[0]).toBe('After the change');
    await rm(file);
    await expect(source.onAir(at, paris)).rejects.toMatchObject({ code: 'not-found' });
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
