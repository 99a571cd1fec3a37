import type { RgbImage } from '../frames/types.js';
import type { Model } from '../inference/types.js';
import { probabilityOf, type BoostedTrees } from './boosting.js';
import { sampleOf } from './evidence.js';
import { isBlack, frameFeatures } from './frame-classifier.js';
import { squeezed } from './picture.js';
import { examine, SAMPLE_SIZE } from './read-frames.js';
import { headOdds, resnetFeatures, type LinearHead } from './resnet.js';

/**
 * How a picture that stands alone is judged; see data/credits-still.json. A film's frames have neighbours in time, so
 * their classifier may be careful with title cards; a lone title card is called credits, as the hand-marked stills call it.
 */
export interface StillModel {
  /** Credits or not, from `frameFeatures`. */
  readonly trees: BoostedTrees;
  /** Credits or not, from what the ResNet50 sees. */
  readonly head: LinearHead;
  /** Weight of the head's log-odds beside the trees'. */
  readonly headWeight: number;
}

/** What the networks see in one picture. */
export interface StillEvidence {
  readonly black: boolean;
  /** As `FRAME_FEATURES` names them. */
  readonly row: readonly number[];
  /** As `resnetFeatures` gives them. */
  readonly features: Float32Array;
}

/** A picture at the size that frames are sampled at: text is read as large as in their training. */
export function fitted(image: RgbImage): RgbImage {
  const scale = Math.min(1, SAMPLE_SIZE.width / image.width, SAMPLE_SIZE.height / image.height);
  return squeezed(image, Math.max(1, Math.round(image.width * scale)), Math.max(1, Math.round(image.height * scale)));
}

export async function examineStill(
  context: { readonly text: Model; readonly resnet: Model },
  image: RgbImage,
): Promise<StillEvidence> {
  const picture = fitted(image);
  const [evidence, features] = await Promise.all([
    examine(context.text, sampleOf(0, picture), null, true),
    resnetFeatures(context.resnet, picture),
  ]);
  return { black: isBlack(evidence), row: frameFeatures(evidence), features };
}

const LEAST = 0.01;
const logit = (p: number): number => Math.log(p / (1 - p));
const within = (value: number, most: number): number => Math.max(-most, Math.min(most, value));
/** One unlike picture must not let the head, which has seen few, overrule the text. */
const HEAD_MOST = 8;

/** Probability that a lone picture shows closing credits, 0.01 to 0.99. */
export function stillProbability(
  { black, row, features }: StillEvidence,
  { trees, head, headWeight }: StillModel,
): number {
  if (black) return LEAST;
  const text = within(logit(probabilityOf(trees, row)), logit(1 - LEAST));
  const seen = within(headOdds(head, features), HEAD_MOST);
  const odds = (1 - headWeight) * text + headWeight * seen;
  return Math.min(1 - LEAST, Math.max(LEAST, 1 / (1 + Math.exp(-odds))));
}
