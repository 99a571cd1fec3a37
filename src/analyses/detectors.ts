import { CAST_VERSION } from '../cast/cast.js';
import { KinoscopeError } from '../core/errors.js';
import { CREDITS_DETECTOR_VERSION } from '../credits/detect.js';
import { FACES_VERSION } from '../faces/analyzer.js';
import { SHOTS_VERSION } from '../frames/shots.js';
import { GENRE_MODEL, GENRE_VERSION } from '../genre/analyzer.js';
import { NETWORK_INPUTS } from '../genre/feature-extractor.js';
import type { ModelRegistry } from '../inference/registry.js';
import type { Models } from '../inference/types.js';
import { parametersVersion } from '../parameters/parameters.js';
import type { AnalysisKind } from '../titles/documents.js';

/** The rules of whatever watches a film, and the networks and models of models/manifest.json that take part. */
const DETECTORS = {
  genre: { rules: GENRE_VERSION, models: [...Object.keys(NETWORK_INPUTS), GENRE_MODEL] },
  credits: { rules: CREDITS_DETECTOR_VERSION, models: ['ppocr-det', 'ppocr-rec'] },
  // The recogniser influences what is a face and which faces make a track: nothing here outlives a new one.
  faces: { rules: FACES_VERSION, models: ['face-rfb', 'face-landmark', 'face-embed-512'] },
  shots: { rules: SHOTS_VERSION, models: [] },
} as const;
export type Detector = keyof typeof DETECTORS;

/**
 * What changes whenever a detector might see something else in the same film: its rules, and the content of all that it has learnt.
 * @param dataFolder default: data/ of this package
 */
export async function detectorVersion(
  what: Detector,
  models: Pick<ModelRegistry, 'list'>,
  dataFolder?: string,
): Promise<string> {
  const { rules, models: needed } = DETECTORS[what];
  const there = new Map((await models.list()).map(({ id, version, state }) => [id, state === 'ok' ? version : null]));
  return [`${rules}+${parametersVersion(what, dataFolder)}`, ...needed.flatMap((id) => there.get(id) ?? [])].join(' ');
}

/** Of the cast, which is made of what was seen by detectors of a version. */
export const castVersion = (watchedBy: string): string => `${watchedBy} ${CAST_VERSION}`;

/** What the stored answers must have been made by to be still good. */
export async function answerVersions(
  models: Pick<ModelRegistry, 'list'>,
  dataFolder?: string,
): Promise<Record<AnalysisKind, string>> {
  const version = (what: Detector): Promise<string> => detectorVersion(what, models, dataFolder);
  const [genre, credits, faces, shots] = await Promise.all([
    version('genre'),
    version('credits'),
    version('faces'),
    version('shots'),
  ]);
  return { genre, credits, cast: castVersion(faces), shots };
}

/** The models that a detector names: another one would decide without being part of the version. */
export function modelsOf(what: Detector, models: Models): Models {
  const named = (id: string): void => {
    if (!(DETECTORS[what].models as readonly string[]).includes(id))
      throw new KinoscopeError('internal', `${id} is not named among the models of ${what}`);
  };
  return {
    load: async (id, copies) => {
      named(id);
      return models.load(id, copies);
    },
    labels: async (id) => {
      named(id);
      return models.labels(id);
    },
    trained: async (id) => {
      named(id);
      return models.trained(id);
    },
    close: () => models.close(),
  };
}
