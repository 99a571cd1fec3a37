import { describe, expect, test } from '@jest/globals';
import { normalize } from '../../src/faces/embed.js';
import { type Gallery, identify, NAMED_FROM, sameProbability } from '../../src/people/gallery.js';

function vector(...values: number[]): Float32Array {
  return normalize(Float32Array.from({ length: 8 }, (_, i) => values[i] ?? 0));
}

/** At this cosine to the first axis, the rest along the last one. */
const at = (cosine: number): Float32Array => vector(cosine, 0, 0, 0, 0, 0, 0, Math.sqrt(1 - cosine * cosine));

const gallery: Gallery = {
  recognizer: 'face-embed-512',
  people: [
    { id: 'a', name: 'Ada', mean: vector(1), rejected: [] },
    { id: 'b', name: 'Grace', mean: vector(0, 1), rejected: [] },
    { id: 'c', name: 'Edsger', mean: vector(0, 0, 1), rejected: [] },
    { id: 'd', name: 'Barbara', mean: vector(0, 0, 0, 1), rejected: [] },
  ],
};

describe('identify', () => {
  test('names a face like a known one, best first, at most three', () => {
    const candidates = identify(vector(0.8, 0.3, 0.1), gallery);
    expect(candidates.map(({ name }) => name)).toEqual(['Ada', 'Grace', 'Edsger']);
    expect(candidates[0]!.confidence).toBeGreaterThan(0.9);
  });

  test('a stranger is nobody: no confidence reaches the threshold', () => {
    for (const { confidence } of identify(vector(0, 0, 0, 0, 0, 1), gallery))
      expect(confidence).toBeLessThan(NAMED_FROM);
    for (const { confidence } of identify(at(0.3), gallery)) expect(confidence).toBeLessThan(NAMED_FROM);
  });

  test('confidence grows with likeness and never sums to more than 1', () => {
    const confidences = [0.2, 0.3, 0.4, 0.5, 0.6, 0.9].map((cosine) => identify(at(cosine), gallery)[0]!.confidence);
    expect(confidences).toEqual([...confidences].sort((x, y) => x - y));
    const both = identify(vector(1, 1), gallery);
    expect(both.reduce((sum, { confidence }) => sum + confidence, 0)).toBeLessThanOrEqual(1 + 1e-9);
    // Equally like two people: neither is sure.
    expect(both[0]!.confidence).toBeLessThanOrEqual(0.5 + 1e-9);
  });

  test('a face that was said not to be somebody is not offered as them again', () => {
    const [ada, ...others] = gallery.people;
    const corrected = { ...gallery, people: [{ ...ada!, rejected: [at(0.8)] }, ...others] };
    expect(identify(at(0.8), corrected).map(({ name }) => name)).not.toContain('Ada');
    expect(
      identify(vector(1), { ...gallery, people: [{ ...ada!, rejected: [vector(0.3, 1)] }, ...others] })[0]!.name,
    ).toBe('Ada');
  });

  test('an empty gallery knows nobody', () => {
    expect(identify(vector(1), { ...gallery, people: [] })).toEqual([]);
  });
});

test('two faces are the same person by a probability, not a distance', () => {
  for (const recognizer of ['face-embed-512', 'face-embed-128'] as const) {
    expect(sameProbability(0.99, recognizer)).toBeGreaterThan(0.9);
    expect(sameProbability(0.05, recognizer)).toBeLessThan(0.1);
  }
});
