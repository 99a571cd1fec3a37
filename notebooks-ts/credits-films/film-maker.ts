/** Makes films out of real clips and drawn or real credits, of which every second is known. */
import { existsSync } from 'node:fs';
import { open, rename, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { randomOf } from '../../src/credits/boosting.js';
import type { Media } from '../../src/frames/media.js';
import { frameStream } from '../../src/frames/stream.js';
import type { DecodeSummary, Frame, FrameRequest, RgbImage, SamplingPlan } from '../../src/frames/types.js';
import { openVideoWriter } from '../../src/frames/writer.js';
import { between, pick, type Random } from './drawing.js';
import {
  BLACK,
  black,
  captions,
  cards,
  faded,
  HEIGHT,
  onBlack,
  overFootage,
  roll,
  smallNames,
  speakers,
  story,
  WHITE,
  WIDTH,
  type Clip,
  type Made,
  type Section,
} from './sections.js';
import {
  captionsUntilTheEnd,
  chat,
  codeLesson,
  documentPage,
  lyrics,
  overlaid,
  overlays,
  remarks,
  slides,
} from './texts.js';

const WITH_CREDITS = [
  'roll',
  'roll, two parts',
  'cards',
  'cards then roll',
  'side credits over footage',
  'cards over footage',
  'bright ground',
  'coloured cards',
  'epilogue before',
  'burnt-in subtitles',
  'short',
  'faded',
  'scene inside',
  'scene after',
  'logo after',
  'real roll',
  'real cards',
  'small names over the story',
  'overlays, then a roll',
  'overlays, then cards',
  'overlays, cards over footage',
  'captions until the end',
  'lyrics, then a roll',
  'a document, then cards',
  'remarks, then a roll',
] as const;
const WITHOUT_CREDITS = [
  'none',
  'none, ends on black',
  'none, kinetic type',
  'none, opening titles',
  'none, subtitles',
  'none, speakers’ names',
  'none, overlays',
  'none, many overlays',
  'none, a document',
  'none, a chat',
  'none, slides',
  'none, a code lesson',
  'none, lyrics',
  'none, remarks',
] as const;
export const ARCHETYPES = [...WITH_CREDITS, ...WITHOUT_CREDITS] as const;
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
  readonly sections: readonly Made[];
}

export const FILM_RATE = 8;

/** Where real story comes from. */
const STORY: readonly Clip[] = [
  ['video/big-buck-bunny-360p.mp4', 40, 180],
  ['video/big-buck-bunny-360p.mp4', 300, 440],
  ['video/trailer-joker.mp4', 20, 120],
  ['video/trailer-avatar-the-last-airbender.mp4', 10, 110],
  ['shots/friends-scene.mp4', 0, 60],
  ['video/trailer-sintel.mp4', 12, 40],
  ['video/chaplin.mp4', 0, 9],
];

async function sectionsOf(archetype: Archetype, random: Random): Promise<Section[]> {
  const body = story(between(random, 20, 45));
  const gap = random() < 0.5 ? [black(between(random, 0.4, 1.5))] : [];
  const length = between(random, 14, 32);
  switch (archetype) {
    case 'roll':
      return [body, ...gap, await roll(random, length, onBlack)];
    case 'roll, two parts':
      return [body, await roll(random, 18, onBlack), black(1), await roll(random, 18, onBlack)];
    case 'cards':
      return [body, ...gap, await cards(random, 8, between(random, 2.5, 4), onBlack, 0)];
    case 'cards then roll':
      return [body, ...gap, await cards(random, 4, 3, onBlack, 0.4), await roll(random, length, onBlack)];
    case 'side credits over footage':
      return [body, await roll(random, length, overFootage, pick(random, [0, 1]))];
    case 'cards over footage':
      return [body, await cards(random, 8, 3.5, overFootage, 0.3, pick(random, [0, 0.5, 1]))];
    case 'bright ground':
      return [body, ...gap, await roll(random, length, { colour: [240, 238, 230], text: [20, 20, 20], dim: 1 })];
    case 'coloured cards': {
      const colour = [between(random, 20, 200), between(random, 20, 120), between(random, 20, 200)] as const;
      return [body, await cards(random, 8, 3.5, { colour, text: WHITE, dim: 1 }, 0)];
    }
    case 'epilogue before':
      return [body, await captions(random, 12, 6, 'epilogue', false), black(1), await roll(random, length, onBlack)];
    case 'burnt-in subtitles':
      return [await captions(random, 32, 3.5, 'subtitle', true), ...gap, await roll(random, length, onBlack)];
    case 'short':
      return [body, ...gap, await cards(random, 3, between(random, 2, 3.5), onBlack, 0)];
    case 'faded':
      return [faded(body, 2), black(1), await cards(random, 8, 4, onBlack, 1)];
    case 'scene inside':
      return [
        body,
        await cards(random, 5, 3, onBlack, 0),
        story(between(random, 10, 25), 'scene'),
        await roll(random, length, onBlack),
      ];
    case 'scene after':
      return [
        body,
        ...gap,
        await roll(random, length, onBlack),
        black(0.5),
        story(between(random, 10, 25), 'scene'),
        black(1),
      ];
    case 'logo after': {
      const logo = await captions(random, 4, 4, 'title', false);
      return [body, ...gap, await roll(random, length, onBlack), black(1), { ...logo, what: 'logo' }];
    }
    case 'real roll':
      return [body, black(0.5), { ...story(30, 'roll'), from: ['video/big-buck-bunny-360p.mp4', 534, 566] }];
    case 'real cards':
      return [body, { ...story(9, 'cards'), from: ['video/credits-cards-10s.mp4', 0.95, 10] }];
    case 'none':
      return [body, story(20)];
    case 'none, ends on black':
      return [faded(body, 2), black(4)];
    case 'none, kinetic type':
      return [story(18), await captions(random, 24, 1.6, 'kinetic', false), story(8)];
    case 'none, opening titles':
      return [story(6), await captions(random, 5, 5, 'title', true), story(30)];
    case 'small names over the story':
      return [body, await smallNames(random, pick(random, [6, 9, 12]), between(random, 2.5, 4))];
    case 'none, speakers’ names':
      return [story(10), await speakers(random, 3, between(random, 10, 16), 4), story(8)];
    case 'none, subtitles':
      return [await captions(random, 42, 3.5, 'subtitle', true)];
    case 'overlays, then a roll':
      return overlaid(
        [story(between(random, 60, 110)), ...gap, await roll(random, length, onBlack)],
        await overlays(random),
        random() < 0.5,
      );
    case 'overlays, then cards':
      return overlaid(
        [story(between(random, 60, 110)), ...gap, await cards(random, 8, 3.5, onBlack, 0.3)],
        await overlays(random),
        random() < 0.5,
      );
    case 'overlays, cards over footage': {
      const sections = [
        story(between(random, 60, 110)),
        await cards(random, 8, 3.5, overFootage, 0.3, pick(random, [0, 0.5, 1])),
      ];
      return overlaid(sections, await overlays(random), random() < 0.7);
    }
    case 'captions until the end':
      return overlaid(
        [story(between(random, 60, 110)), ...gap, await roll(random, length, onBlack)],
        await captionsUntilTheEnd(random, 120),
        true,
      );
    case 'lyrics, then a roll':
      return [body, await lyrics(random, between(random, 20, 40), true), ...gap, await roll(random, length, onBlack)];
    case 'a document, then cards':
      return [
        body,
        await documentPage(random, between(random, 5, 12)),
        story(between(random, 8, 30)),
        ...gap,
        await cards(random, 8, 3.5, onBlack, 0),
      ];
    case 'remarks, then a roll':
      return [await remarks(random, between(random, 60, 110)), ...gap, await roll(random, length, onBlack)];
    case 'none, overlays':
      return overlaid([story(between(random, 60, 140))], await overlays(random), true);
    case 'none, many overlays':
      return overlaid(
        overlaid([story(between(random, 60, 140))], await overlays(random), true),
        await overlays(random),
        true,
      );
    case 'none, a document':
      return [
        story(between(random, 60, 120)),
        await documentPage(random, between(random, 5, 14)),
        story(between(random, 10, 40)),
      ];
    case 'none, a chat':
      return [
        story(between(random, 60, 120)),
        await chat(random, between(random, 7, 16)),
        story(between(random, 8, 30)),
      ];
    case 'none, slides':
      return [await slides(random, between(random, 90, 240))];
    case 'none, a code lesson':
      return [await codeLesson(random, between(random, 90, 240))];
    case 'none, lyrics':
      return [
        story(between(random, 6, 15)),
        await lyrics(random, between(random, 70, 160)),
        story(between(random, 0.5, 8)),
      ];
    case 'none, remarks':
      return [await remarks(random, between(random, 80, 200))];
  }
}

/** Real clips at the film's size, each decoded once into a file of raw pictures that all films share. */
export class Footage {
  private readonly open = new Map<string, Promise<{ file: FileHandle; frames: number }>>();

  /** @param folder keeps the raw pictures for the next run, about 2 GB of them */
  constructor(
    private readonly media: Media,
    private readonly data: string,
    private readonly folder: string,
  ) {}

  /** The picture `frame` frames after a clip's second `low`; beyond its end the clip begins again. */
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

  private async decode(
    key: string,
    source: string,
    start: number,
    end: number,
  ): Promise<{ file: FileHandle; frames: number }> {
    const path = join(this.folder, key);
    if (!existsSync(path)) {
      const file = await open(`${path}.part`, 'w');
      let next = start;
      for await (const { time, images } of this.media.source.frames(source, {
        plan: { kind: 'every', window: { start, end } },
        sizes: [{ width: WIDTH, height: HEIGHT, fit: 'fill' }],
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
  // Two films with credits, then one without.
  const [group, place] = [Math.floor(seed / 3), seed % 3];
  const archetype: Archetype =
    place === 2
      ? WITHOUT_CREDITS[group % WITHOUT_CREDITS.length]!
      : WITH_CREDITS[(2 * group + place) % WITH_CREDITS.length]!;
  let frames = 0;
  const parts = (await sectionsOf(archetype, random)).map((section) => {
    // A clip of one shot that begins again many times is no film.
    const clip =
      section.from ??
      pick(
        random,
        STORY.filter(([, low, high]) => high - low > section.seconds / 2),
      );
    const count = Math.round(section.seconds * FILM_RATE);
    const spare = Math.max(0, clip[2] - clip[1] - section.seconds);
    const part = {
      section,
      clip,
      first: frames,
      count,
      begin: section.from === undefined ? Math.floor(random() * spare * FILM_RATE) : 0,
    };
    frames += count;
    return part;
  });
  const sections = parts.map(({ section: { what }, first, count }) => ({
    what,
    start: first / FILM_RATE,
    end: (first + count) / FILM_RATE,
  }));
  const seconds = (what: Made['what']): number =>
    sections.filter((one) => one.what === what).reduce((sum, { start, end }) => sum + end - start, 0);
  return {
    truth: {
      archetype,
      seed,
      sections,
      duration: frames / FILM_RATE,
      story: seconds('story'),
      creditsStart: sections.find(({ what }) => what === 'cards' || what === 'roll')?.start ?? null,
      sceneStart: sections.findLast(({ what }) => what === 'scene')?.start ?? null,
    },
    frames,
    keyframes: KEYFRAME_SECONDS[(seed + Math.floor(seed / ARCHETYPES.length)) % KEYFRAME_SECONDS.length]! * FILM_RATE,
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
    width: WIDTH,
    height: HEIGHT,
    frameRate: FILM_RATE,
    encoderOptions: { g: String(film.keyframes), crf: '26' },
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
      return [
        ...new Set(
          plan.times.map((time) => Math.max(0, Math.min(film.frames - 1, Math.floor(time * FILM_RATE + 1e-6)))),
        ),
      ].sort((a, b) => a - b);
    }
    const { start, end } = plan.window ?? { start: 0, end: Infinity };
    const inside = all.filter((k) => k / FILM_RATE >= start && k / FILM_RATE < end);
    if (plan.kind === 'keyframes') return inside.filter((k) => k % film.keyframes === 0);
    return plan.kind === 'every' ? inside : inside.filter((k) => k % FILM_RATE === 0);
  };
  async function* frames({ plan }: FrameRequest): AsyncGenerator<Frame, DecodeSummary, undefined> {
    for (const k of wanted(plan)) {
      const { data, width, height } = await film.picture(k);
      const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
        .jpeg({ quality })
        .toBuffer();
      const image = { width, height, data: new Uint8Array(await sharp(jpeg).raw().toBuffer()) };
      yield { time: k / FILM_RATE, containerTime: k / FILM_RATE, keyframe: k % film.keyframes === 0, images: [image] };
    }
    return {
      frames: film.frames,
      lastTime: (film.frames - 1) / FILM_RATE,
      duration: film.frames / FILM_RATE,
      truncated: false,
      warnings: [],
    };
  }
  return {
    probe: () =>
      Promise.resolve({
        format: 'painted',
        duration: film.frames / FILM_RATE,
        width: WIDTH,
        height: HEIGHT,
        rotation: 0,
        frameRate: FILM_RATE,
        codec: 'jpeg',
        startTime: 0,
        audio: null,
        chapters: [],
        tags: {},
      }),
    source: {
      name: 'node-av',
      frames: (_file, request) => frameStream(frames(request)),
      countBefore: (_file, time) => Promise.resolve(Math.ceil(time * FILM_RATE)),
    },
  };
}
