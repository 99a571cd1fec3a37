import { logOdds } from './calibrate.js';
import { type Corpus, isKnown, type Labels } from './corpus.js';
import { GENRES } from './dataset.js';
import { sharesOf } from './evaluate.js';
import { type Figures, figuresOf, FIGURES_HEAD, figuresRow, firstAnswers, found, probabilitiesOf } from './figures.js';
import { cardFigures, type Evaluation, spoken } from './genre-training.js';
import { reliability, topThree } from './metrics.js';
import type { Witnessed } from './nested.js';
import { createRandom } from './random.js';
import { HEAD_OPTIONS, SEED } from './train.js';

/** How common each genre is among these films, whatever they show: what every answer has to be better than. */
function constant(labels: Labels): Float32Array[] {
  const usual = Float32Array.from(sharesOf(labels), logOdds);
  return labels.map(() => usual);
}

/** How far the figures would move with other films of the same kind: their spread when the films are drawn again, 200 times. */
function spreadOf(logits: readonly Float32Array[], labels: Labels): string {
  const random = createRandom(SEED);
  const drawn = Array.from({ length: 200 }, () => {
    const films = labels.map(() => Math.floor(random() * labels.length));
    return figuresOf(
      films.map((n) => logits[n]!),
      films.map((n) => labels[n]!),
    );
  });
  const deviation = (values: readonly number[]): string => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length).toFixed(3);
  };
  return `AUC ${deviation(drawn.map(({ macroAuc }) => macroAuc))}, AP ${deviation(drawn.map(({ macroAp }) => macroAp))}, recall ${deviation(drawn.map(({ topThreeRecall }) => topThreeRecall))}`;
}

function bins(name: string, logits: readonly Float32Array[], labels: Labels): string {
  const cells = reliability(probabilitiesOf(logits), labels).map(({ count, meanProbability, share }) =>
    count ? `${Math.round(100 * meanProbability)} → ${Math.round(100 * share)} (${count})` : '',
  );
  return `| ${name} | ${cells.join(' | ')} |`;
}

/** First answers that are called sure, and how many of these are right. */
function sureRow(
  name: string,
  rows: readonly (Float32Array | null)[],
  labels: Labels,
  from: readonly number[],
): string {
  const there = rows.flatMap((row, n) => (row && isKnown(labels[n]!, row.indexOf(Math.max(...row))) ? [n] : []));
  const firsts = firstAnswers(
    there.map((n) => rows[n]!),
    there.map((n) => labels[n]!),
  );
  const sure = firsts.filter(({ probability }, i) => probability >= from[there[i]!]!);
  const right = sure.filter((answer) => answer.right).length;
  return `| ${name} | ${firsts.length} | ${sure.length} | ${sure.length ? (right / sure.length).toFixed(2) : ''} |`;
}

const answer = ({ pictures, both }: Witnessed): Float32Array[] => pictures.map((row, n) => both[n] ?? row);

const named = (row: Float32Array, labels: readonly number[]): string =>
  topThree(row)
    .map((g) => `${GENRES[g]} ${Math.round(100 / (1 + Math.exp(-row[g]!)))} %${labels[g] === 1 ? '' : ' (no)'}`)
    .join(', ');

function intro({ stills, posters, trailers }: Corpus, { descriptions }: Evaluation): string[] {
  return [
    '### How right the genres are',
    '',
    `Stills of ${stills.items.length} titles (${stills.rows.count} pictures, film-stills and film-stills-2), ${posters.items.length} posters, ${trailers.items.length} trailers (${trailers.rows.count} frames, one a second), ${descriptions.labels.length}`,
    'descriptions of other films. Genres of which a label does not tell are left out of training and of the figures. Stills and posters: five folds by film;',
    'calibration, mixture and thresholds of each fold come from the scores of the other four. Trailers: heads that saw none of their films, everything else',
    'chosen on the stills; only what other trailers look like (no label) standardises them. The heads of the words saw no film of which there are pictures.',
    `Networks of ${HEAD_OPTIONS.scene.network.networks} seeds answer together. The figures are of probabilities; the three answered are the most probable. AUC`,
    'compares films of one fold, which one model answered; "over all folds" compares films that different models answered, too, as figures before 2026-11-30 did.',
    'AP and all the others are over all folds.',
  ];
}

function completeFigures({ pictures, labels, folds }: Evaluation['posters']): Figures {
  const complete = labels.flatMap((row, n) => (row.every((_, g) => isKnown(row, g)) ? [n] : []));
  const of = <T>(values: readonly T[]): T[] => complete.map((n) => values[n]!);
  return figuresOf(of(pictures), of(labels), of(folds));
}

function figuresTable(evaluation: Evaluation): string[] {
  const { stills, trailers, posters } = evaluation;
  const constants = { stills, posters, trailers };
  return [
    ...FIGURES_HEAD,
    ...Object.entries(constants).map(([name, { labels }]) =>
      figuresRow(`a constant answer, ${name}`, figuresOf(constant(labels), labels)),
    ),
    ...Object.entries(cardFigures(evaluation)).map(([name, figures]) => figuresRow(`**${name}**`, figures)),
    figuresRow('posters whose label tells of all genres', completeFigures(posters)),
    '',
    `Other films of the same kind (drawn with replacement) move these figures by so much (standard deviation): stills ${spreadOf(stills.pictures, stills.labels)};`,
    `posters ${spreadOf(posters.pictures, posters.labels)}; trailers ${spreadOf(trailers.pictures, trailers.labels)}.`,
  ];
}

function sureTable({ stills, trailers, posters }: Evaluation): string[] {
  const from = ({ sure }: Witnessed, witness: 'pictures' | 'words' | 'both'): number[] =>
    sure.map((each) => each[witness]);
  return [
    '| first answers called sure | films | sure | of these right |',
    '|---|---|---|---|',
    sureRow('stills by title, pictures', stills.pictures, stills.labels, from(stills, 'pictures')),
    sureRow('single stills, pictures', stills.single, stills.labels, from(stills, 'pictures')),
    sureRow('stills by title, words', stills.words, stills.labels, from(stills, 'words')),
    sureRow('stills by title, both', stills.both, stills.labels, from(stills, 'both')),
    sureRow('posters', posters.pictures, posters.labels, posters.sure),
    sureRow('trailers, pictures', trailers.pictures, trailers.labels, from(trailers, 'pictures')),
    sureRow('trailers, both', trailers.both, trailers.labels, from(trailers, 'both')),
  ];
}

function reliabilityTable({ stills, trailers, posters }: Evaluation): string[] {
  const onlyWords = spoken(stills.words, stills);
  const onlyBoth = spoken(stills.both, stills);
  return [
    'Reliability: mean probability → share that was right, in per cent (how many), by tenths of the probability:',
    '',
    `| | ${Array.from({ length: 10 }, (_, k) => `${k / 10} to ${(k + 1) / 10}`).join(' | ')} |`,
    `|---|${'---|'.repeat(10)}`,
    bins('stills by title, pictures', stills.pictures, stills.labels),
    bins('single stills', stills.single, stills.labels),
    bins('stills by title, words', onlyWords.logits, onlyWords.labels),
    bins('stills by title, both', onlyBoth.logits, onlyBoth.labels),
    bins('posters', posters.pictures, posters.labels),
    bins('trailers, pictures', trailers.pictures, trailers.labels),
  ];
}

function animationTable({ stills }: Evaluation): string[] {
  const answers = [
    ['film stills by title, pictures', stills.pictures],
    ['film stills by title, with words where there are any', answer(stills)],
  ] as const;
  return [
    '| Animation, answered with one half or more | titles that have it | recall | precision | recall of the three answered |',
    '|---|---|---|---|---|',
    ...answers.map(([name, logits]) => {
      const { films, recall, precision, answered } = found('Animation', logits, stills.labels);
      return `| ${name} | ${films} | ${recall.toFixed(2)} | ${precision.toFixed(2)} | ${answered.toFixed(2)} |`;
    }),
  ];
}

function trailersTable({ trailers }: Evaluation): string[] {
  return [
    '| trailer | pictures | with words |',
    '|---|---|---|',
    ...trailers.titles.map((title, n) => {
      const both = trailers.both[n];
      return `| ${title} | ${named(trailers.pictures[n]!, trailers.labels[n]!)} | ${both ? named(both, trailers.labels[n]!) : ''} |`;
    }),
  ];
}

/** What bench/genre.ts writes. */
export function genreReport(corpus: Corpus, evaluation: Evaluation): string {
  const parts = [
    intro(corpus, evaluation),
    figuresTable(evaluation),
    sureTable(evaluation),
    reliabilityTable(evaluation),
    animationTable(evaluation),
    trailersTable(evaluation),
  ];
  return parts.map((part) => part.join('\n')).join('\n\n');
}
