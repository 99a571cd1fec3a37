import { lstat, readFile } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { decodeText } from '../core/encoding.js';
import { isOwnText } from '../core/own-file.js';
import { parseMediaName } from './media-name.js';
import type { MediaMetadata } from './media-source.js';
import { parseNfo } from './nfo.js';

/** An .nfo file is a page of text; anything larger is something else. */
const MAX_NFO_BYTES = 2 ** 20;

/** What a file's name, its folders and the .nfo files beside it say about it; the .nfo files know better. */
export async function describeLocalFile(file: string): Promise<MediaMetadata> {
  const { dir, name } = parse(file);
  const named = parseMediaName(file);
  const own = await readNfo(join(dir, `${name}.nfo`));
  const isEpisode = [named.episode, named.aired, own?.episode].some((known) => known !== undefined);
  if (!isEpisode) return { ...named, ...(own ?? (await readNfo(join(dir, 'movie.nfo')))) };
  const { cast, series, genres, description, seriesIds } =
    (await readNfo(join(dir, 'tvshow.nfo'))) ?? (await readNfo(join(dirname(dir), 'tvshow.nfo'))) ?? {};
  return {
    ...named,
    ...(cast ? { cast } : {}),
    ...(series ? { series } : {}),
    ...(seriesIds ? { seriesIds } : {}),
    ...(genres ? { genres } : {}),
    ...(description ? { description } : {}),
    ...own,
  };
}

/** null where there is none, or one that tells nothing: releases have pages of another kind under that name. */
async function readNfo(path: string): Promise<MediaMetadata | null> {
  // A link might lead out of the folders that may be opened.
  const found = await lstat(path).catch(() => null);
  if (!found?.isFile() || found.size > MAX_NFO_BYTES) return null;
  const told = await readFile(path)
    .then((bytes) => decodeText(bytes))
    // What we have read in the credits ourselves is no second witness.
    .then((text) => (isOwnText(text) ? {} : parseNfo(text)))
    .catch(() => ({}));
  return Object.keys(told).length > 0 ? told : null;
}
