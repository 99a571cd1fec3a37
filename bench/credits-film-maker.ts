/** Makes films out of real clips and drawn or real credits, of which every second is known. */
import { join } from 'node:path';
import type { Media } from '../src/frames/media.js';
import type { RgbImage } from '../src/frames/types.js';
import { openVideoWriter } from '../src/frames/writer.js';
import {
  between, bigWord, cardSheet, dimmed, overlay, pick, plain, rollSheet, sentence, textSheet,
} from './credits-drawing.js';
import type { Random, Sheet, TextStyle } from './credits-drawing.js';

export const ARCHETYPES = [
  'roll', 'roll, two parts', 'cards', 'cards then roll', 'side credits over footage', 'cards over footage', 'bright ground',
  'coloured cards', 'epilogue before', 'burnt-in subtitles', 'short', 'faded', 'scene inside', 'scene after', 'logo after',
  'real roll', 'real cards', 'none', 'none, ends on black', 'none, kinetic type', 'none, opening titles', 'none, subtitles',
] as const;
export type Archetype = (typeof ARCHETYPES)[number];

export interface FilmTruth {
  readonly archetype: Archetype;
  readonly seed: number;
  /** Seconds; null without credits. */
  readonly creditsStart: number | null;
  /** Seconds of story before the credits, or in all. */
  readonly story: number;
  /** Start of the last scene inside or after the credits, seconds; null without. */
  readonly sceneStart: number | null;
  readonly duration: number;
}

const WIDTH = 480;
const HEIGHT = 270;
export const FILM_RATE = 12;

/** Where real story comes from: file and the seconds that hold no credits and no titles. */
const STORY: readonly (readonly [string, number, number])[] = [
  ['video/big-buck-bunny-360p.mp4', 40, 300], ['video/big-buck-bunny-360p.mp4', 300, 485],
  ['video/trailer-joker.mp4', 20, 120], ['video/trailer-avatar-the-last-airbender.mp4', 10, 110],
  ['shots/friends-scene.mp4', 0, 60], ['video/trailer-sintel.mp4', 12, 40], ['video/chaplin.mp4', 0, 9],
];

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** What one section shows at `t` seconds after its beginning; `share` is how far through it is. */
type Painter = (t: number, share: number, clip: RgbImage) => Picture;

interface Section {
  readonly what: 'story' | 'credits' | 'scene' | 'other';
  readonly seconds: number;
  readonly paint: Painter;
  /** Whether real footage is needed behind it, and from where when it must be a certain one. */
  readonly footage: boolean;
  readonly from?: readonly [string, number];
}

const copy = (image: RgbImage): Picture => ({ ...image, data: image.data.slice() });
const BLACK = plain(WIDTH, HEIGHT, [0, 0, 0]);

const story = (seconds: number, what: Section['what'] = 'story'): Section => ({ what, seconds, footage: true, paint: (_t, _s, clip) => clip });
const black = (seconds: number): Section => ({ what: 'other', seconds, footage: false, paint: () => BLACK });
const ease = (share: number, seconds: number, fade: number): number =>
  Math.max(0, Math.min(1, (share * seconds) / fade, ((1 - share) * seconds) / fade));

const style = (random: Random, low: number, high: number, colour: TextStyle['colour'], align: TextStyle['align'] = 'centre'): TextStyle => ({
  face: Math.floor(random() * 10), size: between(random, low, high), colour, align, spacing: between(random, 1, 7),
});

const WHITE = [235, 235, 235] as const;

interface Ground {
  readonly colour: readonly [number, number, number] | null;
  readonly text: readonly [number, number, number];
  readonly dim: number;
}

/** A roll that comes in from below and has left at its end; `place` 0 left, 0.5 centre, 1 right. */
async function roll(random: Random, seconds: number, ground: Ground, place = 0.5): Promise<Section> {
  const speed = between(random, 24, 50);
  const size = between(random, 8, 13);
  const rows = Math.max(4, Math.round((speed * seconds - HEIGHT) / (size * 1.6)));
  const sheet = await rollSheet(random, rows, style(random, size, size + 0.1, ground.text));
  const back = ground.colour === null ? null : plain(WIDTH, HEIGHT, ground.colour);
  const x = 12 + place * (WIDTH - sheet.width - 24);
  return {
    what: 'credits', seconds, footage: back === null,
    paint: (_t, share, clip) => {
      const image = back === null ? dimmed(clip, ground.dim) : copy(back);
      overlay(image, sheet, x, HEIGHT - 4 - share * (sheet.height + HEIGHT - 8));
      return image;
    },
  };
}

async function cards(random: Random, count: number, each: number, ground: Ground, fade: number, place = 0.5): Promise<Section> {
  const sheets: Sheet[] = [];
  for (let k = 0; k < count; k++) sheets.push(await cardSheet(random, style(random, 10, 17, ground.text)));
  const back = ground.colour === null ? null : plain(WIDTH, HEIGHT, ground.colour);
  return {
    what: 'credits', seconds: count * each, footage: back === null,
    paint: (t, _share, clip) => {
      const sheet = sheets[Math.min(count - 1, Math.floor(t / each))]!;
      const image = back === null ? dimmed(clip, ground.dim) : copy(back);
      const opacity = fade === 0 ? 1 : ease((t % each) / each, each, fade);
      overlay(image, sheet, 16 + place * (WIDTH - sheet.width - 32), (HEIGHT - sheet.height) / 2, opacity);
      return image;
    },
  };
}

async function captions(random: Random, seconds: number, each: number, kind: 'subtitle' | 'epilogue' | 'kinetic' | 'title', over: boolean): Promise<Section> {
  const sheets: Sheet[] = [];
  for (let k = 0; k < seconds / each; k++) {
    if (kind === 'subtitle') sheets.push(await textSheet(Array.from({ length: pick(random, [1, 2]) }, () => sentence(random, 5)), style(random, 13, 15, WHITE)));
    else if (kind === 'epilogue') sheets.push(await textSheet(Array.from({ length: 3 }, () => sentence(random, 6)), style(random, 12, 15, WHITE)));
    else if (kind === 'kinetic') sheets.push(await textSheet([bigWord(random), bigWord(random)].slice(0, pick(random, [1, 2])), style(random, 28, 60, WHITE, 'left')));
    else sheets.push(await textSheet([bigWord(random).toUpperCase()], style(random, 26, 50, WHITE)));
  }
  return {
    what: 'story', seconds, footage: over,
    paint: (t, _share, clip) => {
      const k = Math.min(sheets.length - 1, Math.floor(t / each));
      const sheet = sheets[k]!;
      const image = copy(over ? clip : BLACK);
      const within = t % each;
      if (kind === 'subtitle' && within > each * 0.7) return image;
      const x = kind === 'kinetic' ? 20 + ((k * 37) % 90) + within * 6 : (WIDTH - sheet.width) / 2;
      const y = kind === 'subtitle' ? HEIGHT - 14 - sheet.height : kind === 'kinetic' ? 40 + ((k * 53) % 90) : (HEIGHT - sheet.height) / 2;
      overlay(image, sheet, x, y, kind === 'epilogue' ? ease(within / each, each, 0.5) : 1);
      return image;
    },
  };
}

function faded(section: Section, seconds: number): Section {
  return {
    ...section,
    paint: (t, share, clip) => {
      const left = section.seconds - t;
      const image = section.paint(t, share, clip);
      return left < seconds ? dimmed({ ...image }, Math.max(0, left / seconds)) : image;
    },
  };
}

const onBlack: Ground = { colour: [0, 0, 0], text: WHITE, dim: 1 };
const overFootage: Ground = { colour: null, text: WHITE, dim: 0.85 };

async function sectionsOf(archetype: Archetype, random: Random): Promise<Section[]> {
  const body = story(between(random, 45, 75));
  const gap = random() < 0.5 ? [black(between(random, 0.4, 1.5))] : [];
  const length = between(random, 20, 40);
  switch (archetype) {
    case 'roll': return [body, ...gap, await roll(random, length, onBlack)];
    case 'roll, two parts': return [body, await roll(random, 18, onBlack), black(1), await roll(random, 18, onBlack)];
    case 'cards': return [body, ...gap, await cards(random, 8, between(random, 2.5, 4), onBlack, 0)];
    case 'cards then roll': return [body, ...gap, await cards(random, 4, 3, onBlack, 0.4), await roll(random, length, onBlack)];
    case 'side credits over footage': return [body, await roll(random, length, overFootage, pick(random, [0, 1]))];
    case 'cards over footage': return [body, await cards(random, 8, 3.5, overFootage, 0.3, pick(random, [0, 0.5, 1]))];
    case 'bright ground': return [body, ...gap, await roll(random, length, { colour: [240, 238, 230], text: [20, 20, 20], dim: 1 })];
    case 'coloured cards': {
      const colour = [between(random, 20, 200), between(random, 20, 120), between(random, 20, 200)] as const;
      return [body, await cards(random, 8, 3.5, { colour, text: WHITE, dim: 1 }, 0)];
    }
    case 'epilogue before': return [body, await captions(random, 12, 6, 'epilogue', false), black(1), await roll(random, length, onBlack)];
    case 'burnt-in subtitles': return [await captions(random, 55, 3.5, 'subtitle', true), ...gap, await roll(random, length, onBlack)];
    case 'short': return [body, ...gap, await cards(random, 3, between(random, 2, 3.5), onBlack, 0)];
    case 'faded': return [faded(body, 2), black(1), await cards(random, 8, 4, onBlack, 1)];
    case 'scene inside': return [body, await cards(random, 5, 3, onBlack, 0), story(between(random, 10, 25), 'scene'), await roll(random, length, onBlack)];
    case 'scene after': return [body, ...gap, await roll(random, length, onBlack), black(0.5), story(between(random, 10, 25), 'scene'), black(1)];
    case 'logo after': {
      const logo = await captions(random, 4, 4, 'title', false);
      return [body, ...gap, await roll(random, length, onBlack), black(1), { ...logo, what: 'other' }];
    }
    case 'real roll': return [body, black(0.5), { ...story(30, 'credits'), from: ['video/big-buck-bunny-360p.mp4', 534] }];
    case 'real cards': return [body, { ...story(9, 'credits'), from: ['video/credits-cards-10s.mp4', 0.95] }];
    case 'none': return [body, story(20)];
    case 'none, ends on black': return [faded(body, 2), black(4)];
    case 'none, kinetic type': return [story(30), await captions(random, 24, 1.6, 'kinetic', false), story(8)];
    case 'none, opening titles': return [story(6), await captions(random, 5, 5, 'title', true), story(50)];
    case 'none, subtitles': return [await captions(random, 60, 3.5, 'subtitle', true)];
  }
}

/** Frames of one clip at the film's rate, over and over when it ends too early. */
async function* footage(media: Media, file: string, start: number, end: number): AsyncGenerator<RgbImage> {
  for (;;) {
    let next = start;
    for await (const frame of media.source.frames(file, {
      plan: { kind: 'every', window: { start, end } }, sizes: [{ width: WIDTH, height: HEIGHT, fit: 'fill' }],
    })) {
      if (frame.time + 1e-3 < next) continue;
      next += 1 / FILM_RATE;
      yield frame.images[0]!;
    }
  }
}

/** Writes one film; the same seed gives the same film. Key frames are `keyframeSeconds` apart. */
export async function makeFilm(
  media: Media, data: string, file: string, archetype: Archetype, seed: number, random: Random, keyframeSeconds: number,
): Promise<FilmTruth> {
  const sections = await sectionsOf(archetype, random);
  const writer = await openVideoWriter(file, {
    width: WIDTH, height: HEIGHT, frameRate: FILM_RATE,
    encoderOptions: { g: String(Math.round(FILM_RATE * keyframeSeconds)), crf: String(Math.round(between(random, 20, 30))) },
  });
  let frame = 0;
  let creditsStart: number | null = null;
  let sceneStart: number | null = null;
  let storyFrames = 0;
  for (const { what, seconds, paint, footage: needed, from } of sections) {
    const count = Math.round(seconds * FILM_RATE);
    if (what === 'credits') creditsStart ??= frame / FILM_RATE;
    if (what === 'scene') sceneStart = frame / FILM_RATE;
    if (what === 'story') storyFrames += count;
    const [name, low, high] = pick(random, STORY);
    const begin = low + random() * Math.max(0, high - low - seconds);
    let clips: AsyncGenerator<RgbImage> | null = null;
    if (from !== undefined) clips = footage(media, join(data, from[0]), from[1], from[1] + seconds + 1);
    else if (needed) clips = footage(media, join(data, name), begin, Math.min(high, begin + seconds + 1));
    for (let k = 0; k < count; k++, frame++) {
      const clip = clips === null ? BLACK : (await clips.next()).value as RgbImage;
      await writer.write(paint(k / FILM_RATE, k / count, clip));
    }
    await clips?.return(undefined);
  }
  await writer.close();
  return { archetype, seed, creditsStart, story: storyFrames / FILM_RATE, sceneStart, duration: frame / FILM_RATE };
}
