/** One of the formats that a site offers a video in. */
export interface VideoFormat {
  /** Pixels; null where the site does not say. */
  readonly height: number | null;
  /** As in a MIME type's `codecs`, e.g. `avc1.64001f`. */
  readonly codec: string;
  readonly hasAudio: boolean;
  /** Bits a second. */
  readonly bitrate: number;
}

/** More lines than this tell an analysis nothing new and take longer to decode. */
export const MAX_HEIGHT = 720;

/** By how fast they are decoded without help of a GPU. */
const CODECS: readonly RegExp[] = [/^(avc|h\.?264)/i, /^(vp0?9)/i, /^(av01|av1)/i];

/** The same choice in yt-dlp's words: sizes above the limit are taken smallest first, codecs from H.264 upwards. */
export const YT_DLP_FORMAT = [
  // Other protocols (rtmp, rtsp, mms) are other programs' business, which connect wherever they like.
  '--format',
  [`bv[height<=?${MAX_HEIGHT}]`, `b[height<=?${MAX_HEIGHT}]`, 'bv', 'b']
    .map((choice) => `${choice}[protocol~='^(http|m3u8)']`)
    .join('/'),
  '--format-sort',
  `res:${MAX_HEIGHT},vcodec:h264,proto:https`,
] as const;

/**
 * The format that is best analysed: no larger than 720p if there is one, without sound if there is one, then the
 * largest, then H.264 before VP9 before AV1, then the highest bit rate; undefined when there is none.
 */
export function chooseFormat<T extends VideoFormat>(formats: readonly T[]): T | undefined {
  const rank = ({ height, codec, hasAudio, bitrate }: T): number[] => {
    const lines = height ?? 0;
    const codecRank = CODECS.findIndex((pattern) => pattern.test(codec));
    return [
      lines > MAX_HEIGHT ? 1 : 0,
      hasAudio ? 1 : 0,
      lines > MAX_HEIGHT ? lines : -lines,
      codecRank < 0 ? CODECS.length : codecRank,
      -bitrate,
    ];
  };
  return [...formats].sort((a, b) => {
    const [left, right] = [rank(a), rank(b)];
    const at = left.findIndex((value, index) => value !== right[index]);
    return at < 0 ? 0 : left[at]! - right[at]!;
  })[0];
}
