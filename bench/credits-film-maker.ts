/** Makes films out of real clips and drawn or real credits, of which every second is known. */
import { existsSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Media } from '../src/frames/media.js';
import sharp from 'sharp';
import { randomOf } from '../src/credits/boosting.js';
import { frameStream } from '../src/frames/stream.js';
import type { DecodeSummary, Frame, FrameRequest, RgbImage, SamplingPlan } from '../src/frames/types.js';
import { openVideoWriter } from '../src/frames/writer.js';
import {
  between, bigWord, cardSheet, dimmed, overlay, pick, plain, rollSheet, sentence, textSheet,
} from './credits-drawing.js';
import type { Random, Sheet, TextStyle } from './credits-drawing.js';

export const ARCHETYPES = [
  'roll', 'roll, two parts', 'cards', 'cards then roll', 'side credits over footage', 'cards over footage', 'bright ground',
  'coloured cards', 'epilogue before', 'burnt-in subtitles', 'short', 'faded', 'scene inside', 'scene after', 'logo after',
  'real roll', 'real cards', 'none', 'none, ends on black', 'none, kinetic type', 'none, opening titles', 'none, subtitles',
  'small names over the story', 'none, speakers’ names',
] as const;
export type Archetype = (typeof ARCHETYPES)[number];

/** A stretch of a film as it was made; `end` is the next one's start. */
export interface Made {
  readonly what: 'story' | 'cards' | 'roll' | 'scene' | 'black' | 'logo';
  readonly start: number;
  readonly end: number;
}

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
  readonly sections: readonly Made[];
}

const WIDTH = 480;
const HEIGHT = 270;
export const FILM_RATE = 8;

/** Where real story comes from: file and the seconds that hold no credits and no titles. */
type Clip = readonly [string, number, number];
const STORY: readonly Clip[] = [
  ['video/big-buck-bunny-360p.mp4', 40, 180], ['video/big-buck-bunny-360p.mp4', 300, 440],
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
  readonly what: Made['what'];
  readonly seconds: number;
  readonly paint: Painter;
  /** Whether real footage is needed behind it, and from where when it must be a certain one. */
  readonly footage: boolean;
  readonly from?: Clip;
}

const copy = (image: RgbImage): Picture => ({ ...image, data: image.data.slice() });
const BLACK = plain(WIDTH, HEIGHT, [0, 0, 0]);

const story = (seconds: number, what: Section['what'] = 'story'): Section => ({ what, seconds, footage: true, paint: (_t, _s, clip) => clip });
const black = (seconds: number): Section => ({ what: 'black', seconds, footage: false, paint: () => BLACK });
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
    what: 'roll', seconds, footage: back === null,
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
    what: 'cards', seconds: count * each, footage: back === null,
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
async function smallNames(random: Random, count: number, each: number): Promise<Section> {
  const shown: { sheet: Sheet; x: number; y: number }[] = [];
  const align = pick(random, ['left', 'right', 'centre'] as const);
  const [size, still] = [between(random, 8, 12), random() < 0.5];
  for (let k = 0; k < count; k++) {
    const sheet = await cardSheet(random, style(random, size, size + 0.1, WHITE, align), true);
    const place = still && k > 0 ? shown[0]! : { x: between(random, 16, WIDTH - sheet.width - 16), y: between(random, 20, HEIGHT - sheet.height - 16) };
    shown.push({ sheet, x: Math.min(place.x, WIDTH - sheet.width), y: Math.min(place.y, HEIGHT - sheet.height) });
  }
  return {
    what: 'cards', seconds: count * each, footage: true,
    paint: (t, _share, clip) => {
      const image = copy(clip);
      const { sheet, x, y } = shown[Math.min(count - 1, Math.floor(t / each))]!;
      if (t % each < each * 0.85) overlay(image, sheet, x, y);
      return image;
    },
  };
}

/** A documentary's story, in which names and jobs of those who speak stand at the foot for a while. */
async function speakers(random: Random, count: number, every: number, each: number): Promise<Section> {
  const sheets: Sheet[] = [];
  for (let k = 0; k < count; k++) sheets.push(await cardSheet(random, style(random, 9, 12, WHITE, 'left'), true));
  return {
    what: 'story', seconds: count * every, footage: true,
    paint: (t, _share, clip) => {
      if (t % every > each) return clip;
      const image = copy(clip);
      const sheet = sheets[Math.min(count - 1, Math.floor(t / every))]!;
      overlay(image, sheet, 24, HEIGHT - 24 - sheet.height);
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
  const body = story(between(random, 20, 45));
  const gap = random() < 0.5 ? [black(between(random, 0.4, 1.5))] : [];
  const length = between(random, 14, 32);
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
    case 'burnt-in subtitles': return [await captions(random, 32, 3.5, 'subtitle', true), ...gap, await roll(random, length, onBlack)];
    case 'short': return [body, ...gap, await cards(random, 3, between(random, 2, 3.5), onBlack, 0)];
    case 'faded': return [faded(body, 2), black(1), await cards(random, 8, 4, onBlack, 1)];
    case 'scene inside': return [body, await cards(random, 5, 3, onBlack, 0), story(between(random, 10, 25), 'scene'), await roll(random, length, onBlack)];
    case 'scene after': return [body, ...gap, await roll(random, length, onBlack), black(0.5), story(between(random, 10, 25), 'scene'), black(1)];
    case 'logo after': {
      const logo = await captions(random, 4, 4, 'title', false);
      return [body, ...gap, await roll(random, length, onBlack), black(1), { ...logo, what: 'logo' }];
    }
    case 'real roll': return [body, black(0.5), { ...story(30, 'roll'), from: ['video/big-buck-bunny-360p.mp4', 534, 566] }];
    case 'real cards': return [body, { ...story(9, 'cards'), from: ['video/credits-cards-10s.mp4', 0.95, 10] }];
    case 'none': return [body, story(20)];
    case 'none, ends on black': return [faded(body, 2), black(4)];
    case 'none, kinetic type': return [story(18), await captions(random, 24, 1.6, 'kinetic', false), story(8)];
    case 'none, opening titles': return [story(6), await captions(random, 5, 5, 'title', true), story(30)];
    case 'small names over the story': return [body, await smallNames(random, pick(random, [6, 9, 12]), between(random, 2.5, 4))];
    case 'none, speakers’ names': return [story(10), await speakers(random, 3, between(random, 10, 16), 4), story(8)];
    case 'none, subtitles': return [await captions(random, 42, 3.5, 'subtitle', true)];
  }
}

/** Real clips at the film's size, each decoded once into a file of raw pictures that all films share. */
export class Footage {
  private readonly open = new Map<string, Promise<{ file: FileHandle; frames: number }>>();

  /** @param folder keeps the raw pictures for the next run, about 2 GB of them */
  constructor(private readonly media: Media, private readonly data: string, private readonly folder: string) {}

  /** The picture `frame` frames after a clip's second `low`; beyond its end the clip begins anew. */
  async at([name, low, high]: Clip, frame: number): Promise<RgbImage> {
    const key = `${basename(name)}-${low}-${high}.rgb`;
    const known = this.open.get(key) ?? this.decode(key, join(this.data, name), low, high);
    this.open.set(key, known);
    const { file, frames } = await known;
    const data = new Uint8Array(WIDTH * HEIGHT * 3);
    await file.read(data, 0, data.length, (frame % frames) * data.length);
    return { width: WIDTH, height: HEIGHT, data };
  }

  async close(): Promise<void> {
    for (const clip of this.open.values()) await (await clip).file.close();
    this.open.clear();
  }

  private async decode(key: string, source: string, start: number, end: number): Promise<{ file: FileHandle; frames: number }> {
    const path = join(this.folder, key);
    if (!existsSync(path)) {
      const file = await open(`${path}.part`, 'w');
      let next = start;
      for await (const { time, images } of this.media.source.frames(source, {
        plan: { kind: 'every', window: { start, end } }, sizes: [{ width: WIDTH, height: HEIGHT, fit: 'fill' }],
      })) {
        for (; time + 1e-3 >= next; next += 1 / FILM_RATE) await file.write(images[0]!.data);
      }
      await file.close();
      await rename(`${path}.part`, path);
    }
    const file = await open(path, 'r');
    return { file, frames: Math.floor((await file.stat()).size / (WIDTH * HEIGHT * 3)) };
  }
}

/** A film that can be looked at anywhere without making the rest of it. */
export interface Film {
  readonly truth: FilmTruth;
  /** Frames `0 <= k < frames`, `FILM_RATE` a second, every `keyframes`th a key frame. */
  readonly frames: number;
  readonly keyframes: number;
  picture(k: number): Promise<RgbImage>;
}

const KEYFRAME_SECONDS = [2, 5, 10];

/** The same seed gives the same film. */
export async function makeFilm(footage: Footage, seed: number): Promise<Film> {
  const random = randomOf(seed * 7919 + 5);
  // The first numbers of neighbouring seeds are alike.
  for (let k = 0; k < 12; k++) random();
  const archetype = ARCHETYPES[seed % ARCHETYPES.length]!;
  let frames = 0;
  const parts = (await sectionsOf(archetype, random)).map((section) => {
    const clip = section.from ?? pick(random, STORY);
    const count = Math.round(section.seconds * FILM_RATE);
    const spare = Math.max(0, clip[2] - clip[1] - section.seconds);
    const part = { section, clip, first: frames, count, begin: section.from === undefined ? Math.floor(random() * spare * FILM_RATE) : 0 };
    frames += count;
    return part;
  });
  const sections = parts.map(({ section: { what }, first, count }) => ({ what, start: first / FILM_RATE, end: (first + count) / FILM_RATE }));
  const seconds = (what: Made['what']): number =>
    sections.filter((one) => one.what === what).reduce((sum, { start, end }) => sum + end - start, 0);
  return {
    truth: {
      archetype, seed, sections, duration: frames / FILM_RATE, story: seconds('story'),
      creditsStart: sections.find(({ what }) => what === 'cards' || what === 'roll')?.start ?? null,
      sceneStart: sections.findLast(({ what }) => what === 'scene')?.start ?? null,
    },
    frames,
    keyframes: KEYFRAME_SECONDS[seed % KEYFRAME_SECONDS.length]! * FILM_RATE,
    picture: async (k) => {
      const { section, clip, first, count, begin } = parts.findLast((part) => part.first <= k)!;
      const back = section.footage ? await footage.at(clip, begin + k - first) : BLACK;
      const picture = section.paint((k - first) / FILM_RATE, (k - first) / count, back);
      return { ...picture, data: picture.data as Uint8Array };
    },
  };
}

/** Encodes a film. */
export async function writeFilm(film: Film, file: string): Promise<void> {
  const writer = await openVideoWriter(file, {
    width: WIDTH, height: HEIGHT, frameRate: FILM_RATE, encoderOptions: { g: String(film.keyframes), crf: '26' },
  });
  for (let k = 0; k < film.frames; k++) await writer.write(await film.picture(k));
  await writer.close();
}

/**
 * A film's frames without encoding and decoding all of it: only those that are asked for are painted, each through a JPEG
 * of the film's own quality in place of the video codec.
 */
export function filmMedia(film: Film): Media {
  const quality = 45 + ((film.truth.seed * 17) % 45);
  const wanted = (plan: SamplingPlan): number[] => {
    const all = Array.from({ length: film.frames }, (_, k) => k);
    if (plan.kind === 'exactAt') {
      return [...new Set(plan.times.map((time) => Math.max(0, Math.min(film.frames - 1, Math.floor(time * FILM_RATE + 1e-6)))))].sort((a, b) => a - b);
    }
    const { start, end } = plan.window ?? { start: 0, end: Infinity };
    const inside = all.filter((k) => k / FILM_RATE >= start && k / FILM_RATE < end);
    if (plan.kind === 'keyframes') return inside.filter((k) => k % film.keyframes === 0);
    return plan.kind === 'every' ? inside : inside.filter((k) => k % FILM_RATE === 0);
  };
  async function* frames({ plan }: FrameRequest): AsyncGenerator<Frame, DecodeSummary, undefined> {
    for (const k of wanted(plan)) {
      const { data, width, height } = await film.picture(k);
      const jpeg = await sharp(data, { raw: { width, height, channels: 3 } }).jpeg({ quality }).toBuffer();
      const image = { width, height, data: new Uint8Array(await sharp(jpeg).raw().toBuffer()) };
      yield { time: k / FILM_RATE, containerTime: k / FILM_RATE, keyframe: k % film.keyframes === 0, images: [image] };
    }
    return { frames: film.frames, lastTime: (film.frames - 1) / FILM_RATE, duration: film.frames / FILM_RATE, truncated: false, warnings: [] };
  }
  return {
    probe: () => Promise.resolve({
      format: 'painted', duration: film.frames / FILM_RATE, width: WIDTH, height: HEIGHT, rotation: 0, frameRate: FILM_RATE,
      codec: 'jpeg', startTime: 0, audio: null, chapters: [], tags: {},
    }),
    source: {
      name: 'node-av',
      frames: (_file, request) => frameStream(frames(request)),
      countBefore: (_file, time) => Promise.resolve(Math.ceil(time * FILM_RATE)),
    },
  };
}
