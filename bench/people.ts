import type { FaceNetworks } from '../src/config/face-networks.js';
import { meanEmbedding, normalize, similarity } from '../src/faces/embed.js';
import { FACE_READERS } from '../src/faces/recognizers.js';
import { createModels } from '../src/inference/registry.js';
import { Gallery } from '../src/people/gallery.js';
import { type PhotoFace, readCasts, seeded } from './faces-photos.js';
import { writeSection } from './results.js';
import { type Appearing, joinFilms } from './strangers-joined.js';

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

// Strangers across films: every film shows a person in a few photos; who is the same in two films?

type Shown = Appearing & { readonly person: string };

/** Films whose people are some photos each, no photo twice. */
function films(photos: readonly PhotoFace[], each: number, random: () => number): Shown[][] {
  const left = new Map<string, PhotoFace[]>();
  for (const photo of photos) left.set(photo.person, [...(left.get(photo.person) ?? []), photo]);
  for (const own of left.values()) own.sort(() => random() - 0.5);
  const made: Shown[][] = [];
  for (;;) {
    const film = [...left].flatMap(([person, own]): Shown[] => {
      const few = own.splice(0, each);
      if (few.length < each) return [];
      const qualities = few.map(({ quality }) => quality);
      return [
        {
          person,
          embedding: meanEmbedding(
            few.map(({ embedding }) => embedding),
            qualities.map((quality) => 0.05 + quality),
          ),
          // A photo stands for about three seconds on screen.
          weight: 3 * qualities.reduce((sum, quality) => sum + quality, 0),
          quality: Math.max(...qualities),
          meets: [],
        },
      ];
    });
    if (film.length < 2) return made;
    made.push(film);
  }
}

/** The reference: the first person whose mean is near enough takes everything, in order (leader clustering). */
function leaders(all: readonly Shown[][], reach: number): string[][] {
  const first: Float32Array[] = [];
  return all.map((film) =>
    film.map(({ embedding }) => {
      const found = first.findIndex((face) => similarity(face, embedding) >= reach);
      return `s${found >= 0 ? found : first.push(embedding) - 1}`;
    }),
  );
}

/** Of pairs said to be one person, the share that is; of pairs that are, the share that was said. */
function pairs(
  all: readonly Shown[][],
  given: readonly string[][],
): { precision: number; recall: number; people: number } {
  const flat = all.flatMap((film, f) => film.map(({ person }, i) => ({ person, id: given[f]![i]! })));
  let [said, right, there] = [0, 0, 0];
  flat.forEach((a, i) =>
    flat.slice(0, i).forEach((b) => {
      const [same, together] = [a.person === b.person, a.id === b.id];
      if (together) said++;
      if (same) there++;
      if (same && together) right++;
    }),
  );
  return {
    precision: said === 0 ? 1 : right / said,
    recall: right / there,
    people: new Set(flat.map(({ id }) => id)).size,
  };
}

function strangerRows(photos: readonly PhotoFace[], faces: FaceNetworks): string[] {
  const { recognizer } = FACE_READERS[faces];
  return [1, 3].flatMap((each) =>
    [0.4, 0.45, 0.5, 0.55].map((reach) => {
      const rounds = [1, 2, 3, 4, 5].map((seed) => {
        const all = films(photos, each, seeded(seed));
        return {
          ours: pairs(all, joinFilms(all, recognizer, { reach, meansAlike: reach - 0.05 })),
          theirs: pairs(all, leaders(all, reach)),
        };
      });
      const mid = (of: (round: (typeof rounds)[number]) => number): number => median(rounds.map(of));
      return (
        `| ${faces} | ${each} | ${reach} | ${percent(mid(({ ours }) => ours.precision))} | ${percent(mid(({ ours }) => ours.recall))} | ${mid(({ ours }) => ours.people)} ` +
        `| ${percent(mid(({ theirs }) => theirs.precision))} | ${percent(mid(({ theirs }) => theirs.recall))} | ${mid(({ theirs }) => theirs.people)} |`
      );
    }),
  );
}

async function strangers(): Promise<string> {
  const lines = [
    '| Networks | photos a film | reach | pairs right | pairs found | people made of 11 | leader: right | found | people |',
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|',
  ];
  let different: ReadonlySet<string> | undefined;
  for (const faces of ['best', 'clear'] as const) {
    const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1, faces });
    const photos = await readCasts(models, different);
    different ??= new Set(photos.map(({ file }) => file));
    await models.close();
    lines.push(...strangerRows(photos, faces));
  }
  return (
    '### Strangers across films\n\nPhotos of two casts (11 people) dealt to films, one or three a person and film, nobody named and nobody known to be seen together ' +
    "(the harder case): who is the same in two films. Medians of 5 deals; the product's reach is .45, and .12 more by the clear networks. Beside it, in the same deals, leader clustering.\n\n" +
    lines.join('\n')
  );
}

// Looking a face up in a large gallery.

const ROUNDS = 200;

/** Wall times and processor time of one call, ms, the machine's other work being what it is. */
function timed(rounds: number, work: () => void): { median: number; p99: number; processor: number } {
  for (let i = 0; i < 5; i++) work();
  const walls: number[] = [];
  const before = process.cpuUsage();
  for (let i = 0; i < rounds; i++) {
    const start = performance.now();
    work();
    walls.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(before);
  walls.sort((a, b) => a - b);
  return {
    median: walls[Math.floor(rounds / 2)]!,
    p99: walls[Math.floor(rounds * 0.99)]!,
    processor: (user + system) / 1000 / rounds,
  };
}

function search(): string {
  const random = seeded(7);
  const face = (): Float32Array =>
    normalize(Float32Array.from({ length: 512 }, () => random() + random() + random() - 1.5));
  const lines = [
    '| People | identify, ms: median | p99 | processor | bare dot products, ms: median | p99 | processor | made ready, ms | same 3 |',
    '|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
  ];
  for (const count of [1000, 10_000, 100_000]) {
    const people = Array.from({ length: count }, (_, i) => ({
      id: `p${i}`,
      name: `P${i}`,
      mean: face(),
      cannotLinkFaces: [],
    }));
    const flat = new Float32Array(count * 512);
    people.forEach(({ mean }, i) => flat.set(mean, i * 512));
    const start = performance.now();
    const gallery = new Gallery('face-embed-512', people);
    const ready = performance.now() - start;
    // Another photo of somebody, and faces of nobody.
    const probes = Array.from({ length: 20 }, (_, i) =>
      i % 2 === 0 ? face() : meanEmbedding([people[(i * count) / 20]!.mean, face()]),
    );
    const dots = new Float32Array(count);
    const compare = (probe: Float32Array): void => {
      for (let row = 0; row < count; row++) {
        let dot = 0;
        for (let j = 0; j < 512; j++) dot += flat[row * 512 + j]! * probe[j]!;
        dots[row] = dot;
      }
    };
    let same = 0;
    for (const probe of probes) {
      compare(probe);
      const wanted = [...dots.keys()]
        .sort((a, b) => dots[b]! - dots[a]!)
        .slice(0, 3)
        .map((row) => `p${row}`);
      if (
        gallery
          .identify(probe)
          .map(({ personId }) => personId)
          .join() === wanted.join()
      )
        same++;
    }
    let turn = 0;
    const next = (): Float32Array => probes[turn++ % probes.length]!;
    const ours = timed(ROUNDS, () => gallery.identify(next()));
    const bare = timed(ROUNDS / 5, () => compare(next()));
    const cells = [ours, bare].flatMap(({ median: half, p99, processor }) => [half, p99, processor]);
    lines.push(
      `| ${count.toLocaleString('en')} | ${cells.map((ms) => ms.toFixed(2)).join(' | ')} | ${ready.toFixed(0)} | ${same} of ${probes.length} |`,
    );
  }
  return (
    '### Looking a face up\n\nThe means of a gallery, 512 numbers each, one thread. Bare: the dot products alone in plain JavaScript, single precision, one flat ' +
    `array. Wall times of ${ROUNDS} calls (bare: ${ROUNDS / 5}), and the processor time of one, which other work on the machine disturbs less. Same 3: faces for which ` +
    'both give the same three people in the same order. Made ready: once after each change of the gallery.\n\n' +
    lines.join('\n')
  );
}

// `npm run bench -- people strangers` prints that part alone.
if (process.argv.includes('strangers')) console.log(await strangers());
else writeSection('people', `## People\n\n${[search(), await strangers()].join('\n\n')}`);
