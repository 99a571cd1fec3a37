import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Downloader } from '../../src/download/downloader.js';
import { parseTrailerList, type TrailerList } from '../../src/download/trailer-list.js';
import { GENRES, type Item, normaliseTitle } from './dataset.js';
import type { UseVideo } from './features.js';

/** The trailers of a list (title, link, genres; src/download/trailer-list.ts) as items, and its unusable lines. */
export function readTrailerItems(text: string): { items: Item[]; faults: TrailerList['faults'] } {
  const { entries, faults } = parseTrailerList(text, GENRES);
  const items = entries.map(({ title, link, genres }): Item => ({
    id: `trailers/${link}`,
    set: 'trailers',
    title: normaliseTitle(title),
    genres,
    unknown: [],
    year: null,
    pictures: [],
    video: link,
  }));
  return { items, faults };
}

/**
 * Fetches a trailer for as long as it is looked at: neither the film nor its frames stay, so a hundred gigabytes of
 * trailers need the disk of those that are looked at together.
 */
export function fetchWhileUsed(downloader: Downloader, folder = tmpdir()): UseVideo {
  return async (link, use) => {
    const dir = await mkdtemp(join(folder, 'kinoscope-trailer-'));
    try {
      const { file } = await downloader.fetch(link, { dir });
      return await use(file);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  };
}
