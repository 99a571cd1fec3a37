import { WORD_SECONDS, WORD_SPAN } from '../frames/sound-print.js';
import { firstFrom, type PicturePrint } from './picture-print.js';
import type { Episode } from './types.js';
import { type Posting, Votes, WordIndex } from './word-index.js';

/** Openings are looked for in so much of an episode: its first quarter of an hour, and no more than half of it. */
const HEAD_SECONDS = 900;
const HEAD_SHARE = 0.5;

/** Where an opening may lie, seconds from the start. */
export const headOf = ({ duration, creditsStart }: Episode): number =>
  Math.min(HEAD_SECONDS, duration * HEAD_SHARE, creditsStart ?? Infinity);

/** The second that a word of a sound's fingerprint tells of: the middle of what it spans. */
export const wordTime = (index: number): number => index * WORD_SECONDS + WORD_SPAN / 2;
/** The word that tells of a second. */
export const wordAt = (time: number): number => Math.round((time - WORD_SPAN / 2) / WORD_SECONDS);

/** Twenty bits of a word, three times: one stays as it is where others change. */
const SOUND_SHIFTS = [0, 6, 12];
const soundKeys = (word: number): number[] =>
  SOUND_SHIFTS.map((shift, k) => ((k << 20) | ((word >>> shift) & 0xfffff)) >>> 0);

/** Two quarters of a hash's bits, each pair of them; which pair it is counts. */
function pictureKeys(high: number, low: number): number[] {
  const [a, b, c, d] = [high >>> 16, high & 0xffff, low >>> 16, low & 0xffff];
  const pair = (one: number, other: number, mark: number): number => (((one << 16) | other) ^ mark) >>> 0;
  return [
    pair(a, b, 0),
    pair(c, d, 0x5bd1e995),
    pair(a, c, 0x1b873593),
    pair(b, d, 0x2545f491),
    pair(a, d, 0x0b4711ce),
    pair(b, c, 0x36d05acb),
  ];
}

const isPlain = ({ hashes }: PicturePrint, k: number): boolean => hashes[2 * k] === 0 && hashes[2 * k + 1] === 0;

function* soundPostings(episodes: readonly Episode[]): Generator<Posting> {
  for (const [episode, { sound, ...about }] of episodes.entries()) {
    const last = Math.min(sound?.words.length ?? 0, wordAt(headOf({ sound, ...about })));
    for (let position = 0; position < last; position++)
      for (const key of soundKeys(sound!.words[position]!)) yield { key, episode, position };
  }
}

function* picturePostings(episodes: readonly Episode[]): Generator<Posting> {
  for (const [episode, { pictures }] of episodes.entries()) {
    if (!pictures) continue;
    for (let position = 0; position < pictures.times.length; position++) {
      if (isPlain(pictures, position)) continue;
      for (const key of pictureKeys(pictures.hashes[2 * position]!, pictures.hashes[2 * position + 1]!))
        yield { key, episode, position };
    }
  }
}

/** Finds where an episode's sound and pictures occur in others, at what lag: their second less its own. */
export class SeasonIndex {
  private readonly sounds: WordIndex;
  private readonly pictures: WordIndex;

  constructor(private readonly episodes: readonly Episode[]) {
    this.sounds = new WordIndex(soundPostings(episodes));
    this.pictures = new WordIndex(picturePostings(episodes));
  }

  /** The likeliest lags by sound, within the heads of both. */
  bySound(own: number, each: number): { episode: number; lag: number; votes: number }[] {
    const episode = this.episodes[own]!;
    const votes = new Votes();
    const last = Math.min(episode.sound?.words.length ?? 0, wordAt(headOf(episode)));
    for (let position = 0; position < last; position++)
      for (const key of soundKeys(episode.sound!.words[position]!))
        this.sounds.find(key, own, (other, place) => votes.add(other, (place - position) * WORD_SECONDS));
    return votes.best(LEAST_VOTES.sound, each);
  }

  /** The same by pictures between two seconds, anywhere in others. */
  byPictures(
    own: number,
    { start, end }: { readonly start: number; readonly end: number },
    each: number,
    least: number = LEAST_VOTES.pictures,
  ): { episode: number; lag: number; votes: number }[] {
    const { pictures } = this.episodes[own]!;
    const votes = new Votes();
    if (!pictures) return [];
    for (let k = firstFrom(pictures.times, start); k < pictures.times.length && pictures.times[k]! < end; k++) {
      if (isPlain(pictures, k)) continue;
      const seen = new Set<number>();
      for (const key of pictureKeys(pictures.hashes[2 * k]!, pictures.hashes[2 * k + 1]!))
        this.pictures.find(key, own, (other, place) => {
          if (seen.has(other * 65_536 + place)) return;
          seen.add(other * 65_536 + place);
          votes.add(other, this.episodes[other]!.pictures!.times[place]! - pictures.times[k]!);
        });
    }
    return votes.best(least, each);
  }
}

const LEAST_VOTES = { sound: 12, pictures: 4 };
