import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fetched, MediaMetadata } from './media-source.js';

const FOLDER = '.videos';

/** Remembers beside the kept files which video of which site each of them is, as long as the file is there. */
export class KeptVideos {
  private readonly folder: string;

  constructor(dir: string) {
    this.folder = join(dir, FOLDER);
  }

  /** The kept file of a video, null when there is none (any more). */
  async find({ site, videoId }: MediaMetadata): Promise<Fetched | null> {
    return site && videoId ? this.read(this.pathOf(site, videoId)) : null;
  }

  /** Also forgets the videos whose files are gone. */
  async add(fetched: Fetched): Promise<void> {
    const { site, videoId } = fetched.metadata;
    if (!site || !videoId) return;
    await mkdir(this.folder, { recursive: true });
    const path = this.pathOf(site, videoId);
    await writeFile(`${path}.${process.pid}`, JSON.stringify(fetched));
    await rename(`${path}.${process.pid}`, path);
    for (const name of await readdir(this.folder)) await this.read(join(this.folder, name));
  }

  private async read(path: string): Promise<Fetched | null> {
    const fetched = await readFile(path, 'utf8')
      .then((text) => JSON.parse(text) as Fetched)
      .catch(() => null);
    if (!fetched) return null;
    const there = await stat(fetched.file).catch(() => null);
    if (there?.size === fetched.size) return fetched;
    await rm(path, { force: true });
    return null;
  }

  private pathOf(site: string, videoId: string): string {
    return join(this.folder, `${createHash('sha256').update(`${site} ${videoId}`).digest('hex').slice(0, 32)}.json`);
  }
}
