import { decodeEmbedding, encodeEmbedding } from '../src/faces/embedding-text.js';
import { createModels } from '../src/inference/registry.js';
import { flagPhotos, type Read } from '../src/people/enrol.js';
import { Gallery, NAMED_FROM } from '../src/people/gallery.js';
import { learn, type ProposedWeights } from '../src/people/mean.js';
import { CASTS, type PhotoFace, readCasts, readFarFaces, seeded, shuffled } from './faces-photos.js';
import { writeSection } from './results.js';

/**
 * What photos that were found for a name are worth beside those that somebody gave: each person has some of both, and of those that
 * were found a share shows somebody else of the cast. The weights that do best on one cast are measured on the other.
 */

const ROUNDS = 20;
const FOUND = 4;
const GIVEN = [0, 1, 3];
const WRONG = [0, 0.25, 0.5];
const WEIGHTS: readonly ProposedWeights[] = [0, 0.1, 0.25, 0.5, 1].flatMap((proposed) =>
  [0.35, 0.45, 0.55, 2].map((confirmed) => ({ proposed, confirmed })),
);
/** What was in force before this was measured. */
const BEFORE: ProposedWeights = { proposed: 0.25, confirmed: 0.45 };

interface Counts {
  of: number;
  right: number;
  wrong: number;
}

/** Photos of a search as they are taken in: the unlike ones of several are left out. */
function kept(photos: readonly PhotoFace[]): PhotoFace[] {
  const read = photos.map((photo) => ({ fault: null, hash: photo.file, faces: [photo] }) as unknown as Read);
  const flags = flagPhotos(
    read,
    read.map(({ faces }) => faces[0] ?? null),
  );
  return photos.filter((_, i) => flags[i] === null);
}

function measure(
  cast: readonly PhotoFace[],
  far: ReadonlyMap<string, PhotoFace>,
  given: number,
  wrong: number,
  weights: ProposedWeights,
): Counts {
  const random = seeded(11);
  const people = [...new Set(cast.map(({ person }) => person))];
  const counts: Counts = { of: 0, right: 0, wrong: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const own = new Map(
      people.map((person) => [
        person,
        shuffled(
          cast.filter((photo) => photo.person === person),
          random,
        ),
      ]),
    );
    const gallery = people.map((person) => {
      const photos = own.get(person)!;
      const found = photos.slice(given, given + FOUND).map((photo) => {
        if (random() >= wrong) return photo;
        const others = people.filter((one) => one !== person);
        const other = own.get(others[Math.floor(random() * others.length)]!)!;
        return other[Math.floor(random() * (given + FOUND))]!;
      });
      const stored = (some: readonly PhotoFace[], proposedFrom?: string) =>
        some.map(({ embedding, quality }) => ({
          flag: null,
          embedding: encodeEmbedding(embedding),
          quality,
          ...(proposedFrom !== undefined && { proposedFrom }),
        }));
      const { mean } = learn([...stored(photos.slice(0, given)), ...stored(kept(found), 'the web')], [], weights);
      return { id: person, name: person, cannotLinkFaces: [], mean: decodeEmbedding(mean!) };
    });
    const known = new Gallery('face-embed-512', gallery);
    for (const person of people)
      for (const [i, photo] of own
        .get(person)!
        .slice(given + FOUND)
        .entries()) {
        const face = i % 2 === 0 ? photo : far.get(photo.file);
        if (!face) continue;
        const [best] = known.identify(face.embedding, 1);
        counts.of++;
        if (best && best.confidence >= NAMED_FROM) counts[best.name === person ? 'right' : 'wrong']++;
      }
  }
  return counts;
}

/** A wrong name costs as much as three that are missing. */
const worth = ({ of, right, wrong }: Counts): number => (right - 3 * wrong) / of;

const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 2 });
const photos = await readCasts(models);
const far = await readFarFaces(models, photos);
await models.close();

const casts = CASTS.map((name) => photos.filter(({ cast }) => cast === name));
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const chosen = casts.map((cast) => {
  const settings = GIVEN.flatMap((given) => WRONG.map((wrong) => [given, wrong] as const));
  const all = WEIGHTS.map((weights) =>
    mean(settings.map(([given, wrong]) => worth(measure(cast, far, given, wrong, weights)))),
  );
  return WEIGHTS[all.indexOf(Math.max(...all))]!;
});
const lines = [
  '| Given | of 4 found, somebody else’s | weights | friends: right | wrong | himym: right | wrong |',
  '|--:|--:|---|--:|--:|--:|--:|',
];
const shown = ({ proposed, confirmed }: ProposedWeights): string =>
  `${proposed}${proposed === 1 ? '' : confirmed > 1 ? ', confirmed by nothing' : `, confirmed from ${confirmed}`}`;
for (const given of GIVEN)
  for (const wrong of WRONG)
    for (const [name, of] of [
      ['all count the same', () => ({ proposed: 1, confirmed: 2 })],
      ['found ones do not count beside given ones', () => ({ proposed: 0, confirmed: 2 })],
      ['**chosen on the other cast**', (i: number) => chosen[1 - i]!],
      ['0.25, confirmed from 0.45', () => BEFORE],
    ] as const) {
      const cells = casts.flatMap((cast, i) => {
        const { of: all, right, wrong: amiss } = measure(cast, far, given, wrong, of(i));
        return [(right / all).toFixed(3), (amiss / all).toFixed(3)];
      });
      lines.push(`| ${[given, wrong, name, ...cells].join(' | ')} |`);
    }
writeSection(
  'people-proposed',
  `## Photos that were found for a name\n\nA gallery of one cast; each person has some photos that somebody gave and ${FOUND} that were found, each of which ` +
    `shows somebody else of the cast with the share that is told. Faces that are looked up are as in the row "faces-named": every second one is seen from afar. ` +
    `Weights are that of a found photo and the likeness to given ones from which it counts fully; chosen on friends: ${shown(chosen[0]!)}, on himym: ${shown(chosen[1]!)} ` +
    `(a wrong name as bad as three that are missing).\n\n${lines.join('\n')}`,
);
