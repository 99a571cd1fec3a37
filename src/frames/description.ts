import type { Chapter } from './types.js';

/**
 * What is kept of what a film says of itself: whoever reads a title reads all of it. Discs have 99 chapters; what is more is
 * left out.
 */
const MOST = { chapters: 1000, tags: 100, characters: 1000 } as const;

/** Of so many lines of a description the first chapters are told. */
export const MOST_LINES = 20 * MOST.chapters;

export function keptChapters(chapters: readonly Chapter[]): Chapter[] {
  return chapters
    .slice(0, MOST.chapters)
    .map(({ start, end, title }) => ({ start, end, title: title?.slice(0, MOST.characters) ?? null }));
}

/** Tags by their names in lower case. */
export function keptTags(tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tags)
      .slice(0, MOST.tags)
      .map(([name, value]) => [name.toLowerCase().slice(0, MOST.characters), value.slice(0, MOST.characters)]),
  );
}

/** Whether a line is one of `av_dump_format`, and no complaint. */
export const isDescription = (line: string): boolean => /^(?: |Input #)/.test(line);

/**
 * Reads the chapters out of libav's description of a file (`av_dump_format`):
 *
 *     Chapter #0:0: start 0.000000, end 60.000000
 *       Metadata:
 *         title           : Opening
 *
 * @param startTime presentation time of the first frame, seconds: chapters count from there
 */
export function parseChapters(lines: readonly string[], startTime: number): Chapter[] {
  const chapters: { start: number; end: number; title: string | null }[] = [];
  for (const line of lines) {
    const times = /^ *Chapter #\S+ start (-?[\d.]+), end (-?[\d.]+)/.exec(line);
    const title = /^ *title +: (.*)$/.exec(line);
    const last = chapters.at(-1);
    if (times) {
      const [start, end] = [times[1], times[2]].map((seconds) => Math.max(0, Number(seconds) - startTime));
      chapters.push({ start: start ?? 0, end: end ?? 0, title: null });
    } else if (/^ *Stream #/.test(line)) {
      break;
    } else if (title && last) {
      last.title ??= title[1]?.trim() || null;
    }
  }
  return keptChapters(chapters);
}
