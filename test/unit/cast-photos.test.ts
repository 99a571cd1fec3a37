import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDownloader } from '../../src/download/downloader.js';
import { parseNfo } from '../../src/download/nfo.js';
import { encodeEmbedding } from '../../src/faces/embedding-text.js';
import { learn } from '../../src/people/mean.js';
import { besideFilm, photosByName } from '../../src/people/photos/folder-photos.js';
import { NfoPhotos, TmdbPhotos } from '../../src/people/photos/web-photos.js';

/** Where photos of people are found by name. The answers of TMDB are made by hand, after its documentation. */

const base = mkdtempSync(join(tmpdir(), 'kinoscope-cast-photos-'));
const film = join(base, 'tv', 'Show', 'Season 1', 'Show S01E01.mkv');
const put = (...path: string[]): string => {
  const file = join(base, ...path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, 'picture');
  return file;
};
let server: Server;
let url: string;
const asked: string[] = [];
const downloader = createDownloader({ roots: null, allowHosts: ['127.0.0.1'] });
const read = (link: string, how: object): Promise<Buffer> => downloader.read(link, { ...how, maxBytes: 1000 });

beforeAll(async () => {
  const answers: Record<string, string> = {
    '/3/search/person?query=Ada%20Abel&api_key=abcdefghijklmnop': JSON.stringify({
      results: [
        { id: 7, name: 'ADA Abél' },
        { id: 8, name: 'Ada Abelson' },
      ],
    }),
    '/3/person/7/images?api_key=abcdefghijklmnop': JSON.stringify({
      profiles: [
        { file_path: '/low.jpg', vote_average: 1 },
        { file_path: '/high.jpg', vote_average: 5 },
      ],
    }),
    '/3/search/person?query=John%20Smith&api_key=abcdefghijklmnop': JSON.stringify({
      results: [
        { id: 1, name: 'John Smith' },
        { id: 2, name: 'John Smith' },
      ],
    }),
    '/t/p/h632/high.jpg': 'high',
    '/t/p/h632/low.jpg': 'low',
    '/thumb.jpg': 'thumb',
    '/large.jpg': 'x'.repeat(2000),
  };
  server = createServer((request, response) => {
    asked.push(request.url!);
    const answer = answers[request.url!];
    response.writeHead(answer === undefined ? 404 : 200).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await downloader.close();
  server.close();
  rmSync(base, { recursive: true, force: true });
});

describe('photos of people', () => {
  it("lie in Kodi's .actors beside a film, or with its series", async () => {
    const own = put('tv', 'Show', 'Season 1', '.actors', 'Ada_Abel.jpg');
    const ofSeries = put('tv', 'Show', '.actors', 'zoe_o_hara.png');
    put('tv', 'Show', '.actors', 'notes.txt');
    const place = besideFilm();
    const found = async (name: string) =>
      (await place.find({ name, film, thumb: null }, base)).map(({ picture }) => picture.file);
    expect(await found('ADA ABEL')).toEqual([own]);
    expect(await found('Zoë O’Hara')).toEqual([ofSeries]);
    expect(await found('Ada')).toEqual([]);
  });

  it('lie in folders as Jellyfin and Emby have them, or a folder a person', async () => {
    const jellyfin = put('metadata', 'People', 'A', 'Ada Abel', 'folder.jpg');
    const plain = [put('metadata', 'Ben Berg', '1.jpg'), put('metadata', 'Ben Berg', '2.jpg')];
    put('metadata', 'Ben Berg', '.hidden.jpg');
    const photos = await photosByName(join(base, 'metadata'));
    expect(photos.get('abel ada')).toEqual([jellyfin]);
    expect(photos.get('ben berg')).toEqual(plain);
    expect([...photos.keys()].toSorted()).toEqual(['abel ada', 'ben berg']);
  });

  it('are named by .nfo files: links, and files that do not lie elsewhere', async () => {
    const { cast } = parseNfo(
      `<movie><title>T</title><actor><name>Ada</name><role>A</role><thumb>${url}/thumb.jpg</thumb></actor><actor><name>Ben</name></actor></movie>`,
    );
    expect(cast).toEqual([
      { name: 'Ada', role: 'A', thumb: `${url}/thumb.jpg` },
      { name: 'Ben', role: null },
    ]);
    const place = new NfoPhotos(read);
    const find = (thumb: string) => place.find({ name: 'Ada', film, thumb }, base);
    expect(await find(`${url}/thumb.jpg`)).toMatchObject([
      { from: `${url}/thumb.jpg`, picture: { name: 'thumb.jpg' } },
    ]);
    const secret = put('secret.jpg');
    expect(await find(secret)).toEqual([]);
    expect(await find('../../../secret.jpg')).toEqual([]);
    expect(await find('/etc/passwd')).toEqual([]);
    const poster = put('tv', 'Show', 'Season 1', 'ada.jpg');
    expect(await find('ada.jpg')).toMatchObject([{ picture: { file: poster } }]);
    await expect(find(`${url}/large.jpg`)).rejects.toMatchObject({ code: 'too-large' });
    await expect(find(`${url}/missing.jpg`)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('are asked of TMDB by key: the best of the one person of that name, none of several', async () => {
    const tmdb = new TmdbPhotos(read, 'abcdefghijklmnop', url, url);
    const found = await tmdb.find({ name: 'Ada Abel', film: null, thumb: null }, base);
    expect(found.map(({ picture, from }) => [picture.name, from])).toEqual([
      ['high.jpg', 'https://www.themoviedb.org/person/7'],
      ['low.jpg', 'https://www.themoviedb.org/person/7'],
    ]);
    asked.length = 0;
    expect(await tmdb.find({ name: 'John Smith', film: null, thumb: null }, base)).toEqual([]);
    expect(asked).toHaveLength(1);
    await expect(tmdb.find({ name: 'Nobody Known', film: null, thumb: null }, base)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('are fetched from no private address', async () => {
    const guarded = createDownloader({ roots: null });
    const place = new NfoPhotos((link, how) => guarded.read(link, { ...how, maxBytes: 1000 }));
    asked.length = 0;
    await expect(place.find({ name: 'A', film, thumb: `${url}/thumb.jpg` }, base)).rejects.toMatchObject({
      name: 'KinoscopeError',
    });
    expect(asked).toEqual([]);
    await guarded.close();
  });
});

describe('a face that was proposed', () => {
  const unit = (angle: number): Float32Array => Float32Array.from([Math.cos(angle), Math.sin(angle)]);
  const photo = (angle: number, proposedFrom?: string, confirmed?: boolean) => ({
    flag: null,
    embedding: encodeEmbedding(unit(angle)),
    quality: 0.9,
    ...(proposedFrom !== undefined && { proposedFrom }),
    ...(confirmed !== undefined && { confirmed }),
  });
  const mean = (...photos: ReturnType<typeof photo>[]): string | null => learn(photos, []).mean;

  it('stands for a person of whom there is no other', () => {
    expect(mean(photo(0, 'web'))).toBe(mean(photo(0)));
  });

  it('counts as much as others where they show the same face, and less where they do not', () => {
    expect(mean(photo(0), photo(0.5, 'web'))).toBe(mean(photo(0), photo(0.5)));
    expect(mean(photo(0), photo(1.4, 'web'))).not.toBe(mean(photo(0), photo(1.4)));
  });

  it('counts as much as others once somebody said that it is theirs', () => {
    expect(mean(photo(0), photo(1.4, 'web', true))).toBe(mean(photo(0), photo(1.4)));
  });
});
