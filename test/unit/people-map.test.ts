import { describe, expect, it } from '@jest/globals';
import { normalize } from '../../src/faces/embed.js';
import { layOut, type MapFace } from '../../src/people/map-layout.js';
import { pseudoRandom } from './pseudo-random.js';

/** Faces of people who look nothing like each other, each a little different. */
function crowd(people: number, each: number): MapFace[] {
  const noise = (seed: number): Float32Array => pseudoRandom(64, seed);
  const means = Array.from({ length: people }, (_, i) => normalize(noise(i + 1)));
  return Array.from({ length: people * each }, (_, i) => ({
    personId: `p${i % people}`,
    embedding: normalize(means[i % people]!.map((value, n) => value + 0.05 * noise(1000 + i)[n]!)),
  }));
}

const distance = (a: { x: number; y: number }, b: { x: number; y: number }): number => Math.hypot(a.x - b.x, a.y - b.y);

describe('the map of faces', () => {
  it('puts faces beside those that are like them, the same for the same faces', () => {
    const faces = crowd(4, 6);
    const places = layOut(faces);
    expect(layOut(faces)).toEqual(places);
    for (const { x, y } of places) {
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
      expect(Math.max(x, y)).toBeLessThanOrEqual(1);
    }
    const nearest = places.map((place, i) => {
      const others = places.map((other, j) => ({ j, far: j === i ? Infinity : distance(place, other) }));
      return others.reduce((a, b) => (b.far < a.far ? b : a)).j;
    });
    expect(nearest.filter((j, i) => faces[j]!.personId === faces[i]!.personId)).toHaveLength(places.length);
    expect(places.every(({ nearer }) => nearer === null)).toBe(true);
  });

  it('tells whom a face is nearer to than to the other faces of its own person', () => {
    const faces = crowd(3, 5);
    const wrong = faces.map((face, i) => (i === 4 ? { ...face, personId: 'p0' } : face));
    expect(wrong[4]).not.toEqual(faces[4]);
    expect(layOut(wrong).map(({ nearer }) => nearer)).toEqual(wrong.map((_, i) => (i === 4 ? 'p1' : null)));
    // somebody's only face has no others to be compared with
    const alone = [...faces.slice(0, 12), { ...faces[12]!, personId: 'alone' }];
    expect(layOut(alone)[12]!.nearer).toBeNull();
  });

  it.each([0, 1, 2, 3, 4, 5, 17])('lays out %i faces, also where all are the same one', (count) => {
    const [others, same] = [layOut(crowd(1, count)), layOut(Array<MapFace>(count).fill(crowd(1, 1)[0]!))];
    for (const places of [others, same]) {
      expect(places).toHaveLength(count);
      for (const { x, y } of places) expect([x, y].every(Number.isFinite)).toBe(true);
    }
    if (count > 1) expect(distance(others[0]!, others[1]!)).toBeGreaterThan(0);
  });
});
