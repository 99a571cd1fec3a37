import { SOMEBODY } from '../cast/appearances.js';
import { poorPenalty } from '../faces/cluster.js';
import { meanEmbedding, similarity } from '../faces/embed.js';
import { likeness } from '../faces/likeness.js';
import { demandOf } from '../faces/recognizers.js';
import { type Candidate, type Gallery, isCannotLink, NAMED_FROM } from './gallery.js';
import { titleCast } from './in-title.js';

/** An appearance, as far as telling who it shows needs it. */
export interface UnnamedAppearance {
  readonly key: string;
  /** null: erased. */
  readonly embedding: Float32Array | null;
  readonly weight: number;
  readonly quality: number;
  readonly meets: readonly string[];
  /** Who it showed when that was last asked. */
  readonly personId: string | null;
  readonly mustLink: boolean;
  readonly cannotLink: readonly string[];
}

/** A person without a name. */
export interface Stranger {
  readonly id: string;
  readonly mean: Float32Array | null;
  /** Their surest faces: the core points that others are joined to. */
  readonly exemplars: readonly Float32Array[];
  readonly cannotLinkFaces: readonly Float32Array[];
  readonly cannotLink: readonly string[];
}

/** How many people are considered for an appearance: some of them may be taken. */
const CANDIDATES = 3;
/** Confidence from which an appearance says how its person looks in the title. */
const CERTAIN = 0.9;
/** Quality below which the title's own cast is likelier: better faces that are theirs are like their photos (bench/faces-title.ts). */
const POOR = 0.55;

/** Somebody new: they become a person of their own. */
export const NEWCOMER = Symbol('newcomer');

export interface Decision {
  /** null: a passer-by. */
  readonly person: string | typeof NEWCOMER | null;
  /** Probability of the name; of a stranger, that they are nobody of the gallery. */
  readonly confidence: number;
}

export interface Assignment {
  /** By the appearance's key. */
  readonly decisions: ReadonlyMap<string, Decision>;
  /** Pairs of strangers that an appearance of weight has shown to be one. */
  readonly joins: readonly (readonly [string, string])[];
}

export interface AssignOptions {
  /** Faces of two films at least this like each other (faces/likeness.ts) are neighbours. */
  readonly reach?: number;
  /** Weight from which an appearance is a core point, which others are joined through. */
  readonly density?: number;
  /** Means at least this like each other: a chain of look-alikes does not join two people. */
  readonly meansAlike?: number;
  /** People who are named of the title, by its credits or else: they are likelier. */
  readonly named?: ReadonlySet<string>;
}

/**
 * Who a film's appearances show. What a user said comes first, then names of the gallery, the surest first, then names
 * of those who are in the film for certain ({@link titleCast}), then strangers of other films: density clustering (DBSCAN
 * made incremental, Ester et al. 1998), whose points are appearances, each a density cluster of tracks itself. Somebody
 * who is on screen with an appearance in one frame is never the same person.
 */
export function assign(
  appearances: readonly UnnamedAppearance[],
  gallery: Gallery,
  strangers: readonly Stranger[],
  { reach = 0.45, density = 1.5, meansAlike = 0.45, named = new Set() }: AssignOptions = {},
): Assignment {
  const deciding = new Deciding(appearances);
  for (const appearance of appearances)
    if (appearance.mustLink && appearance.personId !== null) deciding.give(appearance, appearance.personId, 1);

  const candidates = new Map(
    appearances.map(({ key, embedding }) => [key, embedding ? gallery.identify(embedding, CANDIDATES, named) : []]),
  );
  deciding.offer(({ key }) => candidates.get(key)!);
  const inTitle = titleCast(gallery, deciding.certainMeans());
  deciding.offer(({ key, embedding, quality }) =>
    embedding && quality < POOR ? inTitle(embedding, candidates.get(key)!) : [],
  );

  const nobody = ({ key }: UnnamedAppearance): number => 1 - (candidates.get(key)![0]?.confidence ?? 0);
  const known = new Set(strangers.map(({ id }) => id));
  for (const appearance of deciding.open().sort((a, b) => b.weight - a.weight))
    if (
      appearance.personId !== null &&
      known.has(appearance.personId) &&
      deciding.free(appearance, appearance.personId)
    )
      deciding.give(appearance, appearance.personId, nobody(appearance));

  const joins = joinStrangers(deciding, strangers, { reach, density, meansAlike }, nobody);
  for (const appearance of deciding.open())
    deciding.decisions.set(appearance.key, {
      person: appearance.embedding && appearance.weight >= SOMEBODY ? NEWCOMER : null,
      confidence: nobody(appearance),
    });
  return { decisions: deciding.decisions, joins };
}

/** Who was given to whom so far. */
class Deciding {
  readonly decisions = new Map<string, Decision>();
  private readonly holders = new Map<string, string[]>();

  constructor(private readonly appearances: readonly UnnamedAppearance[]) {}

  /** Those that nobody was given to. */
  open(): UnnamedAppearance[] {
    return this.appearances.filter(({ key }) => !this.decisions.has(key));
  }

  free({ meets, cannotLink }: UnnamedAppearance, person: string): boolean {
    return !cannotLink.includes(person) && !(this.holders.get(person) ?? []).some((key) => meets.includes(key));
  }

  give({ key }: UnnamedAppearance, person: string, confidence: number): void {
    this.decisions.set(key, { person, confidence });
    this.holders.set(person, [...(this.holders.get(person) ?? []), key]);
  }

  /** Gives those that are open to likely candidates, the surest first. */
  offer(candidatesOf: (appearance: UnnamedAppearance) => readonly Candidate[]): void {
    const offers = this.open()
      .flatMap((appearance) => candidatesOf(appearance).map((candidate) => ({ appearance, candidate })))
      .filter(({ candidate }) => candidate.confidence >= NAMED_FROM)
      .sort((a, b) => b.candidate.confidence - a.candidate.confidence);
    for (const { appearance, candidate } of offers)
      if (!this.decisions.has(appearance.key) && this.free(appearance, candidate.personId))
        this.give(appearance, candidate.personId, candidate.confidence);
  }

  /** How the film shows those who are in it for certain: the mean of their embeddings. */
  certainMeans(): Map<string, Float32Array> {
    const means = new Map<string, Float32Array>();
    for (const [person, keys] of this.holders) {
      const sure = this.appearances.filter(
        ({ key, embedding }) => embedding && keys.includes(key) && this.decisions.get(key)!.confidence >= CERTAIN,
      );
      if (sure.length === 0) continue;
      const weights = sure.map(({ weight }) => weight);
      means.set(
        person,
        meanEmbedding(
          sure.map(({ embedding }) => embedding!),
          weights,
        ),
      );
    }
    return means;
  }
}

/** Gives what is open to strangers that are near, the nearest first. @returns pairs of strangers who turn out to be one */
function joinStrangers(
  deciding: Deciding,
  strangers: readonly Stranger[],
  { reach, density, meansAlike }: Required<Omit<AssignOptions, 'named'>>,
  confidenceOf: (appearance: UnnamedAppearance) => number,
): [string, string][] {
  const links = deciding
    .open()
    .flatMap((appearance) =>
      neighbours(appearance, strangers, reach, meansAlike).map((link) => ({ appearance, ...link })),
    )
    .sort((a, b) => b.likeness - a.likeness);
  const joins: [string, string][] = [];
  for (const { appearance, stranger } of links) {
    const decided = deciding.decisions.get(appearance.key)?.person;
    const free = deciding.free(appearance, stranger.id);
    if (decided === undefined) {
      if (free) deciding.give(appearance, stranger.id, confidenceOf(appearance));
    } else if (typeof decided === 'string' && appearance.weight >= density && free) {
      const other = strangers.find(({ id }) => id === decided);
      if (other && alike(other, stranger, meansAlike)) joins.push([other.id, stranger.id]);
    }
  }
  return joins;
}

/** Strangers that an appearance is near to. */
function neighbours(
  { embedding, quality }: UnnamedAppearance,
  strangers: readonly Stranger[],
  reach: number,
  meansAlike: number,
): { stranger: Stranger; likeness: number }[] {
  if (!embedding) return [];
  const demand = demandOf(embedding);
  const wanted = reach + poorPenalty(quality) + demand;
  return strangers.flatMap((stranger) => {
    if (!stranger.mean || likeness(stranger.mean, embedding) < meansAlike + demand) return [];
    const nearest = Math.max(...stranger.exemplars.map((face) => likeness(face, embedding)));
    if (nearest < wanted) return [];
    const cosine = Math.max(...stranger.exemplars.map((face) => similarity(face, embedding)));
    return isCannotLink(embedding, cosine, stranger.cannotLinkFaces) ? [] : [{ stranger, likeness: nearest }];
  });
}

function alike(a: Stranger, b: Stranger, meansAlike: number): boolean {
  if (!a.mean || !b.mean || a.cannotLink.includes(b.id) || b.cannotLink.includes(a.id)) return false;
  return likeness(a.mean, b.mean) >= meansAlike + demandOf(a.mean);
}
