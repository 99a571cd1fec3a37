import type { BilledActor, BilledCrew, BilledSong, BilledText, BillingResult } from './types.js';

/**
 * Names that are less likely to be right reach no player and no file of a library, unless somebody asks for them. Chosen on the drawn films
 * and stills of the choosing half, where 96 % of the texts above it are right to the letter; the benches `credits-reading` and
 * `credits-reading-stills` say what it is on the others.
 */
export const SURE_NAME = 0.8;

type Marked<Text> = Text & { readonly sure: boolean };

/** An answer of which every name says whether it is sure. */
export interface MarkedBilling extends Omit<BillingResult, 'cast' | 'crew' | 'companies' | 'songs' | 'truncated'> {
  readonly cast: readonly Marked<BilledActor>[];
  readonly crew: readonly (Omit<BilledCrew, 'names'> & { readonly names: readonly Marked<BilledText>[] })[];
  readonly companies: readonly Marked<BilledText>[];
  readonly songs: readonly Marked<BilledSong>[];
}

export const isSureName = ({ confidence }: { readonly confidence: number }): boolean => confidence >= SURE_NAME;

export function withSure(billing: Omit<BillingResult, 'truncated'>): MarkedBilling {
  const marked = <Text extends { readonly confidence: number }>(one: Text): Marked<Text> => ({
    ...one,
    sure: isSureName(one),
  });
  return {
    ...billing,
    cast: billing.cast.map(marked),
    crew: billing.crew.map((one) => ({ ...one, names: one.names.map(marked) })),
    companies: billing.companies.map(marked),
    songs: billing.songs.map(marked),
  };
}
