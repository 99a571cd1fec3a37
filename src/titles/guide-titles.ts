import type { WantedTitle } from '../guide/names.js';
import type { Title } from './documents.js';
import { wordsOf } from './search.js';

/** What tells which programmes of a broadcast guide a title is. */
export function wantedTitle(title: Title, isAmbiguous: boolean): WantedTitle {
  const { title: own, series, season, episode, year, aired, ids = [], seriesIds = [] } = title.metadata;
  return {
    names: [...new Set([title.name, ...(own === undefined ? [] : [own])])],
    ...(series !== undefined && { series }),
    ...(season !== undefined && { season }),
    ...(episode !== undefined && { episode }),
    ...(year !== undefined && { year }),
    ...(aired !== undefined && { aired }),
    ids,
    seriesIds,
    isAmbiguous,
  };
}

const nameOf = ({ name }: Title): string => wordsOf(name).join(' ');

/** All titles of a library as guides are asked for them: films of one name that are not the same are ambiguous. */
export function wantedTitles(titles: readonly Title[]): WantedTitle[] {
  const films = new Map<string, Title[]>();
  for (const title of titles) {
    const name = nameOf(title);
    const there = films.get(name);
    if (there) there.push(title);
    else films.set(name, [title]);
  }
  return titles.map((title) => wantedTitle(title, isAmbiguous(title, films.get(nameOf(title)) ?? [])));
}

/** Another film has the same name, and may be another one. */
export function isAmbiguous(title: Title, called: readonly Title[]): boolean {
  return called.some(
    ({ id, contentHash, metadata }) =>
      id !== title.id &&
      metadata.series === undefined &&
      (contentHash === null || contentHash !== title.contentHash) &&
      (metadata.year === undefined || metadata.year !== title.metadata.year),
  );
}
