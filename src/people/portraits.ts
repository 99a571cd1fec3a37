import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import sharp from 'sharp';
import { SETTINGS, type Settings } from '../config/settings.js';
import { currentTenant } from '../core/context.js';
import { KinoscopeError } from '../core/errors.js';
import type { Box } from '../faces/geometry.js';
import { MEDIA, type Media } from '../frames/media.js';

/** Where somebody is seen well. */
export interface Portrayed {
  readonly contentHash: string;
  readonly file: string;
  /** Seconds. */
  readonly time: number;
  /** Fractions of the frame. */
  readonly box: Box;
}

/** Side of the picture, pixels. */
const SIDE = 160;
/** The face with some hair and shoulders. */
const MARGIN = 0.35;

/** Small pictures of faces, cut from films when somebody first asks and kept until the person or the title is deleted. */
@Injectable()
export class Portraits {
  constructor(
    @Inject(MEDIA) private readonly media: Media,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Of the tenant in whose name this is called. */
  private get folder(): string {
    return join(this.settings.home, 'faces', currentTenant());
  }

  /** A JPEG. @throws KinoscopeError `unreadable` when the film cannot be read any more */
  async of({ contentHash, file, time, box }: Portrayed): Promise<Buffer> {
    const path = this.pathOf({ contentHash, time, box });
    const kept = await readFile(path).catch(() => null);
    if (kept) return kept;
    const sizes = [{ width: 1280, height: 1280, fit: 'inside' as const }];
    for await (const { images } of this.media.source.frames(file, {
      plan: { kind: 'exactAt', times: [time] },
      sizes,
    })) {
      const { width, height, data } = images[0]!;
      const side = Math.min(width, height, Math.max(box[2] * width, box[3] * height) * (1 + 2 * MARGIN));
      const start = (at: number, length: number, whole: number): number =>
        Math.round(Math.min(Math.max(0, (at + length / 2) * whole - side / 2), whole - side));
      const picture = await sharp(data, { raw: { width, height, channels: 3 } })
        .extract({
          left: start(box[0], box[2], width),
          top: start(box[1], box[3], height),
          width: Math.floor(side),
          height: Math.floor(side),
        })
        .resize(SIDE, SIDE)
        .jpeg({ quality: 85 })
        .toBuffer();
      // one that cannot be kept is made again
      await this.keep(path, picture).catch(() => undefined);
      return picture;
    }
    throw new KinoscopeError('unreadable', 'The film shows no frame at that time any more');
  }

  private async keep(path: string, picture: Buffer): Promise<void> {
    const part = join(this.folder, `.${randomUUID()}.jpg`);
    try {
      await mkdir(this.folder, { recursive: true });
      await writeFile(part, picture);
      await rename(part, path);
    } finally {
      await rm(part, { force: true });
    }
  }

  /** Removes the picture of a place: somebody was deleted while it was made. */
  async remove(place: Omit<Portrayed, 'file'>): Promise<void> {
    await rm(this.pathOf(place), { force: true });
  }

  /** Where the picture of a place is, if it was made. */
  pathOf(place: Omit<Portrayed, 'file'>): string {
    return join(this.folder, nameOf(place));
  }

  /** What the paths of all pictures of a film begin with. */
  prefixOf(contentHash: string): string {
    return join(this.folder, contentHash.slice(0, 16));
  }
}

function nameOf({ contentHash, time, box }: Omit<Portrayed, 'file'>): string {
  return `${contentHash.slice(0, 16)}-${Math.round(time * 1000)}-${Math.round(box[0] * 1000)}-${Math.round(box[1] * 1000)}.jpg`;
}
