import type { TimeWindow } from '../frames/types.js';
import type { Evidence } from './evidence.js';
import type { Look, LookModel } from './look.js';
import { filmModel, slotEvidence } from './segmenter.js';
import type { SegmenterSettings } from './segmenter.js';
import { logEvidence } from './semi-markov.js';

/**
 * Films whose story itself carries text: remarks over the pictures all through, or nothing but pages (a talk, a lesson,
 * lyrics). What their frames look like, and how many films are such.
 */
const KINDS: readonly { readonly share: number; readonly story: Look }[] = [
  { share: 0.05, story: { picture: 0.36, lines: 0.15, names: 0.32, text: 0.14, black: 0.03 } },
  { share: 0.003, story: { picture: 0.06, lines: 0.01, names: 0.02, text: 0.89, black: 0.02 } },
];

/** A kind of film shows in long slots as well, in a ninth of the time. */
const COARSE_SECONDS = 3;

const withStory = (settings: SegmenterSettings, story: Look): SegmenterSettings =>
  ({ ...settings, looks: { ...settings.looks, story, sceneInside: story, sceneAfter: story } });

/** The settings for the kind of film that explains all the frames best. @param samples in order of time */
export function filmSettings(
  samples: readonly Evidence[],
  { segmenter, look }: { readonly segmenter: SegmenterSettings; readonly look: LookModel },
  window: TimeWindow,
): SegmenterSettings {
  const slots = Math.max(1, Math.ceil((window.end - window.start) / COARSE_SECONDS - 1e-6));
  const explained = (settings: SegmenterSettings): number =>
    logEvidence(filmModel(settings, slots, COARSE_SECONDS), slotEvidence(samples, settings, look, window.start, slots, COARSE_SECONDS));
  const usual = 1 - KINDS.reduce((sum, { share }) => sum + share, 0);
  let [best, most] = [segmenter, Math.log(usual) + explained(segmenter)];
  for (const { share, story } of KINDS) {
    const settings = withStory(segmenter, story);
    const likely = Math.log(share) + explained(settings);
    if (likely > most) [best, most] = [settings, likely];
  }
  return best;
}
