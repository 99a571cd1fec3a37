import type { Chapter } from './types.js';

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
  return chapters;
}
