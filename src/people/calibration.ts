import { z } from 'zod';
import { RECOGNIZERS, type RecognizerId } from '../faces/recognizers.js';
import { loadTable } from '../parameters/learnt.js';

/** Logistic curves from cosines to probabilities, learnt by bench/faces-calibration.ts. */
const Curve = z.object({ slope: z.number().positive(), middle: z.number().min(-1).max(1) });
const Calibration = z.looseObject({ identify: Curve, inTitle: Curve, compare: Curve });
export type Calibration = z.infer<typeof Calibration>;

const ids = Object.keys(RECOGNIZERS) as [RecognizerId, ...RecognizerId[]];

export const { recognizers: CALIBRATIONS } = loadTable(
  'face-calibration.json',
  z.object({ recognizers: z.record(z.enum(ids), Calibration) }),
);

/** What being named of a title adds to the log-odds that a face in it is theirs, learnt by bench/faces-named.ts. */
export const { logOdds: NAMED_PRIOR } = loadTable('named-prior.json', z.object({ logOdds: z.number().min(0) }));
