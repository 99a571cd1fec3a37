/** Makes films out of real clips and drawn or real credits, of which every second is known. */
import sharp from 'sharp';
import { randomOf } from '../../src/credits/boosting.js';
import type { Media } from '../../src/frames/media.js';
import { frameStream } from '../../src/frames/stream.js';
import type { DecodeSummary, Frame, FrameRequest, RgbImage, SamplingPlan } from '../../src/frames/types.js';
import { openVideoWriter } from '../../src/frames/writer.js';
import { type Archetype, ARCHETYPES, archetypeOf, sectionsOf } from './archetypes.js';
import { pick } from './drawing.js';
import { FILM_RATE, type Footage } from './footage.js';
import { BLACK, HEIGHT, WIDTH, type Clip, type Made } from './sections.js';

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
  const archetype = archetypeOf(seed);
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
export function filmMedia(film: Film): Pick<Media, 'decoder' | 'probe' | 'source'> {
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
    decoder: () => Promise.resolve(null),
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
      expect: () => () => undefined,
      countBefore: (_file, time) => Promise.resolve(Math.ceil(time * FILM_RATE)),
    },
  };
}
