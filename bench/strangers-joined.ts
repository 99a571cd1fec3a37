import { decodeEmbedding, encodeEmbedding } from '../src/faces/embedding-text.js';
import type { RecognizerId } from '../src/faces/recognizers.js';
import { assign, type AssignOptions, NEWCOMER, type Stranger, type UnnamedAppearance } from '../src/people/assign.js';
import { Gallery } from '../src/people/gallery.js';
import { learn } from '../src/people/mean.js';

/** Strangers of several films joined as the product does it, without a store. */

/** Somebody in a film. */
export interface Appearing {
  readonly embedding: Float32Array;
  readonly weight: number;
  readonly quality: number;
  /** Places in the film's list of those who are on screen with them. */
  readonly meets: readonly number[];
}

/** The person that each appearance was given to, film after film, as the product does it. */
export function joinFilms(
  all: readonly (readonly Appearing[])[],
  recognizer: RecognizerId,
  options: Pick<AssignOptions, 'reach' | 'meansAlike'>,
): string[][] {
  let strangers: (Stranger & { readonly faces: { embedding: string; weight: number }[] })[] = [];
  let number = 0;
  const given: string[][] = [];
  for (const film of all) {
    const appearances = film.map(({ embedding, weight, quality, meets }, i): UnnamedAppearance => ({
      key: `u${i}`,
      embedding,
      weight,
      quality,
      meets: meets.map((other) => `u${other}`),
      personId: null,
      mustLink: false,
      cannotLink: [],
    }));
    const { decisions, joins } = assign(appearances, new Gallery(recognizer, []), strangers, options);
    given.push(
      appearances.map(({ key, embedding, weight }) => {
        const { person } = decisions.get(key)!;
        if (person === null) return `nobody ${number++}`;
        const id = person === NEWCOMER ? `s${number++}` : person;
        const before = strangers.find((one) => one.id === id);
        const { mean, exemplars } = learn(
          [],
          [...(before?.faces ?? []), { embedding: encodeEmbedding(embedding!), weight }],
        );
        const after = {
          id,
          faces: [...exemplars],
          mean: decodeEmbedding(mean!),
          exemplars: exemplars.map((face) => decodeEmbedding(face.embedding)),
          cannotLinkFaces: [],
          cannotLink: [],
        };
        strangers = [...strangers.filter((one) => one.id !== id), after];
        return id;
      }),
    );
    for (const [a, b] of joins) {
      const [into, from] = [strangers.find(({ id }) => id === a), strangers.find(({ id }) => id === b)];
      if (!into || !from) continue;
      const { mean, exemplars } = learn([], [...into.faces, ...from.faces]);
      strangers = strangers.filter((one) => one !== into && one !== from);
      strangers.push({
        ...into,
        faces: [...exemplars],
        mean: decodeEmbedding(mean!),
        exemplars: exemplars.map((face) => decodeEmbedding(face.embedding)),
      });
      for (const ids of given) ids.forEach((id, i) => id === b && (ids[i] = a));
    }
  }
  return given;
}
