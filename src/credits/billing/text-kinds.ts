import { z } from 'zod';
import { loadTable } from '../../parameters/learnt.js';
import { BUCKETS, piecesOf } from '../words.js';

/** What a text of credits is, by its letters: learnt from 104,369 billed names with roles (notebooks-ts/credits-reading/billing-words.ts). */

export const TEXT_KINDS = ['person', 'character', 'job', 'company', 'sentence'] as const;
export type TextKind = (typeof TEXT_KINDS)[number];
export type KindProbabilities = Readonly<Record<TextKind, number>>;

export interface KindsModel {
  /** [buckets, kinds], in steps of `step`. */
  readonly weights: Int8Array;
  readonly step: number;
  readonly bias: readonly number[];
}

/** Probability of each kind; they sum to 1. */
export function kindProbabilities(text: string, { weights, step, bias }: KindsModel): KindProbabilities {
  const pieces = piecesOf(text);
  const scores = TEXT_KINDS.map((_, kind) => {
    const sum = pieces.reduce((total, piece) => total + weights[piece * TEXT_KINDS.length + kind]!, 0);
    return bias[kind]! + (step * sum) / Math.sqrt(pieces.length);
  });
  const highest = Math.max(...scores);
  const odds = scores.map((score) => Math.exp(score - highest));
  const all = odds.reduce((sum, value) => sum + value, 0);
  return Object.fromEntries(TEXT_KINDS.map((kind, k) => [kind, odds[k]! / all])) as Record<TextKind, number>;
}

const Kinds: z.ZodType<KindsModel> = z
  .object({
    kinds: z.tuple(TEXT_KINDS.map((kind) => z.literal(kind)) as never),
    weights: z.base64(),
    step: z.number().positive(),
    bias: z.array(z.number()).length(TEXT_KINDS.length),
  })
  .transform(({ weights, step, bias }) => ({ weights: new Int8Array(Buffer.from(weights, 'base64')), step, bias }))
  .refine(({ weights }) => weights.length === BUCKETS * TEXT_KINDS.length, { message: 'other buckets' });

const list = z.array(z.string().min(1));
const Terms = z.object({ jobs: list, cast: list, songs: list, songPhrases: list, companies: list, particles: list });

const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}.'’&/()-]+/gu, ' ')
    .trim();

/** Words of a text, without case, accents and marks. */
export const wordsOf = (text: string): string[] => folded(text).match(/[\p{L}\p{N}]+/gu) ?? [];

interface Vocabulary {
  readonly jobs: ReadonlySet<string>;
  readonly cast: ReadonlySet<string>;
  readonly songs: ReadonlySet<string>;
  readonly songPhrases: readonly string[];
  readonly companies: ReadonlySet<string>;
}

let loaded: { readonly kinds: KindsModel; readonly vocabulary: Vocabulary } | undefined;

/** Read when it is first asked for: the script that learns the table asks for the rest of this file only. */
function tables(): NonNullable<typeof loaded> {
  if (loaded === undefined) {
    const terms = loadTable('billing-terms.json', Terms);
    const set = (texts: readonly string[]): ReadonlySet<string> =>
      new Set(texts.map((text) => wordsOf(text).join(' ')));
    loaded = {
      kinds: loadTable('billing-words.json', Kinds),
      vocabulary: {
        jobs: set(terms.jobs),
        cast: set(terms.cast),
        songs: set(terms.songs),
        songPhrases: terms.songPhrases.map((text) => wordsOf(text).join(' ')).filter(Boolean),
        companies: set(terms.companies),
      },
    };
  }
  return loaded;
}

/** Terms have no more words than this. */
const LONGEST_TERM = 4;

function holdsTerm(text: string, terms: ReadonlySet<string>): boolean {
  const words = wordsOf(text);
  return words.some((_, from) =>
    Array.from({ length: LONGEST_TERM }, (_unused, k) => words.slice(from, from + k + 1).join(' ')).some((some) =>
      terms.has(some),
    ),
  );
}

/** What a text may be, as far as its letters and words tell. */
export interface Kinds extends KindProbabilities {
  /** It holds a word of a job: director, Kamera, montage. */
  readonly namesJob: boolean;
  /** It ends as companies do, or holds a word that only they have. */
  readonly namesCompany: boolean;
  /** It heads a list of actors. */
  readonly headsCast: boolean;
  /** It heads a list of songs. */
  readonly headsSongs: boolean;
  /** It says who wrote, sang or published a song. */
  readonly ofSong: boolean;
}

export function kindsOf(text: string): Kinds {
  const { kinds, vocabulary } = tables();
  const plain = wordsOf(text).join(' ');
  return {
    ...kindProbabilities(text, kinds),
    namesJob: holdsTerm(text, vocabulary.jobs),
    namesCompany: wordsOf(text).length > 1 && holdsTerm(text, vocabulary.companies),
    headsCast: vocabulary.cast.has(plain),
    headsSongs: vocabulary.songs.has(plain),
    ofSong: vocabulary.songPhrases.some((phrase) => ` ${plain} `.includes(` ${phrase} `)),
  };
}
