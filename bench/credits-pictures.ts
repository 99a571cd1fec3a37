/** Pictures of credits and of film that is none, drawn over real stills, posters and plain grounds. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import {
  between,
  bigWord,
  cardSheet,
  dimmed,
  overlay,
  pick,
  plain,
  rollSheet,
  sentence,
  textSheet,
  type Random,
  type Sheet,
  type TextStyle,
} from '../notebooks-ts/credits-films/drawing.js';
import { randomOf } from '../src/credits/boosting.js';
import { SAMPLE_SIZE } from '../src/credits/read-frames.js';
import type { RgbImage } from '../src/frames/types.js';

export const DATA = process.env['KINOSCOPE_DATA'] ?? '../shared/data';

/** Paths of the pictures below a folder of the data. */
export const files = (folder: string): string[] =>
  readdirSync(join(DATA, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(jpe?g|png)$/i.test(name))
    .sort()
    .map((name) => join(DATA, folder, name));

async function toImage(input: Sharp, width: number, height: number, fit: 'inside' | 'cover'): Promise<RgbImage> {
  const { data, info } = await input
    .flatten()
    .toColourspace('srgb')
    .resize(width, height, { fit, withoutEnlargement: fit === 'inside' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels === 3) return { width: info.width, height: info.height, data: new Uint8Array(data) };
  const rgb = new Uint8Array(info.width * info.height * 3);
  for (let i = 0; i < info.width * info.height; i++) rgb.fill(data[i * info.channels]!, i * 3, i * 3 + 3);
  return { width: info.width, height: info.height, data: rgb };
}

/** A picture at most so large, or covering so much. */
export const read = (file: string, width: number, height: number, fit: 'inside' | 'cover'): Promise<RgbImage> =>
  toImage(sharp(file), width, height, fit);

/** As a video would carry it: scaled to the sampling size and compressed. */
async function filmed(random: Random, image: RgbImage): Promise<RgbImage> {
  const raw = { width: image.width, height: image.height, channels: 3 as const };
  const jpeg = await sharp(image.data, { raw })
    .resize(SAMPLE_SIZE.width, SAMPLE_SIZE.height, { fit: 'inside' })
    .jpeg({ quality: Math.round(between(random, 35, 92)) })
    .toBuffer();
  return toImage(sharp(jpeg), SAMPLE_SIZE.width, SAMPLE_SIZE.height, 'inside');
}

const SIZES = [
  [640, 360],
  [640, 360],
  [640, 268],
  [480, 360],
] as const;

function textColour(random: Random): readonly [number, number, number] {
  const kind = random();
  if (kind < 0.65) return [235, 235, 235];
  return kind < 0.85
    ? [between(random, 150, 255), between(random, 140, 255), between(random, 60, 255)]
    : [150, 150, 150];
}

const style = (random: Random, low: number, high: number, align: TextStyle['align'] = 'centre'): TextStyle => ({
  face: Math.floor(random() * 10),
  size: between(random, low, high),
  colour: textColour(random),
  align,
  spacing: between(random, 0, 10),
});

interface Drawer {
  readonly random: Random;
  readonly stills: readonly string[];
  readonly rolls: readonly Sheet[];
  readonly cards: readonly Sheet[];
  /** Share of the credits that are a few small lines over footage. */
  readonly smallNames: number;
}

async function ground(drawer: Drawer, width: number, height: number, dark: number): Promise<RgbImage> {
  const { random, stills } = drawer;
  const kind = random();
  if (kind < dark) return plain(width, height, [random() * 16, random() * 16, random() * 16]);
  if (kind < dark + 0.1) return plain(width, height, [random() * 255, random() * 255, random() * 255]);
  const still = await read(pick(random, stills), width, height, 'cover');
  if (kind < dark + 0.2) return dimmed(still, between(random, 0.1, 0.5));
  if (kind < dark + 0.28) {
    const raw = { width: still.width, height: still.height, channels: 3 as const };
    return toImage(
      sharp(
        await sharp(still.data, { raw })
          .blur(between(random, 4, 14))
          .png()
          .toBuffer(),
      ),
      width,
      height,
      'cover',
    );
  }
  return still;
}

/** A few small lines over the going picture: how many series end. */
async function drawSmallNames({ random, stills }: Drawer, width: number, height: number): Promise<RgbImage> {
  const image = await read(pick(random, stills), width, height, 'cover');
  const sheet = await cardSheet(
    random,
    style(random, height / 34, height / 20, pick(random, ['left', 'right', 'centre'])),
    true,
  );
  overlay(
    image,
    sheet,
    between(random, 0.03, 0.97) * (width - sheet.width),
    between(random, 0.05, 0.95) * (height - sheet.height),
  );
  return image;
}

/** Credits: a roll or a card somewhere on a ground. */
async function drawCredits(drawer: Drawer): Promise<RgbImage> {
  const { random } = drawer;
  const [width, height] = pick(random, SIZES);
  if (drawer.smallNames > 0 && random() < drawer.smallNames) return drawSmallNames(drawer, width, height);
  const image = await ground(drawer, width, height, 0.5);
  const roll = random() < 0.5;
  const sheet = pick(random, roll ? drawer.rolls : drawer.cards);
  const side = random();
  const x =
    side < 0.6
      ? (width - sheet.width) / 2
      : side < 0.8
        ? between(random, 0.04, 0.1) * width
        : width * 0.94 - sheet.width;
  const y = roll
    ? height * between(random, -0.3, 0.75) - random() ** 3 * (sheet.height - height)
    : (height - sheet.height) * between(random, 0.3, 0.7);
  overlay(image, sheet, x, y, random() < 0.85 ? 1 : between(random, 0.35, 0.8));
  return image;
}

/** Pictures of a film that carry text, or none. */
async function drawOther(drawer: Drawer, posters: readonly string[]): Promise<RgbImage> {
  const { random } = drawer;
  const [width, height] = pick(random, SIZES);
  const kind = pick(random, [
    'bare',
    'bare',
    'dim',
    'dim',
    'subtitle',
    'subtitle',
    'title',
    'kinetic',
    'kinetic',
    'epilogue',
    'ticker',
    'poster',
    'nearlyBlack',
    'caption',
  ] as const);
  if (kind === 'poster') {
    const image = await ground(drawer, width, height, 0.2);
    const poster = await read(pick(random, posters), width, Math.round(height * between(random, 0.4, 1)), 'inside');
    const rgba = new Uint8Array(poster.width * poster.height * 4).fill(255);
    for (let i = 0; i < poster.width * poster.height; i++) rgba.set(poster.data.subarray(i * 3, i * 3 + 3), i * 4);
    const sheet = { width: poster.width, height: poster.height, data: rgba };
    overlay(image, sheet, random() * (width - sheet.width), (height - sheet.height) / 2);
    return image;
  }
  if (kind === 'nearlyBlack')
    return dimmed(await read(pick(random, drawer.stills), width, height, 'cover'), between(random, 0.02, 0.2));
  const dark = { bare: 0, dim: 0, subtitle: 0.1, title: 0.05, kinetic: 0.5, epilogue: 0.8, ticker: 0, caption: 0.05 }[
    kind
  ];
  const base =
    kind === 'bare' || kind === 'subtitle' || kind === 'caption' || kind === 'ticker'
      ? await read(pick(random, drawer.stills), width, height, 'cover')
      : await ground(drawer, width, height, dark);
  const image = kind === 'dim' ? dimmed(base, between(random, 0.15, 0.6)) : base;
  const centred = async (sheet: Sheet, y: number): Promise<void> => overlay(image, sheet, (width - sheet.width) / 2, y);
  if (kind === 'subtitle') {
    const lines = Array.from({ length: pick(random, [1, 1, 2]) }, () => sentence(random, 3 + Math.floor(random() * 5)));
    const sheet = await textSheet(lines, { ...style(random, height / 22, height / 15), spacing: 2 });
    await centred(sheet, height * between(random, 0.88, 0.97) - sheet.height);
  } else if (kind === 'title') {
    const sheet = await textSheet([bigWord(random).toUpperCase()], style(random, height / 10, height / 4));
    await centred(sheet, height * between(random, 0.3, 0.6) - sheet.height / 2);
  } else if (kind === 'kinetic') {
    for (
      let k = pick(random, [1, 1, 2, 3]),
        y = height * between(random, 0.1, 0.4),
        x = width * between(random, 0.02, 0.5);
      k > 0;
      k--
    ) {
      const sheet = await textSheet([bigWord(random)], style(random, height / 12, height / 5));
      overlay(image, sheet, x + between(random, -20, 20), y);
      y += sheet.height + 4;
    }
  } else if (kind === 'epilogue') {
    const lines = Array.from({ length: 1 + Math.floor(random() * 4) }, () =>
      sentence(random, 5 + Math.floor(random() * 4)),
    );
    const sheet = await textSheet(lines, style(random, height / 24, height / 17, pick(random, ['centre', 'left'])));
    await centred(sheet, (height - sheet.height) / 2);
  } else if (kind === 'ticker') {
    const sheet = await textSheet([sentence(random, 12)], style(random, height / 22, height / 16, 'left'));
    const strip = new Uint8Array(width * (sheet.height + 6) * 4).map((_, i) =>
      i % 4 === 3 ? 220 : i % 4 === 2 ? 120 : 20,
    );
    overlay(image, { width, height: sheet.height + 6, data: strip }, 0, height * 0.86);
    overlay(image, sheet, -random() * 60, height * 0.86 + 3);
    overlay(image, await textSheet(['NEWS 24'], style(random, height / 18, height / 14)), width * 0.8, height * 0.06);
  } else if (kind === 'caption') {
    const lines = [bigWord(random).toUpperCase(), `${1900 + Math.floor(random() * 120)}`].slice(
      0,
      pick(random, [1, 2]),
    );
    const sheet = await textSheet(lines, style(random, height / 22, height / 14, 'left'));
    overlay(image, sheet, width * 0.06, height * between(random, 0.7, 0.85));
  }
  return image;
}

/**
 * The same pictures each time: credits and others by turns.
 * @param smallNames share of the credits that are a few small lines over footage
 */
export async function* drawnPictures(
  count: number,
  smallNames: number,
): AsyncGenerator<{ readonly image: RgbImage; readonly credits: boolean }> {
  const random = randomOf(20_260_101);
  for (let k = 0; k < 20; k++) random();
  const rolls: Sheet[] = [];
  const cards: Sheet[] = [];
  for (let k = 0; k < 120; k++) rolls.push(await rollSheet(random, 60, style(random, 6, 19)));
  for (let k = 0; k < 240; k++)
    cards.push(await cardSheet(random, style(random, 9, 26, pick(random, ['centre', 'centre', 'left', 'right']))));
  const drawer: Drawer = { random, stills: files('film-stills'), rolls, cards, smallNames };
  const posters = files('posters');
  for (let k = 0; k < count; k++) {
    const credits = k % 2 === 0;
    yield {
      image: await filmed(random, credits ? await drawCredits(drawer) : await drawOther(drawer, posters)),
      credits,
    };
  }
}
