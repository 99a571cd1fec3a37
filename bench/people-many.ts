import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readFaces } from '../src/faces/detect.js';
import { normalize } from '../src/faces/embed.js';
import { readPicture } from '../src/frames/picture.js';
import { createModels } from '../src/inference/registry.js';
import { FaceGraph } from '../src/people/face-graph.js';
import { Gallery, type KnownPerson, NAMED_FROM } from '../src/people/gallery.js';
import { dataFolder, seeded } from './faces-photos.js';
import { writeSection } from './results.js';

/**
 * Looking a face up among so many people that it is compared with the nearest alone, beside comparing it with everybody.
 * Arguments: numbers of people.
 */

const COLUMNS = 512;
const POSTERS = 500;
const LEAST_HEIGHT = 30;
/** Faces that one of nobody's is mixed of. */
const MIXED = 16;
const PROBES = 400;
const ROUNDS = 400;

async function facesOfPosters(): Promise<Float32Array[]> {
  const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 2 });
  const folder = join(dataFolder(), 'posters', 'images');
  const faces: Float32Array[] = [];
  for (const name of readdirSync(folder).sort().slice(0, POSTERS))
    for (const { box, embedding } of await readFaces(models, await readPicture(join(folder, name))))
      if (box[3] >= LEAST_HEIGHT) faces.push(embedding);
  await models.close();
  return faces;
}

/** Faces of nobody that are spread as real ones are: their mean, and normal shares of some of them beside it. */
function createFaces(real: readonly Float32Array[], random: () => number): (into: Float32Array) => Float32Array {
  const mean = new Float32Array(COLUMNS).map((_, i) => real.reduce((sum, face) => sum + face[i]!, 0) / real.length);
  const beside = real.map((face) => face.map((value, i) => value - mean[i]!));
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return (into) => {
    into.set(mean);
    for (let n = 0; n < MIXED; n++) {
      const [one, share] = [beside[Math.floor(random() * beside.length)]!, normal() / Math.sqrt(MIXED)];
      for (let i = 0; i < COLUMNS; i++) into[i]! += share * one[i]!;
    }
    return normalize(into);
  };
}

/** Wall times of calls, ms. */
function timed(probes: readonly Float32Array[], gallery: Gallery, rounds: number): string[] {
  const walls = Array.from({ length: rounds }, (_, i) => {
    const start = performance.now();
    gallery.identify(probes[i % probes.length]!);
    return performance.now() - start;
  }).sort((a, b) => a - b);
  return [0.5, 0.99].map((share) => walls[Math.floor(rounds * share)]!.toFixed(1));
}

async function measure(count: number, real: readonly Float32Array[]): Promise<string> {
  const random = seeded(11);
  const face = createFaces(real, random);
  const flat = new Float32Array(count * COLUMNS);
  const people = Array.from({ length: count }, (_, i): KnownPerson => {
    const mean = face(flat.subarray(i * COLUMNS, (i + 1) * COLUMNS));
    return { id: `p${i}`, name: `P${i}`, mean, cannotLinkFaces: [] };
  });
  const anybody = (): Float32Array => face(new Float32Array(COLUMNS));
  // Another appearance of somebody, or somebody who is not in the gallery.
  const appearances = Array.from({ length: PROBES / 2 }, () => {
    const [one, other, share] = [people[Math.floor(random() * count)]!, anybody(), 0.6 + 0.5 * random()];
    return normalize(one.mean.map((value, i) => value + share * other[i]!));
  });
  const strangers = Array.from({ length: PROBES / 2 }, anybody);
  const probes = [...appearances, ...strangers].map((probe, i, all) => all[(i * 7) % all.length] ?? probe);

  const graph = await FaceGraph.open<KnownPerson>(COLUMNS);
  const start = performance.now();
  graph.follow(people);
  while (!graph.complete) await sleep(20);
  const ready = (performance.now() - start) / 1000;
  const [all, nearest] = [new Gallery('face-embed-512', people), new Gallery('face-embed-512', people, graph)];

  const same = (some: readonly Float32Array[], what: (gallery: Gallery, probe: Float32Array) => string): string =>
    (some.filter((probe) => what(nearest, probe) === what(all, probe)).length / some.length).toFixed(3);
  const first = (gallery: Gallery, probe: Float32Array): string => gallery.identify(probe)[0]!.personId;
  const three = (gallery: Gallery, probe: Float32Array): string =>
    gallery
      .identify(probe)
      .map(({ personId }) => personId)
      .join();
  const name = (gallery: Gallery, probe: Float32Array): string => {
    const [best] = gallery.identify(probe);
    return best!.confidence >= NAMED_FROM ? best!.personId : '';
  };
  const differences = probes
    .map((probe) => Math.abs(nearest.identify(probe)[0]!.confidence - all.identify(probe)[0]!.confidence))
    .sort((a, b) => a - b);
  const recall = [same(appearances, first), same(strangers, first), same(probes, three), same(probes, name)];
  const times = [...timed(probes, nearest, ROUNDS), ...timed(probes, all, ROUNDS / 4)];

  const changed = performance.now();
  graph.follow([...people.slice(1), { ...people[0]!, id: 'new', mean: anybody() }]);
  const follows = performance.now() - changed;
  return `| ${[count.toLocaleString('en'), ...times, ...recall, differences.at(-1)!.toFixed(3), ready.toFixed(0), follows.toFixed(0)].join(' | ')} |`;
}

const counts = process.argv.slice(2).map(Number);
const real = await facesOfPosters();
const rows: string[] = [];
for (const count of counts.length > 0 ? counts : [200_000, 1_000_000]) rows.push(await measure(count, real));
writeSection(
  'people-many',
  [
    '## Very many people',
    '',
    'Above 100,000 known people a face is compared with the nearest that a graph finds, and a sample of the others tells what their odds',
    `sum to. Beside it, comparing it with everybody. ${PROBES} faces, half of them other appearances of somebody, half strangers; people and strangers are`,
    `made, spread as the ${real.length} faces of ${POSTERS} posters are. Same: as comparing with everybody says; the name: anyone with a confidence of .5, or nobody.`,
    "Difference: the largest of the best one's confidence. Filled: the graph, while nothing else is done; a change: one comes and one goes.",
    '',
    '| People | nearest, ms: median | p99 | everybody, ms: median | p99 | same best, appearances | strangers | same 3 | same name | difference | filled, s | a change, ms |',
    '|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...rows,
  ].join('\n'),
);
