import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { KinoscopeError } from '../errors.js';
import { MEDIA, type Media } from '../frames/media.js';
import { type FrameConsumer, runPass } from '../frames/pass.js';
import type { MediaInfo } from '../frames/types.js';
import { MODELS, type Models } from '../inference/types.js';
import type { Write } from '../storage/collection.js';
import type { AnalysisKind, Title } from './documents.js';

/** What one analysis found, ready to be stored. */
export interface Finding {
  readonly kind: AnalysisKind;
  readonly detectorVersion: string;
  readonly truncated: boolean;
  readonly result: Readonly<Record<string, unknown>>;
  /** Documents that belong to the result and are stored with it. */
  readonly children: readonly Write[];
}
