import type { PictureFile } from '../../frames/picture.js';

/** Whose photos are looked for, and for which film. */
export interface Wanted {
  readonly name: string;
  /** Path of the film on this machine; null where it is elsewhere. */
  readonly film: string | null;
  /** Path or link of a picture that the film's .nfo names for them. */
  readonly thumb: string | null;
}

export interface FoundPhoto {
  readonly picture: PictureFile;
  /** Where it was found, for a person who wonders. */
  readonly from: string;
}

/** A place that may have photos of people of a cast, known by name. */
export interface CastPhotos {
  /** As it is shown. */
  readonly name: string;
  /**
   * @param folder of the caller's, for files that are fetched; it goes afterwards
   * @throws KinoscopeError when it cannot be asked
   */
  find(wanted: Wanted, folder: string, signal?: AbortSignal): Promise<FoundPhoto[]>;
}
