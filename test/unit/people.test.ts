import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { normalize, similarity } from '../../src/faces/embed.js';
import { CALIBRATIONS } from '../../src/people/calibration.js';
import { FaceGraph } from '../../src/people/face-graph.js';
import { Gallery, isCannotLink, type KnownPerson, NAMED_FROM, sameProbability } from '../../src/people/gallery.js';

function vector(...values: number[]): Float32Array {
  return normalize(Float32Array.from({ length: 8 }, (_, i) => values[i] ?? 0));
}

/** At this cosine to the first axis, the rest along the last one. */
const at = (cosine: number): Float32Array => vector(cosine, 0, 0, 0, 0, 0, 0, Math.sqrt(1 - cosine * cosine));

const gallery = new Gallery('face-embed-512', [
  { id: 'a', name: 'Ada', mean: vector(1), cannotLinkFaces: [] },
  { id: 'b', name: 'Grace', mean: vector(0, 1), cannotLinkFaces: [] },
  { id: 'c', name: 'Edsger', mean: vector(0, 0, 1), cannotLinkFaces: [] },
  { id: 'd', name: 'Barbara', mean: vector(0, 0, 0, 1), cannotLinkFaces: [] },
]);

describe('identify', () => {
  test('names a face like a known one, best first, at most three', () => {
    const candidates = gallery.identify(vector(0.8, 0.3, 0.1));
    expect(candidates.map(({ name }) => name)).toEqual(['Ada', 'Grace', 'Edsger']);
    expect(candidates[0]!.confidence).toBeGreaterThan(0.9);
  });

  test('a stranger is nobody: no confidence reaches the threshold', () => {
    for (const { confidence } of gallery.identify(vector(0, 0, 0, 0, 0, 1)))
      expect(confidence).toBeLessThan(NAMED_FROM);
    for (const { confidence } of gallery.identify(at(0.3))) expect(confidence).toBeLessThan(NAMED_FROM);
  });

  test('confidence grows with likeness and never sums to more than 1', () => {
    const confidences = [0.2, 0.3, 0.4, 0.5, 0.6, 0.9].map((cosine) => gallery.identify(at(cosine))[0]!.confidence);
    expect(confidences).toEqual([...confidences].sort((x, y) => x - y));
    const both = gallery.identify(vector(1, 1));
    expect(both.reduce((sum, { confidence }) => sum + confidence, 0)).toBeLessThanOrEqual(1 + 1e-9);
    // Equally like two people: neither is sure.
    expect(both[0]!.confidence).toBeLessThanOrEqual(0.5 + 1e-9);
  });

  test('a face that was said not to be somebody is not offered as them again', () => {
    const [ada, ...others] = gallery.people;
    const corrected = (face: Float32Array): Gallery =>
      new Gallery('face-embed-512', [{ ...ada!, cannotLinkFaces: [face] }, ...others]);
    expect(
      corrected(at(0.8))
        .identify(at(0.8))
        .map(({ name }) => name),
    ).not.toContain('Ada');
    expect(corrected(vector(0.3, 1)).identify(vector(1))[0]!.name).toBe('Ada');
  });

  test('an empty gallery knows nobody', () => {
    expect(new Gallery('face-embed-512', []).identify(vector(1))).toEqual([]);
  });
});

describe('a large gallery', () => {
  /** Comparing with everybody, one after the other. */
  function plainly(
    embedding: Float32Array,
    { recognizer, people }: Gallery,
  ): { personId: string; confidence: number; similarity: number }[] {
    const { slope, middle } = CALIBRATIONS[recognizer].identify;
    const all = people
      .map(({ id, mean, cannotLinkFaces }) => ({
        personId: id,
        similarity: similarity(mean, embedding),
        cannotLinkFaces,
      }))
      .filter((one) => !isCannotLink(embedding, one.similarity, one.cannotLinkFaces))
      .map(({ personId, similarity: likeness }) => ({
        personId,
        similarity: likeness,
        odds: Math.exp(slope * (likeness - middle)),
      }));
    const total = all.reduce((sum, { odds }) => sum + odds, 1);
    return all
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, 3)
      .map(({ odds, ...one }) => ({ ...one, confidence: odds / total }));
  }

  let state = 1;
  const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647 - 0.5;
  const near = (face: Float32Array, spread: number): Float32Array =>
    normalize(face.map((value) => value + spread * (random() + random() + random())));
  const nobody = (size: number): Float32Array => new Float32Array(size);

  test.each([
    ['of strangers to each other', 512, () => (size: number) => near(nobody(size), 1)],
    [
      'of families',
      512,
      () => {
        const heads = Array.from({ length: 20 }, () => near(nobody(512), 1));
        return () => near(heads[Math.floor((random() + 0.5) * heads.length)]!, 0.03);
      },
    ],
    [
      'of people hardly to be told apart',
      512,
      () => {
        const head = near(nobody(512), 1);
        return () => near(head, 0.0005);
      },
    ],
    [
      'of the other recogniser',
      128,
      () => {
        const head = near(nobody(128), 1);
        return () => near(head, 0.03);
      },
    ],
  ])('%s gives what comparing with everybody gives', (_, size, make) => {
    const face = make();
    const people = Array.from({ length: 600 }, (_one, i): KnownPerson => ({
      id: `p${i}`,
      name: `P${i}`,
      mean: face(size),
      cannotLinkFaces: [],
    }));
    const probes = [
      ...people.slice(0, 10).map(({ mean }) => near(mean, 0.02)),
      ...Array.from({ length: 10 }, () => face(size)),
    ];
    const corrected = people.map((person, i) => (i < 3 ? { ...person, cannotLinkFaces: [probes[i]!] } : person));
    const large = new Gallery(size === 512 ? 'face-embed-512' : 'face-embed-128', corrected);
    for (const probe of probes) {
      const [found, wanted] = [large.identify(probe), plainly(probe, large)];
      expect(found.map(({ personId, similarity: likeness }) => [personId, likeness])).toEqual(
        wanted.map(({ personId, similarity: likeness }) => [personId, likeness]),
      );
      found.forEach(({ confidence }, i) => expect(Math.abs(confidence - wanted[i]!.confidence)).toBeLessThan(0.005));
    }
  });

  describe('in a graph of the nearest', () => {
    const heads = Array.from({ length: 60 }, () => near(nobody(512), 1));
    const person = (
      id: string,
      mean = near(heads[Math.floor((random() + 0.5) * heads.length)]!, 0.06),
    ): KnownPerson => ({ id, name: id, mean, cannotLinkFaces: [] });
    const people = Array.from({ length: 1200 }, (_one, i) => person(`p${i}`));
    const some = people.slice(0, 200);
    const ids = (gallery: Gallery, probe: Float32Array): string[] =>
      gallery.identify(probe).map(({ personId }) => personId);

    async function graphOf(all: readonly KnownPerson[]): Promise<FaceGraph<KnownPerson>> {
      const graph = await FaceGraph.open<KnownPerson>(512);
      graph.follow(all);
      await filled(graph);
      return graph;
    }

    /** Some dozens of people are put in at a turn. */
    async function filled(graph: FaceGraph<KnownPerson>): Promise<void> {
      for (let turn = 0; !graph.complete; turn++) {
        expect(turn).toBeLessThan(500);
        await sleep(1);
      }
    }

    test('finds whom comparing with everybody finds, as surely', async () => {
      const graph = await graphOf(people);
      const [all, nearest] = [new Gallery('face-embed-512', people), new Gallery('face-embed-512', people, graph)];
      const probes = [
        ...people.slice(0, 100).map(({ mean }) => near(mean, 0.03)),
        ...Array.from({ length: 100 }, () => person('').mean),
      ];
      const same = probes.filter((probe) => ids(nearest, probe).join() === ids(all, probe).join());
      expect(same.length).toBeGreaterThanOrEqual(0.98 * probes.length);
      for (const probe of same) {
        const [found, wanted] = [nearest.identify(probe), all.identify(probe)];
        found.forEach(({ confidence, similarity: likeness }, i) => {
          expect(likeness).toBe(wanted[i]!.similarity);
          expect(Math.abs(confidence - wanted[i]!.confidence)).toBeLessThan(0.02);
        });
      }
    });

    test('somebody who has gone is not found again', async () => {
      const graph = await graphOf(some);
      const face = some[7]!.mean;
      expect(ids(new Gallery('face-embed-512', some, graph), face)[0]).toBe('p7');
      const left = some.filter(({ id }) => id !== 'p7');
      graph.follow(left);
      expect(ids(new Gallery('face-embed-512', left, graph), face)).not.toContain('p7');
      expect(graph.nearest(face, some.length).map(({ id }) => id)).not.toContain('p7');
    });

    test('somebody who has gone leaves no numbers of their face in memory', async () => {
      const few = people.slice(0, 50);
      const folder = mkdtempSync(join(tmpdir(), 'kinoscope-'));
      const bytesOf = (graph: FaceGraph<KnownPerson>): Buffer => {
        const file = join(folder, 'graph');
        (graph as unknown as { graph: { save(path: string): void } }).graph.save(file);
        return readFileSync(file);
      };
      // A byte a number, behind a head of 8 bytes.
      const alone = bytesOf(await graphOf([few[7]!])).subarray(8, 520);
      const pieces = Array.from({ length: 32 }, (_one, i) => alone.subarray(i * 16, i * 16 + 16));
      const there = (bytes: Buffer): number => pieces.filter((piece) => bytes.includes(piece)).length;
      const graph = await graphOf(few);
      expect(there(bytesOf(graph))).toBe(32);
      graph.follow(few.filter(({ id }) => id !== 'p7'));
      expect(there(bytesOf(graph))).toBe(0);
      rmSync(folder, { recursive: true });
    });

    test('somebody who has come or looks otherwise now is found at once', async () => {
      const graph = await graphOf(some);
      const [added, changed] = [person('new'), person('p3', near(nobody(512), 1))];
      const after = [...some.filter(({ id }) => id !== 'p3'), added, changed];
      graph.follow(after);
      for (let round = 0; round < 2; round++) {
        const gallery = new Gallery('face-embed-512', after, graph);
        expect(ids(gallery, added.mean)[0]).toBe('new');
        expect(ids(gallery, changed.mean)[0]).toBe('p3');
        expect(ids(gallery, some[3]!.mean)).not.toContain('p3');
        await filled(graph);
      }
    });

    test('a face that was said not to be somebody is not offered as them again', async () => {
      const probe = near(some[0]!.mean, 0.01);
      const corrected = some.map((one, i) => (i === 0 ? { ...one, cannotLinkFaces: [probe] } : one));
      expect(ids(new Gallery('face-embed-512', corrected, await graphOf(corrected)), probe)).not.toContain('p0');
    });
  });
});

test('two faces are the same person by a probability, not a distance', () => {
  for (const recognizer of ['face-embed-512', 'face-embed-128'] as const) {
    expect(sameProbability(0.99, recognizer)).toBeGreaterThan(0.9);
    expect(sameProbability(0.05, recognizer)).toBeLessThan(0.1);
  }
});
