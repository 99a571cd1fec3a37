import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { normalize, similarity } from '../../src/faces/embed.js';
import { decodeCohort, likeness } from '../../src/faces/likeness.js';
import { DATA } from '../../src/parameters/learnt.js';
import { assign, NEWCOMER } from '../../src/people/assign.js';
import { Gallery } from '../../src/people/gallery.js';

/** How alike two faces are beside everybody's. */

const SIZE = 512;
const CONTENT = readFileSync(join(DATA, 'face-cohort-512.bin'));
const { centre, axes } = decodeCohort(CONTENT, SIZE);

/** Directions as faces have them, at right angles to the mean and to each other. */
const USUAL: Float32Array[] = [];
for (let seed = 0; seed < 4; seed++) {
  let vector = new Float32Array(SIZE);
  for (const [n, axis] of axes.slice(8).entries()) {
    const by = Math.sin(1 + n * (seed + 1.7) ** 2) / Math.sqrt(similarity(axis, axis));
    vector = vector.map((value, i) => value + by * axis[i]!);
  }
  for (const other of [centre, ...USUAL, centre, ...USUAL]) {
    const along = similarity(vector, other) / similarity(other, other);
    vector = vector.map((value, i) => value - along * other[i]!);
  }
  USUAL.push(normalize(vector));
}
const [P, Q, R, S] = USUAL as [Float32Array, Float32Array, Float32Array, Float32Array];
const mix = (parts: readonly (readonly [number, Float32Array])[]): Float32Array =>
  normalize(Float32Array.from({ length: SIZE }, (_, i) => parts.reduce((sum, [by, part]) => sum + by * part[i]!, 0)));

/** Two faces at a cosine that share this much of a direction. */
function two(cosine: number, shared: Float32Array, share: number): [Float32Array, Float32Array] {
  const direction = normalize(Float32Array.from(shared));
  const left = Math.sqrt(1 - share * share);
  const between = (cosine - share * share) / (left * left);
  return [
    mix([
      [share, direction],
      [left, P],
    ]),
    mix([
      [share, direction],
      [left * between, P],
      [left * Math.sqrt(1 - between * between), Q],
    ]),
  ];
}

test('faces that share what all faces have are less alike than faces that share what few have', () => {
  const [usual, rare] = [two(0.5, centre, 0.5), two(0.5, R, 0.5)];
  for (const [a, b] of [usual, rare]) expect(similarity(a, b)).toBeCloseTo(0.5, 5);
  expect(likeness(...usual)).toBeLessThan(likeness(...rare) - 0.05);
});

test('and less alike where what they share is where faces differ most', () => {
  // at right angles to the mean, so that the mean says nothing
  const along = similarity(axes[0]!, centre) / similarity(centre, centre);
  const axis = axes[0]!.map((value, i) => value - along * centre[i]!);
  const [usual, rare] = [two(0.5, axis, 0.6), two(0.5, R, 0.6)];
  expect(similarity(usual[0], centre)).toBeCloseTo(0, 5);
  expect(likeness(...usual)).toBeLessThan(likeness(...rare) - 0.05);
});

test('what one of them is like counts as much as what the other is like', () => {
  const [a, b] = [
    mix([
      [0.6, normalize(Float32Array.from(centre))],
      [0.8, P],
    ]),
    mix([
      [0.6, P],
      [0.8, Q],
    ]),
  ];
  expect(likeness(a, b)).toBeCloseTo(likeness(b, a), 10);
  expect(likeness(a, b)).toBeLessThan(similarity(a, b));
});

test('of a network whose faces are not known it is the cosine', () => {
  const [a, b] = [P, mix([[1, P], [1, Q]])].map((face) => normalize(face.slice(0, 128))) as [Float32Array, Float32Array]; // prettier-ignore
  expect(likeness(a, b)).toBe(similarity(a, b));
});

test.each([0, 4, CONTENT.length - 4])('a table of %d bytes is refused', (bytes) => {
  expect(() => decodeCohort(CONTENT.subarray(0, bytes), SIZE)).toThrow(`${bytes} bytes for rows of 512 numbers`);
});

/** Whether a film's stranger is taken for one who is known from another film by that face. */
function joined(face: Float32Array, known: Float32Array, cannotLinkFaces: readonly Float32Array[] = []): boolean {
  const appearance = { key: 'u1', weight: 3, quality: 0.8, meets: [], personId: null, mustLink: false, cannotLink: [] };
  const stranger = { id: 'p1', mean: known, exemplars: [known], cannotLinkFaces, cannotLink: [] };
  const { decisions } = assign([{ ...appearance, embedding: face }], new Gallery('face-embed-512', []), [stranger]);
  const { person } = decisions.get('u1')!;
  expect([NEWCOMER, 'p1']).toContain(person);
  return person === 'p1';
}

test('strangers of two films are one by what is rare in them, not by what they share with everybody', () => {
  expect(joined(...two(0.48, R, 0.5))).toBe(true);
  expect(joined(...two(0.48, centre, 0.6))).toBe(false);
});

test('a face that is more like its own than like one that was said not to be theirs stays theirs', () => {
  const [face, own] = two(0.6, centre, 0.4);
  // less like the face than its own are, more than the likeness, which what they share has lowered
  const other = mix([
    [0.58, face],
    [Math.sqrt(1 - 0.58 ** 2), S],
  ]);
  expect(similarity(face, other)).toBeCloseTo(0.58, 5);
  expect(likeness(face, own)).toBeLessThan(0.58);
  expect(joined(face, own, [other])).toBe(true);
  expect(joined(face, own, [mix([[0.7, face], [0.3, S]])])).toBe(false); // prettier-ignore
});
