import type { BilledActor, BilledCrew, BilledText } from './types.js';

/** Nobody is played by so many: what stands above them is the heading of a list. */
const MANY = 3;

const key = (text: string | null): string => (text ?? '').toLowerCase();

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
  const byRole = new Map<string, { role: string; people: BilledActor[] }>();
  for (const one of cast) {
    if (one.character === null || isListed(one)) continue;
    const list = byRole.get(key(one.character)) ?? { role: one.character, people: [] };
    list.people.push(one);
    byRole.set(key(one.character), list);
  }
  const headed = [...byRole.values()].filter(({ people }) => new Set(people.map((one) => key(one.actor))).size >= MANY);
  const inLists = new Set(headed.flatMap(({ people }) => people));
  const lists = headed.map(({ role, people }): BilledCrew => {
    const names = people.map(({ actor: text, confidence, start, end }): BilledText => ({
      text,
      confidence,
      start,
      end,
    }));
    return { role, department: null, names };
  });
  return {
    cast: once(
      cast.filter((one) => !inLists.has(one)),
      ({ character, actor }) => `${key(character)}\n${key(actor)}`,
    ),
    crew: [...crew, ...lists].map((list) => ({ ...list, names: once(list.names, ({ text }) => key(text)) })),
  };
}
