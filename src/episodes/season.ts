import { atOnce, type Steps } from '../core/slices.js';
import { borrowedConfidence, borrowedStretch } from './borrowed.js';
import { edgesOf, snapped } from './edges.js';
import { headOf, SeasonIndex } from './indexes.js';
import { agreedOpenings, type Opening, openingsOf } from './openings.js';
import type { Episode, EpisodeParts, NamedChapter, Part, PartKind } from './types.js';

/** A recap is looked for in so much of the beginning, a preview in so much of the end: seconds, and a share of the episode. */
const NEAR_START = { seconds: 420, share: 0.4 };
const NEAR_END = { seconds: 300, share: 0.35 };
/** A chapter that nothing else speaks for is told to people; where other episodes speak against it, no player acts on it. */
const CHAPTER = { alone: 0.6, against: 0.4, least: 3, most: 240, reach: 0.6 };
/** A recap or a preview that is longer than this share of the episode is something else: a clip show. */
const TOO_MUCH = 0.3;

/**
 * What the episodes of a season, and those before it, tell of each other.
 * @param episodes in the order in which they are watched, of one or more seasons
 * @param targets which of them are asked for
 * @returns their parts, in the order of `targets`
 */
export function* seasonSteps(episodes: readonly Episode[], targets: readonly number[]): Steps<EpisodeParts[]> {
  const index = new SeasonIndex(episodes);
  const openings: Opening[][] = [];
  for (const own of episodes.keys()) {
    openings.push(openingsOf(episodes, own, index));
    yield;
  }
  const intros = episodes.map((_, own) => agreedOpenings(episodes, openings, own));
  // what one shows of the next is no recap there, and what the next shows again is no preview here
  const previews: (Part | null)[] = [];
  for (const own of episodes.keys()) {
    previews.push(previewOf({ episodes, index, intros, recaps: [], previews: [] }, own));
    yield;
  }
  const recaps: (Part | null)[] = [];
  for (const own of episodes.keys()) {
    recaps.push(recapOf({ episodes, index, intros, recaps: [], previews }, own));
    yield;
  }
  const found: EpisodeParts[] = [];
  for (const own of targets) {
    found.push(partsOf({ episodes, index, intros, recaps, previews }, own));
    yield;
  }
  return found;
}

/** {@link seasonSteps} without a pause. */
export const analyseSeason = (episodes: readonly Episode[], targets: readonly number[]): EpisodeParts[] =>
  atOnce(seasonSteps(episodes, targets));

interface Season {
  readonly episodes: readonly Episode[];
  readonly index: SeasonIndex;
  readonly intros: readonly (readonly Part[])[];
  readonly recaps: readonly (Part | null)[];
  readonly previews: readonly (Part | null)[];
}

function partsOf(season: Season, own: number): EpisodeParts {
  const episode = season.episodes[own]!;
  const found: Part[] = [...season.intros[own]!];
  const none: Partial<Record<PartKind, string>> = {};
  if (found.length === 0) none.intro = whyNoIntro(season, own);
  const recap = season.recaps[own];
  if (recap) found.push(recap);
  else none.recap = whyNoRecap(season, own);
  const preview = previewOf(season, own);
  if (preview) found.push(preview);
  else none.preview = whyNoPreview(season, own);
  const named = chaptersOf(episode, found, season.episodes.length > 1);
  const missing = Object.entries(none).filter(([kind]) => named.parts.every((part) => part.kind !== kind));
  return { parts: named.parts.toSorted((a, b) => a.start - b.start), none: Object.fromEntries(missing) };
}

const isEarlier = (a: Episode, b: Episode): boolean =>
  a.number !== null &&
  b.number !== null &&
  ((a.season ?? 0) < (b.season ?? 0) || (a.season === b.season && a.number < b.number));

function recapOf({ episodes, index, intros, previews }: Season, own: number): Part | null {
  const episode = episodes[own]!;
  if (episode.number === null) return null;
  const end = Math.min(NEAR_START.seconds, NEAR_START.share * episode.duration);
  const found = borrowedStretch(episodes, own, index, {
    region: { start: 0, end },
    except: intros[own]!,
    counts: (other, at) =>
      isEarlier(episodes[other]!, episode) &&
      [...intros[other]!, ...(previews[other] ? [previews[other]] : [])].every((part) => !overlaps(part, at)),
  });
  if (!found || found.end - found.start > TOO_MUCH * episode.duration) return null;
  const names = found.episodes.map((other) => episodes[other]!.name);
  return {
    kind: 'recap',
    start: found.start,
    end: found.end,
    confidence: borrowedConfidence(found),
    reason: `${found.shots} shots that ${listed(names)} showed`,
  };
}

function nextOf({ episodes }: Pick<Season, 'episodes'>, own: number): number {
  const { season, number } = episodes[own]!;
  return number === null ? -1 : episodes.findIndex((other) => other.season === season && other.number === number + 1);
}

function previewOf({ episodes, index, intros, recaps }: Season, own: number): Part | null {
  const episode = episodes[own]!;
  const next = nextOf({ episodes }, own);
  if (next < 0) return null;
  const { duration } = episode;
  const start = Math.max(duration - NEAR_END.seconds, duration * (1 - NEAR_END.share));
  const other = episodes[next]!;
  const not = [...intros[next]!, ...(recaps[next] ? [recaps[next]] : [])];
  const found = borrowedStretch(episodes, own, index, {
    region: { start, end: duration },
    except: intros[own]!,
    counts: (shownBy, at) =>
      shownBy === next &&
      at.end < (other.creditsStart ?? other.duration * 0.97) &&
      not.every((part) => !overlaps(part, at)),
  });
  if (!found || found.end - found.start > TOO_MUCH * duration) return null;
  return {
    kind: 'preview',
    start: found.start,
    end: found.end,
    confidence: borrowedConfidence(found),
    reason: `${found.shots} shots that ${other.name} shows`,
  };
}

const overlaps = (a: { start: number; end: number }, b: { start: number; end: number }): boolean =>
  Math.min(a.end, b.end) - Math.max(a.start, b.start) > 0.2;

/** With what chapters say: surer where they agree, in their place where nothing else was found. */
function chaptersOf(
  { chapters, duration, ...rest }: Episode,
  found: readonly Part[],
  others: boolean,
): { parts: Part[] } {
  const edges = edgesOf({ duration, ...rest });
  const agreeing = (part: Part): NamedChapter | undefined =>
    chapters.find((chapter) => chapter.kind === part.kind && overlaps(chapter, part));
  const parts = found.map((part) =>
    agreeing(part)
      ? { ...part, confidence: 1 - (1 - part.confidence) / 2, reason: `${part.reason}; a chapter says so` }
      : part,
  );
  for (const { kind, start, end } of chapters) {
    const length = end - start;
    if (parts.some((part) => part.kind === kind) || length < CHAPTER.least || length > CHAPTER.most) continue;
    const against = others && kind === 'intro';
    parts.push({
      kind,
      start: snapped(start, edges.starts, CHAPTER.reach),
      end: snapped(end, edges.ends, CHAPTER.reach),
      confidence: against ? CHAPTER.against : CHAPTER.alone,
      reason: against ? 'a chapter says so, but no other episode has the same' : 'a chapter says so',
    });
  }
  return { parts };
}

function whyNoIntro({ episodes }: Season, own: number): string {
  const episode = episodes[own]!;
  const others = episodes.filter(({ season }, k) => k !== own && season === episode.season).length;
  if (others === 0) return 'no other episode of its season is known';
  if (headOf(episode) < 10) return 'the episode is too short';
  return `it shares no titles with ${others === 1 ? 'the other episode' : `any of ${others} other episodes`}`;
}

function whyNoRecap({ episodes }: Season, own: number): string {
  const episode = episodes[own]!;
  if (episode.number === null) return 'it has no place among the episodes';
  if (!episodes.some((other) => isEarlier(other, episode))) return 'no earlier episode is known';
  return 'its beginning shows nothing that earlier episodes showed';
}

function whyNoPreview({ episodes }: Season, own: number): string {
  if (episodes[own]!.number === null) return 'it has no place among the episodes';
  if (nextOf({ episodes }, own) < 0) return 'the next episode is not known';
  return 'its end shows nothing that the next episode shows';
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3);
  const more = names.length > 3 ? ` and ${names.length - 3} others` : '';
  return shown.join(', ') + more;
}
