import { hasGenre, isKnown, type Labels } from './corpus.js';
import { GENRES } from './dataset.js';
import {
  auc,
  aucInFolds,
  averagePrecision,
  differentTopThrees,
  expectedCalibrationError,
  macro,
  reliability,
  topThree,
  topThreeRecall,
} from './metrics.js';

export interface Figures {
  readonly films: number;
  /** Of films that one model answered: those of one fold. */
  readonly macroAuc: number;
  /** Of genres that at least five of the items have: one film's rank is all there is of a genre of one film. */
  readonly macroAucOfFive: number;
  /** Of all films, as if one model had answered them. */
  readonly pooledAuc: number;
  readonly macroAp: number;
  /** Of genres of five items: a genre of one film cannot be learnt while that film is held out. */
  readonly macroApOfFive: number;
  readonly topThreeRecall: number;
  readonly differentTopThrees: number;
  /** Expected calibration error over all genres. */
  readonly ece: number;
  /** Of the probabilities above .9: how many, their mean, and the share that was right. */
  readonly top: { readonly count: number; readonly meanProbability: number; readonly share: number };
}

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
export const probabilitiesOf = (logits: readonly Float32Array[]): Float32Array[] =>
  logits.map((row) => row.map(sigmoid));

/** @param folds of each row; default: all were answered by one model */
export function figuresOf(
  logits: readonly Float32Array[],
  labels: Labels,
  folds: readonly number[] = logits.map(() => 0),
): Figures {
  const probabilities = probabilitiesOf(logits);
  const aucOfFold = (scores: readonly number[], own: readonly number[], rows: readonly number[]): number | null =>
    aucInFolds(
      scores,
      own,
      rows.map((n) => folds[n]!),
    );
  return {
    films: labels.length,
    macroAuc: macro(aucOfFold, logits, labels),
    macroAucOfFive: macro(aucOfFold, logits, labels, 5),
    pooledAuc: macro(auc, logits, labels),
    macroAp: macro(averagePrecision, logits, labels),
    macroApOfFive: macro(averagePrecision, logits, labels, 5),
    topThreeRecall: topThreeRecall(logits, labels),
    differentTopThrees: differentTopThrees(logits),
    ece: expectedCalibrationError(probabilities, labels),
    top: reliability(probabilities, labels)[9]!,
  };
}

export const FIGURES_HEAD = [
  '| | films | macro AUC | of genres with 5 titles | over all folds | macro AP | of genres with 5 titles | top-3 recall | different top threes | ECE | above 90 %: right (how many) |',
  '|---|---|---|---|---|---|---|---|---|---|---|',
];

export function figuresRow(name: string, figures: Figures): string {
  const {
    films,
    macroAuc,
    macroAucOfFive,
    pooledAuc,
    macroAp,
    macroApOfFive,
    topThreeRecall: recall,
    differentTopThrees: sets,
    ece,
    top,
  } = figures;
  const numbers = [macroAuc, macroAucOfFive, pooledAuc, macroAp, macroApOfFive, recall]
    .map((value) => value.toFixed(3))
    .join(' | ');
  const above = top.count ? `${top.meanProbability.toFixed(2)} said, ${top.share.toFixed(2)} (${top.count})` : 'none';
  return `| ${name} | ${films} | ${numbers} | ${sets} | ${ece.toFixed(3)} | ${above} |`;
}

/** The first answer of each film: its probability, and whether it is right; null where the label does not tell. */
export function firstAnswers(
  logits: readonly Float32Array[],
  labels: Labels,
): { probability: number; right: boolean }[] {
  return logits.flatMap((row, n) => {
    const g = row.indexOf(Math.max(...row));
    return isKnown(labels[n]!, g) ? [{ probability: sigmoid(row[g]!), right: hasGenre(labels[n]!, g) }] : [];
  });
}

/** A first answer is sure from where this share of the training films' were right: a margin over the .8 that is promised. */
const SURE_SHARE = 0.85;
const FEWEST_SURE = 20;
/** Where no probability is enough. */
export const NEVER = 1;

/** The least probability from which on first answers were right often enough; {@link NEVER} where there is none. */
export function sureFrom(logits: readonly Float32Array[], labels: Labels): number {
  const firsts = firstAnswers(logits, labels);
  const grid = Array.from({ length: 18 }, (_, i) => 0.5 + i * 0.025);
  const enough = (from: number): boolean => {
    const own = firsts.filter(({ probability }) => probability >= from);
    return own.length >= FEWEST_SURE && own.filter(({ right }) => right).length >= SURE_SHARE * own.length;
  };
  return grid.find(enough) ?? NEVER;
}

/**
 * A genre that is answered with one half or more: how many of those films have it (precision), and how many that have it are among them
 * (recall); and how many that have it have it among the three answered.
 */
export function found(
  genre: string,
  logits: readonly Float32Array[],
  labels: Labels,
): { recall: number; precision: number; answered: number; films: number } {
  const g = GENRES.indexOf(genre);
  const told = labels.map((_, n) => n).filter((n) => isKnown(labels[n]!, g));
  const have = told.filter((n) => hasGenre(labels[n]!, g));
  const said = told.filter((n) => logits[n]![g]! >= 0);
  const right = said.filter((n) => hasGenre(labels[n]!, g)).length;
  const answered = have.filter((n) => topThree(logits[n]!).includes(g)).length;
  return {
    recall: right / have.length,
    precision: right / Math.max(said.length, 1),
    answered: answered / have.length,
    films: have.length,
  };
}
