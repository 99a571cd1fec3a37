import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Areas } from '../../src/guide/areas.js';
import { Guide } from '../../src/guide/guide.js';

const PLACES = {
  edinburgh: { latitude: 55.95, longitude: -3.19 },
  london: { latitude: 51.51, longitude: -0.13 },
  paris: { latitude: 48.86, longitude: 2.35 },
  munich: { latitude: 48.14, longitude: 11.58 },
  berlin: { latitude: 52.52, longitude: 13.4 },
};
const BAVARIA = [
  [9, 47.2],
  [13.9, 47.2],
  [13.9, 50.6],
  [9, 50.6],
  [9, 47.2],
];
const feature = (properties: object, geometry: object | null = null): object => ({
  type: 'Feature',
  geometry,
  properties,
});
const AREAS = {
  type: 'FeatureCollection',
  features: [
    feature({ channels: ['bbc1.uk', 'BBC *'], country: 'GB' }),
    feature({ channels: 'stv.uk', region: 'GB-SCT' }),
    feature({ channels: 'br.de' }, { type: 'Polygon', coordinates: [BAVARIA] }),
    feature({ channels: 'city.de', radius: 60 }, { type: 'Point', coordinates: [13.4, 52.5] }),
    feature({ channels: 'city.de', country: 'FR' }),
    feature({ source: 'french', country: ['FRA'] }),
  ],
};

describe('areas of channels', () => {
  let folder: string;
  const write = async (content: unknown): Promise<string> => {
    const path = join(folder, 'areas.json');
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kinoscope-areas-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('are countries, regions, polygons and circles; what none names is received everywhere', async () => {
    const areas = await Areas.read(await write(AREAS));
    const channels: [string, string][] = [
      ['bbc1.uk', 'One'],
      ['x', 'bbc two'],
      ['stv.uk', 'STV'],
      ['br.de', 'BR'],
      ['city.de', 'City'],
      ['world', 'World'],
    ];
    const received = Object.entries(PLACES).map(([name, place]) => {
      const passes = areas.at(place);
      return [
        name,
        channels.filter(([id, shown]) => passes('guide', { id, names: [shown] })).map(([id]) => id),
        passes('french', { id: 'y', names: [] }),
      ];
    });
    expect(received).toEqual([
      ['edinburgh', ['bbc1.uk', 'x', 'stv.uk', 'world'], false],
      ['london', ['bbc1.uk', 'x', 'world'], false],
      ['paris', ['city.de', 'world'], true],
      ['munich', ['br.de', 'world'], false],
      ['berlin', ['city.de', 'world'], false],
    ]);
  });

  it.each([
    ['no JSON', '{', /no GeoJSON/],
    ['another document', '{"type":"Topology"}', /type/],
    // which country-coder takes for Belarus
    [
      'an unknown region',
      { type: 'FeatureCollection', features: [feature({ channels: 'a', region: 'DE-BY' })] },
      /region of properties of item 1 of features: .*borders/,
    ],
    [
      'no channel',
      { type: 'FeatureCollection', features: [feature({ country: 'DE' })] },
      /neither channels nor a source/,
    ],
    ['no area', { type: 'FeatureCollection', features: [feature({ channels: 'a' })] }, /neither a geometry nor/],
    [
      'a point without a radius',
      { type: 'FeatureCollection', features: [feature({ channels: 'a' }, { type: 'Point', coordinates: [1, 1] })] },
      /radius/,
    ],
    [
      'latitude before longitude',
      {
        type: 'FeatureCollection',
        features: [feature({ channels: 'a', radius: 5 }, { type: 'Point', coordinates: [48, 102] })],
      },
      /coordinates/,
    ],
  ])('are refused: %s', async (_what, content, message) => {
    await expect(Areas.read(await write(content))).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringMatching(message),
    });
  });

  it('choose the channels of a place in a guide', async () => {
    const file = join(folder, 'guide.xml');
    const programme = (channel: string): string =>
      `<programme start="20260402193000" stop="20260402203000" channel="${channel}"><title>On ${channel}</title></programme>`;
    await writeFile(file, `<tv>${['stv.uk', 'br.de', 'city.de'].map(programme).join('')}</tv>`);
    const guide = new Guide({
      settings: [{ name: null, location: file }],
      folder: join(folder, 'kept'),
      areas: await write(AREAS),
    });
    const titles = async (place: keyof typeof PLACES): Promise<unknown> =>
      (await guide.onAir(Date.UTC(2026, 3, 2, 20), PLACES[place])).map((one) => one.titles[0]);
    expect([await titles('munich'), await titles('edinburgh')]).toEqual([['On br.de'], ['On stv.uk']]);
    await expect(guide.onAir(Date.UTC(2026, 3, 2, 20), PLACES.london)).rejects.toMatchObject({ code: 'not-found' });
    const [around] = await guide.around(Date.UTC(2026, 3, 3), PLACES.munich, [
      { titles: [{ names: ['On br.de'], ids: [], seriesIds: [], isAmbiguous: false }], cast: [] },
    ]);
    expect(around!.last?.channelId).toBe('br.de');
    await guide.onModuleDestroy();
  });
});
