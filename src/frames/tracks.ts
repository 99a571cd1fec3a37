/** A video track of a file, as far as it matters for the choice of the one that is the film. */
export interface VideoTrack {
  readonly index: number;
  /** As FFmpeg names it. */
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  /** A cover or another still that the container marks as such. */
  readonly still: boolean;
  /** Pictures, as the container says; 0 where it does not. */
  readonly pictures: number;
  readonly chosen: boolean;
}

/** Codecs of covers and posters, and of few films. */
const PICTURE_CODECS = ['mjpeg', 'png', 'bmp', 'gif', 'tiff', 'webp', 'jpegxl'];

/**
 * The track that is the film: not marked as a still, of more than one picture, in a codec of films, marked as the default, the largest,
 * the first, in this order; null where all are stills.
 */
export function filmTrack<T extends VideoTrack>(tracks: readonly T[]): T | null {
  const rank = ({ pictures, codec, chosen, width, height }: T): number[] => [
    Number(pictures !== 1),
    Number(!PICTURE_CODECS.includes(codec)),
    Number(chosen),
    width * height,
  ];
  const isBetter = (one: readonly number[], other: readonly number[]): boolean => {
    const differs = one.findIndex((value, k) => value !== other[k]);
    return differs !== -1 && one[differs]! > other[differs]!;
  };
  return tracks
    .filter(({ still }) => !still)
    .reduce<T | null>((best, track) => (best === null || isBetter(rank(track), rank(best)) ? track : best), null);
}
