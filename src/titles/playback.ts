import type { MediaInfo } from '../frames/types.js';

/**
 * How a browser can play a film: `direct` as it is; `remux` where nothing but the container is foreign to it; `transcode` where
 * pictures or sound have to be encoded again.
 */
export const PLAYBACK_MODES = ['direct', 'remux', 'transcode'] as const;
export type PlaybackMode = (typeof PLAYBACK_MODES)[number];

/** What of a film browsers do not know. */
export const FOREIGN_PARTS = ['container', 'pictures', 'sound'] as const;
export type ForeignPart = (typeof FOREIGN_PARTS)[number];

export interface Playback {
  readonly mode: PlaybackMode;
  /** Empty for `direct`. */
  readonly foreign: readonly ForeignPart[];
  /** What a copy takes over as it is. */
  readonly copies: { readonly pictures: boolean; readonly sound: boolean };
}

/** What current browsers play of each container; the HTML standard names none, these are what Chromium, Firefox and Safari share. */
const MP4 = { pictures: ['h264', 'vp9', 'av1'], sound: ['aac', 'mp3', 'opus', 'flac'] };
const WEBM = { pictures: ['vp8', 'vp9', 'av1'], sound: ['opus', 'vorbis'] };
const NOTHING: typeof MP4 = { pictures: [], sound: [] };
/** 8 bits in 4:2:0; of a film that was listed before this was looked at it is hoped. */
const PLAYED_H264 = ['yuv420p', 'yuvj420p'];
/** AVI does not say when pictures are shown, in which H.264 stores them in another order. */
const WITHOUT_TIMES = ['avi'];
/** Containers whose AAC packets are as MP4 has them. */
const PLAIN_AAC = ['mov', 'matroska', 'flv'];

export function playbackOf(
  media: Pick<MediaInfo, 'format' | 'codec' | 'pixelFormat' | 'audio' | 'rotation'>,
): Playback {
  const container = media.format.split(',', 1)[0]!;
  const { codec, pixelFormat = 'yuv420p' } = media;
  const sound = media.audio?.codec ?? null;
  const isH264 = codec === 'h264' && PLAYED_H264.includes(pixelFormat);
  const playsPictures = codec === 'h264' ? isH264 : MP4.pictures.includes(codec) || WEBM.pictures.includes(codec);
  const playsSound = sound === null || MP4.sound.includes(sound) || WEBM.sound.includes(sound);
  const held = container === 'mov' ? MP4 : container === 'matroska' ? WEBM : NOTHING;
  const holds = held.pictures.includes(codec) && (sound === null || held.sound.includes(sound));
  const foreign = [
    ...(holds || (container === 'mov' && !(playsPictures && playsSound)) ? [] : (['container'] as const)),
    ...(playsPictures ? [] : (['pictures'] as const)),
    ...(playsSound ? [] : (['sound'] as const)),
  ];
  const copiesPictures = isH264 && !WITHOUT_TIMES.includes(container) && media.rotation === 0;
  const mode =
    foreign.length === 0 ? 'direct' : copiesPictures && (sound === null || sound === 'aac') ? 'remux' : 'transcode';
  return {
    mode,
    foreign,
    copies: { pictures: copiesPictures, sound: sound === 'aac' && PLAIN_AAC.includes(container) },
  };
}
