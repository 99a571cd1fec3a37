import type { BilledActor, BilledCrew, BilledText } from './types.js';

/** Nobody is played by so many: what stands above them is the heading of a list. */
const MANY = 3;

const key = (text: string | null): string => text?.toLowerCase() ?? '';

/** What was read of one thing several times, once: the surest reading, from when to when any of them was seen. */
function once<T extends Pick<BilledText, 'confidence' | 'start' | 'end'>>(
  all: readonly T[],
  keyOf: (one: T) => string,
): T[] {
  const found = new Map<string, T>();
  for (const one of all) {
    const other = found.get(keyOf(one));
    const surest = other === undefined || one.confidence > other.confidence ? one : other;
    const [start, end] = [Math.min(one.start, other?.start ?? one.start), Math.max(one.end, other?.end ?? one.end)];
    found.set(keyOf(one), { ...surest, start, end });
  }
  return [...found.values()];
}

/**
 * Everybody once for what they did. Of a list without a heading of actors, a role of three people and more is a heading ("The team",
 * "Special thanks to") and they are its crew.
 * @param isListed whether somebody stands under a heading of actors
 */
export function withHeadings(
  cast: readonly BilledActor[],
  crew: readonly BilledCrew[],
  isListed: (one: BilledActor) => boolean,
): { cast: BilledActor[]; crew: BilledCrew[] } {
  const of = new Map<string, Set<string>>();
  for (const one of cast)
    if (one.character !== null && !isListed(one))
      of.set(key(one.character), (of.get(key(one.character)) ?? new Set()).add(key(one.actor)));
  const isHeading = (one: BilledActor): boolean =>
    !isListed(one) && (of.get(key(one.character))?.size ?? 0) >= MANY && one.character !== null;
  const headings = new Map<string, { role: string; names: BilledText[] }>();
  for (const one of cast.filter(isHeading)) {
    const { actor: text, confidence, start, end } = one;
    const list = headings.get(key(one.character)) ?? { role: one.character!, names: [] };
    list.names.push({ text, confidence, start, end });
    headings.set(key(one.character), list);
  }
  const named = [...crew, ...[...headings.values()].map((list) => ({ ...list, department: null }))];
  return {
    cast: once(
      cast.filter((one) => !isHeading(one)),
      ({ character, actor }) => `${key(character)}\n${key(actor)}`,
    ),
    crew: named.map((list) => ({ ...list, names: once(list.names, ({ text }) => key(text)) })),
  };
}
