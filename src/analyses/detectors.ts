import { PERSON_NETWORK } from '../bodies/analyzer.js';
import type { FaceNetworks } from '../config/face-networks.js';
import { KinoscopeError } from '../core/errors.js';
import { FACE_DETECTOR, FACE_READERS } from '../faces/recognizers.js';
import type { Media } from '../frames/media.js';
import { NETWORK_INPUTS } from '../genre/feature-extractor.js';
import { GENRE_MODEL } from '../genre/genre-model.js';
import type { ModelRegistry } from '../inference/registry.js';
import type { Models } from '../inference/types.js';
import { rulesVersion, type RulesOptions } from '../parameters/rules.js';
import { SPEECH_NETWORK } from '../sound/speech.js';
import type { AnalysisKind } from '../titles/documents.js';

/** What makes the pictures and times that detectors see, and the input of networks, or the sound: by this package's decoder, and by the system's. */
const PICTURES = ['frames/av/decode', 'frames/av/scale', 'inference/image-tensor'];
const SYSTEM_PICTURES = ['frames/ffmpeg', 'inference/image-tensor'];
const SOUNDS = ['frames/av/sound-blocks'];
const SYSTEM_SOUNDS = ['frames/sound'];

/** Where the rules of whatever watches a film begin, and the networks and models of models/manifest.json that take part. */
const DETECTORS = {
  genre: { rules: ['genre/analyzer'], models: [...Object.keys(NETWORK_INPUTS), GENRE_MODEL] },
  credits: { rules: ['credits/detect'], models: ['ppocr-det', 'ppocr-rec'] },
  billing: { rules: ['credits/billing/read'], models: ['ppocr-det', 'ppocr-rec-trunk', 'latin-letters'] },
  // The recogniser influences what is a face and which faces make a track: nothing here outlives a new one.
  faces: {
    rules: ['faces/analyzer', 'bodies/analyzer', 'cast/watched'],
    models: [], // networksOf
  },
  sound: { rules: ['sound/analyzer'], models: [SPEECH_NETWORK] },
  shots: { rules: ['frames/shots'], models: [] },
} as const;
export type Detector = keyof typeof DETECTORS;

/** The networks and models of a detector, those that read faces as they were chosen. */
function networksOf(what: Detector, faces: FaceNetworks): readonly string[] {
  const { landmarks, recognizer } = FACE_READERS[faces];
  return what === 'faces' ? [FACE_DETECTOR, landmarks, recognizer, PERSON_NETWORK] : DETECTORS[what].models;
}

const NAMES = Object.keys(DETECTORS) as Detector[];

/** Where the rules of fingerprints begin, and those of what is told from them. */
const PRINTS = ['episodes/picture-print', 'episodes/stored-print', 'frames/shots', 'frames/av/sound-print'];
const SEASONS = ['episodes/season', 'credits/chapters'];

type RuleVersions = Readonly<
  Record<Detector | 'pictures' | 'systemPictures' | 'sounds' | 'systemSounds' | 'cast' | 'prints' | 'seasons', string>
>;

export function ruleVersions(options?: RulesOptions): RuleVersions {
  const ofDetectors = NAMES.map((name) => [name, rulesVersion(name, DETECTORS[name].rules, options)]);
  return {
    ...(Object.fromEntries(ofDetectors) as Record<Detector, string>),
    pictures: rulesVersion('pictures', PICTURES, options),
    systemPictures: rulesVersion('pictures', SYSTEM_PICTURES, options),
    sounds: rulesVersion('sounds', SOUNDS, options),
    systemSounds: rulesVersion('sounds', SYSTEM_SOUNDS, options),
    cast: rulesVersion('people', ['cast/cast'], options),
    prints: rulesVersion('prints', PRINTS, options),
    seasons: rulesVersion('seasons', SEASONS, options),
  };
}

/** Of the code that this process runs, read when it starts: an update may exchange the files meanwhile. */
const RULES = ruleVersions();

/** What changes whenever a detector might see something else in the same film: its rules, all that it has learnt, its networks. */
export async function detectorVersion(
  what: Detector,
  models: Pick<ModelRegistry, 'list' | 'faces'>,
  media: Pick<Media, 'decoder'>,
  rules: RuleVersions = RULES,
): Promise<string> {
  const there = new Map((await models.list()).map(({ id, version, state }) => [id, state === 'ok' ? version : null]));
  const decoder = await media.decoder();
  const [own, system] = what === 'sound' ? [rules.sounds, rules.systemSounds] : [rules.pictures, rules.systemPictures];
  const decoding = decoder === null ? own : `${system} ${decoder}`;
  return [rules[what], decoding, ...networksOf(what, models.faces).flatMap((id) => there.get(id) ?? [])].join(' ');
}

/** Of the cast, which is made of what was seen by detectors of a version. */
export const castVersion = (watchedBy: string, rules: RuleVersions = RULES): string => `${watchedBy} ${rules.cast}`;

/** Of a fingerprint. */
export const printVersion = (rules: RuleVersions = RULES): string => rules.prints;

/** Of what a season tells from fingerprints. */
export const seasonVersion = (rules: RuleVersions = RULES): string => `${rules.seasons} ${rules.prints}`;

/** What the stored answers must have been made by to be still good. */
export async function answerVersions(
  models: Pick<ModelRegistry, 'list' | 'faces'>,
  media: Pick<Media, 'decoder'>,
  rules: RuleVersions = RULES,
): Promise<Record<AnalysisKind, string>> {
  const [genre, credits, billing, faces, sound, shots] = await Promise.all([
    detectorVersion('genre', models, media, rules),
    detectorVersion('credits', models, media, rules),
    detectorVersion('billing', models, media, rules),
    detectorVersion('faces', models, media, rules),
    detectorVersion('sound', models, media, rules),
    detectorVersion('shots', models, media, rules),
  ]);
  // What is read is what the credits search has found.
  return { genre, credits, billing: `${billing} ${credits}`, cast: castVersion(faces, rules), sound, shots };
}

/** The models that a detector names: another one would decide without being part of the version. */
export function modelsOf(what: Detector, models: Models): Models {
  const named = (id: string): void => {
    if (!networksOf(what, models.faces).includes(id))
      throw new KinoscopeError('internal', `${id} is not named among the models of ${what}`);
  };
  return {
    faces: models.faces,
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
