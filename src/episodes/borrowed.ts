import { nearest, SAME_PICTURE } from './alignment.js';
import type { SeasonIndex } from './indexes.js';
import { firstFrom, type PicturePrint } from './picture-print.js';
import type { Episode } from './types.js';

interface Span {
  readonly start: number;
  readonly end: number;
}

/** A shot of one episode, and where another one shows it. */
interface Shot extends Span {
  /** null: nowhere that counts. */
  readonly from: { readonly episode: number; readonly lag: number } | null;
  /** It says nothing: most of the season shows it, it is dark, or it looks like another one but not quite. */
  readonly neutral: boolean;
}

/** Of a shot's pictures, so many look the same there; and all of them differ in so many bits on average. */
const SAME_SHARE = 0.7;
const SAME_MEAN = { sure: 5.5, maybe: 10.5 };
/** A shot of fewer pictures is not recognised; one of so few has to look the same in all of them. */
const FEWEST_PICTURES = 2;
const FEW_PICTURES = 3;
const FEW_MEAN = 3;
/** A piece of a shot has so many pictures; fewer, between pieces, are the blur where one goes over into the next. */
const PIECE = 4;
const BLUR = 2;
/** Votes tell a lag roughly, seconds. */
const LAG_STEPS = [0, -0.25, 0.25];
/** What so much of the other episodes show says nothing. */
const COMMON_SHARE = 0.65;
/** A second that nobody else shows weighs so much as one that others do, as some are not recognised; a long shot is one shot, too. */
const OTHER_WEIGHT = 0.7;
const LONG_SHOT = 2.5;
/** Places at which a shot is looked for in each episode. */
const PLACES = 6;
/** At least so many shots, of so many seconds together, in a stretch of which they are so much. */
const LEAST = { shots: 3, seconds: 5, share: 0.6 };
/** What lies between them and the beginning or the titles may be a card, or a shot that was not recognised, seconds. */
const CARD = 4.5;
/** The same up to black that is at least so long, seconds. */
const BESIDE_BLACK = 0.5;
const LEAST_BLACK = 0.3;
/** A stretch of one other scene alone is that scene again. */
const LEAST_PLACES = 2;

export interface Wanted {
  readonly region: Span;
  /** What is none of it: openings, for instance. */
  readonly except: readonly Span[];
  /** Whether a shot counts that this episode shows then. */
  counts(episode: number, at: Span): boolean;
}

/** The longest stretch in a region that is mostly made of shots that others show. */
export function borrowedStretch(
  episodes: readonly Episode[],
  own: number,
  index: SeasonIndex,
  wanted: Wanted,
): (Span & { shots: number; episodes: number[]; share: number }) | null {
  const shots = shotsOf(episodes[own]!, wanted).flatMap((span) => recognised(episodes, own, index, span, wanted));
  let best: { from: number; to: number; score: number } | null = null;
  let from = 0;
  let score = 0;
  shots.forEach((shot, k) => {
    const length = Math.min(shot.end - shot.start, LONG_SHOT);
    const apart = k > 0 && shot.start - shots[k - 1]!.end > 0.01;
    if (score <= 0 || apart) [score, from] = [0, k];
    score += shot.neutral ? 0 : shot.from ? length : -OTHER_WEIGHT * length;
    if (shot.from && score > (best?.score ?? 0)) best = { from, to: k + 1, score };
  });
  // written in the loop, which the compiler does not follow
  const found = best as { from: number; to: number } | null;
  return found && measured(shots, found, wanted, episodes[own]!);
}

function measured(
  shots: readonly Shot[],
  { from, to }: { readonly from: number; readonly to: number },
  wanted: Wanted,
  episode: Episode,
) {
  const known = shots.slice(from, to).filter((shot) => shot.from !== null);
  const [start, end] = [shots[from]!.start, shots[to - 1]!.end];
  const seconds = known.reduce((sum, shot) => sum + shot.end - shot.start, 0);
  const neutral = shots.slice(from, to).filter((shot) => shot.neutral);
  const share = seconds / (end - start - neutral.reduce((sum, shot) => sum + shot.end - shot.start, 0));
  const places = new Set(known.map((shot) => `${shot.from!.episode}:${Math.round(shot.from!.lag)}`)).size;
  if (known.length < LEAST.shots || seconds < LEAST.seconds || share < LEAST.share || places < LEAST_PLACES)
    return null;
  const anchors = anchorsOf(episode, wanted);
  return {
    start: anchored(start, shots.slice(0, from).toReversed(), anchors, -1),
    end: anchored(end, shots.slice(to), anchors, 1),
    shots: known.length,
    episodes: [...new Set(known.map((shot) => shot.from!.episode))],
    share,
  };
}

/** Where such a stretch is likely to begin or end: with the film or beside titles, or else beside black. */
const anchorsOf = (
  { pictures, creditsStart }: Episode,
  { region, except }: Wanted,
): { sure: number[]; blacks: number[] } => ({
  sure: [
    region.start,
    region.end,
    ...(creditsStart === null ? [] : [creditsStart]),
    ...except.flatMap(({ start, end }) => [start, end]),
  ],
  blacks: pictures!.blacks.filter(([start, end]) => end - start >= LEAST_BLACK).flat(),
});

/** An edge, moved outwards over shots that may belong to it to the next anchor; where it is if there is none near. */
function anchored(
  edge: number,
  outwards: readonly Shot[],
  { sure, blacks }: ReturnType<typeof anchorsOf>,
  way: 1 | -1,
): number {
  let reached = edge;
  for (const { start, end, neutral } of outwards) {
    if (!neutral || Math.abs((way < 0 ? end : start) - reached) > 0.05) break;
    reached = way < 0 ? start : end;
  }
  const beyond = (at: number): number => way * (at - edge);
  const near = sure.filter((at) => beyond(at) > -0.05 && way * (at - reached) < CARD);
  const beside = near.length > 0 ? near : blacks.filter((at) => beyond(at) > -0.05 && beyond(at) < BESIDE_BLACK);
  return beside.length === 0 ? edge : beside.reduce((a, b) => (beyond(b) < beyond(a) ? b : a));
}

/** The shots of a region, without what is excepted. */
function shotsOf({ pictures, duration }: Episode, { region, except }: Wanted): Span[] {
  if (!pictures) return [];
  const edges = [...pictures.cuts, ...pictures.blacks.flat(), ...except.flatMap(({ start, end }) => [start, end])]
    .concat(region.start, region.end)
    .filter((time) => time >= region.start && time <= Math.min(region.end, duration))
    .sort((a, b) => a - b);
  return edges
    .slice(1)
    .map((end, k) => ({ start: edges[k]!, end }))
    .filter(({ start, end }) => end - start > 0.05)
    .filter(({ start, end }) => except.every((other) => end <= other.start + 0.05 || start >= other.end - 0.05));
}

/** A shot; or, where it is put together of pieces of others between which no cut was seen, these. */
function recognised(
  episodes: readonly Episode[],
  own: number,
  index: SeasonIndex,
  { start, end }: Span,
  { counts }: Wanted,
): Shot[] {
  const { pictures } = episodes[own]!;
  const shot = [firstFrom(pictures!.times, start), firstFrom(pictures!.times, end)] as const;
  if (showsNothing(pictures!, { start, end }, shot)) return [{ start, end, from: null, neutral: true }];
  const places = index
    .byPictures(own, { start, end }, PLACES, 1)
    .map(({ episode, lag }) => ({
      episode,
      lag,
      distances: bestDistances(episodes[own]!, shot, episodes[episode]!, lag),
    }));
  const sure = places.filter(({ distances }) => likeness(distances) === 'sure');
  const others = new Set(sure.map(({ episode }) => episode)).size;
  if (others >= 3 && others > COMMON_SHARE * (episodes.length - 1)) return [{ start, end, from: null, neutral: true }];
  const counted = places.filter(({ episode, lag }) => counts(episode, { start: start + lag, end: end + lag }));
  const from = counted.find(
    (place) => sure.includes(place) && !isLonger({ start, end }, episodes[place.episode]!, place.lag),
  );
  if (from) return [{ start, end, from, neutral: false }];
  const pieces = piecesOf(counted, { start, end }, pictures!.times.subarray(...shot), episodes);
  if (pieces.length > 0) return pieces;
  return [{ start, end, from: null, neutral: counted.some(({ distances }) => likeness(distances) === 'maybe') }];
}

/** Cuts that belong together lie so close, seconds: a lag is known roughly. */
const SAME_CUT = 0.35;

/** The shot of an episode in which a second lies. */
function shotAt({ pictures, duration }: Episode, time: number): Span {
  const next = firstFrom(pictures!.cuts, time);
  return { start: pictures!.cuts[next - 1] ?? 0, end: pictures!.cuts[next] ?? duration };
}

/** Whether a shot begins earlier or ends later than where it is shown again: what shows more of it is where it comes from. */
function isLonger({ start, end }: Span, other: Episode, lag: number): boolean {
  const there = shotAt(other, (start + end) / 2 + lag);
  return there.start - lag > start + SAME_CUT || there.end - lag < end - SAME_CUT;
}

/** The same of a piece: whether the other one's shot ends with the piece where one's own goes on. */
function goesOn(piece: Span, shot: Span, other: Episode, lag: number): boolean {
  const there = shotAt(other, (piece.start + piece.end) / 2 + lag);
  return (
    (piece.start > shot.start + SAME_CUT && Math.abs(there.start - lag - piece.start) < SAME_CUT) ||
    (piece.end < shot.end - SAME_CUT && Math.abs(there.end - lag - piece.end) < SAME_CUT)
  );
}

/** Black, or one colour. */
function showsNothing(
  { hashes, blacks }: PicturePrint,
  { start, end }: Span,
  [first, last]: readonly [number, number],
): boolean {
  if (blacks.some(([from, to]) => start >= from - 0.05 && end <= to + 0.05)) return true;
  let plain = 0;
  for (let k = first; k < last; k++) if (hashes[2 * k] === 0 && hashes[2 * k + 1] === 0) plain++;
  return 2 * plain > last - first;
}

type Distances = readonly (number | null)[];

/** Differing bits of each of a shot's pictures, by their numbers, and those of another episode so much later. */
function bestDistances(one: Episode, [first, last]: readonly [number, number], other: Episode, lag: number): Distances {
  const { times, hashes } = one.pictures!;
  const tried = LAG_STEPS.map((step) =>
    Array.from({ length: last - first }, (_, n) => {
      const k = first + n;
      return nearest(hashes[2 * k]!, hashes[2 * k + 1]!, other.pictures!, times[k]! + lag + step);
    }),
  );
  const sum = (distances: Distances): number =>
    distances.reduce<number>((all, bits) => all + Math.min(bits ?? 0, 24), 0);
  return tried.reduce((a, b) => (sum(b) < sum(a) ? b : a));
}

function likeness(all: Distances): 'sure' | 'maybe' | 'no' {
  const distances = all.filter((bits) => bits !== null);
  const count = distances.length;
  const same = distances.filter((bits) => bits <= SAME_PICTURE).length;
  const mean = distances.reduce((sum, bits) => sum + bits, 0) / count;
  if (count < FEWEST_PICTURES || 2 * count < all.length || same < SAME_SHARE * count) return 'no';
  if (mean <= (count <= FEW_PICTURES ? FEW_MEAN : SAME_MEAN.sure)) return 'sure';
  return mean <= SAME_MEAN.maybe ? 'maybe' : 'no';
}

type Place = NonNullable<Shot['from']> & { readonly distances: Distances };

/** The pieces of a shot, the longest that others show first, and what lies between them. @param times of its pictures */
function piecesOf(
  places: readonly Place[],
  { start, end }: Span,
  times: Float64Array,
  episodes: readonly Episode[],
): Shot[] {
  const taken: (Place | null)[] = Array.from(times, () => null);
  const runs = places
    .flatMap((place) => runsOf(place.distances).map((run) => ({ place, run })))
    .filter(({ place: { episode, lag }, run: [first, after] }) => {
      const piece = { start: first === 0 ? start : times[first]!, end: times[after] ?? end };
      return !goesOn(piece, { start, end }, episodes[episode]!, lag);
    })
    .sort((a, b) => b.run[1] - b.run[0] - a.run[1] + a.run[0]);
  for (const { place, run } of runs) {
    const free = taken.slice(...run).filter((one) => one === null).length;
    if (free >= PIECE) for (let k = run[0]; k < run[1]; k++) taken[k] ??= place;
  }
  if (taken.every((one) => one === null)) return [];
  const pieces: Shot[] = [];
  for (let k = 0; k < taken.length;) {
    let after = k;
    while (after < taken.length && taken[after] === taken[k]) after++;
    const neutral = taken[k] === null && after - k <= BLUR;
    const last = after === taken.length;
    pieces.push({ start: k === 0 ? start : times[k]!, end: last ? end : times[after]!, from: taken[k]!, neutral });
    k = after;
  }
  return pieces;
}

/** From which picture to which the same is shown, so many after each other. */
function runsOf(distances: Distances): [number, number][] {
  const found: [number, number][] = [];
  let [from, sum] = [0, 0];
  for (let k = 0; k <= distances.length; k++) {
    const bits = distances[k] ?? 64;
    if (k < distances.length && bits <= SAME_PICTURE) {
      sum += bits;
      continue;
    }
    if (k - from >= PIECE && sum <= SAME_MEAN.sure * (k - from)) found.push([from, k]);
    [from, sum] = [k + 1, 0];
  }
  return found;
}

/** How sure a stretch of so many shots is. */
export function borrowedConfidence({ shots, share }: { readonly shots: number; readonly share: number }): number {
  return Math.min(0.97, (0.45 + 0.08 * shots) * Math.min(1, share / 0.85));
}
