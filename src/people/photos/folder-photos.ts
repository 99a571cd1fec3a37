import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { isSystemEntry } from '../../core/system-entries.js';
import { nameKey } from '../../titles/search.js';
import { isPicture } from '../enrol-folder.js';
import type { CastPhotos, FoundPhoto, Wanted } from './cast-photos.js';

/** `people/A/Ada Abel/folder.jpg`, as Emby and Jellyfin lay them. */
const DEEPEST = 3;
const MOST_FILES = 100_000;

/** Photos of people in a folder by the name of each: a folder of photos a person, or a file a person (`Ada_Abel.jpg`), sorted by letters or not. */
export async function photosByName(root: string): Promise<Map<string, string[]>> {
  const photos = new Map<string, string[]>();
  let files = 0;
  const walk = async (dir: string, depth: number): Promise<void> => {
    // A folder of one letter sorts people; any other is a person's.
    const owner = depth === 0 || [...basename(dir)].length === 1 ? null : basename(dir);
    const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (isSystemEntry(entry.name) || files >= MOST_FILES) continue;
      const path = join(dir, entry.name);
      if (entry.isDirectory() && depth < DEEPEST) await walk(path, depth + 1);
      if (!entry.isFile() || !isPicture(entry.name)) continue;
      files++;
      const key = nameKey(owner ?? basename(entry.name, extname(entry.name)));
      photos.set(key, [...(photos.get(key) ?? []), path]);
    }
  };
  await walk(root, 0);
  return photos;
}

/** Photos in folders that are looked through once. */
export class FolderPhotos implements CastPhotos {
  private readonly looked = new Map<string, Promise<Map<string, string[]>>>();

  /** @param foldersFor a film's folders */
  constructor(
    readonly name: string,
    private readonly foldersFor: (film: string | null) => readonly string[],
  ) {}

  async find({ name, film }: Wanted): Promise<FoundPhoto[]> {
    const found: FoundPhoto[] = [];
    for (const folder of this.foldersFor(film)) {
      const photos = this.looked.get(folder) ?? photosByName(folder);
      this.looked.set(folder, photos);
      for (const file of (await photos).get(nameKey(name)) ?? [])
        found.push({ picture: { file, name: basename(file) }, from: file });
    }
    return found;
  }
}

/** Beside films: Kodi's `.actors` and a folder `people`, in the film's folder and, of a series, in those above it. */
export const besideFilm = (): CastPhotos =>
  new FolderPhotos('beside the film', (film) => {
    if (film === null) return [];
    const season = dirname(film);
    return [season, dirname(season)].flatMap((dir) => ['.actors', 'people', 'People'].map((name) => join(dir, name)));
  });

/** Whether a path is a file of its own, no link that leads elsewhere. */
export const isFile = async (path: string): Promise<boolean> =>
  (await lstat(path).catch(() => null))?.isFile() ?? false;
