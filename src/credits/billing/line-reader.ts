import { resample } from '../../frames/resample.js';
import type { RgbImage } from '../../frames/types.js';
import type { Models } from '../../inference/types.js';
import { letterSequences } from './letter-sequences.js';
import { lettersOf, readLetterLayer, withAccentsLikelier } from './letters.js';
import type { Reading } from './types.js';

/** Lines as the network takes them: pixels; longer ones are squeezed. */
const LINE = { height: 48, step: 32, longest: 1600 };
/**
 * The layer was taught that accents are rare, whatever the word: so much of that is taken back, natural logarithm, as the letters around
 * tell it better.
 */
const ACCENTS = 1;
/** Lines that are read at a time. */
const COPIES = 2;

export interface BillingReader {
  /** Versions of what reads. */
  readonly versions: readonly string[];
  /** @param aspect width for height of the letters' box: room above and below it makes letters lower, not narrower */
  read(line: RgbImage, aspect?: number): Promise<Reading>;
}

/** @throws KinoscopeError `unavailable` where the network or its last layer is missing */
export async function billingReader(models: Models): Promise<BillingReader> {
  const [trunk, letters] = await Promise.all([models.load('ppocr-rec-trunk', COPIES), models.trained('latin-letters')]);
  const layer = withAccentsLikelier(readLetterLayer(letters.file), ACCENTS);
  const { value: sequences, version } = letterSequences();
  return {
    versions: [trunk.version, letters.version, version],
    async read(line, aspect = line.width / line.height) {
      const wide = Math.round((LINE.height * aspect) / LINE.step) * LINE.step;
      const width = Math.max(LINE.step, Math.min(LINE.longest, wide));
      const whole = { left: 0, top: 0, width: line.width, height: line.height };
      const picture = resample(line, whole, width, LINE.height);
      const { features } = await trunk.runImage(picture);
      return lettersOf(features!, layer, sequences, picture);
    },
  };
}
