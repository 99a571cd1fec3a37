import type { RgbImage } from '../frames/types.js';
import type { Model } from '../inference/types.js';
import { squeezed } from './picture.js';

/** A linear head on what ImageNet's ResNet50 sees: log-odds of credits. */
export interface LinearHead {
  /** 2048. */
  readonly weights: readonly number[];
  readonly bias: number;
}

/** The network of models/manifest.json that `resnetFeatures` is given. */
export const RESNET = 'resnet50-imagenet.int8';

/** The whole picture, squeezed: credits stand at the edges too. */
const SIZE = { width: 224, height: 126 };

/** Roots of the ResNet50's 2048 features: that something is there says more than how much of it. */
export async function resnetFeatures(model: Model, image: RgbImage): Promise<Float32Array> {
  const { features } = await model.runImage(squeezed(image, SIZE.width, SIZE.height));
  return (features!.data as Float32Array).map(Math.sqrt);
}

export const headOdds = ({ weights, bias }: LinearHead, features: Float32Array): number =>
  weights.reduce((sum, weight, k) => sum + weight * features[k]!, bias);
