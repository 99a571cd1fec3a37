import { atOnce, type Steps } from '../core/slices.js';
import type { TimeWindow } from '../frames/types.js';
import type { Evidence } from './evidence.js';
import type { FrameClasses, FrameClassifier } from './frame-classifier.js';
import { filmModel, slotEvidence, type SegmenterSettings } from './segmenter.js';
import { logEvidenceSteps } from './semi-markov.js';

/** A kind of film whose story itself carries text. */
interface FilmKind {
  /** How many of all films are such. */
  readonly share: number;
  /** What its story's frames show: as much like text as those of credits. */
  readonly story: FrameClasses;
  /** How many of those with text show sentences. */
  readonly sentences: number;
}

const PAGES: FrameClasses = { picture: 0.05, lines: 0.01, names: 0.03, text: 0.89, black: 0.02 };
/** Remarks over the pictures all through, and nothing but pages (a talk, a lesson, lyrics), of short lines or of long ones. */
const KINDS: readonly FilmKind[] = [
  { share: 0.15, story: { picture: 0.32, lines: 0.11, names: 0.4, text: 0.156, black: 0.014 }, sentences: 0.1 },
  { share: 0.002, story: PAGES, sentences: 0.1 },
  { share: 0.002, story: PAGES, sentences: 0.9 },
];

/** A kind of film shows in long slots as well, in a ninth of the time. */
const COARSE_SECONDS = 3;

const withStory = (settings: SegmenterSettings, { story, sentences }: FilmKind): SegmenterSettings => ({
  ...settings,
  storySentences: sentences,
  classes: { ...settings.classes, story, sceneInside: story, sceneAfter: story },
});

/** The settings for the kind of film that explains all the frames best. @param samples in order of time */
export function filmSettings(...about: Parameters<typeof filmSettingsSteps>): SegmenterSettings {
  return atOnce(filmSettingsSteps(...about));
}

/** {@link filmSettings} in steps. */
export function* filmSettingsSteps(
  samples: readonly Evidence[],
  { segmenter, frameClassifier }: { readonly segmenter: SegmenterSettings; readonly frameClassifier: FrameClassifier },
  window: TimeWindow,
): Steps<SegmenterSettings> {
  const slots = Math.max(1, Math.ceil((window.end - window.start) / COARSE_SECONDS - 1e-6));
  const explained = (settings: SegmenterSettings): Steps<number> =>
    logEvidenceSteps(
      filmModel(settings, slots, COARSE_SECONDS),
      slotEvidence(samples, settings, frameClassifier, window.start, slots, COARSE_SECONDS),
    );
  const usual = 1 - KINDS.reduce((sum, { share }) => sum + share, 0);
  let [best, most] = [segmenter, Math.log(usual) + (yield* explained(segmenter))];
  for (const kind of KINDS) {
    const settings = withStory(segmenter, kind);
    const likely = Math.log(kind.share) + (yield* explained(settings));
    if (likely > most) [best, most] = [settings, likely];
  }
  return best;
}
