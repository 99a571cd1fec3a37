import type { RecognizerId } from '../faces/recognizers.js';
import { renamed } from '../storage/changed-documents.js';
import type { CollectionSpec, Document, Write } from '../storage/collection.js';
import type { Photo } from './photo.js';

/** A face of somebody, as films showed them. */
export interface Exemplar {
  /** Of unit length, as text. */
  readonly embedding: string;
  /** Detections times their quality. */
  readonly weight: number;
}

/** Someone of the gallery, or a stranger who was told apart from others: a person without a name. */
export interface Person extends Document {
  readonly name: string | null;
  /** Other names that they are looked for under; missing in what earlier releases have stored. */
  readonly aliases?: readonly string[];
  /** A stranger's number: "person 7". */
  readonly number: number | null;
  readonly recognizer: RecognizerId;
  /** Mean of the photos without a flag and the exemplars; null when there is none. */
  readonly mean: string | null;
  /** Photos that count. */
  readonly photos: number;
  /** The surest of the appearances that are theirs, at most {@link MOST_EXEMPLARS}. */
  readonly exemplars: readonly Exemplar[];
  /** Faces of which a user said "not this person". */
  readonly cannotLinkFaces: readonly string[];
  /** People of whom a user said that they are somebody else: never joined with them. */
  readonly cannotLink: readonly string[];
  /** Left out of answers. */
  readonly hidden: boolean;
  readonly createdAt: string;
}

/** A photo of someone of the gallery: what was learnt from it, never the picture. */
export interface PersonPhoto extends Document, Omit<Photo, 'embedding'> {
  readonly personId: string;
  readonly embedding: string | null;
}

/** One document that numbers the changes of the gallery, so that writers notice each other. */
export interface GalleryState extends Document {
  /** Grows when names that were given might be others today. */
  readonly revision: number;
  /** Grows when any person changes. */
  readonly changes: number;
  /** The last number that a stranger was given. */
  readonly strangers: number;
  /** What made the embeddings (embedding-version.ts), `face-embed-512@0a1b2c3d4e5f`; missing until the next change in what earlier releases have stored. */
  readonly network?: string;
}

export const MOST_EXEMPLARS = 8;

export const PEOPLE: CollectionSpec = {
  name: 'people',
  indexes: [{ paths: ['recognizer', 'name'], unique: true }],
  vectors: ['mean', 'exemplars.embedding', 'cannotLinkFaces', 'rejected'],
  changes: [renamed('constraints', { rejected: 'cannotLinkFaces', apart: 'cannotLink' })],
};
export const PERSON_PHOTOS: CollectionSpec = {
  name: 'person_photos',
  indexes: [{ paths: ['personId'] }],
  vectors: ['embedding'],
};
export const GALLERY_STATE: CollectionSpec = {
  name: 'gallery_state',
  fields: { revision: 'number', changes: 'number', strangers: 'number' },
};

export const STATE_ID = 'gallery';

export function upsert({ name }: CollectionSpec, document: { readonly id: string }): Write {
  return { kind: 'upsert', collection: name, document };
}

export const removal = ({ name }: CollectionSpec, id: string): Write => ({
  kind: 'delete',
  collection: name,
  filter: { id },
});
