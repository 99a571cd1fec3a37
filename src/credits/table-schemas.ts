import { z } from 'zod';
import type { BoostedTrees, TreeNode } from './boosting.js';
import { FRAME_CLASSES, FRAME_FEATURES, type FrameClassifier } from './frame-classifier.js';
import { STATES, type SegmenterSettings } from './segmenter.js';
import type { StillModel } from './still.js';
import { BUCKETS, wordsModel, type WordsModel } from './words.js';

/** What the learnt tables of the credits look like. */

const positive = z.number().positive();
const probability = z.number().min(0).max(1);

const feature = z
  .int()
  .min(0)
  .max(FRAME_FEATURES.length - 1);
const Node: z.ZodType<TreeNode> = z.lazy(() => z.union([z.number(), z.tuple([feature, z.number(), Node, Node])]));
/** Trees ask for features by their number: those of a table with other features would ask for others. */
const Trees: z.ZodType<BoostedTrees> = z.object({
  features: z
    .array(z.string())
    .refine((names) => names.join() === FRAME_FEATURES.join(), {
      message: `other features than ${FRAME_FEATURES.join(', ')}`,
    }),
  base: z.number(),
  trees: z.array(Node).min(1),
});

export const FrameClassifierSchema: z.ZodType<FrameClassifier> = z.object({ trees: Trees });

export const StillModelSchema: z.ZodType<StillModel> = z.object({
  trees: Trees,
  head: z.object({ weights: z.array(z.number()).length(2048), bias: z.number() }),
  headWeight: probability,
});

const Length = z.object({ median: positive, spread: positive, longest: positive });
const [, ...WITH_LENGTH] = STATES;
export const SegmenterSchema: z.ZodType<SegmenterSettings> = z.object({
  lengths: z.record(z.enum(WITH_LENGTH), Length),
  prior: probability,
  classes: z.record(z.enum(STATES), z.record(z.enum(FRAME_CLASSES), probability)),
  next: z.partialRecord(z.enum(STATES), z.partialRecord(z.enum([...STATES, 'end']), probability)),
  storySentences: z.exactOptional(probability),
  earlyCost: positive,
  mostEarly: positive,
  mostLate: positive,
});

export const WordsSchema: z.ZodType<WordsModel> = z
  .object({ weights: z.base64(), step: positive, bias: z.number() })
  .transform(wordsModel)
  .refine(({ weights }) => weights.length === BUCKETS, { message: `other than ${BUCKETS} weights` });
