import type { Box } from '../faces/geometry.js';

/**
 * Why a photo does not count towards its person: no face in it, several of which none is known to be theirs, the same
 * picture again, a face unlike the person's others (somebody else's, or hardly to be seen), or one that was found by name and that
 * somebody said is not theirs.
 */
export type PhotoFlag = 'no-face' | 'several-faces' | 'duplicate' | 'outlier' | 'unreadable' | 'rejected';

/** Why a photo that counts teaches little: too few pixels of the face, no detail in them, a face turned to the side. */
export type PhotoHint = 'too-small' | 'blurred' | 'turned-away';

export interface Photo {
  readonly file: string;
  /** SHA-256 of the file, hexadecimal. */
  readonly hash: string;
  readonly flag: PhotoFlag | null;
  /** The flag in words; what it is that cannot be read. Absent in what was stored before. */
  readonly reason?: string | null;
  /** Faces in the photo; of several, the one most like the person's other photos was taken, or one much larger than the rest. */
  readonly faces: number;
  /** Fractions of the photo; null without a face. */
  readonly box: Box | null;
  readonly quality: number;
  /** Absent in what was stored before. */
  readonly hint?: PhotoHint | null;
  /** Where it was found for their name, by nobody's word that it is them; missing in photos that somebody gave. */
  readonly proposedFrom?: string;
  /** Somebody said that what was found shows them. */
  readonly confirmed?: boolean;
  /** Of unit length; null without a face. */
  readonly embedding: Float32Array | null;
}

export interface Enrolled {
  readonly name: string;
  readonly photos: readonly Photo[];
  /** Mean of the photos without a flag; null when there is none. */
  readonly mean: Float32Array | null;
}
