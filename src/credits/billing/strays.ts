import type { PlacedText, Row } from './types.js';

/** Text of the picture behind the credits: it stands where no line of them does, and is read badly. */

/** Text that is less likely to be right may be of the picture; what is so likely tells where lines stand. */
const DOUBTFUL = 0.4;
const CLEAR = 0.7;
/** So many rows before and behind a text tell where lines stand there. */
const NEAR = 6;
/** It stands as so many of them do, and so great a share: at their left or right edge or in their middle, to this share of the picture's width. */
const ALIGNED = { least: 2, share: 0.2, edge: 0.015 };

const EDGES = [
  ({ x }: PlacedText): number => x,
  ({ x, width }: PlacedText): number => x + width,
  ({ x, width }: PlacedText): number => x + width / 2,
];

function isStray(part: PlacedText, others: readonly PlacedText[]): boolean {
  if (part.confidence >= DOUBTFUL || others.length < ALIGNED.least) return false;
  return EDGES.every((edge) => {
    const same = others.filter((other) => Math.abs(edge(other) - edge(part)) < ALIGNED.edge).length;
    return same < ALIGNED.least || same < ALIGNED.share * others.length;
  });
}

/** The texts that are of the picture. */
export function straysOf(rows: readonly Row[]): ReadonlySet<PlacedText> {
  const strays = rows.flatMap((row, at) => {
    const near = rows.slice(Math.max(0, at - NEAR), at + NEAR + 1).filter(({ page }) => page === row.page);
    const clear = near.flatMap(({ parts }) => parts).filter(({ confidence }) => confidence >= CLEAR);
    return row.parts.filter((part) => isStray(part, clear));
  });
  return new Set(strays);
}
