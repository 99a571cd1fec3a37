import type { RgbImage } from '../frames/types.js';
import type { Models } from '../inference/types.js';
import { loadTable } from '../parameters/learnt.js';
import { RESNET } from './resnet.js';
import { examineStill, stillProbability } from './still.js';
import { StillModelSchema } from './table-schemas.js';

/** Learnt by bench/credits-stills.ts. */
const stillModel = loadTable('credits-still.json', StillModelSchema);

/** Probability that each picture, of any size, shows closing credits. */
export async function creditProbability(models: Models, images: readonly RgbImage[]): Promise<number[]> {
  const context = { text: await models.load('ppocr-det'), resnet: await models.load(RESNET) };
  const probabilities: number[] = [];
  for (const image of images) probabilities.push(stillProbability(await examineStill(context, image), stillModel));
  return probabilities;
}
