import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readFaces } from '../src/faces/detect.js';
import { similarity } from '../src/faces/embed.js';
import { readPicture } from '../src/frames/picture.js';
import { createModels } from '../src/inference/registry.js';
import { galleryMean } from '../src/people/mean.js';
import { NEAR } from '../src/people/suggestions.js';
import { dataFolder, type PhotoFace, readCasts, seeded, shuffled } from './faces-photos.js';
import { writeSection } from './results.js';

/**
 * How alike two entries of a gallery must be to be suggested as one person. Galleries of two casts: each person has an entry
 * with a name, of five photos, and two strangers' entries of one to three; the faces of posters are people of one photo. The
 * threshold is chosen on the people of four folds, by F1, and measured on those of the fifth.
 */

const FOLDS = 5;
const ROUNDS = 20;
const NAMED_PHOTOS = 5;
const MOST_PHOTOS = 3;
const POSTERS = 250;
const LEAST_HEIGHT = 40;
const STEP = 0.01;

interface Entry {
  readonly person: string;
  readonly mean: Float32Array;
}
interface Pair {
  readonly same: boolean;
  readonly cosine: number;
}
interface Score {
  readonly right: number;
  readonly wrong: number;
  readonly missed: number;
}

async function facesOfPosters(models: ReturnType<typeof createModels>): Promise<Entry[]> {
  const folder = join(dataFolder(), 'posters', 'images');
  const entries: Entry[] = [];
  for (const name of readdirSync(folder).sort().slice(0, POSTERS))
    for (const { box, embedding } of await readFaces(models, await readPicture(join(folder, name))))
      if (box[3] >= LEAST_HEIGHT) entries.push({ person: `${name} ${entries.length}`, mean: embedding });
  return entries;
}

/** Entries of these people in one gallery. */
function galleryOf(photos: readonly PhotoFace[], people: readonly string[], random: () => number): Entry[] {
  return people.flatMap((person) => {
    const own = shuffled(
      photos.filter((photo) => photo.person === person),
      random,
    );
    const sizes = [NAMED_PHOTOS, ...[0, 1].map(() => 1 + Math.floor(random() * MOST_PHOTOS))];
    let from = 0;
    return sizes.map((size): Entry => {
      const some = own.slice(from, (from += size));
      return {
        person,
        mean: galleryMean(
          some.map(({ embedding }) => embedding),
          some.map(({ quality }) => quality),
        ),
      };
    });
  });
}

/** All pairs in which one of them is of these people. */
function pairsOf(entries: readonly Entry[], others: readonly Entry[]): Pair[] {
  return entries.flatMap((one, i) =>
    [...entries.slice(i + 1), ...others].map((other) => ({
      same: one.person === other.person,
      cosine: similarity(one.mean, other.mean),
    })),
  );
}

function score(pairs: readonly Pair[], near: number): Score {
  const count = (same: boolean, found: boolean): number =>
    pairs.filter((pair) => pair.same === same && pair.cosine >= near === found).length;
  return { right: count(true, true), wrong: count(false, true), missed: count(true, false) };
}
const f1 = ({ right, wrong, missed }: Score): number => (2 * right) / Math.max(1, 2 * right + wrong + missed);

function best(pairs: readonly Pair[]): number {
  let [near, most] = [0, -1];
  for (let step = 10; step <= 80; step++) {
    const reached = f1(score(pairs, step * STEP));
    if (reached > most) [near, most] = [step * STEP, reached];
  }
  return near;
}

const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 2, faces: 'best' });
const photos = await readCasts(models);
const posters = await facesOfPosters(models);
const random = seeded(5);
const people = shuffled([...new Set(photos.map(({ person }) => person))], random);
const foldOf = (index: number): string[] => people.filter((_, i) => i % FOLDS === index);
const galleries = Array.from({ length: ROUNDS }, () => galleryOf(photos, people, random));
const pairsAmong = (names: readonly string[]): Pair[] =>
  galleries.flatMap((gallery) => {
    const own = gallery.filter(({ person }) => names.includes(person));
    return pairsOf(own, posters);
  });

const sum = (scores: readonly Score[]): Score =>
  scores.reduce((a, b) => ({ right: a.right + b.right, wrong: a.wrong + b.wrong, missed: a.missed + b.missed }));
const chosen: number[] = [];
const held: Score[] = [];
for (let fold = 0; fold < FOLDS; fold++) {
  const near = best(pairsAmong(people.filter((_, i) => i % FOLDS !== fold)));
  chosen.push(near);
  held.push(score(pairsAmong(foldOf(fold)), near));
}
const everywhere = Array.from({ length: FOLDS }, (_, fold) => pairsAmong(foldOf(fold)));
const row = (name: string, total: Score): string => {
  const { right, wrong, missed } = total;
  const figures = [right / Math.max(1, right + wrong), right / (right + missed), f1(total)].map((one) =>
    one.toFixed(3),
  );
  return `| ${name} | ${figures.join(' | ')} | ${(wrong / ROUNDS).toFixed(1)} |`;
};
writeSection(
  'people-suggestions',
  [
    '## Suggested merges',
    '',
    `Pairs of a gallery that may be one person: ${people.length} people of two casts with three entries each, among ${posters.length} people of`,
    `posters; ${ROUNDS} galleries. In folds: the threshold that is best by F1 on the people of four folds, measured on the fifth`,
    `(${chosen.map((near) => near.toFixed(2)).join(', ')} were chosen). Wrong: pairs that are suggested although they are two people, a gallery.`,
    '',
    '| Cosine from | precision | recall | F1 | wrong |',
    '|---|--:|--:|--:|--:|',
    row('chosen in the folds', sum(held)),
    ...[0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55].map((near) =>
      row(`${near.toFixed(2)}${near === NEAR ? ' (used)' : ''}`, sum(everywhere.map((pairs) => score(pairs, near)))),
    ),
  ].join('\n'),
);
