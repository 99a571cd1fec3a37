import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { normalize, similarity } from '../../src/faces/embed.js';
import { CALIBRATIONS } from '../../src/people/calibration.js';
import { FaceGraph } from '../../src/people/face-graph.js';
import { Gallery, isCannotLink, type KnownPerson, sameProbability } from '../../src/people/gallery.js';

const SIZE = 16;
/** A direction between some of the axes. */
const face = (...values: number[]): Float32Array =>
  normalize(Float32Array.from({ length: SIZE }, (_, i) => values[i] ?? 0));
/** At this cosine to the first axis. */
const at = (cosine: number): Float32Array => face(cosine, Math.sqrt(1 - cosine * cosine));
const person = (id: string, mean: Float32Array, ...cannotLinkFaces: Float32Array[]): KnownPerson => ({
  id,
  name: id.toUpperCase(),
  mean,
  cannotLinkFaces,
});
const { slope, middle } = CALIBRATIONS['face-embed-512'].identify;
const odds = (cosine: number): number => Math.exp(slope * (cosine - middle));

describe('who a face is', () => {
  const PROBE = face(1);
  const likeness = [0.1, 0.9, 0.5, 0.7, 0.3, 0.2];
  const people = likeness.map((cosine, k) => person(`p${k}`, at(cosine)));
  const gallery = new Gallery('face-embed-512', people);

  test.each([1, 2, 3, 5, 6, 9])('the likeliest %d, best first', (limit) => {
    const best = [1, 3, 2, 4, 5, 0].slice(0, limit);
    const found = gallery.identify(PROBE, limit);
    expect(found.map(({ personId, name }) => [personId, name])).toEqual(best.map((k) => [`p${k}`, `P${k}`]));
    found.forEach(({ similarity: found }, k) => expect(found).toBeCloseTo(likeness[best[k]!]!, 6));
  });

  test('three where nobody says how many', () => {
    expect(gallery.identify(PROBE)).toHaveLength(3);
  });

  test('as surely as they are likelier than everybody else and a stranger together', () => {
    const all = 1 + likeness.reduce((sum, cosine) => sum + odds(cosine), 0);
    for (const limit of [1, 6]) expect(gallery.identify(PROBE, limit)[0]!.confidence).toBeCloseTo(odds(0.9) / all, 2);
    // As like somebody as a stranger is, and nobody else: one of two.
    expect(new Gallery('face-embed-512', [person('a', at(middle))]).identify(PROBE)[0]!.confidence).toBeCloseTo(0.5, 3);
  });

  test('two who are equally like it share it', () => {
    const twins = new Gallery('face-embed-512', [person('a', at(0.95)), person('b', at(0.95)), person('c', at(-0.5))]);
    const found = twins.identify(PROBE);
    expect(found[1]!.confidence).toBeCloseTo(found[0]!.confidence, 6);
    expect(found[0]!.confidence).toBeLessThan(0.5);
    expect(found.map(({ personId }) => personId)).toEqual(['a', 'b', 'c']);
  });

  test.each([
    [0.6, 0.3, true],
    [0.6, 0.7, false],
    [0.45, 0.3, false],
    [0.51, 0.4, true],
  ])(
    'a face that is %f like one said not to be theirs, and %f like theirs, is not theirs: %s',
    (wrong, own, expected) => {
      const other = face(wrong, 0, Math.sqrt(1 - wrong * wrong));
      expect(isCannotLink(PROBE, own, [other])).toBe(expected);
      expect(isCannotLink(PROBE, own, [face(0, 0, 0, 1), other])).toBe(expected);
      expect(isCannotLink(PROBE, own, [])).toBe(false);
      const ids = new Gallery('face-embed-512', [person('a', at(own), other), person('b', at(0.1))])
        .identify(PROBE)
        .map(({ personId }) => personId);
      expect(ids).toEqual(expected ? ['b'] : ['a', 'b']);
    },
  );

  test('whoever it is not takes no share of the probability', () => {
    const excluded = new Gallery('face-embed-512', [person('a', at(0.9), PROBE), person('b', at(0.6))]);
    expect(excluded.identify(PROBE)).toEqual(new Gallery('face-embed-512', [person('b', at(0.6))]).identify(PROBE));
  });

  test('a pair of faces is one person by the logistic curve of its recogniser', () => {
    for (const recognizer of ['face-embed-512', 'face-embed-128'] as const) {
      const { slope: steep, middle: half } = CALIBRATIONS[recognizer].compare;
      expect(sameProbability(half, recognizer)).toBeCloseTo(0.5, 6);
      expect(sameProbability(half + 1 / steep, recognizer)).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
    }
  });
});

describe('a graph of faces', () => {
  /** People who lie around a circle, each nearest to those beside them. */
  const around = (count: number): KnownPerson[] =>
    Array.from({ length: count }, (_, k) => person(`p${k}`, face(Math.cos((2 * Math.PI * k) / count), Math.sin((2 * Math.PI * k) / count)))); // prettier-ignore

  async function filled(graph: FaceGraph<KnownPerson>): Promise<void> {
    for (let turn = 0; !graph.complete; turn++) {
      expect(turn).toBeLessThan(200);
      await sleep(1);
    }
  }
  async function graphOf(people: readonly KnownPerson[]): Promise<FaceGraph<KnownPerson>> {
    const graph = await FaceGraph.open<KnownPerson>(SIZE);
    graph.follow(people);
    await filled(graph);
    return graph;
  }
  const ids = (found: readonly KnownPerson[]): string[] => found.map(({ id }) => id).sort();

  test('finds the nearest, as many as are asked for', async () => {
    const people = around(100);
    const graph = await graphOf(people);
    expect(ids(graph.nearest(people[50]!.mean, 1))).toEqual(['p50']);
    expect(ids(graph.nearest(people[50]!.mean, 3))).toEqual(['p49', 'p50', 'p51']);
    expect(graph.nearest(people[50]!.mean, 200)).toHaveLength(100);
  });

  test('of nobody finds nobody', async () => {
    const graph = await FaceGraph.open<KnownPerson>(SIZE);
    expect([graph.complete, graph.ready, graph.nearest(face(1), 3)]).toEqual([true, true, []]);
  });

  test('finds those who have just come, before they are in it', async () => {
    const people = around(20);
    const graph = await FaceGraph.open<KnownPerson>(SIZE);
    graph.follow(people);
    expect([graph.complete, graph.ready]).toEqual([false, true]);
    expect(ids(graph.nearest(people[0]!.mean, 1))).toEqual(ids(people));
    graph.follow(people.slice(0, 5));
    expect(ids(graph.nearest(people[0]!.mean, 1))).toEqual(ids(people.slice(0, 5)));
    await filled(graph);
    expect(ids(graph.nearest(people[0]!.mean, 9))).toEqual(ids(people.slice(0, 5)));
  });

  test('is asked once no more than a thousand wait', async () => {
    const graph = await FaceGraph.open<KnownPerson>(SIZE);
    graph.follow(around(1000));
    expect(graph.ready).toBe(true);
    const more = await FaceGraph.open<KnownPerson>(SIZE);
    more.follow(around(1001));
    expect(more.ready).toBe(false);
    await filled(more);
    expect(more.ready).toBe(true);
    graph.follow([]);
    expect(graph.complete).toBe(true);
  });

  test.each([1, 5, 30])(
    'who has gone is found no more, and those who come take their places: %d of 40',
    async (gone) => {
      const people = around(40);
      const graph = await graphOf(people);
      const left = people.slice(gone);
      graph.follow(left);
      expect(ids(graph.nearest(people[0]!.mean, 40))).toEqual(ids(left));
      const back = [...left, ...people.slice(0, gone).map(({ id, mean }) => person(`${id}b`, mean))];
      graph.follow(back);
      await filled(graph);
      expect(ids(graph.nearest(people[0]!.mean, 40))).toEqual(ids(back));
      expect(ids(graph.nearest(people[0]!.mean, 1))).toEqual(['p0b']);
    },
  );

  test('somebody who looks otherwise is found there alone, somebody renamed by the new name', async () => {
    const people = around(40);
    const graph = await graphOf(people);
    const moved = [person('p0', people[20]!.mean.slice()), { ...people[1]!, name: 'Other' }, ...people.slice(2)];
    graph.follow(moved);
    for (let round = 0; round < 2; round++) {
      expect(graph.nearest(people[1]!.mean, 1).find(({ id }) => id === 'p1')?.name).toBe('Other');
      const found = graph.nearest(people[0]!.mean, 40).filter(({ id }) => id === 'p0');
      expect(found.map(({ mean }) => similarity(mean, people[20]!.mean))).toEqual([expect.closeTo(1, 5)]);
      await filled(graph);
    }
    expect(ids(graph.nearest(people[20]!.mean, 2))).toEqual(['p0', 'p20']);
  });

  test('a gallery asks it for those who are likely, and sums what the others are worth', async () => {
    const people = around(60);
    const [plain, quick] = [new Gallery('face-embed-512', people), new Gallery('face-embed-512', people, await graphOf(people))]; // prettier-ignore
    for (const probe of [people[7]!.mean, face(1, 0.02), face(0.1, 0.1, 1)]) {
      const [wanted, found] = [plain.identify(probe, 4), quick.identify(probe, 4)];
      expect(found.map(({ similarity: likeness }) => likeness)).toEqual(
        wanted.map(({ similarity: likeness }) => likeness),
      );
      found.forEach(({ confidence }, k) => expect(confidence).toBeCloseTo(wanted[k]!.confidence, 3));
    }
  });

  test.each([
    ['the same people', 0, true],
    ['one fewer', 1, true],
    ['half of them', 20, true],
    ['fewer than half', 21, false],
  ])('those who stay need not be put in again: %s', async (_, gone, complete) => {
    const people = around(40);
    const graph = await graphOf(people);
    graph.follow(people.slice(gone));
    // Where most have gone it is made anew.
    expect(graph.complete).toBe(complete);
    await filled(graph);
    expect(ids(graph.nearest(people[39]!.mean, 1))).toEqual(['p39']);
  });

  test('a face that was said not to be somebody is not offered as them by a graph either', async () => {
    const people = around(60);
    const wrong = people.map((one, k) => (k === 7 ? { ...one, cannotLinkFaces: [people[7]!.mean] } : one));
    // Their own face is as like it as they are; another one is not theirs.
    const probe = face(Math.cos(0.75), Math.sin(0.75), 0.3);
    const corrected = people.map((one, k) => (k === 7 ? { ...one, cannotLinkFaces: [probe] } : one));
    const first = async (all: readonly KnownPerson[]): Promise<string> =>
      new Gallery('face-embed-512', all, await graphOf(all)).identify(probe)[0]!.personId;
    expect([await first(people), await first(wrong)]).toEqual(['p7', 'p7']);
    expect(await first(corrected)).not.toBe('p7');
  });

  /** People who are about as like the probe as each other, in all directions. */
  const alike = (count: number, from: number, to: number): KnownPerson[] => {
    let state = 7;
    const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647 - 0.5;
    return Array.from({ length: count }, (_, k) => {
      const cosine = from + ((to - from) * k) / count;
      const aside = normalize(Float32Array.from({ length: SIZE }, (_value, i) => (i === 0 ? 0 : random())));
      return person(
        `p${k}`,
        aside.map((value, i) => (i === 0 ? cosine : value * Math.sqrt(1 - cosine * cosine))),
      );
    });
  };
  const PROBE = face(1);
  /** Finds exactly those who are nearest. */
  const exact = (people: readonly KnownPerson[]): FaceGraph<KnownPerson> =>
    ({
      ready: true,
      nearest: (vector: Float32Array, count: number) =>
        people
          .toSorted((a, b) => similarity(b.mean, vector) - similarity(a.mean, vector))
          .slice(0, count)
          .reverse(),
    }) as unknown as FaceGraph<KnownPerson>;

  test.each([
    [600, 0.5, 0.45],
    [40_000, 0.5, 0.3],
  ])('of %d it compares the 500 nearest, and knows what all others are worth', (count, from, to) => {
    const people = alike(count, from, to);
    const all = 1 + people.reduce((sum, { mean }) => sum + odds(similarity(mean, PROBE)), 0);
    const found = new Gallery('face-embed-512', people, exact(people)).identify(PROBE);
    expect(found.map(({ personId }) => personId)).toEqual(['p0', 'p1', 'p2']);
    expect(Math.abs(Math.log((found[0]!.confidence * all) / odds(from)))).toBeLessThan(0.05);
  });

  test('of few it compares all, and nobody else is worth anything', () => {
    const people = alike(3, 0.5, 0.4);
    const all = 1 + people.reduce((sum, { mean }) => sum + odds(similarity(mean, PROBE)), 0);
    const [first] = new Gallery('face-embed-512', people, exact(people)).identify(PROBE);
    expect(first!.confidence).toBeCloseTo(odds(0.5) / all, 3);
    expect(new Gallery('face-embed-512', [], exact([])).identify(PROBE)).toEqual([]);
  });

  test('a gallery whose graph is not filled yet compares with everybody', async () => {
    const people = around(1100);
    const graph = await FaceGraph.open<KnownPerson>(SIZE);
    graph.follow(people);
    expect(graph.ready).toBe(false);
    const probe = people[3]!.mean;
    expect(new Gallery('face-embed-512', people, graph).identify(probe)).toEqual(new Gallery('face-embed-512', people).identify(probe)); // prettier-ignore
    graph.follow([]);
  });
});
