import type { Frame, FrameSize, RgbImage, SamplingPlan } from '../frames/types.js';
import type { Models } from '../inference/types.js';
import {
  COARSE,
  openFeatureExtractor,
  type Features,
  type FeatureExtractor,
  prepareInput,
} from './feature-extractor.js';
import { dropReason, sketch } from './frame-filter.js';
import { createFrameSampler } from './frame-sampler.js';
import { type Domain, type GenreModel, openGenreModel } from './genre-model.js';
import { probabilitiesOf } from './probabilities.js';
import { effectiveSampleSize } from './shrinkage.js';
import type { GenreEvidence, GenreResult, StillResult } from './types.js';

/** An answer whose effective sample size (shrinkage.ts) is smaller is not sure. */
const FEWEST = 7;
/** Frames looked at, unless the caller says otherwise. */
const MOST_FRAMES = 240;
/** Where key frames are fewer than one in so many seconds, a frame a second is looked at as well. */
const SELDOM = 3;
/** Frames that are scored at a time, while the networks look at the next ones. */
const SCORED_TOGETHER = 16;
/** Frames named as evidence for each genre, and how far apart they are at least, seconds. */
const EVIDENCE = { frames: 3, apart: 2 } as const;

export interface GenreAnalyzerOptions {
  readonly models: Models;
  /** Frames looked at, evenly spread; default 240. The answer on trailers does not change beyond 240 (bench/genre.ts). */
  readonly maxFrames?: number;
}

interface ScoredFrame {
  readonly time: number;
  readonly scores: Float32Array;
}

/** Watches a pass of {@link KEY_FRAMES}, and what `secondLook` asks for (`FrameConsumer` of frames/pass.ts), and answers then. */
export class GenreAnalyzer {
  readonly sizes: readonly FrameSize[] = [COARSE];
  private readonly maxFrames: number;
  /** How long the film is has not been told before the first pass, whose plan spreads its frames. */
  private sampler: (time: number) => boolean;
  /** Times of the frames that were looked at, seconds. */
  private readonly looked: number[] = [];
  private readonly unscored: { readonly time: number; readonly features: Features }[] = [];
  private readonly scored: ScoredFrame[] = [];
  private previous: Uint8Array | null = null;
  private dropped = 0;

  constructor(
    private readonly extractor: FeatureExtractor,
    private readonly genreModel: GenreModel,
    { maxFrames = MOST_FRAMES }: Pick<GenreAnalyzerOptions, 'maxFrames'>,
  ) {
    this.maxFrames = maxFrames;
    this.sampler = createFrameSampler(0, maxFrames);
  }

  wants(time: number): boolean {
    return this.sampler(time);
  }

  /**
   * What it has to see as well before it answers; null when it has seen enough.
   * @param duration of the film, seconds, as the first pass found out
   */
  secondLook(duration: number): SamplingPlan | null {
    if (this.looked.length >= Math.min(duration / SELDOM, this.maxFrames / 2)) return null;
    this.sampler = createFrameSampler(duration, this.maxFrames);
    for (const time of this.looked) this.sampler(time);
    return { kind: 'everySecond' };
  }

  /** Starts on the frame at once; settles when the networks have seen it. The frame itself is not kept. */
  async push({ time, images }: Pick<Frame, 'time' | 'images'>): Promise<void> {
    const [image] = images;
    if (!image) throw new RangeError('a frame without its picture');
    this.looked.push(time);
    const input = prepareInput(image);
    const pixels = sketch(input.square);
    const reason = dropReason(pixels, this.previous);
    this.previous = pixels;
    if (reason) {
      this.dropped++;
      return;
    }
    const features = await this.extractor.extract(input);
    this.unscored.push({ time, features });
    if (this.unscored.length === SCORED_TOGETHER) await this.score();
  }

  private async score(): Promise<void> {
    const frames = this.unscored.splice(0);
    const scores = await this.genreModel.score(
      frames.map(({ features }) => features),
      'film',
    );
    this.scored.push(...frames.map(({ time }, n) => ({ time, scores: scores[n]! })));
  }

  /** Where no frame says anything (nothing but black and cards) the answer rests on no frame and is not sure. */
  async finish(): Promise<GenreResult> {
    await this.score();
    const frames = this.scored.toSorted((a, b) => a.time - b.time);
    const mean = new Float32Array(this.genreModel.meta.genres.length);
    for (const { scores } of frames) scores.forEach((score, g) => (mean[g]! += score / frames.length));
    const sampleSize = effectiveSampleSize(frames.map(({ scores }) => scores));
    const answer = present(this.genreModel, this.extractor, mean, 'film', sampleSize);
    return {
      ...answer,
      sure: answer.sure && sampleSize >= FEWEST,
      frames: frames.length,
      dropped: this.dropped,
      evidence: answer.top3.map(({ genre }) => strongest(frames, genre, this.genreModel.meta.genres.indexOf(genre))),
    };
  }
}

/**
 * What a film is watched by: encoders put a key frame where a shot begins, so these say about as much as a frame a second
 * (bench/genre.ts has the row), and cost a fraction of the decoding (bench/genre-speed.ts).
 */
export const KEY_FRAMES: SamplingPlan = { kind: 'keyframes', most: MOST_FRAMES };

const openAll = (models: Models): Promise<[FeatureExtractor, GenreModel]> =>
  Promise.all([openFeatureExtractor(models), openGenreModel(models)]);

/** @throws KinoscopeError `unavailable` when a network is missing */
export async function createGenreAnalyzer(options: GenreAnalyzerOptions): Promise<GenreAnalyzer> {
  const [extractor, genreModel] = await openAll(options.models);
  return new GenreAnalyzer(extractor, genreModel, options);
}

/** The genre of single pictures of any size; upright ones are taken for posters. One answer for each, in order. */
export async function classifyStills(models: Models, images: readonly RgbImage[]): Promise<StillResult[]> {
  const [extractor, model] = await openAll(models);
  return Promise.all(
    images.map(async (image) => {
      const domain: Domain = image.height > image.width ? 'poster' : 'still';
      const [scores] = await model.score([await extractor.extract(prepareInput(image))], domain);
      return present(model, extractor, scores!, domain);
    }),
  );
}

/** {@link classifyStills} for one picture. */
export async function classifyStill(models: Models, image: RgbImage): Promise<StillResult> {
  const [answer] = await classifyStills(models, [image]);
  return answer!;
}

function present(
  genreModel: GenreModel,
  extractor: FeatureExtractor,
  scores: Float32Array,
  domain: Domain,
  sampleSize = 1,
): StillResult {
  const { genres, sureFrom } = genreModel.meta;
  return {
    ...probabilitiesOf(genres, genreModel.logits(scores, domain, sampleSize), sureFrom[domain]),
    model: `${extractor.version} ${genreModel.version}`,
  };
}

function strongest(frames: readonly ScoredFrame[], genre: string, g: number): GenreEvidence {
  const times: number[] = [];
  for (const { time } of frames.toSorted((a, b) => b.scores[g]! - a.scores[g]!)) {
    if (times.length === EVIDENCE.frames) break;
    if (times.every((other) => Math.abs(other - time) >= EVIDENCE.apart)) times.push(time);
  }
  return { genre, times };
}
