import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { RECOGNIZERS, type RecognizerId } from '../faces/recognizers.js';

/** Logistic curves from cosines to probabilities, learnt by bench/faces-calibration.ts. */
const Curve = z.object({ slope: z.number().positive(), middle: z.number().min(-1).max(1) });
const Calibration = z.looseObject({ identify: Curve, compare: Curve });
export type Calibration = z.infer<typeof Calibration>;

const FILE = new URL('../../data/face-calibration.json', import.meta.url);

function readCalibrations(): Record<RecognizerId, Calibration> {
  const ids = Object.keys(RECOGNIZERS) as [RecognizerId, ...RecognizerId[]];
  const { recognizers } = z
    .object({ recognizers: z.record(z.enum(ids), Calibration) })
    .parse(JSON.parse(readFileSync(FILE, 'utf8')));
  return recognizers;
}

export const CALIBRATIONS = readCalibrations();
