/** Paints the stretches that generated films are made of: story, black, and credits of every kind. */
import type { RgbImage } from '../../src/frames/types.js';
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
} from './drawing.js';

export const WIDTH = 480;
export const HEIGHT = 270;

/** A stretch of a film as it was made; `end` is the next one's start. */
export interface Made {
  readonly what: 'story' | 'cards' | 'roll' | 'scene' | 'black' | 'logo';
  readonly start: number;
  readonly end: number;
}

/** Real footage: file and the seconds that hold no credits and no titles. */
export type Clip = readonly [string, number, number];

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** What one section shows at `t` seconds after its beginning; `share` is how far through it is. */
export type Painter = (t: number, share: number, clip: RgbImage) => Picture;

export interface Section {
  readonly what: Made['what'];
  readonly seconds: number;
  readonly paint: Painter;
  /** Whether real footage is needed behind it, and from where when it must be a certain one. */
  readonly footage: boolean;
  readonly from?: Clip;
}

export const copy = (image: RgbImage): Picture => ({ ...image, data: image.data.slice() });
export const BLACK = plain(WIDTH, HEIGHT, [0, 0, 0]);

export const story = (seconds: number, what: Section['what'] = 'story'): Section => ({
  what,
  seconds,
  footage: true,
  paint: (_t, _s, clip) => clip,
});
export const black = (seconds: number): Section => ({ what: 'black', seconds, footage: false, paint: () => BLACK });
export const ease = (share: number, seconds: number, fade: number): number =>
  Math.max(0, Math.min(1, (share * seconds) / fade, ((1 - share) * seconds) / fade));

export const style = (
  random: Random,
  low: number,
  high: number,
  colour: TextStyle['colour'],
  align: TextStyle['align'] = 'centre',
): TextStyle => ({
  face: Math.floor(random() * 10),
  size: between(random, low, high),
  colour,
  align,
  spacing: between(random, 1, 7),
});

export const WHITE = [235, 235, 235] as const;

export interface Ground {
  readonly colour: readonly [number, number, number] | null;
  readonly text: readonly [number, number, number];
  readonly dim: number;
}

/** A roll that comes in from below and has left at its end; `place` 0 left, 0.5 centre, 1 right. */
export async function roll(random: Random, seconds: number, ground: Ground, place = 0.5): Promise<Section> {
  const speed = between(random, 24, 50);
  const size = between(random, 8, 13);
  const rows = Math.max(4, Math.round((speed * seconds - HEIGHT) / (size * 1.6)));
  const sheet = await rollSheet(random, rows, style(random, size, size + 0.1, ground.text));
  const back = ground.colour === null ? null : plain(WIDTH, HEIGHT, ground.colour);
  const x = 12 + place * (WIDTH - sheet.width - 24);
  return {
    what: 'roll',
    seconds,
    footage: back === null,
    paint: (_t, share, clip) => {
      const image = back === null ? dimmed(clip, ground.dim) : copy(back);
      overlay(image, sheet, x, HEIGHT - 4 - share * (sheet.height + HEIGHT - 8));
      return image;
    },
  };
}

export async function cards(
  random: Random,
  count: number,
  each: number,
  ground: Ground,
  fade: number,
  place = 0.5,
): Promise<Section> {
  const sheets: Sheet[] = [];
  for (let k = 0; k < count; k++) sheets.push(await cardSheet(random, style(random, 10, 17, ground.text)));
  const back = ground.colour === null ? null : plain(WIDTH, HEIGHT, ground.colour);
  return {
    what: 'cards',
    seconds: count * each,
    footage: back === null,
    paint: (t, _share, clip) => {
      const sheet = sheets[Math.min(count - 1, Math.floor(t / each))]!;
      const image = back === null ? dimmed(clip, ground.dim) : copy(back);
      const opacity = fade === 0 ? 1 : ease((t % each) / each, each, fade);
      overlay(image, sheet, 16 + place * (WIDTH - sheet.width - 32), (HEIGHT - sheet.height) / 2, opacity);
      return image;
    },
  };
}

/** One small card after the other at places of their own, over a picture as bright as the story, with pauses. */
export async function smallNames(random: Random, count: number, each: number): Promise<Section> {
  const shown: { sheet: Sheet; x: number; y: number }[] = [];
  const align = pick(random, ['left', 'right', 'centre'] as const);
  const [size, still] = [between(random, 8, 12), random() < 0.5];
  for (let k = 0; k < count; k++) {
    const sheet = await cardSheet(random, style(random, size, size + 0.1, WHITE, align), true);
    const place =
      still && k > 0
        ? shown[0]!
        : { x: between(random, 16, WIDTH - sheet.width - 16), y: between(random, 20, HEIGHT - sheet.height - 16) };
    shown.push({ sheet, x: Math.min(place.x, WIDTH - sheet.width), y: Math.min(place.y, HEIGHT - sheet.height) });
  }
  return {
    what: 'cards',
    seconds: count * each,
    footage: true,
    paint: (t, _share, clip) => {
      const image = copy(clip);
      const { sheet, x, y } = shown[Math.min(count - 1, Math.floor(t / each))]!;
      if (t % each < each * 0.85) overlay(image, sheet, x, y);
      return image;
    },
  };
}

/** A documentary's story, in which names and jobs of those who speak stand at the foot for a while. */
export async function speakers(random: Random, count: number, every: number, each: number): Promise<Section> {
  const sheets: Sheet[] = [];
  for (let k = 0; k < count; k++) sheets.push(await cardSheet(random, style(random, 9, 12, WHITE, 'left'), true));
  return {
    what: 'story',
    seconds: count * every,
    footage: true,
    paint: (t, _share, clip) => {
      if (t % every > each) return clip;
      const image = copy(clip);
      const sheet = sheets[Math.min(count - 1, Math.floor(t / every))]!;
      overlay(image, sheet, 24, HEIGHT - 24 - sheet.height);
      return image;
    },
  };
}

export async function captions(
  random: Random,
  seconds: number,
  each: number,
  kind: 'subtitle' | 'epilogue' | 'kinetic' | 'title',
  over: boolean,
): Promise<Section> {
  const sheets: Sheet[] = [];
  for (let k = 0; k < seconds / each; k++) {
    if (kind === 'subtitle')
      sheets.push(
        await textSheet(
          Array.from({ length: pick(random, [1, 2]) }, () => sentence(random, 5)),
          style(random, 13, 15, WHITE),
        ),
      );
    else if (kind === 'epilogue')
      sheets.push(
        await textSheet(
          Array.from({ length: 3 }, () => sentence(random, 6)),
          style(random, 12, 15, WHITE),
        ),
      );
    else if (kind === 'kinetic')
      sheets.push(
        await textSheet(
          [bigWord(random), bigWord(random)].slice(0, pick(random, [1, 2])),
          style(random, 28, 60, WHITE, 'left'),
        ),
      );
    else sheets.push(await textSheet([bigWord(random).toUpperCase()], style(random, 26, 50, WHITE)));
  }
  return {
    what: 'story',
    seconds,
    footage: over,
    paint: (t, _share, clip) => {
      const k = Math.min(sheets.length - 1, Math.floor(t / each));
      const sheet = sheets[k]!;
      const image = copy(over ? clip : BLACK);
      const within = t % each;
      if (kind === 'subtitle' && within > each * 0.7) return image;
      const x = kind === 'kinetic' ? 20 + ((k * 37) % 90) + within * 6 : (WIDTH - sheet.width) / 2;
      const y =
        kind === 'subtitle'
          ? HEIGHT - 14 - sheet.height
          : kind === 'kinetic'
            ? 40 + ((k * 53) % 90)
            : (HEIGHT - sheet.height) / 2;
      overlay(image, sheet, x, y, kind === 'epilogue' ? ease(within / each, each, 0.5) : 1);
      return image;
    },
  };
}

export function faded(section: Section, seconds: number): Section {
  return {
    ...section,
    paint: (t, share, clip) => {
      const left = section.seconds - t;
      const image = section.paint(t, share, clip);
      return left < seconds ? dimmed({ ...image }, Math.max(0, left / seconds)) : image;
    },
  };
}

export const onBlack: Ground = { colour: [0, 0, 0], text: WHITE, dim: 1 };
export const overFootage: Ground = { colour: null, text: WHITE, dim: 0.85 };
