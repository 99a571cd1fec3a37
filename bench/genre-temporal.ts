/**
 * What the order of a film's frames says about its genre beside the mean of its frames: attention, a recurrent net, and evidence that
 * costs no network of its own (palette, change from second to second, cards) or one that other analyses run anyway
 * (drawings, faces, text). The 23 trailers, each held out.
 *
 *   npm run bench -- genre-temporal        takes the features that `npm run bench -- genre` left
 */
import { attend, trainAttention } from '../notebooks-ts/genre/attention.js';
import { readCorpus } from '../notebooks-ts/genre/corpus.js';
import { readItems } from '../notebooks-ts/genre/dataset.js';
import { decide, forFilms, meanOf, mixed } from '../notebooks-ts/genre/evaluate.js';
import { figuresOf, FIGURES_HEAD, figuresRow } from '../notebooks-ts/genre/figures.js';
import { type FrameFeatures, filmEvidence, leaveOneOutRidge } from '../notebooks-ts/genre/film-evidence.js';
import { holdCorpus } from '../notebooks-ts/genre/held-scores.js';
import { DATA, openFeatureStore } from '../notebooks-ts/genre/places.js';
import { recurrentAnswers } from '../notebooks-ts/genre/recurrent.js';
import { filmPrior, SEED } from '../notebooks-ts/genre/train.js';
import { findText } from '../src/credits/text-boxes.js';
import { detectFaces } from '../src/faces/detect.js';
import { calibrate } from '../src/genre/genre-model.js';
import { effectiveSampleSize, shrinkageOf } from '../src/genre/shrinkage.js';
import { createModels } from '../src/inference/registry.js';
import { writeSection } from './results.js';

const note = (stage: string): void => console.error(`${new Date().toISOString().slice(11, 19)} ${stage}`);
const store = await openFeatureStore();
const corpus = await readCorpus(store, readItems(DATA));
await store.close();

const { projected, held } = await holdCorpus(corpus, note);
const prior = filmPrior(projected);
const { labels } = held.trailers;
const decision = decide(held.stills);
const frames = mixed(held.trailers, decision.forestShare);
const shrinkage = frames.map((rows) => shrinkageOf(effectiveSampleSize(rows), decision.shrinkage));
/** By what was chosen on the stills, and what the scores of the other trailers are. */
const answersOf = (scores: readonly Float32Array[]): Float32Array[] =>
  scores.map((row, n) => {
    const others = scores.filter((_, other) => other !== n);
    return calibrate(row, forFilms(decision, prior, others).calibration, shrinkage[n]);
  });
const shipped = answersOf(frames.map(meanOf));

const attentive = frames.map((own, n) => {
  const others = (_: unknown, other: number): boolean => other !== n;
  return attend(own, trainAttention(frames.filter(others), labels.filter(others)));
});

note('recurrent net');
const recurrent = await recurrentAnswers(frames, shipped, labels, SEED);

note('evidence of whole films');
const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 0 });
const [network, reader] = [await models.load('inception-v3.int8'), await models.load('ppocr-det')];
/** The drawing score of the network's own head, faces, the part of the picture that the largest takes, lines of text. */
const extract: FrameFeatures = async (picture, whole) => {
  const { probabilities } = await network.runImage(picture);
  const faces = await detectFaces(models, whole);
  const areas = faces.map(({ box: [, , width, height] }) => (width * height) / (whole.width * whole.height));
  const [text = []] = await findText(reader, [whole]);
  return [Number(probabilities!.data[0]), faces.length, Math.max(0, ...areas), text.length];
};
const evidence: number[][] = [];
for (const item of corpus.trailers.items) evidence.push(await filmEvidence(item, extract));
await models.close();
const said = leaveOneOutRidge(evidence, labels);
/** The means of the frames' scores and what the whole films say, whose spread over the films is `share` of the means'. */
function added(share: number): Float32Array[] {
  const means = frames.map(meanOf);
  const centre = meanOf(means);
  const size = (rows: readonly Float32Array[], middle: Float32Array): number =>
    Math.sqrt(rows.reduce((sum, row) => row.reduce((all, value, g) => all + (value - middle[g]!) ** 2, sum), 0));
  const scale = (share * size(means, centre)) / size(said, meanOf(said));
  return means.map((row, n) => row.map((value, g) => value + scale * said[n]![g]!));
}

writeSection(
  'genre-temporal',
  [
    '### What the order of frames adds to the mean of its frames',
    '',
    `${labels.length} trailers, a frame a second, each answered by what saw neither it nor any picture of a trailer's film; calibrated on the others.`,
    'They come as pictures without sound, so cuts, loudness and tempo cannot be tried on them.',
    '',
    ...FIGURES_HEAD,
    figuresRow("**the mean of the frames' scores (the model as shipped)**", figuresOf(shipped, labels)),
    figuresRow('attention pooling instead of the mean', figuresOf(answersOf(attentive), labels)),
    figuresRow(
      "a recurrent net (8 gated units) over the frames' scores, added to the mean; 5-fold",
      figuresOf(recurrent, labels),
    ),
    figuresRow(
      'palette, change, cards, drawings, faces and text of the whole film alone (ridge)',
      figuresOf(answersOf(said), labels),
    ),
    ...[0.1, 0.3].map((share) =>
      figuresRow(
        `the same added to the mean, with ${100 * share} % of its spread`,
        figuresOf(answersOf(added(share)), labels),
      ),
    ),
  ].join('\n'),
);
