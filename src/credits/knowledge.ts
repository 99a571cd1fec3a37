import { readTable } from '../parameters/parameters.js';
import type { LookModel } from './look.js';
import type { Knowledge } from './search.js';
import type { SegmenterSettings } from './segmenter.js';
import type { StillModel } from './still.js';
import { wordsModel, type WordsTable } from './words.js';

/** What was learnt from pictures and from hand-marked films (notebooks-ts/credits.ipynb). */
export const knowledge: Knowledge = {
  segmenter: readTable('credits-segmenter.json') as SegmenterSettings,
  look: readTable('credits-look.json') as LookModel,
  words: wordsModel(readTable('credits-words.json') as WordsTable),
};

/** How a lone picture is judged (bench/credits-stills.ts). */
export const stillModel = readTable('credits-still.json') as StillModel;
