import { readTable } from '../parameters/parameters.js';
import type { FrameClassifier } from './frame-classifier.js';
import type { CreditsParameters } from './search.js';
import type { SegmenterSettings } from './segmenter.js';
import type { StillModel } from './still.js';
import { wordsModel, type WordsTable } from './words.js';

/** What was trained on pictures and from hand-marked films (notebooks-ts/credits.ipynb). */
export const parameters: CreditsParameters = {
  segmenter: readTable('credits-segmenter.json') as SegmenterSettings,
  frameClassifier: readTable('credits-frame-classifier.json') as FrameClassifier,
  words: wordsModel(readTable('credits-words.json') as WordsTable),
};

/** How a lone picture is judged (bench/credits-stills.ts). */
export const stillModel = readTable('credits-still.json') as StillModel;
