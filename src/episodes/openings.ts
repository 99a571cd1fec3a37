import { compare, type Compared, type Shared, sharedStretches, STEP } from './alignment.js';
import { isCutAlike } from './cut-alike.js';
import { type Edges, edgesOf, median, snapped } from './edges.js';
import { headOf, type SeasonIndex } from './indexes.js';
import type { Episode, Part } from './types.js';

/** A stretch that an episode shares with others of its season, with what each of them says of its edges. */
export interface Opening {
  readonly start: number;
  readonly end: number;
  readonly witnesses: readonly Witness[];
}
interface Witness extends Shared {
  readonly episode: number;
  /** Whether more than sound says so: the pictures, or cuts, black or silence at the same places. */
  readonly seen: boolean;
}

/** Share of them that is most. */
const MOST_SHARE = 0.5;
/** Episodes that one is compared with, at most. */
const MOST_PARTNERS = 16;
/** Lags at which two episodes are compared. */
const LAGS = 3;
/** Who shares so much of what was compared is the same episode in another version. */
const SAME_EPISODE = 0.6;
/** No opening lasts longer, seconds. */
const LONGEST = 180;
/** A stretch belongs to an opening that covers so much of it, or the other way round. */
const OVERLAP = 0.6;
/** Where the edge is, seconds: pictures tell it to the shot, sound only roughly. */
const REACH = { pictures: 0.45, sound: 0.7, withCut: 0.3 };
/** Sound that goes on as loud for longer after the pictures, with no longer pause, is of the opening, too, seconds. */
const GOES_ON = 1.6;
const PAUSE = 0.5;

/** Pictures that are the same in so much of a stretch speak for it. */
const SEEN_SHARE = 0.5;
/** Sound that nothing else speaks for may be a theme under the story, between what is said: no player acts on it. */
const SOUND_ALONE = 0.4;
/** Sound alone has to be as loud as there for so much of it: under voices it is not. */
const SAME_LOUDNESS = 0.7;

/** Long and alike enough: a logo is shorter, a tune under voices less alike, a place of the story looks alike but does not sound so. */
function isEnough({ start, end, sound, pictures, levels }: Shared): boolean {
  const length = end - start;
  if (length > LONGEST) return false;
  if (sound >= 0.6 && pictures >= 0.6) return length >= 5;
  return (pictures >= 0.8 && length >= 6) || (sound >= 0.85 && levels >= SAME_LOUDNESS && length >= 10);
}

/** What an episode shares with others of its season where openings are. */
export function openingsOf(episodes: readonly Episode[], own: number, index: SeasonIndex): Opening[] {
  const episode = episodes[own]!;
  const until = headOf(episode);
  const witnesses = witnessesOf(episodes, own, index, until);
  const others = new Set(witnesses.map((one) => one.episode)).size;
  const compared = episodes.filter((other, k) => k !== own && other.season === episode.season).length;
  // two that share something may have a scene in common
  const least = compared > 2 ? 2 : 1;
  if (others < least) return [];
  return covered(witnesses, Math.ceil((until + LONGEST) / STEP), least)
    .map(({ start, end }) => witnesses.filter((one) => overlap(one, { start, end }) >= OVERLAP))
    .filter((members) => isOfMost(members, Math.min(compared, MOST_PARTNERS)))
    .map((members) => ({
      start: usualEdge(
        members.map((one) => one.start),
        members,
        -1,
      ),
      end: usualEdge(
        members.map((one) => one.end),
        members,
        1,
      ),
      witnesses: members,
    }));
}

/** Sound alone, which a story's scenes may share as well, has to be that of most. */
function isOfMost(members: readonly Witness[], compared: number): boolean {
  if (members.length === 0) return false;
  if (median(members.map(({ pictures }) => pictures)) >= SEEN_SHARE) return true;
  return new Set(members.map(({ episode }) => episode)).size >= MOST_SHARE * compared;
}

function overlap(a: { start: number; end: number }, b: { start: number; end: number }): number {
  return Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start)) / Math.max(a.end - a.start, b.end - b.start);
}

function witnessesOf(episodes: readonly Episode[], own: number, index: SeasonIndex, until: number): Witness[] {
  const { season } = episodes[own]!;
  const lags = new Map<number, number[]>();
  const found = [...index.bySound(own, LAGS), ...index.byPictures(own, { start: 0, end: until }, LAGS)];
  for (const { episode, lag } of found) {
    if (episodes[episode]!.season !== season) continue;
    const known = lags.get(episode) ?? (lags.size < MOST_PARTNERS ? [] : null);
    if (known === null || known.some((other) => Math.abs(other - lag) < 0.4)) continue;
    lags.set(episode, [...known, lag]);
  }
  return [...lags].flatMap(([episode, tried]) => sharedWith(episodes[own]!, episodes[episode]!, tried, until, episode));
}

function sharedWith(one: Episode, other: Episode, lags: readonly number[], until: number, episode: number): Witness[] {
  const edges = edgesOf(one);
  const shared = lags
    .flatMap((lag) => {
      const compared = compare(one, other, lag, Math.min(endOf(one), endOf(other) - lag));
      return sharedStretches(compared, lag, ({ start }) => start < Math.min(until, headOf(other) - lag)).map(
        (stretch) => exact(stretch, compared, edges),
      );
    })
    .sort((a, b) => weight(b) - weight(a));
  // of two lags for one stretch the better one
  const kept: Shared[] = [];
  for (const stretch of shared)
    if (kept.every(({ start, end }) => stretch.end <= start + 1 || stretch.start >= end - 1)) kept.push(stretch);
  const whole = kept.reduce((sum, { start, end }) => sum + end - start, 0);
  if (whole > SAME_EPISODE * until && whole > LONGEST) return [];
  return kept.filter(isEnough).map((stretch) => {
    const seen = stretch.pictures >= SEEN_SHARE || isCutAlike(one, other, stretch);
    return { ...stretch, episode, seen };
  });
}

/** An opening that begins in the head may go on after it, up to the credits. */
const endOf = (episode: Episode): number =>
  Math.min(headOf(episode) + LONGEST, episode.creditsStart ?? episode.duration * 0.9);

const weight = ({ start, end, sound, pictures }: Shared): number => (end - start) * (sound + pictures);

/** Moved to the cuts beside it: the pictures tell where it ends, the sound where they say nothing or it goes on by itself. */
function exact(stretch: Shared, compared: Compared, { starts, ends }: Edges): Shared {
  const [from, to] = [Math.round(stretch.start / STEP), Math.round(stretch.end / STEP)];
  const first = compared.pictures.indexOf(1, from);
  const last = compared.pictures.lastIndexOf(1, to - 1) + 1;
  if (stretch.pictures < SEEN_SHARE || first < 0)
    return {
      ...stretch,
      start: snapped(stretch.start, starts, REACH.sound),
      end: snapped(stretch.end, ends, REACH.sound),
    };
  const all = [...starts, ...ends];
  return {
    ...stretch,
    start: edgeBeyond(compared, { told: first, last: from, way: -1 }, starts, all),
    end: edgeBeyond(compared, { told: last, last: to, way: 1 }, ends, all),
  };
}

/**
 * Where titles end whose pictures are the same up to `told`: there, or where their sound ends. Sound that ends with a cut is of the titles
 * where dark pictures tell nothing; where they tell something else, it runs over into the story, unless it goes on for long.
 * @param steps between steps, `last` that of all that is the same; `way` -1: where they begin
 */
function edgeBeyond(
  { levels, pictures }: Compared,
  { told, last, way }: { readonly told: number; readonly last: number; readonly way: 1 | -1 },
  edges: readonly number[],
  all: readonly number[],
): number {
  let reached = told;
  let [same, other] = [0, 0];
  for (let edge = told; edge !== last && Math.abs(edge - reached) * STEP < PAUSE; edge += way) {
    const step = way > 0 ? edge : edge - 1;
    if (pictures[step] === -1) other++;
    else same++;
    if (levels[step] === 1) reached = edge + way;
  }
  const [seen, heard] = [told * STEP, reached * STEP];
  if (Math.abs(heard - seen) >= GOES_ON) return snapped(heard, edges, REACH.sound);
  const cut = snapped(heard, all, REACH.withCut);
  if (Math.abs(heard - seen) > REACH.withCut && same >= other && all.includes(cut)) return cut;
  return snapped(seen, edges, REACH.pictures);
}

/** The stretches of which so many episodes have the same. */
function covered(witnesses: readonly Witness[], steps: number, least: number): { start: number; end: number }[] {
  const by = Array.from({ length: steps + 1 }, () => new Set<number>());
  for (const { start, end, episode } of witnesses)
    for (let step = Math.round(start / STEP); step < Math.round(end / STEP); step++) by[step]?.add(episode);
  const found: { start: number; end: number }[] = [];
  by.forEach(({ size }, step) => {
    if (size < least) return;
    const last = found.at(-1);
    if (last && step * STEP - last.end < STEP / 2) last.end = (step + 1) * STEP;
    else found.push({ start: step * STEP, end: (step + 1) * STEP });
  });
  return found.filter(({ start, end }) => end - start >= 4);
}

/** Edges so close together are one, seconds; so many of those who see one have to see the same. */
const ONE_EDGE = 0.3;
const EDGE_SHARE = 0.3;

/**
 * The first of the starts, or the last of the ends, that some agree on: what looks and sounds the same is the same, where others see
 * less of it (a remix, a dubbed version, the dark of a fade) that says little.
 */
function outermost(edges: readonly number[], way: 1 | -1): number {
  const least = edges.length < 3 ? 1 : Math.max(2, EDGE_SHARE * edges.length);
  const sorted = edges.toSorted((a, b) => way * (b - a));
  const agreed = sorted.find((edge) => edges.filter((other) => Math.abs(other - edge) <= ONE_EDGE).length >= least);
  if (agreed === undefined) return median(edges);
  return median(edges.filter((other) => Math.abs(other - agreed) <= ONE_EDGE));
}

/** Sound alone tells an edge roughly: then it is in the middle of what they say. */
function usualEdge(edges: readonly number[], by: readonly Shared[], way: 1 | -1): number {
  return median(by.map(({ pictures }) => pictures)) >= 0.5 ? outermost(edges, way) : median(edges);
}

/** Edges that others see differ from one's own by less than this where they mean the same one, seconds. */
const SAME_EDGE = 1.5;

/** An episode's openings, with edges and confidence as the season sees them. @param all of every episode */
export function agreedOpenings(
  episodes: readonly Episode[],
  all: readonly (readonly Opening[])[],
  own: number,
): Part[] {
  const edges = edgesOf(episodes[own]!);
  return all[own]!.map((opening) => {
    const seen = opening.witnesses.flatMap(({ episode, lag, start, end }) =>
      (all[episode] ?? [])
        .map((other) => ({ start: other.start - lag, end: other.end - lag }))
        .filter((other) => overlap(other, { start, end }) >= OVERLAP),
    );
    const start = agreed(
      opening.start,
      seen.map((one) => one.start),
      opening.witnesses,
      edges.starts,
      -1,
    );
    const end = agreed(
      opening.end,
      seen.map((one) => one.end),
      opening.witnesses,
      edges.ends,
      1,
    );
    const usual = median([...seen.map((one) => one.end - one.start), end - start]);
    const outlier = Math.abs(usual - (end - start)) > SAME_EDGE;
    return {
      kind: 'intro',
      start,
      end,
      confidence: confidenceOf(opening.witnesses, outlier),
      reason: reasonOf(opening.witnesses, end - start, outlier ? usual : null),
    };
  });
}

/** One's own edge, or one that others see close to it and that lies further out. */
function agreed(
  own: number,
  others: readonly number[],
  by: readonly Shared[],
  edges: readonly number[],
  way: 1 | -1,
): number {
  const near = others.filter((other) => Math.abs(other - own) < SAME_EDGE);
  if (near.length < 2) return own;
  const usual = usualEdge([...near, own], by, way);
  return Math.abs(usual - own) <= ONE_EDGE ? own : Math.max(0, snapped(usual, edges, ONE_EDGE));
}

/** Each episode that has the same takes away half of the doubt. */
function confidenceOf(witnesses: readonly Witness[], outlier: boolean): number {
  const count = new Set(witnesses.map(({ episode }) => episode)).size;
  const alike = Math.max(
    median(witnesses.map(({ sound }) => sound)) * 0.95,
    median(witnesses.map(({ pictures }) => pictures)),
  );
  const confidence = Math.min(0.99, 1 - 0.45 * 0.5 ** (count - 1)) * Math.min(1, alike / 0.9);
  if (isHeardOnly(witnesses)) return Math.min(confidence, SOUND_ALONE);
  return outlier ? confidence * 0.85 : confidence;
}

/** Whether fewer than two of the others, where there are two, say so by more than sound. */
function isHeardOnly(witnesses: readonly Witness[]): boolean {
  const countOf = (some: readonly Witness[]): number => new Set(some.map(({ episode }) => episode)).size;
  return countOf(witnesses.filter(({ seen }) => seen)) < Math.min(2, countOf(witnesses));
}

function reasonOf(witnesses: readonly Witness[], length: number, usual: number | null): string {
  const count = new Set(witnesses.map(({ episode }) => episode)).size;
  const by = [
    median(witnesses.map(({ sound }) => sound)) >= 0.6 ? 'sound' : null,
    median(witnesses.map(({ pictures }) => pictures)) >= 0.6 ? 'pictures' : null,
  ].filter(Boolean);
  const only = isHeardOnly(witnesses) ? ', and nothing else tells of it' : '';
  const same = `${count} other ${count === 1 ? 'episode has' : 'episodes have'} the same ${by.join(' and ')}${only}`;
  return usual === null ? same : `${same}, but for ${usual.toFixed(1)} s instead of ${length.toFixed(1)} s`;
}
