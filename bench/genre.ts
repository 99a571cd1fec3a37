/**
 * How right the genres are: every model beside a constant answer and the way of the seeds, on trailers (leave one film
 * out), film stills (5-fold by title) and posters (5-fold). Features that are missing are extracted first; stopped at
 * any point, it goes on from there.
 *
 *   npm run bench -- genre [--stored]     --stored: only with features that are there already
 */
import { readPicture } from '../src/frames/picture.js';
import { addForestAnswer } from '../src/genre/forest.js';
import { type Domain, transform } from '../src/genre/genre-model.js';
import { dropReason, sketch } from '../src/genre/frame-filter.js';
import { NETWORK_INPUTS, type PreparedInput, prepareInput } from '../src/genre/feature-extractor.js';
import { createModels } from '../src/inference/registry.js';
import type { Model } from '../src/inference/types.js';
import { attend, trainAttention } from '../notebooks-ts/genre/attention.js';
import { trainBoosting } from '../notebooks-ts/genre/boosting.js';
import { type Corpus, filterPart, labelsOf, type Part, readCorpus } from '../notebooks-ts/genre/corpus.js';
import { GENRES, readItems } from '../notebooks-ts/genre/dataset.js';
import {
  type Answers,
  calibrateFolds,
  calibrateLeavingOneOut,
  type Figures,
  figuresOf,
  shrinkageOfFilms,
  type Held,
  holdFolds,
  holdTrailers,
  fitShrinkage,
  meanOf,
  mixed,
  sharesOf,
  singly,
  without,
} from '../notebooks-ts/genre/evaluate.js';
import { extractFeatures, NETWORKS, OUTPUTS } from '../notebooks-ts/genre/features.js';
import { FIGURES_HEAD, figuresRow } from '../notebooks-ts/genre/genre-training.js';
import { trainLinearHeads } from '../notebooks-ts/genre/linear-heads.js';
import { type Rows, rowOf, rowsOf, selectRows, timesTransposed } from '../notebooks-ts/genre/matrix.js';
import { auc, averagePrecision, macro, reliability } from '../notebooks-ts/genre/metrics.js';
import { trainMlForest } from '../notebooks-ts/genre/ml-forest.js';
import { DATA, openFeatureStore } from '../notebooks-ts/genre/places.js';
import { principalDirections } from '../notebooks-ts/genre/principal.js';
import { createRandom, shuffled } from '../notebooks-ts/genre/random.js';
import {
  evidenceOf,
  filmPrior,
  findProjection,
  FOREST_SHARE,
  HEAD_OPTIONS,
  labelledOf,
  projectCorpus,
  SEED,
  standardise,
  standardOf,
} from '../notebooks-ts/genre/train.js';
import { readPicture } from '../src/frames/picture.js';
import { addForestAnswer } from '../src/genre/forest.js';
import { type Domain, transform } from '../src/genre/genre-model.js';
import { irrelevance, sketch } from '../src/genre/relevance.js';
import { SHOWN, type View, viewOf } from '../src/genre/sight.js';
import { createModels } from '../src/inference/registry.js';
import type { Model } from '../src/inference/types.js';
import { writeSection } from './results.js';

const BOOSTING = { rounds: 40, rate: 0.1, leafWeight: 10 } as const;
/** ml-random-forest at what it takes in minutes: a tree's time grows with the square of its rows. */
const SEEDS = { trees: 10, sample: 300, dimensions: 64 } as const;

const items = readItems(DATA);
const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 0 });
const load = (ids: readonly string[]): Promise<Model[]> => Promise.all(ids.map((id) => models.load(id)));
// Before all else: what is missing had better be known now than in a quarter of an hour.
const [eight, float] = [await load(NETWORKS), await load(NETWORKS.map((id) => id.replace('.int8', '')))];
const store = await openFeatureStore();
const stored = process.argv.includes('--stored');
const failures = stored
  ? []
  : await extractFeatures(items, eight, store, (done) => {
      if (done % 500 === 0) console.error(`features: ${done} of ${items.length}`);
    });
for (const { item, reason } of failures) console.error(`${item.id}: ${String(reason)}`);
const corpus = await readCorpus(store, items);
await store.close();

const trailerTitles = new Set(corpus.trailers.items.map(({ title }) => title));
const note = (stage: string): void => console.error(`${new Date().toISOString().slice(11, 19)} ${stage}`);
note('projecting');
const projection = await findProjection(corpus);
const projected = await projectCorpus(corpus, projection);
const prior = filmPrior(projected);
const boosted = (unseen: Parameters<typeof trainBoosting>[0]): ReturnType<typeof trainBoosting> =>
  trainBoosting(unseen, GENRES.length, BOOSTING);
note('trailers');
const trailers = await holdTrailers(projected, HEAD_OPTIONS.scene, boosted);
note('stills');
const stills = await holdFolds(projected, 'stills', HEAD_OPTIONS.scene, boosted);
note('posters');
const posters = await holdFolds(projected, 'posters', HEAD_OPTIONS.poster, boosted);

/** The corpus as if there were one network only. */
function seenBy(network: string): Corpus {
  const only = (part: Part): Part => {
    const rows = rowsOf(part.rows.count, part.rows.width);
    let start = 0;
    for (const output of OUTPUTS) {
      if (output.network === network) {
        for (let n = 0; n < rows.count; n++) {
          rows.data.set(
            part.rows.data.subarray(n * rows.width + start, n * rows.width + start + output.size),
            n * rows.width + start,
          );
        }
      }
      start += output.size;
    }
    return { ...part, rows };
  };
  return { trailers: only(corpus.trailers), stills: only(corpus.stills), posters: only(corpus.posters) };
}
/** The product with one network only. */
const alone: { network: string; trailers: Held; stills: Held }[] = [];
for (const network of NETWORKS) {
  note(`${network} alone`);
  const part = seenBy(network);
  const own = await projectCorpus(part, await findProjection(part));
  alone.push({
    network,
    trailers: await holdTrailers(own, HEAD_OPTIONS.scene),
    stills: await holdFolds(own, 'stills', HEAD_OPTIONS.scene),
  });
}

type Scores = readonly (readonly Float32Array[])[];
const constant = ({ labels }: Held): Figures => {
  const shares = Float32Array.from(sharesOf(labels));
  const rows = labels.map(() => shares);
  return figuresOf({ probabilities: rows, ranking: rows }, labels);
};
const ofFilms = (scores: Scores, shrinkage?: readonly number[]): Answers =>
  calibrateLeavingOneOut(scores.map(meanOf), trailers.labels, prior, shrinkage);
const ofFolds = (scores: Scores, { labels }: Held, domain: Domain): Answers =>
  calibrateFolds(scores.map(meanOf), labels, sharesOf(labels), domain);

/** The seeds' way: the network's features alone, one forest, the mean of the pictures' vote shares as it is. */
async function seedsScores(part: Part, stillsOnly: Part): Promise<Float32Array[][]> {
  const features = ({ rows }: Part): Rows => {
    const { size } = OUTPUTS[0];
    const out = rowsOf(rows.count, size);
    for (let n = 0; n < rows.count; n++) out.data.set(rowOf(rows, n).subarray(0, size), n * size);
    return out;
  };
  const training = features(stillsOnly);
  const middle = Float32Array.from({ length: training.width }, (_, i) => {
    let sum = 0;
    for (let n = 0; n < training.count; n++) sum += training.data[n * training.width + i]!;
    return sum / training.count;
  });
  const centred = (rows: Rows): Rows =>
    standardise(rows, { mean: middle, spread: new Float32Array(rows.width).fill(1) });
  const some = shuffled(training.count, createRandom(SEED)).slice(0, 1200);
  const directions = await principalDirections(selectRows(centred(training), some), SEEDS.dimensions, SEED);
  const [rows, seen] = [
    timesTransposed(centred(training), directions),
    timesTransposed(centred(features(part)), directions),
  ];
  const scores = part.items.map((): Float32Array[] => []);
  const answers = Array.from({ length: seen.count }, () => new Float32Array(GENRES.length));
  const labels = stillsOnly.items.map(labelsOf);
  GENRES.forEach((_, g) => {
    const own = Array.from(stillsOnly.itemOf, (item) => labels[item]![g]!);
    if (!own.includes(1)) return;
    const forest = trainMlForest(rows, own, { trees: SEEDS.trees, sample: SEEDS.sample, seed: SEED + g });
    answers.forEach((answer, n) => addForestAnswer(forest, rowOf(seen, n), answer.subarray(g, g + 1)));
  });
  answers.forEach((answer, n) => scores[part.itemOf[n]!]!.push(answer));
  return scores;
}

const plain = (scores: Scores): Answers => {
  const means = scores.map(meanOf);
  return { probabilities: means, ranking: means };
};

/** Linear heads with the other trailers' frames in training, each trailer left out in turn. */
function withTrailers(weight: number): Float32Array[][] {
  const rest = without(projected, trailerTitles);
  const { setWeight, ridge } = HEAD_OPTIONS.scene;
  const fixed = (['stills', 'posters'] as const).map((set) => labelledOf(rest[set], setWeight[set]));
  return projected.trailers.items.map((left) => {
    const others = filterPart(projected.trailers, ({ title }) => title !== left.title);
    const linear = trainLinearHeads([...fixed, labelledOf(others, weight)], GENRES.length, ridge);
    const evidence = evidenceOf(
      filterPart(projected.trailers, ({ id }) => id === left.id),
      linear,
    );
    return Array.from({ length: evidence.count }, (_, n) => rowOf(evidence, n));
  });
}

/** Of every sixteenth frame of a trailer those that the product looks at. */
async function lookedAt(pictures: readonly string[]): Promise<PreparedInput[]> {
  const views: PreparedInput[] = [];
  for (let n = 8; n < pictures.length; n += 16) {
    const [before, view] = [
      prepareInput(await readPicture(pictures[n - 1]!)),
      prepareInput(await readPicture(pictures[n]!)),
    ];
    if (!dropReason(sketch(view.square), sketch(before.square))) views.push(view);
  }
  return views;
}

/** Frames of the trailers through the networks in 8 bits and in floats. */
async function eightBits(): Promise<string> {
  const heads = trainLinearHeads(
    (['stills', 'posters'] as const).map((set) =>
      labelledOf(without(projected, trailerTitles)[set], HEAD_OPTIONS.scene.setWeight[set]),
    ),
    GENRES.length,
    HEAD_OPTIONS.scene.ridge,
  );
  const describe = async (networks: readonly Model[], view: PreparedInput): Promise<Float32Array> => {
    const outputs = await Promise.all(
      networks.map((network, i) => network.runImage(NETWORK_INPUTS[NETWORKS[i]!]!(view))),
    );
    return Float32Array.from(
      OUTPUTS.flatMap(({ network, name }) =>
        Array.from(outputs[NETWORKS.indexOf(network)]![name]!.data as Float32Array, transform),
      ),
    );
  };
  const cosines = NETWORKS.map((): number[] => []);
  const standard = standardOf(corpus.trailers);
  const means: Record<'eight' | 'float', Float32Array[]> = { eight: [], float: [] };
  for (const item of projected.trailers.items) {
    const found: Record<'eight' | 'float', Float32Array[]> = { eight: [], float: [] };
    for (const view of await lookedAt(item.pictures)) {
      const [a, b] = [await describe(eight, view), await describe(float, view)];
      let start = 0;
      for (const { network, name, size } of OUTPUTS) {
        const product = (x: Float32Array, y: Float32Array): number => {
          let sum = 0;
          for (let i = start; i < start + size; i++) sum += x[i]! ** 2 * y[i]! ** 2;
          return sum;
        };
        if (name === 'features')
          cosines[NETWORKS.indexOf(network)]!.push(product(a, b) / Math.sqrt(product(a, a) * product(b, b)));
        start += size;
      }
      found.eight.push(a);
      found.float.push(b);
    }
    for (const way of ['eight', 'float'] as const) {
      const rows = standardise(
        rowsOf(
          found[way].length,
          standard.mean.length,
          Float32Array.from(found[way].flatMap((row) => Array.from(row))),
        ),
        standard,
      );
      const evidence = evidenceOf({ ...projected.trailers, rows: timesTransposed(rows, projection) }, heads);
      means[way].push(meanOf(Array.from({ length: evidence.count }, (_, n) => rowOf(evidence, n))));
    }
  }
  const near = NETWORKS.map((network, i) => {
    const sorted = cosines[i]!.toSorted((a, b) => a - b);
    const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
    return `${network} ${mean.toFixed(4)} (mean), ${sorted[0]!.toFixed(4)} (least), ${sorted.filter((value) => value < 0.99).length} below .99`;
  });
  const ranking = (way: 'eight' | 'float'): string => macro(auc, means[way], trailers.labels).toFixed(3);
  return `Of every sixteenth frame of the trailers those that the product looks at (${cosines[0]!.length}) through the networks in 8 bits and in\nfloats: cosine of the features, ${near.join('; ')}; macro AUC of the linear evidence on those frames ${ranking(
    'eight',
  )} in 8 bits, ${ranking('float')} in floats.`;
}

const product = (held: Held): Scores => mixed(held, FOREST_SHARE);
/** As if there were no network: the linear evidence in its place. */
const withoutNetwork = (held: Held): Scores => mixed({ ...held, network: held.evidence }, 0.5);
const withRival = (held: Held): Scores =>
  mixed(held, FOREST_SHARE).map((pictures, i) =>
    pictures.map((row, n) => row.map((value, g) => value + 0.05 * held.rival[i]![n]![g]!)),
  );
const frames = product(trailers);
const shrinkage = shrinkageOfFilms(frames, fitShrinkage(frames));
const answers = {
  trailers: ofFilms(frames, shrinkage),
  stills: ofFolds(product(stills), stills, 'still'),
  posters: ofFolds(product(posters), posters, 'poster'),
};
const attentive = frames.map((own, n) => {
  const others = (_: unknown, other: number): boolean => other !== n;
  return [attend(own, trainAttention(frames.filter(others), trailers.labels.filter(others)))];
});
/** Frames that differ from the one before by more than the middle one of their film: about those that a cut leads to. */
function afterCuts(): Float32Array[][] {
  const { rows, itemOf } = projected.trailers;
  return frames.map((own, item) => {
    const first = itemOf.indexOf(item);
    const changes = own.map((_, n) => {
      if (n === 0) return Infinity;
      const [now, before] = [rowOf(rows, first + n), rowOf(rows, first + n - 1)];
      return now.reduce((sum, value, i) => sum + (value - before[i]!) ** 2, 0);
    });
    const middle = changes.toSorted((a, b) => a - b)[changes.length >> 1]!;
    return own.filter((_, n) => changes[n]! >= middle);
  });
}
const cuts = afterCuts();
note("the seeds' way");
const seedsOnTrailers = await seedsScores(corpus.trailers, without(corpus, trailerTitles).stills);
const stillTitles = [...new Set(corpus.stills.items.map(({ title }) => title))].sort();
const order = shuffled(stillTitles.length, createRandom(SEED));
const seedsOnStills: { scores: Float32Array[][]; labels: number[][] }[] = [];
for (let fold = 0; fold < 5; fold++) {
  const out = new Set(stillTitles.filter((_title, i) => order[i]! % 5 === fold));
  const part = filterPart(corpus.stills, ({ title }) => out.has(title));
  seedsOnStills.push({
    scores: await seedsScores(part, without(corpus, out).stills),
    labels: part.items.map(labelsOf),
  });
}
const seedsStillLabels = seedsOnStills.flatMap(({ labels }) => labels);
note('8 bits');
const bits = await eightBits();
await models.close();

const single = singly(product(stills), stills.labels);
/** How far the figures would move with other films of the same kind: their spread when the films are drawn anew, 200 times. */
function spreadOf({ probabilities }: Answers, labels: Held['labels']): string {
  const random = createRandom(SEED);
  const drawn = Array.from({ length: 200 }, () => {
    const films = labels.map(() => Math.floor(random() * labels.length));
    const [own, right] = [films.map((n) => probabilities[n]!), films.map((n) => labels[n]!)];
    return [macro(auc, own, right), macro(averagePrecision, own, right)] as const;
  });
  const deviation = (k: 0 | 1): string => {
    const mean = drawn.reduce((sum, figures) => sum + figures[k], 0) / drawn.length;
    return Math.sqrt(drawn.reduce((sum, figures) => sum + (figures[k] - mean) ** 2, 0) / drawn.length).toFixed(3);
  };
  return `macro AUC ${deviation(0)}, macro AP ${deviation(1)}`;
}

const singleAnswers = calibrateFolds(
  single.scores,
  single.labels,
  sharesOf(single.labels),
  'still',
  product(stills).flatMap((pictures, i) => pictures.map(() => i)),
);
const bins = (name: string, probabilities: readonly Float32Array[], labels: Held['labels']): string =>
  `| ${name} | ${reliability(probabilities, labels)
    .map(({ count, meanProbability, share }) =>
      count ? `${(100 * meanProbability).toFixed(0)} → ${(100 * share).toFixed(0)} (${count})` : '',
    )
    .join(' | ')} |`;

writeSection(
  'genre',
  [
    '### How right the genres are',
    '',
    `${corpus.trailers.items.length} trailers (${corpus.trailers.rows.count} frames that say something), ${corpus.stills.items.length} titles with ${
      corpus.stills.rows.count
    } stills, ${corpus.posters.items.length} of ${items.filter(({ set }) => set === 'posters').length} posters. Splits by film; a title that occurs in several sets is`,
    'never on both sides. Heads, forests and calibrations see no held-out film. Settings were chosen on folds of the stills and posters; the trailers were looked at, too.',
    '',
    `Trailers, every one scored by heads that saw no trailer's film, calibrated on the other ${corpus.trailers.items.length - 1}:`,
    '',
    ...FIGURES_HEAD,
    figuresRow('constant', constant(trailers)),
    figuresRow(
      `the seeds' way: ml-random-forest on stills (${SEEDS.trees} trees a genre, ${SEEDS.dimensions} components), vote shares`,
      figuresOf(plain(seedsOnTrailers), trailers.labels),
    ),
    figuresRow('the same, calibrated', figuresOf(ofFilms(seedsOnTrailers), trailers.labels)),
    figuresRow('linear evidence', figuresOf(ofFilms(trailers.evidence), trailers.labels)),
    figuresRow(
      "linear evidence, other trailers' frames in training",
      figuresOf(ofFilms(withTrailers(0.3)), trailers.labels),
    ),
    figuresRow('extra trees on it', figuresOf(ofFilms(trailers.forest), trailers.labels)),
    figuresRow('boosted trees on it', figuresOf(ofFilms(trailers.rival), trailers.labels)),
    figuresRow('a network of one hidden layer', figuresOf(ofFilms(trailers.network), trailers.labels)),
    figuresRow(
      'extra trees and linear evidence, half and half',
      figuresOf(ofFilms(withoutNetwork(trailers)), trailers.labels),
    ),
    ...alone.map((own) =>
      figuresRow(
        `extra trees and network, ${own.network} alone`,
        figuresOf(ofFilms(product(own.trailers)), trailers.labels),
      ),
    ),
    figuresRow('extra trees and network', figuresOf(ofFilms(frames), trailers.labels)),
    figuresRow(
      '**the same, drawn in where frames are few or alike (the model as shipped)**',
      figuresOf(answers.trailers, trailers.labels),
    ),
    figuresRow(
      '**the same from the half of the frames that a cut leads to, as the key frames are that the product watches**',
      figuresOf(ofFilms(cuts, shrinkageOfFilms(cuts, fitShrinkage(cuts))), trailers.labels),
    ),
    figuresRow('extra trees, network and boosted', figuresOf(ofFilms(withRival(trailers)), trailers.labels)),
    figuresRow(
      'attention pooling over the frames instead of the mean',
      figuresOf(ofFilms(attentive, shrinkage), trailers.labels),
    ),
    '',
    "Film stills, 5-fold by title, the mean of a title's stills:",
    '',
    ...FIGURES_HEAD,
    figuresRow('constant', constant(stills)),
    figuresRow("the seeds' way", figuresOf(plain(seedsOnStills.flatMap(({ scores }) => scores)), seedsStillLabels)),
    figuresRow('linear evidence', figuresOf(ofFolds(stills.evidence, stills, 'still'), stills.labels)),
    figuresRow('extra trees on it', figuresOf(ofFolds(stills.forest, stills, 'still'), stills.labels)),
    figuresRow('boosted trees on it', figuresOf(ofFolds(stills.rival, stills, 'still'), stills.labels)),
    figuresRow('a network of one hidden layer', figuresOf(ofFolds(stills.network, stills, 'still'), stills.labels)),
    figuresRow(
      'extra trees and linear evidence, half and half',
      figuresOf(ofFolds(withoutNetwork(stills), stills, 'still'), stills.labels),
    ),
    ...alone.map((own) =>
      figuresRow(
        `extra trees and network, ${own.network} alone`,
        figuresOf(ofFolds(product(own.stills), stills, 'still'), stills.labels),
      ),
    ),
    figuresRow('**extra trees and network (the product)**', figuresOf(answers.stills, stills.labels)),
    figuresRow('the same, every still by itself', figuresOf(singleAnswers, single.labels)),
    '',
    'Posters, 5-fold:',
    '',
    ...FIGURES_HEAD,
    figuresRow('constant', constant(posters)),
    figuresRow('linear evidence', figuresOf(ofFolds(posters.evidence, posters, 'poster'), posters.labels)),
    figuresRow('extra trees on it', figuresOf(ofFolds(posters.forest, posters, 'poster'), posters.labels)),
    figuresRow('boosted trees on it', figuresOf(ofFolds(posters.rival, posters, 'poster'), posters.labels)),
    figuresRow('a network of one hidden layer', figuresOf(ofFolds(posters.network, posters, 'poster'), posters.labels)),
    figuresRow(
      'extra trees and linear evidence, half and half',
      figuresOf(ofFolds(withoutNetwork(posters), posters, 'poster'), posters.labels),
    ),
    figuresRow('**extra trees and network (the product)**', figuresOf(answers.posters, posters.labels)),
    '',
    `Films drawn anew (200 times, with replacement) move these figures by so much (standard deviation): trailers ${spreadOf(answers.trailers, trailers.labels)};`,
    `stills ${spreadOf(answers.stills, stills.labels)}; posters ${spreadOf(answers.posters, posters.labels)}.`,
    '',
    'Reliability: mean probability → share that was right, in per cent (how many), by tenths of the probability:',
    '',
    `| | ${Array.from({ length: 10 }, (_, k) => `${k / 10} to ${(k + 1) / 10}`).join(' | ')} |`,
    `|---|${'---|'.repeat(10)}`,
    bins('trailers', answers.trailers.probabilities, trailers.labels),
    bins('single stills', singleAnswers.probabilities, single.labels),
    bins('posters', answers.posters.probabilities, posters.labels),
    '',
    bits,
  ].join('\n'),
);
