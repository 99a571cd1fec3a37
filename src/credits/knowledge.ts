import { readFileSync } from 'node:fs';
import type { LookModel } from './look.js';
import type { Knowledge } from './search.js';
import type { SegmenterSettings } from './segmenter.js';
import type { StillModel } from './still.js';

function table(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../data/${name}`, import.meta.url), 'utf8'));
}

/** What was learnt from pictures and from hand-marked films (notebooks-ts/credits.ipynb). */
export const knowledge: Knowledge = {
  segmenter: table('credits-segmenter.json') as SegmenterSettings,
  look: table('credits-look.json') as LookModel,
};

/** How a lone picture is judged (bench/credits-stills.ts). */
export const stillModel = table('credits-still.json') as StillModel;
