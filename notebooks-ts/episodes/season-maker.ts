import { SOUND_RATE } from '../../src/frames/sound-print.js';
import { type Clip, HEIGHT, PICTURE, RATE, WIDTH } from './clips.js';

/** Seasons of made episodes, of which every second of opening, recap and preview is known. */

type Random = () => number;

/** How pictures are shown: another part of them, mirrored, on which their hashes depend. */
interface View {
  readonly mirrored: boolean;
  /** Left, top and size, shares of the picture. */
  readonly crop: readonly [number, number, number];
}

/** Pictures of a clip from a second on. */
interface Shown {
  readonly clip: Clip;
  readonly from: number;
  readonly view: View;
}
/** Sound of a clip from a second on, faster or slower; backwards where the rate is negative. */
interface Heard {
  readonly clip: Clip;
  readonly from: number;
  readonly rate: number;
  readonly gain: number;
}
/** A stretch of an episode. */
export interface Piece {
  readonly seconds: number;
  /** null: black. */
  readonly shown: Shown | null;
  /** Mixed; none: silence. */
  readonly heard: readonly Heard[];
  /** Words on black. */
  readonly card?: number;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}
export interface Truth {
  readonly intro: readonly Span[];
  readonly recap: readonly Span[];
  readonly preview: readonly Span[];
}
export interface MadeEpisode {
  readonly pieces: readonly Piece[];
  readonly truth: Truth;
  readonly duration: number;
  readonly creditsStart: number | null;
  readonly sound: boolean;
  /** Seed of what its encoding adds. */
  readonly noise: number;
}
export interface MadeSeason {
  readonly kind: SeasonKind;
  readonly episodes: readonly MadeEpisode[];
}

export const SEASON_KINDS = [
  'opening first',
  'cold open',
  'two openings',
  'some without',
  'two parts',
  'dubbed',
  'remixed theme',
  'pictures vary',
  'no sound',
  'recap',
  'recap and preview',
  'preview after credits',
  'a special',
  'black around',
  'short opening',
  'long opening',
] as const;
export const BARE_KINDS = [
  'nothing shared',
  'theme under dialogue',
  'shared logo',
  'shared end music',
  'recurring place',
] as const;
export type SeasonKind = (typeof SEASON_KINDS)[number] | (typeof BARE_KINDS)[number];

const VIEWS: readonly View[] = [false, true].flatMap((mirrored) =>
  (
    [
      [0, 0, 1],
      [0, 0, 0.6],
      [0.4, 0.1, 0.6],
      [0.2, 0.4, 0.6],
    ] as const
  ).map((crop) => ({ mirrored, crop })),
);
const RATES = [1, 0.82, 0.91, 1.1, 1.21, -1, -0.87, -1.15];

/** Hands out footage and sound, each second of each view once in a season. */
class Stock {
  private readonly shown: { clip: Clip; view: View; next: number }[];
  private readonly heard: { clip: Clip; rate: number; next: number }[];

  constructor(
    clips: readonly Clip[],
    private readonly random: Random,
  ) {
    this.shown = clips.flatMap((clip) => VIEWS.map((view) => ({ clip, view, next: 2 * random() })));
    this.heard = clips
      .filter(({ sound }) => sound !== null)
      .flatMap((clip) => RATES.map((rate) => ({ clip, rate, next: 3 * random() })));
  }

  pictures(seconds: number): Shown {
    const able = this.shown.filter(({ clip, next }) => next + seconds < clip.seconds - 0.5);
    // longer clips are taken more often
    const one = pick(able, this.random, ({ clip, next }) => clip.seconds - next);
    const { clip, view, next: from } = one;
    one.next += seconds + 1 + 4 * this.random();
    return { clip, from, view };
  }

  sound(seconds: number): Heard {
    const length = (rate: number): number => seconds * Math.abs(rate);
    const able = this.heard.filter(
      ({ clip, rate, next }) => next + length(rate) < clip.sound!.length / SOUND_RATE - 0.5,
    );
    const one = pick(able, this.random, ({ clip, next }) => clip.sound!.length / SOUND_RATE - next);
    const { clip, rate, next: from } = one;
    one.next += length(rate) + 2;
    return { clip, from, rate, gain: 1 };
  }
}

function pick<T>(items: readonly T[], random: Random, weight: (item: T) => number): T {
  const sum = items.reduce((total, item) => total + weight(item), 0);
  let at = random() * sum;
  for (const item of items) {
    at -= weight(item);
    if (at <= 0) return item;
  }
  return items.at(-1)!;
}

const between = (random: Random, low: number, high: number): number => low + (high - low) * random();
/** To whole pictures. */
const round = (seconds: number): number => Math.max(1, Math.round(seconds * RATE)) / RATE;

/** Shots with one sound under all of them. */
function sequence(stock: Stock, random: Random, seconds: number, shot: readonly [number, number]): Piece[] {
  const sound = stock.sound(seconds);
  const pieces: Piece[] = [];
  for (let at = 0; at < seconds - 0.01;) {
    const left = seconds - at;
    const wanted = round(between(random, ...shot));
    const length = left - wanted < shot[0] ? left : wanted;
    const heard = [{ ...sound, from: sound.from + at * Math.abs(sound.rate) }];
    pieces.push({ seconds: length, shown: stock.pictures(length), heard });
    at += length;
  }
  return pieces;
}

const lengthOf = (pieces: readonly Piece[]): number => pieces.reduce((sum, { seconds }) => sum + seconds, 0);

/** Story: scenes of 20 to 40 seconds. */
function story(stock: Stock, random: Random, seconds: number): Piece[] {
  const pieces: Piece[] = [];
  for (let left = round(seconds); left > 0.01;) {
    const scene = left < 45 ? left : round(between(random, 20, 40));
    pieces.push(...sequence(stock, random, scene, [2, 6]));
    left -= scene;
  }
  return pieces;
}

const black = (seconds: number): Piece => ({ seconds: round(seconds), shown: null, heard: [] });

/** Credits: cards on black over a sound. */
function credits(stock: Stock, random: Random, seconds: number, sound?: Heard): Piece[] {
  const heard = sound ?? stock.sound(seconds);
  const count = Math.round(seconds / 2.5);
  return Array.from({ length: count }, (_, k) => ({
    seconds: round(seconds / count),
    shown: null,
    heard: [{ ...heard, from: heard.from + k * round(seconds / count) * Math.abs(heard.rate) }],
    card: 1 + Math.floor(random() * 1e6),
  }));
}

/** Shots of a story, each a little shorter than it was there, under another sound or their own. */
function excerpt(from: readonly Piece[], stock: Stock, random: Random, seconds: number, own: boolean): Piece[] {
  const shots = from.filter((piece) => piece.shown && piece.seconds >= 1.6);
  const pieces: Piece[] = [];
  const used = new Set<Piece>();
  const sound = stock.sound(seconds + 5);
  let at = 0;
  while (at < seconds && used.size < shots.length) {
    const shot = shots[Math.floor(random() * shots.length)]!;
    if (used.has(shot)) continue;
    used.add(shot);
    const length = round(Math.min(shot.seconds - 0.3, between(random, 1.3, 3)));
    const skip = round(between(random, 0, shot.seconds - length));
    pieces.push({
      seconds: length,
      shown: { ...shot.shown!, from: shot.shown!.from + skip },
      heard: own
        ? shot.heard.map((one) => ({ ...one, from: one.from + skip * Math.abs(one.rate) }))
        : [{ ...sound, from: sound.from + at * Math.abs(sound.rate) }],
    });
    at += length;
  }
  return pieces;
}

const COUNT = 6;

/** A season of six episodes. */
export function makeSeason(clips: readonly Clip[], kind: SeasonKind, random: Random): MadeSeason {
  const stock = new Stock(clips, random);
  const opening = (seconds: number): Piece[] => sequence(stock, random, round(seconds), [0.7, 3]);
  const length =
    kind === 'short opening' ? between(random, 6, 9) : kind === 'long opening' ? 75 : between(random, 15, 40);
  const bare = (BARE_KINDS as readonly string[]).includes(kind);
  const openings = bare ? [] : [opening(length), ...(kind === 'two openings' ? [opening(length * 1.1)] : [])];
  const second = kind === 'two parts' ? opening(12) : [];
  const theme = stock.sound(40);
  const logo = opening(3);
  const place = stock.pictures(5);
  const endSound = stock.sound(30);
  const stories = Array.from({ length: COUNT }, () => story(stock, random, between(random, 80, 110)));
  const episodes = stories.map((told, index): MadeEpisode => {
    const parts: { kind: keyof Truth | null; pieces: Piece[] }[] = [];
    const add = (what: keyof Truth | null, pieces: Piece[]): void => void parts.push({ kind: what, pieces });
    const without = bare || (kind === 'some without' && index % 3 === 1) || (kind === 'a special' && index === 3);
    const firstEnds = ['opening first', 'recap', 'short opening'].includes(kind)
      ? 0
      : Math.max(1, Math.round(told.length * between(random, 0.08, 0.22)));
    const [before, after] = [told.slice(0, firstEnds), told.slice(firstEnds)];
    if (kind === 'shared logo') add(null, logo);
    const hasRecap = kind.startsWith('recap') && index > 0;
    if (hasRecap) {
      const earlier = stories.slice(Math.max(0, index - 2), index).flat();
      add('recap', excerpt(earlier, stock, random, between(random, 15, 35), random() < 0.5));
    }
    const around = (pieces: Piece[]): void => {
      if (kind === 'black around') add(null, [black(between(random, 0.4, 1.2))]);
      add('intro', pieces);
      if (kind === 'black around') add(null, [black(between(random, 0.4, 1.2))]);
    };
    if (before.length > 0) add(null, before);
    const shown = openings[kind === 'two openings' && index >= 3 ? 1 : 0];
    if (!without && shown) around(changed(shown, kind, index, stock));
    if (kind === 'two parts') {
      const middle = after.splice(0, 4);
      add(null, middle);
      add('intro', second);
    }
    if (kind === 'theme under dialogue') underDialogue(after, theme, random);
    if (kind === 'recurring place') withPlace(after, place, stock, random);
    add(null, after);
    const next = stories[index + 1];
    const preview =
      next && ['recap and preview', 'preview after credits'].includes(kind)
        ? excerpt(next, stock, random, between(random, 12, 25), random() < 0.5)
        : null;
    if (preview && kind === 'recap and preview') add('preview', preview);
    const end = lengthOf(parts.flatMap(({ pieces }) => pieces));
    add(null, [black(0.5)]);
    const shared = kind === 'shared end music' || random() < 0.5;
    add(null, credits(stock, random, 20, shared ? endSound : undefined));
    if (preview && kind === 'preview after credits') add('preview', preview);
    return assemble(parts, end, kind !== 'no sound', Math.floor(random() * 2 ** 31));
  });
  return { kind, episodes };
}

/** An opening as one episode has it. */
function changed(pieces: Piece[], kind: SeasonKind, index: number, stock: Stock): Piece[] {
  const resounded = (sound: Heard): Piece[] => {
    let at = 0;
    return pieces.map((piece) => {
      const heard = [{ ...sound, from: sound.from + at * Math.abs(sound.rate) }];
      at += piece.seconds;
      return { ...piece, heard };
    });
  };
  if (kind === 'dubbed' && index % 2 === 1) return resounded(stock.sound(lengthOf(pieces)));
  if (kind === 'remixed theme' && index % 2 === 1) {
    const over = stock.sound(lengthOf(pieces));
    let at = 0;
    return pieces.map((piece) => {
      const heard = [...piece.heard, { ...over, from: over.from + at * Math.abs(over.rate), gain: 0.7 }];
      at += piece.seconds;
      return { ...piece, heard };
    });
  }
  if (kind === 'pictures vary') return pieces.map((piece) => ({ ...piece, shown: stock.pictures(piece.seconds) }));
  return pieces;
}

/** The series' theme, quietly, under what is said in the middle of the story. */
function underDialogue(pieces: Piece[], theme: Heard, random: Random): void {
  const first = Math.floor(between(random, 1, pieces.length / 4));
  let at = 0;
  for (let k = first; k < pieces.length && at < 30; k++) {
    const piece = pieces[k]!;
    const under = { ...theme, from: theme.from + at * Math.abs(theme.rate), gain: 0.4 };
    pieces[k] = { ...piece, heard: [...piece.heard, under] };
    at += piece.seconds;
  }
}

/** One view of the series' house, again and again. */
function withPlace(pieces: Piece[], place: Shown, stock: Stock, random: Random): void {
  for (let k = 2; k < pieces.length; k += 6) {
    const seconds = round(between(random, 2, 4));
    pieces.splice(k, 0, { seconds, shown: place, heard: [stock.sound(seconds)] });
  }
}

function assemble(
  parts: readonly { kind: keyof Truth | null; pieces: readonly Piece[] }[],
  creditsStart: number,
  sound: boolean,
  noise: number,
): MadeEpisode {
  const truth: Record<keyof Truth, Span[]> = { intro: [], recap: [], preview: [] };
  let at = 0;
  for (const { kind, pieces } of parts) {
    const end = at + lengthOf(pieces);
    if (kind) truth[kind].push({ start: at, end });
    at = end;
  }
  return { pieces: parts.flatMap(({ pieces }) => pieces), truth, duration: at, creditsStart, sound, noise };
}

/** The thumbnails of an episode, with what an encoder and another master do to them. */
export function* paint(episode: MadeEpisode, random: Random): Generator<{ time: number; data: Uint8Array }> {
  const [gain, offset, grain] = [between(random, 0.94, 1.06), between(random, -5, 5), between(random, 1, 3)];
  const noise = Float32Array.from({ length: 4 * PICTURE }, () => grain * (random() + random() - 1));
  let count = 0;
  let at = 0;
  for (const { seconds, shown, card } of episode.pieces) {
    at += seconds;
    const first = count;
    for (; (count + 0.5) / RATE < at; count++) {
      const data = new Uint8Array(PICTURE);
      if (shown) copy(shown, (count - first) / RATE, data);
      else if (card !== undefined) drawCard(card, data);
      const from = Math.floor(random() * 3 * PICTURE);
      for (let k = 0; k < PICTURE; k++) {
        const value = data[k]! * gain + (shown ? offset + 2 * noise[from + k]! : 1 + 0.7 * noise[from + k]!);
        data[k] = value < 0 ? 0 : value > 255 ? 255 : value;
      }
      yield { time: count / RATE, data };
    }
  }
}

function copy({ clip, from, view: { mirrored, crop } }: Shown, after: number, into: Uint8Array): void {
  const start = Math.min(clip.frames.length / PICTURE - 1, Math.floor((from + after) * RATE)) * PICTURE;
  const [left, top, size] = crop;
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) {
      const fromX = Math.floor((left + (size * (mirrored ? WIDTH - 1 - x : x)) / WIDTH) * WIDTH);
      const fromY = Math.floor((top + (size * y) / HEIGHT) * HEIGHT);
      const source = start + (Math.min(HEIGHT - 1, fromY) * WIDTH + Math.min(WIDTH - 1, fromX)) * 3;
      const target = (y * WIDTH + x) * 3;
      into[target] = clip.frames[source]!;
      into[target + 1] = clip.frames[source + 1]!;
      into[target + 2] = clip.frames[source + 2]!;
    }
}

/** Bright marks on black where words would be. */
function drawCard(seed: number, into: Uint8Array): void {
  let state = seed;
  const next = (most: number): number => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return Math.floor((state / 2 ** 32) * most);
  };
  for (let line = 0; line < 2 + next(3); line++) {
    const width = 8 + next(24);
    const [left, top] = [Math.floor((WIDTH - width) / 2), 8 + 6 * line];
    for (let x = left; x < left + width; x++)
      for (let y = top; y < top + 2; y++) into.fill(120 + next(80), (y * WIDTH + x) * 3, (y * WIDTH + x) * 3 + 3);
  }
}

/** Clips at other speeds, each made once. */
const resampled = new Map<string, Int16Array>();

function atRate({ name, sound }: Clip, rate: number): Int16Array {
  const key = `${name} ${rate}`;
  const known = resampled.get(key);
  if (known) return known;
  const step = Math.abs(rate);
  const from = rate > 0 ? sound! : sound!.toReversed();
  const made = new Int16Array(Math.floor((from.length - 1) / step));
  for (let k = 0; k < made.length; k++) {
    const whole = Math.floor(k * step);
    made[k] = from[whole]! + (from[whole + 1]! - from[whole]!) * (k * step - whole);
  }
  resampled.set(key, made);
  return made;
}

/** The sound of an episode: mono, 11,025 samples a second. */
export function play(episode: MadeEpisode): Int16Array {
  const samples = new Float32Array(Math.round(episode.duration * SOUND_RATE));
  let at = 0;
  for (const { seconds, heard } of episode.pieces) {
    const [first, last] = [Math.round(at * SOUND_RATE), Math.round((at + seconds) * SOUND_RATE)];
    for (const { clip, from, rate, gain } of heard) {
      const sound = atRate(clip, rate);
      const origin = Math.round((from / Math.abs(rate)) * SOUND_RATE);
      const count = Math.min(last, samples.length, first + sound.length - origin) - first;
      for (let k = 0; k < count; k++) samples[first + k]! += gain * sound[origin + k]!;
    }
    at += seconds;
  }
  const played = new Int16Array(samples.length);
  for (let k = 0; k < played.length; k++) played[k] = Math.max(-32768, Math.min(32767, samples[k]! * 0.8));
  return played;
}
