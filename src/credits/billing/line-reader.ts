import { resample } from '../../frames/resample.js';
import type { RgbImage } from '../../frames/types.js';
import type { Models } from '../../inference/types.js';
import { lettersOf, readLetterLayer, type Reading } from './letters.js';

/** Lines as the network takes them: pixels; longer ones are squeezed. */
const LINE = { height: 48, step: 32, longest: 1600 };
/** Lines that are read at a time. */
const COPIES = 2;

export interface BillingReader {
  /** Versions of what reads. */
  readonly versions: readonly string[];
  read(line: RgbImage): Promise<Reading>;
}

/** @throws KinoscopeError `unavailable` where the network or its last layer is missing */
export async function billingReader(models: Models): Promise<BillingReader> {
  const [trunk, letters] = await Promise.all([models.load('ppocr-rec-trunk', COPIES), models.trained('latin-letters')]);
  const layer = readLetterLayer(letters.file);
  return {
    versions: [trunk.version, letters.version],
    async read(line) {
      const wide = Math.round((LINE.height * line.width) / line.height / LINE.step) * LINE.step;
      const width = Math.max(LINE.step, Math.min(LINE.longest, wide));
      const whole = { left: 0, top: 0, width: line.width, height: line.height };
      const { features } = await trunk.runImage(resample(line, whole, width, LINE.height));
      return lettersOf(features!, layer);
    },
  };
}
