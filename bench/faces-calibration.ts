import { writeFileSync } from 'node:fs';
import { similarity } from '../src/faces/embed.js';
import { FACE_READERS } from '../src/faces/recognizers.js';
import { createModels } from '../src/inference/registry.js';
import { type Curve, type Example, fitLogistic, identifyExamples, PHOTOS, ROUNDS } from './faces-curve.js';
import { CASTS, type PhotoFace, readCasts } from './faces-photos.js';
import { writeSection } from './results.js';

/**
 * Learns the curves from cosines to probabilities, data/face-calibration.json, and measures curves that one cast has taught
 * on the other. Galleries of five photos a person; right
 * pairs are the likeliest person where it is the right one, impostors the likeliest person for strangers (held out of
 * the gallery, or of the other cast). Both count the same: a face is as often a stranger's as not.
 */

/** Photos that stand for what a title has shown of somebody for certain. */
const SHOWN = 3;

function pairExamples(photos: readonly PhotoFace[]): Example[] {
  return photos.flatMap((a, i) =>
    photos
      .slice(0, i)
      .filter((b) => b.cast === a.cast)
      .map((b) => ({ cosine: similarity(a.embedding, b.embedding), same: a.person === b.person })),
  );
}

function quantile(examples: readonly Example[], same: boolean, share: number): number {
  const cosines = examples
    .filter((one) => one.same === same)
    .map(({ cosine }) => cosine)
    .sort((a, b) => a - b);
  return Math.round((cosines[Math.min(cosines.length - 1, Math.floor(cosines.length * share))] ?? 0) * 1e3) / 1e3;
}

/** Of strangers 1 % are called somebody: anyone else who is like one of the title's cast is likelier them than not. */
function fitInTitle(examples: readonly Example[]): Curve {
  return { slope: fitLogistic(examples).slope, middle: quantile(examples, false, 0.99) };
}

/** What a curve says of examples: the share of each class that it takes for the same person, and how far off it is. */
function judge({ slope, middle }: Curve, examples: readonly Example[]): string[] {
  const probabilities = examples.map(({ cosine, same }) => ({
    same,
    p: 1 / (1 + Math.exp(-slope * (cosine - middle))),
  }));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const of = (same: boolean): number[] => probabilities.flatMap((one) => (one.same === same ? [one.p] : []));
  const loss = (same: boolean): number => mean(of(same).map((p) => -Math.log(Math.max(1e-9, same ? p : 1 - p))));
  return [
    mean(of(true).map((p) => Number(p >= 0.5))),
    mean(of(false).map((p) => Number(p >= 0.5))),
    (loss(true) + loss(false)) / 2,
  ].map((value) => value.toFixed(3));
}

const recognizers: Record<string, unknown> = {};
const lines = [
  '| Network | pairs of | curve taught by | measured on | right ones from .5 | wrong ones from .5 | log loss |',
  '|---|---|---|---|--:|--:|--:|',
];
let different: ReadonlySet<string> | undefined;
// The best first: it tells which photos are different pictures.
for (const faces of ['best', 'clear'] as const) {
  const id = FACE_READERS[faces].recognizer;
  const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 2, faces });
  const photos = await readCasts(models, different);
  await models.close();
  different ??= new Set(photos.map(({ file }) => file));
  const identify = identifyExamples(photos);
  const inTitle = identifyExamples(photos, SHOWN);
  const compare = pairExamples(photos);
  for (const [name, examplesOf, fit] of [
    ['face and person', (some: readonly PhotoFace[]) => identifyExamples(some), fitLogistic],
    [
      'face and person, as a title shows them',
      (some: readonly PhotoFace[]) => identifyExamples(some, SHOWN),
      fitInTitle,
    ],
    ['two faces', pairExamples, fitLogistic],
  ] as const) {
    const measured = CASTS.map((cast) => examplesOf(photos.filter((photo) => photo.cast === cast)));
    CASTS.forEach((cast, i) => {
      lines.push(`| ${[id, name, CASTS[1 - i], cast, ...judge(fit(measured[1 - i]!), measured[i]!)].join(' | ')} |`);
    });
  }
  recognizers[id] = {
    photos: photos.length,
    identify: fitLogistic(identify),
    inTitle: fitInTitle(inTitle),
    compare: fitLogistic(compare),
    impostors: {
      best99: quantile(identify, false, 0.99),
      pair99: quantile(compare, false, 0.99),
      pair999: quantile(compare, false, 0.999),
    },
    genuine: {
      best1: quantile(identify, true, 0.01),
      best3: quantile(identify, true, 0.03),
      pair5: quantile(compare, true, 0.05),
    },
  };
}
const text = JSON.stringify(
  {
    madeBy: 'bench/faces-calibration.ts',
    galleries: CASTS,
    photosPerPerson: PHOTOS,
    rounds: ROUNDS,
    seed: 1,
    recognizers,
  },
  null,
  2,
);
writeFileSync(new URL('../data/face-calibration.json', import.meta.url), `${text}\n`);
writeSection(
  'faces-calibration',
  [
    '## How sure a likeness is',
    '',
    'The curves from cosines to probabilities that both casts have taught are in data/face-calibration.json; here, those that one cast has taught',
    'are measured on the other: which share of the likenesses of one person, and of two, they call at least .5, and their log loss with both',
    `classes counting the same (knowing nothing: .693). Face and person: the likeliest of a gallery with ${PHOTOS} photos each, one person left out in turn.`,
    `As a title shows them: half of each person's reference are ${SHOWN} photos more, and the curve calls 1 % of those strangers somebody that have taught it.`,
    '',
    ...lines,
  ].join('\n'),
);
