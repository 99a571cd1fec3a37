import type { By, Present } from '../src/cast/present.js';
import { type Box, containment, iou } from '../src/core/boxes.js';
import type { DrawnPerson } from './presence-fixture.js';

/** How answers of who is on screen are held against people drawn by hand. */

/** Somebody who is said to be on screen. */
export interface Said {
  readonly box: Box;
  readonly body: Box | null;
  readonly name: string | null;
  readonly id: string;
  readonly by: By;
  /** Who it may be, where that is not sure enough. */
  readonly perhaps: string | null;
}

export const saidOf = ({ box, body, name, key, by, perhaps }: Present): Said => ({
  ...{ box, body, name, by },
  id: key,
  perhaps: perhaps?.name ?? null,
});

/** Why somebody of the gallery is not named right. */
export const CAUSES = ['nobody found', 'no candidate', 'face unlike', 'not sure', 'another likelier', 'wrong'] as const;

function causeOf(one: Said | undefined, who: string): (typeof CAUSES)[number] {
  if (!one) return 'nobody found';
  if (one.name) return 'wrong';
  if (one.perhaps) return one.perhaps === who ? 'not sure' : 'another likelier';
  return one.by === 'face' ? 'face unlike' : 'no candidate';
}

/** Counts of one clip. */
export interface Counts {
  people: number;
  /** Of those, who are in the gallery. */
  known: number;
  right: number;
  wrong: number;
  /** Of those who were drawn with no face to be seen, or from the side. */
  turned: number;
  turnedRight: number;
  readonly by: Record<By, { right: number; wrong: number }>;
  readonly shown: { readonly person: string; readonly id: string }[];
  readonly faults: string[];
  /** Of those in the gallery who are not named right. */
  readonly missed: Record<(typeof CAUSES)[number], number>;
}

/** Least overlap of two boxes of one body (intersection over union), and least part of a face that lies on its body. */
const [SAME_BODY, ON_BODY] = [0.3, 0.6];
/** A face lies in the upper part of a body, as far as that is to be seen: its middle is not below this share of the height. */
const UPPER = 0.6;

/** How well an answer lies on somebody: bodies by overlap; a face that is in view by itself, which a close-up shows with little of a body. */
function fit({ box, body, by }: Said, { box: drawn }: DrawnPerson): number {
  const overlap = body ? iou(body, drawn) : 0;
  if (overlap >= SAME_BODY) return overlap;
  if (body && by !== 'face') return 0;
  const isUpper = box[1] + box[3] / 2 <= drawn[1] + UPPER * drawn[3];
  const inside = containment(box, drawn);
  return isUpper && inside >= ON_BODY ? SAME_BODY * inside : 0;
}

export function count(
  counts: Counts,
  said: readonly Said[],
  people: readonly DrawnPerson[],
  when: string,
  known: (who: string) => boolean,
): void {
  const pairs = said
    .flatMap((one) => people.map((person) => ({ one, person, fit: fit(one, person) })))
    .filter((pair) => pair.fit > 0)
    .sort((a, b) => b.fit - a.fit);
  const taken = new Map<Said | DrawnPerson, Said | DrawnPerson>();
  for (const { one, person } of pairs)
    if (!taken.has(one) && !taken.has(person)) taken.set(one, person).set(person, one);
  const judge = (one: Said, right: boolean, who: string): void => {
    counts.by[one.by][right ? 'right' : 'wrong']++;
    if (right) counts.right++;
    else {
      counts.wrong++;
      counts.faults.push(`${when} ${one.name} (${one.by}) for ${who}`);
    }
  };
  for (const person of people) {
    if (person.unsure) continue;
    const one = taken.get(person) as Said | undefined;
    counts.people++;
    if (known(person.who)) counts.known++;
    if (person.face !== 'front') counts.turned++;
    if (known(person.who) && one?.name !== person.who) counts.missed[causeOf(one, person.who)]++;
    counts.shown.push({ person: person.who, id: one?.id ?? `${when} ${person.who}` });
    if (!one?.name) continue;
    judge(one, one.name === person.who, person.who);
    if (one.name === person.who && person.face !== 'front') counts.turnedRight++;
  }
  // A name on nobody who is there.
  for (const one of said) if (one.name && !taken.has(one)) judge(one, false, 'nobody');
}

export const none = (): Counts => ({
  people: 0,
  known: 0,
  right: 0,
  wrong: 0,
  turned: 0,
  turnedRight: 0,
  by: { face: { right: 0, wrong: 0 }, body: { right: 0, wrong: 0 }, scene: { right: 0, wrong: 0 } },
  shown: [],
  faults: [],
  missed: { 'nobody found': 0, 'no candidate': 0, 'face unlike': 0, 'not sure': 0, 'another likelier': 0, wrong: 0 },
});

/** Of pairs of people who are said to be one, how many are, of pairs that are, how many were said, and their F1. */
export function pairs(shown: Counts['shown']): { precision: number; recall: number; f1: number } {
  let [said, right, there] = [0, 0, 0];
  shown.forEach((a, i) => {
    for (const b of shown.slice(0, i)) {
      if (a.id === b.id) said++;
      if (a.person === b.person) there++;
      if (a.id === b.id && a.person === b.person) right++;
    }
  });
  return {
    precision: said ? right / said : 1,
    recall: there ? right / there : 1,
    f1: (2 * right) / (said + there || 1),
  };
}
