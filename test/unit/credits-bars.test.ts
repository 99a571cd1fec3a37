import { describe, expect, it } from '@jest/globals';
import { type Inside, LitFrames } from '../../src/credits/bars.js';
import { sketch } from '../../src/credits/picture.js';
import { cut } from '../../src/credits/recognition.js';
import type { RgbImage } from '../../src/frames/types.js';

/** A grey picture, black where `lit` says so. */
function picture(lit: (x: number, y: number) => boolean, width = 160, height = 120): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.fill(lit(x, y) ? 120 : 16, (y * width + x) * 3, (y * width + x + 1) * 3);
  return { width, height, data };
}

const insideOf = (pictures: readonly RgbImage[]): Inside | null => {
  const lit = new LitFrames();
  for (const picture of pictures) lit.add(sketch(picture));
  return lit.inside();
};

const wide = (x: number, y: number): boolean => x >= 20 && x < 140 && y >= 26 && y < 94;
const story = picture(wide);
const dark = picture((x, y) => wide(x, y) && x < 60);
const LETTERS = picture((x, y) => x > 60 && x < 100 && y > 20 && y < 100 && (x + y) % 5 === 0);

describe('wide bars around a film', () => {
  it('are what no frame lights', () => {
    const inside = insideOf([dark, story, story, LETTERS, story, dark])!;
    // the letters stand above the picture
    expect(inside.y).toBeCloseTo(21 / 120, 2);
    expect(inside.x).toBeCloseTo(20 / 160, 2);
    expect(inside.width).toBeCloseTo(120 / 160, 2);
    expect(cut(story, { x: 20 / 160, y: 26 / 120, width: 120 / 160, height: 68 / 120 })).toEqual(
      picture(() => true, 120, 68),
    );
  });

  it('have nothing in them but specks: a logo is of the picture', () => {
    const speck = picture((x, y) => wide(x, y) || (y === 5 && x === 80));
    expect(insideOf([speck, story, story])).toEqual(insideOf([story, story, story]));
    const logo = picture((x, y) => wide(x, y) || (y < 10 && x > 130 && x < 150));
    expect(insideOf([logo, story, story])).toMatchObject({ y: 0, x: 20 / 160 });
  });

  it.each([
    ['the black that credits stand on', [LETTERS, LETTERS, LETTERS, LETTERS]],
    [
      'the black about a line of letters',
      Array.from({ length: 4 }, () => picture((x, y) => x > 50 && x < 110 && y > 55 && y < 62)),
    ],
    ['narrow bars', Array.from({ length: 4 }, () => picture((_, y) => y >= 10 && y < 110))],
    ['no frames', []],
    ['black', Array.from({ length: 4 }, () => picture(() => false))],
    ['too few pictures', [story, story, LETTERS]],
  ])('are not %s', (_, pictures) => {
    expect(insideOf(pictures)).toBeNull();
  });
});
