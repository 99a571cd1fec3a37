import type { Programme } from './xmltv.js';

/** Names as people write them: without case, accents and punctuation. */
export const plainName = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** Programmes by what they are called and by who is in them. */
export interface ByName {
  readonly titles: ReadonlyMap<string, readonly Programme[]>;
  readonly cast: ReadonlyMap<string, readonly Programme[]>;
}

export function byName(programmes: readonly Programme[]): ByName {
  const [titles, cast] = [new Map<string, Programme[]>(), new Map<string, Programme[]>()];
  const add = (to: Map<string, Programme[]>, name: string, programme: Programme): void => {
    const key = plainName(name);
    const there = to.get(key);
    if (there) there.push(programme);
    else if (key !== '') to.set(key, [programme]);
  };
  for (const programme of programmes) {
    for (const title of programme.titles) add(titles, title, programme);
    for (const name of programme.cast) add(cast, name, programme);
  }
  return { titles, cast };
}

/** What to look for in a guide. */
export interface WantedNames {
  readonly titles: readonly string[];
  readonly cast: readonly string[];
}

/** The last programme that had begun by a time, milliseconds since 1970, and has one of the names; null: none. */
export function lastOf(guides: readonly ByName[], { titles, cast }: WantedNames, at: number): Programme | null {
  let last: Programme | null = null;
  for (const guide of guides) {
    const found = [
      ...titles.map((name) => guide.titles.get(plainName(name))),
      ...cast.map((name) => guide.cast.get(plainName(name))),
    ];
    for (const one of found.flatMap((some) => some ?? []))
      if (one.start <= at && (last === null || one.start > last.start)) last = one;
  }
  return last;
}
