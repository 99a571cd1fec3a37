import { staleNames } from '../cast/title-names.js';
import type { BillingResult } from '../credits/billing/types.js';
import type { CollectionSpec, Document, Write } from '../storage/collection.js';
import { wordsOf } from './search.js';

/** One name of a title's credits, for searches over the library: stored with the answer that it is a part of. */
export interface Billed extends Document {
  readonly contentHash: string;
  readonly kind: 'cast' | 'crew';
  /** As one writes it. */
  readonly name: string;
  /** What they did, or whom they play; null where nobody says it. */
  readonly role: string | null;
  readonly department: string | null;
  readonly confidence: number;
  /** Seconds since the first video frame. */
  readonly start: number;
  readonly end: number;
  /** For searches: words without case and accents. */
  readonly nameWords: readonly string[];
  readonly roleWords: readonly string[];
}

export const BILLED: CollectionSpec = {
  name: 'billed',
  fields: {
    contentHash: 'string',
    kind: 'string',
    name: 'string',
    role: ['string', 'null'],
    department: ['string', 'null'],
    confidence: 'number',
    start: 'number',
    end: 'number',
    nameWords: 'array',
    roleWords: 'array',
  },
  indexes: [{ paths: ['contentHash'] }, { paths: ['nameWords'] }, { paths: ['roleWords'] }],
};

type Name = Omit<Billed, 'id' | 'version' | 'contentHash' | 'nameWords' | 'roleWords'>;

/** All names of an answer, in the order of the screen. */
export function namesOf({ cast, crew }: Pick<BillingResult, 'cast' | 'crew'>): Name[] {
  const actors = cast.map(({ actor: name, character: role, confidence, start, end }): Name => {
    return { kind: 'cast', name, role, department: null, confidence, start, end };
  });
  const others = crew.flatMap(({ role, department, names }) =>
    names.map(({ text: name, confidence, start, end }): Name => {
      return { kind: 'crew', name, role, department, confidence, start, end };
    }),
  );
  return [...actors, ...others].sort((a, b) => a.start - b.start);
}

/** Replaces the names of a content by those of its new answer; who is in it is told anew. */
export function billedWrites(contentHash: string, result: Pick<BillingResult, 'cast' | 'crew'>): Write[] {
  const names = namesOf(result).map((name, index) => ({
    id: `${contentHash}:${index}`,
    contentHash,
    ...name,
    nameWords: wordsOf(name.name),
    roleWords: [...new Set(wordsOf(`${name.role ?? ''} ${name.department ?? ''}`))],
  }));
  return [
    { kind: 'delete', collection: BILLED.name, filter: { contentHash } },
    ...names.map((document): Write => ({ kind: 'upsert', collection: BILLED.name, document })),
    ...staleNames([contentHash]),
  ];
}
