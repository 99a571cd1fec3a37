/** One of the formats that a site offers a video in, or a part of it: pictures, sound or both. */
export interface MediaFormat {
  /** Pixels; null where the site does not say. */
  readonly height: number | null;
  /** As in a MIME type's `codecs`, e.g. `avc1.64001f`. */
  readonly codec: string;
  readonly hasVideo: boolean;
  readonly hasAudio: boolean;
  /** Bits a second. */
  readonly bitrate: number;
  /** Its sound is not the film's own: dubbed, or described for those who do not see. */
  readonly isOther?: boolean;
}

export interface ChosenFormats<T> {
  readonly pictures: T;
  /** null where it is in the pictures' format, or there is none. */
  readonly sound: T | null;
}

/** More lines than this tell an analysis nothing new and take longer to decode. */
export const MAX_HEIGHT = 720;

/** By how fast they are decoded without help of a GPU. */
const CODECS: readonly RegExp[] = [/^(avc|h\.?264)/i, /^(vp0?9)/i, /^(av01|av1)/i];
/** Beside H.264 in MP4 every browser plays it. */
const AAC = /^mp4a/i;

/** Other protocols (rtmp, rtsp, mms) are other programs' business, which connect wherever they like. */
const FETCHED = "[protocol~='^(http|m3u8)']";
const LOW = `${FETCHED}[height<=?${MAX_HEIGHT}]`;

/** The same choice in yt-dlp's words, by which `bv*+ba` is the best pictures, and the best sound where that is not in them. */
export const YT_DLP_FORMAT = [
  '--format',
  [`bv*${LOW}+ba${FETCHED}`, `bv*${LOW}`, `bv*${FETCHED}+ba${FETCHED}`, `bv*${FETCHED}`].join('/'),
  '--format-sort',
  `res:${MAX_HEIGHT},vcodec:h264,proto:https,lang,acodec:aac,+abr`,
] as const;

/**
 * The formats that are best analysed: of the pictures no larger than 720p if there are such, then the largest, then H.264 before
 * VP9 before AV1, then with sound before without, then the highest bit rate; to pictures without sound the film's own before
 * others, then AAC, then the lowest bit rate. Undefined where there are no pictures.
 */
export function chooseFormats<T extends MediaFormat>(formats: readonly T[]): ChosenFormats<T> | undefined {
  const pictures = first(
    formats.filter(({ hasVideo }) => hasVideo),
    ({ height, codec, hasAudio, bitrate }) => {
      const lines = height ?? 0;
      const codecRank = CODECS.findIndex((pattern) => pattern.test(codec));
      return [
        Number(lines > MAX_HEIGHT),
        lines > MAX_HEIGHT ? lines : -lines,
        codecRank < 0 ? CODECS.length : codecRank,
        Number(!hasAudio),
        -bitrate,
      ];
    },
  );
  const sound = first(
    formats.filter(({ hasVideo, hasAudio }) => hasAudio && !hasVideo),
    ({ isOther, codec, bitrate }) => [Number(isOther ?? false), Number(!AAC.test(codec)), bitrate],
  );
  return pictures && { pictures, sound: pictures.hasAudio ? null : (sound ?? null) };
}

/** The one whose ranks are lowest, the first rank first. */
function first<T>(formats: readonly T[], rank: (format: T) => readonly number[]): T | undefined {
  return [...formats].sort((a, b) => {
    const [left, right] = [rank(a), rank(b)];
    const at = left.findIndex((value, index) => value !== right[index]);
    return at < 0 ? 0 : left[at]! - right[at]!;
  })[0];
}

/** The part of a download's bytes that are pictures, by the bit rates of both; a guess where a site tells none. */
export function shareOfPictures(pictures: number | null | undefined, sound: number | null | undefined): number {
  return pictures && sound ? pictures / (pictures + sound) : 0.9;
}
