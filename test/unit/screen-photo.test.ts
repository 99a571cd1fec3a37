import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import type { Box, Point } from '../../src/core/boxes.js';
import { normalize } from '../../src/faces/embed.js';
import { cornersOf, endIdleDecoders, toPhotoBox, withPhoto } from '../../src/frames/picture.js';
import { takenOf } from '../../src/frames/pictures/exif.js';
import { findScreen } from '../../src/frames/pictures/screen/find-screen.js';
import { aspectOf, inverse, project, type Quad, rectangleTo } from '../../src/frames/pictures/screen/homography.js';
import { soften } from '../../src/frames/pictures/screen/soften.js';
import { straighten } from '../../src/frames/pictures/screen/straighten.js';
import type { RgbImage } from '../../src/frames/types.js';
import { joinFaces } from '../../src/identify/photo-faces.js';
import { type DrawnScreen, drawScreen } from '../library/drawn-screen.js';

/** Light, with a red corner above left, a green one above right and a blue one below left. */
function coloured(width = 320, height = 180): RgbImage {
  const data = new Uint8Array(width * height * 3).fill(150);
  const paint = ([x, y, w, h]: Box, colour: readonly number[]): void => {
    for (let row = y; row < y + h; row++)
      for (let column = x; column < x + w; column++) data.set(colour, (row * width + column) * 3);
  };
  const [w, h] = [width / 4, height / 4];
  paint([0, 0, w, h], [230, 60, 60]);
  paint([width - w, 0, w, h], [60, 230, 60]);
  paint([0, height - h, w, h], [60, 60, 230]);
  return { width, height, data };
}

const greyOf = ({ width, height, data }: RgbImage) => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height }, (_, i) => (data[i * 3]! + data[i * 3 + 1]! + data[i * 3 + 2]!) / 3),
});

/** How far the worst corner is off, pixels. */
const off = (found: Quad, wanted: Quad): number =>
  Math.max(...found.map(([x, y], i) => Math.hypot(x - wanted[i]![0], y - wanted[i]![1])));

const SEEN: readonly (readonly [string, DrawnScreen])[] = [
  ['from the front', { width: 400, height: 300, corners: [[90, 80], [310, 80], [310, 204], [90, 204]] }], // prettier-ignore
  ['from the left', { width: 400, height: 300, corners: [[80, 60], [300, 95], [300, 205], [80, 230]] }], // prettier-ignore
  ['from the right, tilted', { width: 400, height: 300, corners: [[70, 105], [320, 50], [330, 240], [85, 210]] }], // prettier-ignore
  ['in a dark room', { width: 400, height: 300, wall: [14, 14, 14], frame: [10, 10, 10], corners: [[60, 70], [330, 60], [325, 220], [65, 205]] }], // prettier-ignore
  ['upright', { width: 300, height: 400, corners: [[40, 150], [250, 140], [255, 265], [45, 260]] }], // prettier-ignore
  ['in a light frame', { width: 400, height: 300, wall: [90, 80, 70], frame: [225, 225, 225], corners: [[80, 60], [300, 75], [300, 205], [80, 210]] }], // prettier-ignore
];

describe('the screen in a photo', () => {
  test.each(SEEN)('is found %s, by its picture or its frame', (_name, drawn) => {
    const found = findScreen(greyOf(drawScreen(coloured(), drawn)));
    const rim = rectangleTo(drawn.corners, 1, 1);
    const [u, v] = [0.02, 0.02 * (16 / 9)];
    const outer = ([[-u, -v], [1 + u, -v], [1 + u, 1 + v], [-u, 1 + v]] as const).map((corner) => project(rim, corner)); // prettier-ignore
    const errors = [drawn.corners, [outer[0]!, outer[1]!, outer[2]!, outer[3]!] as const].map((wanted) =>
      off(found!.corners, wanted),
    );
    expect(Math.min(...errors)).toBeLessThan(3);
  });

  test('is not seen in a wall, in noise, or where lines only cross', () => {
    const [width, height] = [400, 300];
    const plain = new Uint8Array(width * height).fill(90);
    let state = 1;
    const noise = plain.map(() => (state = (state * 48_271) % 2_147_483_647) % 256);
    const crossed = plain.map((value, i) => (i % width < 150 !== Math.floor(i / width) < 120 ? 200 : value));
    for (const data of [plain, noise, crossed]) expect(findScreen({ width, height, data })).toBeNull();
  });

  test('has the sides that it has, however it is seen', () => {
    // turned by .5 to the side, then tilted by .2
    const [c, s, d, t] = [Math.cos(0.5), Math.sin(0.5), Math.cos(0.2), Math.sin(0.2)];
    const seen = (x: number, y: number): Point => {
      const depth = 6 - x * s * d + y * t;
      return [(900 * x * c) / depth + 600, (900 * (y * d + x * s * t)) / depth + 400];
    };
    for (const aspect of [4 / 3, 16 / 9]) {
      const quad: Quad = [seen(-aspect, -1), seen(aspect, -1), seen(aspect, 1), seen(-aspect, 1)];
      expect(Math.abs(aspectOf(quad, [600, 400]) / aspect - 1)).toBeLessThan(0.02);
    }
    expect(aspectOf([[0, 0], [160, 0], [160, 90], [0, 90]], [500, 500])).toBeCloseTo(16 / 9, 6); // prettier-ignore
  });

  test('is straightened: what stands in its corners comes into the corners, and boxes come back', () => {
    const drawn: DrawnScreen = { width: 800, height: 600, corners: [[140, 210], [640, 100], [660, 480], [170, 420]] }; // prettier-ignore
    const made = straighten(drawScreen(coloured(), drawn), drawn.corners);
    const { width, height, data } = made.picture;
    const colour = (x: number, y: number): number[] => [
      ...data.subarray((Math.floor(y * height) * width + Math.floor(x * width)) * 3).subarray(0, 3),
    ];
    const places = [[0.1, 0.1], [0.9, 0.1], [0.1, 0.9], [0.9, 0.9], [0.5, 0.5]] as const; // prettier-ignore
    expect(places.map(([x, y]) => colour(x, y))).toEqual([[230, 60, 60], [60, 230, 60], [60, 60, 230], [150, 150, 150], [150, 150, 150]]); // prettier-ignore
    expect(off(cornersOf(made), drawn.corners)).toBeLessThan(1e-6);
    const [x, y, w, h] = toPhotoBox(made, [0, 0, width, height]);
    expect([x, y, x + w, y + h].map(Math.round)).toEqual([140, 100, 660, 480]);
    const there = project(made.toPhoto, [70, 30]);
    expect(project(inverse(made.toPhoto), there).map((value) => Math.round(value * 1000) / 1000)).toEqual([70, 30]);
  });
});

describe('what is softened', () => {
  /** Grey, of which every other column is `more` brighter in red and darker in blue, and a darker half. */
  const striped = (more: number): RgbImage => {
    const data = new Uint8Array(64 * 64 * 3);
    for (let i = 0; i < 64 * 64; i++) {
      const grey = i % 64 < 32 ? 60 : 160;
      const stripe = Math.floor(i / 2) % 2 === 0 ? more : -more;
      data.set([grey + stripe, grey, grey - stripe], i * 3);
    }
    return { width: 64, height: 64, data };
  };
  const colourAt = ({ data }: RgbImage, x: number): number => {
    const at = (32 * 64 + x) * 3;
    return Math.max(...[0, 1, 2, 3].map((k) => Math.abs(data[at + 3 * k]! - data[at + 3 * k + 2]!)));
  };

  test('loses its coloured bands, keeps its edges, and what is dark is dark again', () => {
    const picture = striped(30);
    soften(picture);
    expect([16, 48].map((x) => colourAt(picture, x)).every((colour) => colour < 12)).toBe(true);
    const greens = [29, 30, 33, 34].map((x) => picture.data[(32 * 64 + x) * 3 + 1]!);
    expect(Math.max(greens[0]!, greens[1]!)).toBeLessThan(40);
    expect(Math.min(greens[2]!, greens[3]!)).toBeGreaterThan(200);
  });
});

describe('a photo that comes', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kinoscope-screen-'));
  });
  afterAll(async () => {
    await endIdleDecoders();
    await rm(folder, { recursive: true, force: true });
  });

  const TAKEN = {
    IFD2: { DateTimeOriginal: '2026:04:02 21:35:00', OffsetTimeOriginal: '+02:00' },
    IFD3: { GPSLatitudeRef: 'S', GPSLatitude: '48/1 51/1 36/1', GPSLongitudeRef: 'E', GPSLongitude: '2/1 21/1 0/1' },
  };

  test('is turned first, then its screen is straightened; its EXIF is read where that is asked for', async () => {
    const drawn: DrawnScreen = { width: 800, height: 600, corners: [[140, 210], [640, 100], [660, 480], [170, 420]] }; // prettier-ignore
    const photo = drawScreen(coloured(), drawn);
    const file = join(folder, 'turned.jpg');
    await sharp(photo.data, { raw: { width: 800, height: 600, channels: 3 } })
      .rotate(270)
      .withExif({ ...TAKEN, IFD0: { Orientation: '6' } })
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 95 })
      .toFile(file);
    const [seen, asked] = await Promise.all([
      withPhoto({ file, name: 'turned.jpg' }, (one) => Promise.resolve(one)),
      withPhoto({ file, name: 'turned.jpg' }, (one) => Promise.resolve(one), { useExif: true }),
    ]);
    expect([seen.picture.width, seen.picture.height, seen.taken]).toEqual([800, 600, null]);
    expect(off(cornersOf(seen.screen!), drawn.corners)).toBeLessThan(30);
    const { width, data } = seen.screen!.picture;
    const [red, green] = [...data.subarray((40 * width + 40) * 3)];
    expect(red! > 180 && green! < 110).toBe(true);
    expect(asked.taken!.at).toBe(Date.UTC(2026, 3, 2, 19, 35));
    expect(asked.taken!.place!.latitude).toBeCloseTo(-48.86, 6);
    expect(asked.taken!.place!.longitude).toBeCloseTo(2.35, 6);
  }, 60_000);

  const told = async (exif: Record<string, Record<string, string>>): Promise<ReturnType<typeof takenOf>> => {
    const picture = sharp({ create: { width: 8, height: 8, channels: 3, background: '#888' } });
    return takenOf((await sharp(await picture.withExif(exif).jpeg().toBuffer()).metadata()).exif);
  };

  test('tells its time by the satellites where its clock tells no zone, and no time without either', async () => {
    const clock = { DateTimeOriginal: '2026:04:02 21:35:00' };
    const fix = { GPSDateStamp: '2026:04:02', GPSTimeStamp: '16/1 4/1 20/1' };
    expect(await told({ IFD2: clock, IFD3: fix })).toEqual({ at: Date.UTC(2026, 3, 2, 16, 5), place: null });
    expect(await told({ IFD2: clock })).toEqual({ at: null, place: null });
    expect(await told({ IFD3: fix })).toEqual({ at: Date.UTC(2026, 3, 2, 16, 4, 20), place: null });
  });

  test('tells nothing where its EXIF is none, broken or out of range', async () => {
    expect(takenOf(undefined)).toEqual({ at: null, place: null });
    expect(takenOf(Buffer.from('Exif\0\0MM\0*\0\0\xff\xff\xff', 'latin1'))).toEqual({ at: null, place: null });
    const far = {
      GPSLatitudeRef: 'N',
      GPSLatitude: '148/1 0/1 0/1',
      GPSLongitudeRef: 'E',
      GPSLongitude: '2/1 0/1 0/1',
    };
    expect(await told({ IFD3: far })).toEqual({ at: null, place: null });
  });
});

describe('faces of a photo and of its screen', () => {
  const vector = (...values: number[]): Float32Array => normalize(Float32Array.from([...values, 0, 0, 0]));
  const face = (box: Box, embedding: Float32Array) => ({ box, embedding });
  const [ada, bo] = [vector(1, 0), vector(0, 1)];

  test('that are one are answered once, by what the screen shows from the front', () => {
    const faces = joinFaces([face([100, 100, 50, 60], ada)], [face([104, 98, 48, 62], vector(0.9, 0.1))]);
    expect(faces.map(({ box }) => box)).toEqual([[100, 100, 50, 60]]);
    expect(faces[0]!.embedding).toEqual(vector(0.9, 0.1));
  });

  test('that only one of the two shows are there, and neighbours stay two', () => {
    const faces = joinFaces(
      [face([100, 100, 50, 60], ada), face([400, 100, 50, 60], ada)],
      [face([150, 100, 50, 60], bo), face([103, 100, 50, 60], ada)],
    );
    expect(faces.map(({ box }) => box)).toEqual([[100, 100, 50, 60], [400, 100, 50, 60], [150, 100, 50, 60]]); // prettier-ignore
    expect(joinFaces([], [face([1, 2, 30, 30], bo)])).toMatchObject([{ box: [1, 2, 30, 30] }]);
    expect(joinFaces([face([100, 100, 50, 60], ada)], [face([110, 110, 25, 30], bo)])).toHaveLength(1);
  });
});
