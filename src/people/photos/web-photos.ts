import { writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { KinoscopeError } from '../../core/errors.js';
import { nameKey } from '../../titles/search.js';
import type { CastPhotos, FoundPhoto, Wanted } from './cast-photos.js';
import { isFile } from './folder-photos.js';

/** Reads a small file of the web, over the guarded way that downloads go. @throws KinoscopeError */
export type ReadWeb = (
  link: string,
  options: { readonly headers?: Readonly<Record<string, string>>; readonly signal?: AbortSignal | undefined },
) => Promise<Buffer>;

const MOST_PROFILES = 5;

let fetched = 0;
async function keep(bytes: Buffer, name: string, from: string, folder: string): Promise<FoundPhoto> {
  const file = join(folder, `web-${fetched++}`);
  await writeFile(file, bytes);
  return { picture: { file, name }, from };
}

/** The pictures that Kodi, Jellyfin and Emby name in an .nfo (`<actor><thumb>`): links, and files beside the film. */
export class NfoPhotos implements CastPhotos {
  readonly name = '.nfo';

  constructor(private readonly read: ReadWeb) {}

  async find({ film, thumb }: Wanted, folder: string, signal?: AbortSignal): Promise<FoundPhoto[]> {
    if (thumb === null) return [];
    if (/^https?:\/\//i.test(thumb)) {
      const name = basename(new URL(thumb).pathname) || 'thumb';
      return [await keep(await this.read(thumb, { signal }), name, thumb, folder)];
    }
    if (film === null) return [];
    // What an .nfo names elsewhere on the disk is nobody's photo.
    const [above, file] = [dirname(dirname(film)), resolve(dirname(film), thumb)];
    const inside = relative(above, file);
    if (inside.startsWith('..') || isAbsolute(inside) || !(await isFile(file))) return [];
    return [{ picture: { file, name: basename(file) }, from: file }];
  }
}

const People = z.object({ results: z.array(z.object({ id: z.number().int(), name: z.string() })) });
const Images = z.object({
  profiles: z.array(z.object({ file_path: z.string().regex(/^\/[\w.-]+$/), vote_average: z.number().default(0) })),
});

/** The Movie Database, by a key of the user's own: https://developer.themoviedb.org/reference/search-person. */
export class TmdbPhotos implements CastPhotos {
  readonly name = 'TMDB';

  constructor(
    private readonly read: ReadWeb,
    private readonly key: string,
    private readonly api: string,
    private readonly pictures: string,
  ) {}

  /** Of several people of one name nobody knows which it is: none. */
  async find({ name }: Wanted, folder: string, signal?: AbortSignal): Promise<FoundPhoto[]> {
    const wanted = nameKey(name);
    const { results } = await this.ask(`/3/search/person?query=${encodeURIComponent(name)}`, People, signal);
    const [person, ...others] = results.filter((one) => nameKey(one.name) === wanted);
    if (!person || others.length > 0) return [];
    const { profiles } = await this.ask(`/3/person/${person.id}/images`, Images, signal);
    const best = profiles.toSorted((a, b) => b.vote_average - a.vote_average).slice(0, MOST_PROFILES);
    const found: FoundPhoto[] = [];
    for (const { file_path: path } of best) {
      const bytes = await this.read(`${this.pictures}/t/p/h632${path}`, { signal });
      found.push(await keep(bytes, path.slice(1), `https://www.themoviedb.org/person/${person.id}`, folder));
    }
    return found;
  }

  private async ask<T>(path: string, schema: z.ZodType<T>, signal?: AbortSignal): Promise<T> {
    // A token of version 4 is a JWT and goes into the head; a key of version 3 into the link.
    const isToken = this.key.includes('.');
    const link = `${this.api}${path}${isToken ? '' : `${path.includes('?') ? '&' : '?'}api_key=${this.key}`}`;
    const headers = { accept: 'application/json', ...(isToken && { authorization: `Bearer ${this.key}` }) };
    const text = (await this.read(link, { headers, signal })).toString('utf8');
    const parsed = schema.safeParse(asJson(text));
    if (parsed.success) return parsed.data;
    throw new KinoscopeError('unavailable', 'TMDB answered something that is none of its answers');
  }
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
