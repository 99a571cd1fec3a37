import { decodeEmbedding, encodeEmbedding } from '../src/faces/embedding-text.js';
import { meanEmbedding, normalize, similarity } from '../src/faces/embed.js';
import { createModels } from '../src/inference/registry.js';
import { assign, NEWCOMER, type Sight, type Stranger } from '../src/people/assign.js';
import { identify } from '../src/people/gallery.js';
import { learn } from '../src/people/mean.js';
import { type PhotoFace, readCasts, seeded } from './faces-photos.js';
import { writeSection } from './results.js';

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

// Strangers across films: every film shows a person in a few photos; who is the same in two films?

interface Shown {
  readonly person: string;
  readonly embedding: Float32Array;
  readonly weight: number;
  readonly quality: number;
}

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
      return [{
        person,
        embedding: meanEmbedding(few.map(({ embedding }) => embedding), qualities.map((quality) => 0.05 + quality)),
        // A photo stands for about three seconds on screen.
        weight: 3 * qualities.reduce((sum, quality) => sum + quality, 0),
        quality: Math.max(...qualities),
      }];
    });
    if (film.length < 2) return made;
    made.push(film);
  }
}

/** The person that each appearance was given to, film after film, as the product does it. */
function cluster(all: readonly Shown[][], reach: number): string[][] {
  let strangers: (Stranger & { readonly faces: { embedding: string; weight: number }[] })[] = [];
  let number = 0;
  const given: string[][] = [];
  for (const film of all) {
    const sights = film.map(({ embedding, weight, quality }, i): Sight => ({
      key: `u${i}`, embedding, weight, quality, meets: [], personId: null, pinned: false, not: [],
    }));
    const { decisions, joins } = assign(sights, { recognizer: 'face-embed-512', people: [] }, strangers, { reach, meansAlike: reach - 0.05 });
    given.push(sights.map(({ key, embedding, weight }) => {
      const { person } = decisions.get(key)!;
      if (person === null) return `nobody ${number++}`;
      const id = person === NEWCOMER ? `s${number++}` : person;
      const before = strangers.find((one) => one.id === id);
      const { mean, exemplars } = learn([], [...(before?.faces ?? []), { embedding: encodeEmbedding(embedding!), weight }]);
      const after = {
        id, faces: [...exemplars], mean: decodeEmbedding(mean!), exemplars: exemplars.map((face) => decodeEmbedding(face.embedding)), rejected: [], apart: [],
      };
      strangers = [...strangers.filter((one) => one.id !== id), after];
      return id;
    }));
    for (const [a, b] of joins) {
      const [into, from] = [strangers.find(({ id }) => id === a), strangers.find(({ id }) => id === b)];
      if (!into || !from) continue;
      const { mean, exemplars } = learn([], [...into.faces, ...from.faces]);
      strangers = strangers.filter((one) => one !== into && one !== from);
      strangers.push({ ...into, faces: [...exemplars], mean: decodeEmbedding(mean!), exemplars: exemplars.map((face) => decodeEmbedding(face.embedding)) });
      for (const ids of given) ids.forEach((id, i) => id === b && (ids[i] = a));
    }
  }
  return given;
}

/** The reference: the first person whose mean is near enough takes everything, in order (leader clustering). */
function leaders(all: readonly Shown[][], reach: number): string[][] {
  const first: Float32Array[] = [];
  return all.map((film) => film.map(({ embedding }) => {
    const found = first.findIndex((face) => similarity(face, embedding) >= reach);
    return `s${found >= 0 ? found : first.push(embedding) - 1}`;
  }));
}

/** Of pairs said to be one person, the share that is; of pairs that are, the share that was said. */
function pairs(all: readonly Shown[][], given: readonly string[][]): { precision: number; recall: number; people: number } {
  const flat = all.flatMap((film, f) => film.map(({ person }, i) => ({ person, id: given[f]![i]! })));
  let [said, right, there] = [0, 0, 0];
  flat.forEach((a, i) => flat.slice(0, i).forEach((b) => {
    const [same, together] = [a.person === b.person, a.id === b.id];
    if (together) said++;
    if (same) there++;
    if (same && together) right++;
  }));
  return { precision: said === 0 ? 1 : right / said, recall: right / there, people: new Set(flat.map(({ id }) => id)).size };
}

async function strangers(): Promise<string> {
  const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
  const photos = await readCasts(models, 'face-embed-512');
  await models.close();
  const lines = ['| Photos a film | reach | pairs right | pairs found | people made of 11 | leader: right | found | people |', '|--:|--:|--:|--:|--:|--:|--:|--:|'];
  for (const each of [1, 3])
    for (const reach of [0.4, 0.45, 0.5, 0.55]) {
      const rounds = [1, 2, 3, 4, 5].map((seed) => {
        const all = films(photos, each, seeded(seed));
        return { ours: pairs(all, cluster(all, reach)), theirs: pairs(all, leaders(all, reach)) };
      });
      const mid = (of: (round: (typeof rounds)[number]) => number): number => median(rounds.map(of));
      lines.push(`| ${each} | ${reach} | ${percent(mid(({ ours }) => ours.precision))} | ${percent(mid(({ ours }) => ours.recall))} | ${mid(({ ours }) => ours.people)} `
        + `| ${percent(mid(({ theirs }) => theirs.precision))} | ${percent(mid(({ theirs }) => theirs.recall))} | ${mid(({ theirs }) => theirs.people)} |`);
    }
  return '### Strangers across films\n\nPhotos of two casts (11 people) dealt to films, one or three a person and film, nobody named and nobody known to be seen together '
    + '(the harder case): who is the same in two films. Medians of 5 deals; the product\'s reach is .5. Beside it, in the same deals, leader clustering.\n\n' + lines.join('\n');
}

// Looking a face up in a large gallery.

function search(): string {
  const random = seeded(7);
  const face = (): Float32Array => normalize(Float32Array.from({ length: 512 }, () => random() + random() + random() - 1.5));
  const lines = ['| People | identify, ms | its dot products alone, one flat array, ms |', '|--:|--:|--:|'];
  for (const count of [1000, 10_000, 100_000]) {
    const people = Array.from({ length: count }, (_, i) => ({ id: `p${i}`, name: `P${i}`, mean: face(), rejected: [] }));
    const flat = new Float32Array(count * 512);
    people.forEach(({ mean }, i) => flat.set(mean, i * 512));
    const probe = people[count >> 1]!.mean;
    const [whole, bare]: [number[], number[]] = [[], []];
    for (let i = 0; i < 11; i++) {
      let start = performance.now();
      const [best] = identify(probe, { recognizer: 'face-embed-512', people });
      whole.push(performance.now() - start);
      if (best?.personId !== `p${count >> 1}`) throw new Error('The face was not found');
      start = performance.now();
      let top = -1;
      for (let at = 0; at < flat.length; at += 512) {
        let dot = 0;
        for (let j = 0; j < 512; j++) dot += flat[at + j]! * probe[j]!;
        top = Math.max(top, dot);
      }
      bare.push(performance.now() - start);
      if (top < 0.99) throw new Error('The face was not found');
    }
    lines.push(`| ${count.toLocaleString('en')} | ${median(whole).toFixed(1)} | ${median(bare).toFixed(1)} |`);
  }
  return `### Looking a face up\n\nBrute force over the means of a gallery, 512 numbers each, one thread, medians of 11.\n\n${lines.join('\n')}`;
}

writeSection('people', `## People\n\n${[search(), await strangers()].join('\n\n')}`);
