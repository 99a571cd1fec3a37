import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { KinoscopeError } from '../core/errors.js';
import { isSystemEntry } from '../core/system-entries.js';
import type { Models } from '../inference/types.js';
import { enrolPhotos } from './enrol.js';
import type { Enrolled } from './photo.js';

/** Endings of pictures. Those that cannot be read here are tried all the same, so that they are named with their format. */
const PICTURES = new Set([
  '.jpg',
  '.jpeg',
  '.jpe',
  '.jfif',
  '.png',
  '.webp',
  '.avif',
  '.gif',
  '.tif',
  '.tiff',
  '.heic',
  '.heif',
  '.bmp',
  '.jp2',
  '.jxl',
]);

/** A person or a file of a folder that nothing was learnt of, and why. */
export interface PassedOver {
  /** As it lies below the folder. */
  readonly path: string;
  readonly reason: string;
}

export interface EnrolledFolder {
  readonly people: readonly Enrolled[];
  /** What is hidden or a system's own is not named. */
  readonly passedOver: readonly PassedOver[];
  /** Photos of several faces of which nobody has said whose they are, as `faces` names them. */
  readonly unclear: readonly string[];
}

export interface FolderOptions {
  readonly onPerson?: (name: string, done: number, all: number) => void;
  /** Which face of a photo is the person's, from the left: paths below the folder (`Ada/group.jpg`) to numbers from 1. */
  readonly faces?: ReadonlyMap<string, number>;
}

/**
 * Learns everybody of a folder that holds a folder of photos for each person, named as the person. Links are followed
 * as long as they stay inside; each folder and file that was not used is named with the reason.
 * @throws KinoscopeError `not-found` when the folder is missing, `usage` when nobody in it could be learnt
 */
export async function enrolFolder(
  models: Models,
  folder: string,
  options: FolderOptions = {},
): Promise<EnrolledFolder> {
  const { onPerson, faces } = options;
  const { photos, passedOver } = await new PhotoFolder(folder).read();
  const told = new Map([...(faces ?? [])].map(([path, number]) => [path.normalize('NFC'), number]));
  const people: Enrolled[] = [];
  const unclear: string[] = [];
  let done = 0;
  for (const [name, files] of [...photos].sort(([a], [b]) => (a < b ? -1 : 1))) {
    onPerson?.(name, done++, photos.size);
    const faceOf = (file: string): number | undefined =>
      told.get(relative(folder, file).split(sep).join('/').normalize('NFC'));
    const person = await enrolPhotos(models, name, files.sort(), {}, faceOf);
    unclear.push(...person.photos.flatMap(({ file, flag }) => (flag === 'several-faces' ? [`${name}/${file}`] : [])));
    if (person.mean !== null) people.push(person);
    else
      passedOver.push({
        path: name,
        reason: `no photo of theirs could be used: ${person.photos.map(({ file, reason }) => `${file}: ${reason}`).join('; ')}`,
      });
  }
  if (people.length > 0) return { people, passedOver, unclear };
  const reasons = passedOver
    .slice(0, 3)
    .map(({ path, reason }) => `; ${path}: ${reason}`)
    .join('');
  throw new KinoscopeError(
    'usage',
    `${folder} has no folder with a picture of a face: one folder a person is wanted${reasons}`,
  );
}

/** Finds the photos of each person. */
class PhotoFolder {
  /** By the person's name; two spellings of one name in Unicode are one person. */
  readonly photos = new Map<string, string[]>();
  readonly passedOver: PassedOver[] = [];
  private readonly visited = new Set<string>();
  private root = '';

  constructor(private readonly folder: string) {}

  async read(): Promise<{ photos: Map<string, string[]>; passedOver: PassedOver[] }> {
    this.root = await realpath(this.folder).catch((cause: unknown) => {
      throw new KinoscopeError('not-found', `There is no folder ${this.folder}`, { cause });
    });
    for (const name of await this.list('')) {
      const kind = await this.kindOf(name);
      if (kind === 'file') this.pass(name, isPicture(name) ? "it lies in no person's folder" : 'no folder of a person');
      else if (kind === 'folder') await this.readPerson(name);
    }
    return { photos: this.photos, passedOver: this.passedOver };
  }

  private async readPerson(folder: string): Promise<void> {
    const name = folder.normalize('NFC').trim();
    let pictures = 0;
    for (const entry of await this.list(folder)) {
      const path = join(folder, entry);
      const kind = await this.kindOf(path);
      if (kind === 'folder') this.pass(path, "a folder within a person's folder is not read");
      else if (kind === 'file' && !isPicture(entry)) this.pass(path, 'no picture by its name');
      else if (kind === 'file') {
        pictures++;
        const files = this.photos.get(name) ?? [];
        files.push(join(this.folder, path));
        this.photos.set(name, files);
      }
    }
    if (pictures === 0) this.pass(folder, 'there is no picture in it');
  }

  /** The names in a folder that are somebody's own, sorted. */
  private async list(path: string): Promise<string[]> {
    try {
      return (await readdir(join(this.folder, path))).filter((name) => !isSystemEntry(name)).sort();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (path === '')
        throw new KinoscopeError(
          code === 'EACCES' ? 'not-allowed' : 'not-found',
          `The folder ${this.folder} cannot be read (${code})`,
          { cause: error },
        );
      this.pass(path, `it cannot be opened (${code})`);
      return [];
    }
  }

  /** What a path is, links followed; null for what is passed over, with its reason. */
  private async kindOf(path: string): Promise<'file' | 'folder' | null> {
    const real = await realpath(join(this.folder, path)).catch((error: NodeJS.ErrnoException) => error);
    if (real instanceof Error)
      return this.pass(path, real.code === 'ELOOP' ? 'a link that leads to itself' : 'a link that leads nowhere');
    if (real === this.root || !real.startsWith(`${this.root}${sep}`))
      return this.pass(path, 'a link that leads out of the folder, or around in it');
    const found = await stat(real);
    if (found.isFile()) return 'file';
    if (!found.isDirectory()) return this.pass(path, 'neither a file nor a folder');
    if (this.visited.has(real)) return this.pass(path, 'a link to a folder that was read already');
    this.visited.add(real);
    return 'folder';
  }

  private pass(path: string, reason: string): null {
    this.passedOver.push({ path, reason });
    return null;
  }
}

/** By its name. */
export const isPicture = (name: string): boolean => PICTURES.has(extname(name).toLowerCase());
