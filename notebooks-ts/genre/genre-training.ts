import { createHash } from 'node:crypto';
import { GENRE_MODEL } from '../../src/genre/genre-model.js';
import type { Corpus, Labels, Part } from './corpus.js';
import { GENRES } from './dataset.js';
import { type Description, describe } from './descriptions.js';
import { applyDecision, decide, type Decision, foldsOf, FOLDS, forFilms, meanOf, mixed, select } from './evaluate.js';
import { OUTPUTS } from './features.js';
import { type Figures, figuresOf, sureFrom } from './figures.js';
import type { Glove } from './glove.js';
import type { HeldCorpus } from './held-scores.js';
import { choose, type Choice, witness, witnessFolds, type Witnessed } from './nested.js';
import { type DomainArrays, encodeGenreModel, type GenreParameters } from './scorer-graph.js';
import { filmPrior, HEAD_OPTIONS, SEED, standardOf, trainHeads, unproject } from './train.js';
import { fitWordsScale, holdWords, type HeldWords, wordsOf, type WordsScale } from './witnesses.js';
import { trainWords } from './words-trainer.js';

/** From this many on, trailers train the heads too: leaving some out no longer moves the shares of their genres. */
const MANY_TRAILERS = 200;

/** Answers of films by what saw them in no way, and what is known of them. */
export interface Answered extends Witnessed {
  readonly titles: readonly string[];
  readonly labels: Labels;
  /** By which of the models each was answered. */
  readonly folds: readonly number[];
}

/** Everything that is measured on films held out. */
export interface Evaluation {
  readonly stills: Answered;
  readonly trailers: Answered;
  readonly posters: Pick<Answered, 'pictures' | 'labels' | 'folds'> & { readonly sure: number[] };
  /** Descriptions of films of which there are no pictures, by title. */
  readonly descriptions: HeldWords;
  readonly scale: WordsScale;
  /** What is chosen on all stills, and posters. */
  readonly choice: Choice;
  readonly posterDecision: Decision;
}

/** Posters: five folds by film, each decided by the other four. */
function posterFolds(posters: HeldCorpus['held']['posters']): Evaluation['posters'] {
  const foldOf = foldsOf(posters.titles);
  const parts = Array.from({ length: FOLDS }, (_, fold) => {
    const inside = (i: number): boolean => foldOf.get(posters.titles[i]!) === fold;
    const [others, own] = [select(posters, (i) => !inside(i)), select(posters, inside)];
    const decision = decide(others);
    const from = sureFrom(applyDecision(others, decision), others.labels);
    return {
      pictures: applyDecision(own, decision),
      sure: own.titles.map(() => from),
      labels: own.labels,
      folds: own.titles.map(() => fold),
    };
  });
  return {
    pictures: parts.flatMap(({ pictures }) => pictures),
    sure: parts.flatMap(({ sure }) => sure),
    labels: parts.flatMap(({ labels }) => labels),
    folds: parts.flatMap(({ folds }) => folds),
  };
}

/** Measures everything on films that took no part: heads, calibration, thresholds. Words never saw a film of which there are pictures. */
export async function evaluate(
  { held, projected }: HeldCorpus,
  descriptions: readonly Description[],
  glove: Glove,
  onStage: (stage: string) => void,
): Promise<Evaluation> {
  onStage('words');
  const apart = new Set([...held.stills.titles, ...held.trailers.titles]);
  const others = descriptions.filter(({ title }) => !apart.has(title));
  const heldWords = await holdWords(others, glove);
  const scale = fitWordsScale(heldWords);
  const heads = await trainWords(others, glove);
  const words = {
    stills: wordsOf(describe(held.stills.items, descriptions), heads, scale),
    trailers: wordsOf(describe(held.trailers.items, descriptions), heads, scale),
  };
  onStage('deciding');
  const stills = witnessFolds(held.stills, words.stills);
  const choice = choose(held.stills, words.stills);
  const prior = filmPrior(projected);
  const frames = mixed(held.trailers, choice.decision.forestShare).map(meanOf);
  const parts = held.trailers.titles.map((_, n) => {
    const decision = forFilms(
      choice.decision,
      prior,
      frames.filter((_row, other) => other !== n),
    );
    return witness(
      select(held.trailers, (i) => i === n),
      [words.trailers[n]!],
      { ...choice, decision },
      'frames',
    );
  });
  return {
    stills,
    trailers: {
      pictures: parts.flatMap((part) => part.pictures),
      single: parts.flatMap((part) => part.single),
      words: parts.flatMap((part) => part.words),
      both: parts.flatMap((part) => part.both),
      sure: parts.flatMap((part) => part.sure),
      titles: held.trailers.titles,
      labels: held.trailers.labels,
      folds: held.trailers.titles.map(() => 0),
    },
    posters: posterFolds(held.posters),
    descriptions: heldWords,
    scale,
    choice,
    posterDecision: decide(held.posters),
  };
}

export interface Trained {
  readonly file: Uint8Array;
  readonly meta: GenreParameters['meta'];
  readonly figures: Readonly<Record<string, Figures>>;
}

/** The rows that have words. */
export function spoken(
  values: readonly (Float32Array | null)[],
  { labels, folds }: Pick<Answered, 'labels' | 'folds'>,
): { logits: Float32Array[]; labels: Labels; folds: number[] } {
  const there = values.flatMap((row, n) => (row ? [{ row, labels: labels[n]!, fold: folds[n]! }] : []));
  return {
    logits: there.map(({ row }) => row),
    labels: there.map((each) => each.labels),
    folds: there.map(({ fold }) => fold),
  };
}

/** The figures of the model's card. */
export function cardFigures({ stills, trailers, posters }: Evaluation): Readonly<Record<string, Figures>> {
  const of = (values: readonly (Float32Array | null)[], answered: Pick<Answered, 'labels' | 'folds'>): Figures => {
    const { logits, labels, folds } = spoken(values, answered);
    return figuresOf(logits, labels, folds);
  };
  const answer = ({ pictures, both }: Witnessed): Float32Array[] => pictures.map((row, n) => both[n] ?? row);
  return {
    'film stills by title, pictures': of(stills.pictures, stills),
    'single film stills, pictures': of(stills.single, stills),
    'film stills by title that have a description: pictures': of(
      stills.pictures.map((row, n) => (stills.both[n] ? row : null)),
      stills,
    ),
    'the same: words': of(stills.words, stills),
    'the same: both': of(stills.both, stills),
    'posters': of(posters.pictures, posters),
    'trailers, pictures': of(trailers.pictures, trailers),
    'trailers, with words where there are any': of(answer(trailers), trailers),
  };
}

/** Trains on everything what was measured on films held out, and packs it. */
export async function trainGenreModel(
  corpus: Corpus,
  heldCorpus: HeldCorpus,
  evaluation: Evaluation,
  onStage: (stage: string) => void = () => undefined,
): Promise<Trained> {
  const { projection, projected, held } = heldCorpus;
  const many = corpus.trailers.items.length >= MANY_TRAILERS;
  const scene = many
    ? { ...HEAD_OPTIONS.scene, setWeight: { ...HEAD_OPTIONS.scene.setWeight, trailers: 1 } }
    : HEAD_OPTIONS.scene;
  const { choice, posterDecision, posters } = evaluation;
  const film = forFilms(
    choice.decision,
    filmPrior(projected),
    mixed(held.trailers, choice.decision.forestShare).map(meanOf),
  );
  const domain = (part: Part, { calibration }: Decision): DomainArrays => ({ ...standardOf(part), ...calibration });
  const counts = Object.fromEntries(
    Object.entries(corpus).map(([set, part]) => [set, { titles: part.items.length, pictures: part.rows.count }]),
  );
  const figures = cardFigures(evaluation);
  const forestShare = { scene: choice.decision.forestShare, poster: posterDecision.forestShare };
  const meta: GenreParameters['meta'] = {
    genres: [...GENRES],
    outputs: OUTPUTS.map(({ network, name, size }) => ({ network, name, size })),
    sureFrom: {
      film: choice.sure.pictures,
      still: choice.sure.pictures,
      poster: sureFrom(posters.pictures, posters.labels),
    },
    shrinkage: choice.decision.shrinkage,
    training: { script: 'notebooks-ts/genre.ipynb', seed: SEED, data: counts, forestShare, figures },
  };
  onStage('training on everything');
  const file = encodeGenreModel({
    meta,
    heads: {
      scene: unproject(await trainHeads(projected, scene), projection),
      poster: unproject(await trainHeads(projected, HEAD_OPTIONS.poster), projection),
    },
    forestShare,
    domains: {
      film: domain(corpus.trailers, film),
      still: domain(corpus.stills, choice.decision),
      poster: domain(corpus.posters, posterDecision),
    },
  });
  return { file, meta, figures };
}

/** models/manifest.json with the figures and the sha256 of the model in its entry `genre-pictures`; the rest as it is. */
export function renewManifest(manifest: string, { file, figures }: Omit<Trained, 'meta'>): string {
  const at = manifest.indexOf(`"id": "${GENRE_MODEL}"`);
  if (at < 0) throw new Error(`models/manifest.json has no entry ${GENRE_MODEL}`);
  const of = (name: string, key: 'macroAuc' | 'macroAp' | 'topThreeRecall'): string => figures[name]![key].toFixed(3);
  const metrics = [
    ['trailersMacroAuc', of('trailers, pictures', 'macroAuc')],
    ['trailersMacroAp', of('trailers, pictures', 'macroAp')],
    ['trailersTopThreeRecall', of('trailers, pictures', 'topThreeRecall')],
    ['stillsMacroAuc', of('film stills by title, pictures', 'macroAuc')],
    ['stillsMacroAp', of('film stills by title, pictures', 'macroAp')],
    ['postersMacroAuc', of('posters', 'macroAuc')],
    ['postersMacroAp', of('posters', 'macroAp')],
  ].map(([name, value]) => `"${name}": ${value}`);
  const entry = manifest
    .slice(at)
    .replace(/"sha256": "[0-9a-f]{64}"/, `"sha256": "${createHash('sha256').update(file).digest('hex')}"`)
    .replace(/"metrics": \{[^}]*\}/, `"metrics": {${metrics.join(', ')}}`);
  return manifest.slice(0, at) + entry;
}
