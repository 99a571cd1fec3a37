import { hasGenre, isKnown } from './corpus.js';

/** Metrics of several labels at once. Scores and labels are lists of rows, one row a film, one column a genre; what a label does not tell is left out. */

type Table = readonly (readonly number[] | Float32Array)[];

/** Area under the ROC curve: how often a positive outranks a negative, ties counting half. null without both kinds. */
export function auc(scores: readonly number[], labels: readonly number[]): number | null {
  const order = scores.map((_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0) return null;
  let rankSum = 0;
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end + 1 < order.length && scores[order[end + 1]!] === scores[order[start]!]) end++;
    for (let i = start; i <= end; i++) rankSum += labels[order[i]!]! * ((start + end) / 2 + 1);
    start = end + 1;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/**
 * The same where each fold was answered by a model of its own: only a positive and a negative of one fold are compared, every such
 * pair counts the same. A fold whose films have a genre more often is answered by a model that saw it less often, so ranks over all
 * folds come out worse than any of the models is (Forman, Scholz 2010, "Apples-to-apples in cross-validation studies").
 */
export function aucInFolds(
  scores: readonly number[],
  labels: readonly number[],
  folds: readonly number[],
): number | null {
  let [sum, pairs] = [0, 0];
  for (const fold of new Set(folds)) {
    const own = folds.flatMap((of, n) => (of === fold ? [n] : []));
    const ownLabels = own.map((n) => labels[n]!);
    const positives = ownLabels.reduce((count, label) => count + label, 0);
    const count = positives * (own.length - positives);
    sum +=
      count *
      (auc(
        own.map((n) => scores[n]!),
        ownLabels,
      ) ?? 0);
    pairs += count;
  }
  return pairs === 0 ? null : sum / pairs;
}

/** Average precision: mean, over the positives, of the share of positives at or above each. Ties rank by position. */
export function averagePrecision(scores: readonly number[], labels: readonly number[]): number | null {
  const order = scores.map((_, i) => i).sort((a, b) => scores[b]! - scores[a]! || a - b);
  let [found, sum] = [0, 0];
  order.forEach((i, rank) => {
    if (labels[i] !== 1) return;
    found++;
    sum += found / (rank + 1);
  });
  return found === 0 || found === labels.length ? null : sum / found;
}

/** Mean over the genres that have both positives and negatives, at least `positives` of the former. @param metric `rows`: which the scores are of */
export function macro(
  metric: (scores: readonly number[], labels: readonly number[], rows: readonly number[]) => number | null,
  scores: Table,
  labels: Table,
  positives = 1,
): number {
  const values =
    (labels[0] ?? []).length === 0
      ? []
      : Array.from({ length: labels[0]!.length }, (_, g) => {
          const told = labels.map((_, n) => n).filter((n) => isKnown(labels[n]!, g));
          const own = told.map((n) => labels[n]![g]!);
          return own.reduce((sum, label) => sum + label, 0) < positives
            ? null
            : metric(
                told.map((n) => scores[n]![g]!),
                own,
                told,
              );
        }).filter((value) => value !== null);
  return values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
}

/** The columns of the three largest values, the largest first. */
export function topThree(row: readonly number[] | Float32Array): number[] {
  return Array.from(row, (_, g) => g)
    .sort((a, b) => row[b]! - row[a]! || a - b)
    .slice(0, 3);
}

/** Mean over films of: genres found in the top three, of the film's genres, at most three of them counted. */
export function topThreeRecall(scores: Table, labels: Table): number {
  const recalls = scores.map((row, n) => {
    const truth = labels[n]!;
    const count = Array.from(truth).filter((label) => label === 1).length;
    return topThree(row).filter((g) => hasGenre(truth, g)).length / Math.min(3, count);
  });
  return recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
}

/** How many different sets of three genres are answered. */
export const differentTopThrees = (scores: Table): number =>
  new Set(
    scores.map((row) =>
      topThree(row)
        .sort((a, b) => a - b)
        .join(),
    ),
  ).size;

/** One bin of a reliability diagram. */
export interface ReliabilityBin {
  readonly count: number;
  readonly meanProbability: number;
  readonly share: number;
}

/** Probabilities of all genres and films, in ten bins of equal width. */
export function reliability(probabilities: Table, labels: Table): ReliabilityBin[] {
  const bins = Array.from({ length: 10 }, () => ({ count: 0, probability: 0, positives: 0 }));
  probabilities.forEach((row, n) =>
    Array.from(row).forEach((probability, g) => {
      if (!isKnown(labels[n]!, g)) return;
      const bin = bins[Math.min(9, Math.floor(probability * 10))]!;
      bin.count++;
      bin.probability += probability;
      bin.positives += labels[n]![g]!;
    }),
  );
  return bins.map(({ count, probability, positives }) => ({
    count,
    meanProbability: count ? probability / count : 0,
    share: count ? positives / count : 0,
  }));
}

/** Expected calibration error: mean distance of probability and share, bins weighted by their count. */
export function expectedCalibrationError(probabilities: Table, labels: Table): number {
  const bins = reliability(probabilities, labels);
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  return bins.reduce(
    (sum, { count, meanProbability, share }) => sum + (count / total) * Math.abs(meanProbability - share),
    0,
  );
}
