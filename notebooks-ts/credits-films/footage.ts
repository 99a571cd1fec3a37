import { existsSync } from 'node:fs';
import { open, rename, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Media } from '../../src/frames/media.js';
import type { RgbImage } from '../../src/frames/types.js';
import { HEIGHT, WIDTH, type Clip } from './sections.js';

/** Frames a second of a film that is made. */
export const FILM_RATE = 8;

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
