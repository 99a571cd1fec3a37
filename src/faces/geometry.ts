import type { Point } from '../core/boxes.js';

export { type Box, clip, containment, iou, type Point, type Scored, suppress, toFractions } from '../core/boxes.js';

/** Left eye, right eye, nose tip, left and right corner of the mouth, as the viewer sees them. */
export type FivePoints = readonly [Point, Point, Point, Point, Point];
