import type { Row } from '../../src/credits/billing/types.js';

/** Rows as they stand on a screen of 80 letters: two spaces and more part columns, an empty line is a gap. */
export function screen(text: string, page = 0): Row[] {
  return text.split('\n').flatMap((line, k): Row[] => {
    const parts = [...line.matchAll(/\S+(?: \S+)*/g)].map((match) => ({
      text: match[0],
      confidence: 0.9,
      start: k,
      end: k + 5,
      page,
      x: match.index / 80,
      width: match[0].length / 80,
      spaces: [...match[0].matchAll(/ /g)].map((space) => (match.index + space.index + 0.5) / 80),
      y: 0.05 * k,
      height: 0.045,
    }));
    return parts.length === 0 ? [] : [{ page, y: 0.05 * k, height: 0.045, start: k, end: k + 5, parts }];
  });
}
