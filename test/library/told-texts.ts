import type { Told } from '../../src/credits/billing/styles.js';
import type { ToldRow } from '../../src/credits/billing/told-rows.js';
import type { PlacedText } from '../../src/credits/billing/types.js';

/** Texts of credits of which a test says itself what their letters tell. */

export const placed = (text: string, about: Partial<PlacedText> = {}): PlacedText => ({
  text,
  confidence: 0.9,
  start: 10,
  end: 15,
  page: 0,
  x: 0.3,
  width: 0.2,
  spaces: [],
  y: 0.5,
  height: 0.05,
  ...about,
});

export interface About extends Partial<Omit<Told, 'kinds'>> {
  readonly kinds?: Partial<Told['kinds']>;
}

const NO_KIND: Told['kinds'] = {
  person: 0,
  character: 0,
  job: 0,
  company: 0,
  sentence: 0,
  namesJob: false,
  namesCompany: false,
  headsCast: false,
  headsSongs: false,
  ofSong: false,
};

/** A text of which it is known how much it looks like a name. */
export const told = (text: string, nameOdds: number, { kinds, ...about }: About = {}): Told => ({
  ...placed(text),
  nameOdds,
  jobOdds: 0,
  ...about,
  kinds: { ...NO_KIND, ...kinds },
});

/** A row of such texts, close below the one before. */
export const toldRow = (parts: readonly Told[], about: Partial<ToldRow> & { readonly page?: number } = {}): ToldRow => {
  const { page = 0, ...more } = about;
  const row = { page, y: 0.5, height: 0.05, start: 10, end: 15, parts };
  return { row, parts, close: true, isFar: false, form: 'apart', ...more };
};
