import { z } from 'zod';
import { type ColourLayout, layoutDistance } from '../bodies/colour-layout.js';
import { loadTable } from '../parameters/learnt.js';

/**
 * Whom bodies without a clear face show, by what the people of their scene wear. Solved over the scene: every body is one of its
 * people or nobody of them, and nobody is twice in a frame.
 */

/** A body that looks for its person. */
export interface Dressed {
  readonly id: string;
  readonly colours: ColourLayout;
  /** Who is seen in a frame with it, on other bodies, by clear faces: it is none of them. */
  readonly notThem: ReadonlySet<string>;
  /** Ids of the bodies that are in a frame with it: other people. */
  readonly meets: ReadonlySet<string>;
  /** What its face says for or against somebody, in nats; 0 where it says nothing. */
  faceSays(person: string): number;
}

/** Somebody whom clear faces show in the scene, in what they wear there. */
export interface Wearer {
  readonly person: string;
  readonly outfits: readonly ColourLayout[];
  /** What a distance from them tells: who wears what nobody else does is known by it. */
  readonly likeness: Likeness;
}

export interface Candidate {
  readonly person: string;
  readonly probability: number;
}

export interface Likeness {
  /** Mean distance of one person's bodies, and of two people's. */
  readonly same: number;
  readonly others: number;
  readonly slope: number;
  /** The distance at which both are as likely. */
  readonly middle: number;
}

/** Learnt by bench/body-likeness.ts. */
export const LEARNT = loadTable(
  'body-likeness.json',
  z.object({
    /** Mean distance of one person's bodies in two shots of a scene, and of two people's. */
    same: z.number(),
    others: z.number(),
    /** Standard deviation of either. */
    width: z.number().positive(),
    /** As many pairs of a scene weigh as much as the means of all films. */
    prior: z.number().positive(),
  }),
);

/**
 * How the distance of two bodies' colours tells whether they show one person: normal distributions of one width, so a logistic
 * curve. Where they lie is told by the scene's own pairs beside what was learnt: in uniforms people are alike, in a trailer they change
 * their clothes from shot to shot, and then the distance says nothing.
 * @param together distances of bodies that are one person's, in two shots
 * @param apart distances of bodies that are different people's
 */
export function likenessOf(together: readonly number[], apart: readonly number[], learnt = LEARNT): Likeness {
  const { width, prior } = learnt;
  const meanOf = (seen: readonly number[], usual: number): number =>
    (seen.reduce((sum, one) => sum + one, 0) + prior * usual) / (seen.length + prior);
  const [same, others] = [meanOf(together, learnt.same), meanOf(apart, learnt.others)];
  return { same, others, slope: Math.max(0, others - same) / width ** 2, middle: (others + same) / 2 };
}

/** The same of one person, whose own pairs count beside those of their scene. */
export const likenessOfPerson = (
  together: readonly number[],
  apart: readonly number[],
  { same, others }: Likeness,
): Likeness => likenessOf(together, apart, { ...LEARNT, same, others });

/** Log odds of somebody who is none of the people with a clear face. */
const NOBODY = 0;
/** Less likely candidates are not told. */
const LEAST = 0.02;
/** Outfits of bodies that are this sure are looked for as well. */
const SURE = 0.9;
const ROUNDS = 2;

/** Candidates of every body, the likeliest first; none for those who are nobody. */
export function whoWearsIt(bodies: readonly Dressed[], wearers: readonly Wearer[]): Map<string, Candidate[]> {
  let known = wearers;
  let found = new Map<string, Candidate[]>();
  for (let round = 0; round < ROUNDS; round++) {
    found = assign(bodies, known);
    known = wearers.map(({ person, outfits, likeness }) => ({
      person,
      likeness,
      outfits: [
        ...outfits,
        ...bodies.flatMap(({ id, colours }) => {
          const first = found.get(id)?.[0];
          return first?.person === person && first.probability >= SURE ? [colours] : [];
        }),
      ],
    }));
  }
  return found;
}

function assign(bodies: readonly Dressed[], wearers: readonly Wearer[]): Map<string, Candidate[]> {
  const odds = new Map(bodies.map((body) => [body.id, oddsOf(body, wearers)]));
  const given = bestAssignment(bodies, odds);
  return new Map(
    bodies.map(({ id, meets }) => {
      // Given whom the others show, this one is none of those in its frames.
      const taken = new Set([...meets].flatMap((other) => given.get(other) ?? []));
      const open = [...odds.get(id)!].filter(([person]) => !taken.has(person));
      const total = open.reduce((sum, [, log]) => sum + Math.exp(log), Math.exp(NOBODY));
      const candidates = open
        .map(([person, log]): Candidate => ({ person, probability: Math.exp(log) / total }))
        .filter(({ probability }) => probability >= LEAST)
        .sort((a, b) => b.probability - a.probability);
      return [id, candidates];
    }),
  );
}

/** Log odds of each person that the body may show. */
function oddsOf({ colours, notThem, faceSays }: Dressed, wearers: readonly Wearer[]): Map<string, number> {
  return new Map(
    wearers.flatMap((wearer): [string, number][] => {
      const log = notThem.has(wearer.person) ? null : wornBy(wearer, colours);
      return log === null ? [] : [[wearer.person, log + faceSays(wearer.person)]];
    }),
  );
}

/** What the colours of a body alone say for or against somebody, in nats; null where nothing can be compared. */
export function wornBy({ outfits, likeness: { slope, middle } }: Wearer, colours: ColourLayout): number | null {
  const distances = outfits.flatMap((outfit) => layoutDistance(outfit, colours) ?? []);
  return distances.length === 0 ? null : slope * (middle - Math.min(...distances));
}

/** The likeliest assignment, from the surest pair on, then by exchanging as long as that helps. */
function bestAssignment(
  bodies: readonly Dressed[],
  odds: ReadonlyMap<string, ReadonlyMap<string, number>>,
): Map<string, string> {
  const given = new Map<string, string>();
  const gain = (id: string, person: string | undefined): number =>
    person === undefined ? NOBODY : (odds.get(id)!.get(person) ?? -Infinity);
  const rivals = ({ meets }: Dressed, person: string): string[] =>
    [...meets].filter((other) => given.get(other) === person);
  const pairs = bodies
    .flatMap((body) => [...odds.get(body.id)!].map(([person, log]) => ({ body, person, log })))
    .filter(({ log }) => log > NOBODY)
    .sort((a, b) => b.log - a.log);
  for (const { body, person } of pairs)
    if (!given.has(body.id) && rivals(body, person).length === 0) given.set(body.id, person);
  // Somebody takes a person from another who has a second choice nearly as good.
  for (const { body, person, log } of pairs) {
    const [rival, ...more] = rivals(body, person);
    if (rival === undefined || more.length > 0 || given.get(body.id) === person) continue;
    const other = bodies.find(({ id }) => id === rival)!;
    const mine = given.get(body.id);
    const second = mine !== undefined && rivals(other, mine).every((id) => id === body.id) ? mine : undefined;
    const before = gain(body.id, mine) + gain(rival, person);
    if (log + gain(rival, second) <= before) continue;
    given.set(body.id, person);
    if (second === undefined) given.delete(rival);
    else given.set(rival, second);
  }
  return given;
}
