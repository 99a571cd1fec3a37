import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import sharp, { type Sharp } from 'sharp';
import { SETTINGS, type Settings } from '../config/settings.js';
import { currentTenant } from '../core/context.js';
import { KinoscopeError } from '../core/errors.js';
import { MEDIA, type Media } from '../frames/media.js';
import { Turns } from '../frames/pictures/turns.js';
import type { RgbImage, SamplingPlan } from '../frames/types.js';
import type { Title } from './documents.js';
import { PictureCache } from './picture-cache.js';
import { playerOffset, playingTime } from './player-clock.js';
import { isUnchanged } from './send-film.js';

/** A WebP picture, and what changes when it does. */
export interface Picture {
  readonly data: Buffer;
  readonly tag: string;
}

/** Of all tenants together. */
const LIMITS = { files: 10_000, bytes: 256 * 2 ** 20 };
/** Films that are opened at a time, and requests that wait for that. */
const AT_ONCE = 2;
const MOST_WAITING = 64;
/** A poster is the richest of so many key frames, from the film's first half: credits come later. */
const CANDIDATES = 6;
const POSTER_FROM = 0.08;
const POSTER_UNTIL = 0.5;

/** Pictures of films, made when somebody first asks and kept while there is room. */
@Injectable()
export class Stills {
  private readonly cache: PictureCache;
  private readonly turns = new Turns(AT_ONCE, MOST_WAITING);
  private readonly making = new Map<string, Promise<Buffer>>();

  constructor(
    @Inject(MEDIA) private readonly media: Media,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    this.cache = new PictureCache(join(settings.home, 'stills'), LIMITS);
  }

  /**
   * The frame at a second of a player's clock.
   * @throws KinoscopeError `not-found` without the film, `usage` past its end, `unreadable`, `unavailable` when too many wait
   */
  async at(title: Title, seconds: number, width: number): Promise<Picture> {
    const { media } = title;
    if (media && seconds > playingTime(media))
      throw new KinoscopeError('usage', `The film ends at ${playingTime(media).toFixed(3)} s, before ${seconds} s`);
    // a player that counts in more than milliseconds shows no other frame
    const time = Math.max(0, Math.round((seconds - playerOffset(media)) * 1000) / 1000);
    return this.picture(title, `${Math.round(time * 1000)}`, width, [{ kind: 'exactAt', times: [time] }]);
  }

  /** A frame that stands for the film. @throws as `at` */
  async poster(title: Title, width: number): Promise<Picture> {
    const { duration = 0 } = title.media ?? {};
    const times = Array.from(
      { length: CANDIDATES },
      (_, index) => duration * (POSTER_FROM + ((POSTER_UNTIL - POSTER_FROM) * index) / (CANDIDATES - 1)),
    );
    // a clip may have no key frame but its first one, which is before all of these
    const any = { kind: 'exactAt', times: [times[times.length >> 1]!] } as const;
    return this.picture(title, 'poster', width, [{ kind: 'keyframes', times }, any]);
  }

  /** What the paths of all pictures of a film begin with, for the tenant in whose name this is called. */
  prefixOf(contentHash: string): string {
    return join(this.settings.home, 'stills', currentTenant(), contentHash.slice(0, 16));
  }

  private async picture(title: Title, what: string, width: number, plans: readonly SamplingPlan[]): Promise<Picture> {
    const { contentHash, source } = title;
    if (contentHash === null || source.file === null || !(await isUnchanged(source)))
      throw new KinoscopeError('not-found', 'The film is not there');
    const tag = `${contentHash.slice(0, 16)}-${what}-${width}`;
    const name = join(currentTenant(), `${tag}.webp`);
    const kept = await this.cache.get(name);
    if (kept) return { data: kept, tag };
    const making = this.making.get(name) ?? this.make(name, source.file, plans, width);
    this.making.set(name, making);
    try {
      return { data: await making, tag };
    } finally {
      this.making.delete(name);
    }
  }

  private async make(name: string, file: string, plans: readonly SamplingPlan[], width: number): Promise<Buffer> {
    const data = await this.turns.with(undefined, () => this.decode(file, plans, width));
    await this.cache.put(name, data);
    return data;
  }

  /** @param plans the first that shows a frame */
  private async decode(file: string, plans: readonly SamplingPlan[], width: number): Promise<Buffer> {
    for (const plan of plans) {
      const best = await this.richest(file, plan, width);
      if (best) return raw(best).webp({ quality: 80 }).toBuffer();
    }
    throw new KinoscopeError('unreadable', 'The film shows no frame there');
  }

  private async richest(file: string, plan: SamplingPlan, width: number): Promise<RgbImage | null> {
    const size = { width, height: width, fit: 'inside' } as const;
    let best: { image: RgbImage; richness: number } | null = null;
    for await (const { images } of this.media.source.frames(file, { plan, sizes: [size] })) {
      const image = images[0]!;
      const richness = plan.kind === 'exactAt' ? 0 : (await raw(image).stats()).entropy;
      if (best === null || richness > best.richness) best = { image, richness };
    }
    return best?.image ?? null;
  }
}

const raw = ({ data, width, height }: RgbImage): Sharp => sharp(data, { raw: { width, height, channels: 3 } });
