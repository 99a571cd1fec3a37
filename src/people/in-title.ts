import { meanEmbedding, similarity } from '../faces/embed.js';
import { CALIBRATIONS } from './calibration.js';
import { type Candidate, type Gallery, isCannotLink } from './gallery.js';

/**
 * A title's own cast: hair, make-up, light and lens are those of the title, not of the gallery's photos, and somebody who
 * is in it for certain is likelier in its poor faces than anybody else of the gallery. A person's reference here is half
 * their photos, half what the title has shown of them; how sure a likeness to it is was learnt by
 * bench/faces-calibration.ts, from photos as well: of strangers 1 % are called somebody of the cast.
 * @param shown what the title has shown of people for certain: embeddings of unit length, by person
 * @returns tells the likeliest of them for a face, best first, from what the gallery alone says of it
 */
export function titleCast(
  gallery: Gallery,
  shown: ReadonlyMap<string, Float32Array>,
): (embedding: Float32Array, before: readonly Candidate[]) => Candidate[] {
  const { slope, middle } = CALIBRATIONS[gallery.recognizer].inTitle;
  const cast =
    shown.size === 0
      ? []
      : gallery.people.flatMap((person) => {
          const face = shown.get(person.id);
          return face ? [{ ...person, reference: meanEmbedding([person.mean, face]) }] : [];
        });
  return (embedding, before) => {
    const likely = cast.flatMap(({ id, name, mean, cannotLinkFaces, reference }) => {
      const likeness = similarity(mean, embedding);
      if (isCannotLink(embedding, likeness, cannotLinkFaces)) return [];
      return [
        {
          personId: id,
          name,
          similarity: likeness,
          odds: Math.exp(slope * (similarity(reference, embedding) - middle)),
        },
      ];
    });
    const total = likely.reduce((sum, { odds }) => sum + odds, 1);
    // Somebody of the gallery who is not known to be in the title may be likelier.
    const others = before.reduce((sum, { personId, confidence }) => (shown.has(personId) ? sum : sum + confidence), 0);
    return likely
      .map(({ odds, ...one }): Candidate => ({ ...one, confidence: (odds / total) * (1 - others) }))
      .sort((a, b) => b.confidence - a.confidence);
  };
}
