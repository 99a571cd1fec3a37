import { KinoscopeError } from '../core/errors.js';
import { clockOf } from '../frames/timecode.js';
import type { FrameSource, MediaInfo } from '../frames/types.js';
import type { Models } from '../inference/types.js';
import { describe, nextEpisode, placeOf } from './answer.js';
import { readerOf, type Edge } from './boundary.js';
import { probabilityNear } from './decision.js';
import { endEdge, lightEdge } from './end.js';
import { type Evidence, sampleOf } from './evidence.js';
import { creditTextProbability } from './frame-classifier.js';
import { frameNumber } from './frame-number.js';
import { parameters } from './parameters.js';
import { everyFrame, type PlainFrame, type ReadContext } from './read-frames.js';
import { lineReader } from './recognition.js';
import { type Doubtful, doubtfulCards, rollBetween } from './rolling.js';
import { SLOT_SECONDS, stretchesOf, type Search, type Stretch } from './search-result.js';
import { search } from './search.js';
import { isAfterStory, isCredits, type StateAfterStory } from './segmenter.js';
import { startEdge } from './start.js';
import type { CreditsResult, CreditsSegment, NextEpisodePolicy, SegmentKind } from './types.js';

export interface CreditsRequest {
  readonly file: string;
  readonly info: MediaInfo;
  readonly source: FrameSource;
  readonly models: Models;
  /** Default `neverWhenSceneFollows`. */
  readonly policy?: NextEpisodePolicy;
  readonly signal?: AbortSignal;
  /** Called with 0 to 1. */
  readonly onProgress?: (progress: number) => void;
}

const KINDS: Readonly<Record<StateAfterStory, SegmentKind>> = {
  blackBetween: 'black',
  blackAfter: 'black',
  cards: 'cards',
  names: 'cards',
  roll: 'roll',
  sceneInside: 'scene-inside',
  sceneAfter: 'scene-after',
  logo: 'logo',
};

/** Frames that are read at a time: to read one is too little work for two threads. */
const READERS = 2;

/** The confidence is the probability that the credits start so close to the answer, seconds. */
const CONFIDENT_SECONDS = 3;

/**
 * Finds the closing credits of a film.
 * @throws KinoscopeError `unreadable` when nothing can be decoded where credits would be, `unavailable` when a network is missing, `cancelled`
 */
export async function detectCredits(request: CreditsRequest): Promise<CreditsResult> {
  const {
    file,
    info,
    source,
    models,
    signal,
    policy = 'neverWhenSceneFollows',
    onProgress = () => undefined,
  } = request;
  const text = await models.load('ppocr-det', READERS);
  const lines = await lineReader(models);
  const context: ReadContext = { file, source, text, lines, ...(signal === undefined ? {} : { signal }) };
  const found = await search(context, info, parameters, onProgress);
  const { inside } = found;
  const about = { truncated: found.truncated, models: [text.version, lines.version] };
  if (found.samples.length === 0) throw noFrames(found);
  const { present, start, starts } = found.segmentation;
  if (start === null) {
    onProgress(1);
    return {
      ...placeOf(null, null),
      nextEpisodeAt: null,
      confidence: 1 - present,
      segments: [],
      reason: whyNone(found),
      ...about,
    };
  }
  const { creditsStart, stretches } = await exactTimes(
    inside ? { ...context, inside } : context,
    found,
    found.window.start + start * SLOT_SECONDS,
  );
  const confidence = probabilityNear(starts, creditsStart, CONFIDENT_SECONDS, found.window.start, SLOT_SECONDS);
  const segments = segmentsOf(found, stretches, info, creditsStart, confidence);
  const next = nextEpisode(creditsStart, confidence, segments, info.duration, policy);
  onProgress(1);
  return {
    ...placeOf(creditsStart, info.frameRate),
    frame: await frameNumber(request, creditsStart),
    confidence,
    segments,
    ...next,
    ...about,
  };
}

/** A stretch, and what shows that it is a roll where the search could not tell. */
interface Seen extends Stretch {
  readonly roll?: Evidence;
}

/** The boundary after a stretch, where it is one that a player acts on. */
function edgeAfter(found: Search, { state, end }: Stretch, next: Stretch | undefined): Edge | null {
  if (!isAfterStory(state) || next === undefined) return null;
  if (isCredits(state)) return isCredits(next.state) ? null : endEdge(found, parameters.frameClassifier, end);
  if (isCredits(next.state)) return startEdge(found, parameters.frameClassifier, end);
  return KINDS[state] === 'black' ? lightEdge(found, end) : null;
}

/** The credits' start and the stretches' ends to the frame, where a player acts on them. */
async function exactTimes(
  context: ReadContext,
  found: Search,
  near: number,
): Promise<{ creditsStart: number; stretches: Seen[] }> {
  const stretches = stretchesOf(found);
  const doubtful = doubtfulCards(found, stretches);
  const first = startEdge(found, parameters.frameClassifier, near);
  const ends = stretches.map((stretch, k) => edgeAfter(found, stretch, stretches[k + 1]));
  const frames = everyFrame(context, [
    ...[first, ...ends].flatMap((edge) => edge?.window ?? []),
    ...doubtful.flatMap(({ windows }) => windows),
  ]);
  const read = readerOf(context.text, found);
  const exact = async ({ window, find }: Edge): Promise<number> => find(read, window ? await frames.of(window) : []);
  const rollIn = async (one: Doubtful | undefined): Promise<Evidence | null> => {
    if (!one) return null;
    const [before, after] = await Promise.all(one.windows.map(frames.of));
    const seen = async ([frame]: readonly PlainFrame[]): Promise<Evidence | null> =>
      frame ? read(sampleOf(frame.time, frame.image)) : null;
    return rollBetween(await seen(before!), await seen(after!));
  };
  const [creditsStart, ...exactly] = await Promise.all([
    exact(first),
    ...stretches.map(async (stretch, k): Promise<Seen> => {
      const [edge, roll] = [ends[k], await rollIn(doubtful.find((one) => one.stretch === stretch))];
      const seen: Seen = roll ? { ...stretch, state: 'roll', roll } : stretch;
      return edge ? { ...seen, end: await exact(edge) } : seen;
    }),
  ]);
  await frames.complete;
  return { creditsStart, stretches: exactly };
}

/** The first card of a roll may stand: how fast it rolls is what was looked for. */
const withoutRise = (sample: Evidence): Evidence => ({ ...sample, rise: null });

/** The stretches after the story. */
function segmentsOf(
  found: Search,
  stretches: readonly Seen[],
  info: MediaInfo,
  creditsStart: number,
  confidence: number,
): CreditsSegment[] {
  const segments: CreditsSegment[] = [];
  for (const { state, start, end: to, roll } of stretches) {
    const from = segments.at(-1)?.end ?? creditsStart;
    if (!isAfterStory(state) || to <= from) continue;
    const inside = found.samples.filter(({ time }) => time >= Math.max(from, start) && time < to);
    segments.push({
      kind: KINDS[state],
      start: from,
      end: to,
      confidence,
      evidence: describe(roll ? [...inside.map(withoutRise), roll] : inside, info),
    });
  }
  return segments;
}

/** No evidence is never certainty: where nothing was seen there is no answer. */
function noFrames({ window: { start } }: Search): KinoscopeError {
  return new KinoscopeError(
    'unreadable',
    `No frame could be decoded after ${clockOf(start)}, where closing credits would be`,
  );
}

function whyNone({ samples, window }: Search): string {
  const seconds = window.end - window.start;
  const long = seconds < 120 ? `${Math.round(seconds)} s` : `${(seconds / 60).toFixed(1)} minutes`;
  const text = samples.filter((sample) => creditTextProbability(sample, parameters.frameClassifier) > 0.5).length;
  const seen = text === 0 ? 'none looks' : `only ${text} look${text === 1 ? 's' : ''}`;
  return `none: of ${samples.length} frames in the last ${long} ${seen} like credits`;
}
