import type { FrameConsumer } from '../frames/pass.js';
import type { Frame, FrameSize } from '../frames/types.js';
import type { Models } from '../inference/types.js';
import { type Cluster, clusterTracks } from './cluster.js';
import { DETECTION_SIDES, type DetectOptions, readFaces } from './detect.js';
import { toFractions } from './geometry.js';
import { signatureOf, type Signature, spansOfColour } from './signature.js';
import { linkTracks, type Sighting, type Span, type Track } from './tracks.js';

/** Changes whenever the same frames might give other tracks. */
export const FACES_VERSION = 'faces-1';

export interface FacesAnalyzerOptions extends Pick<DetectOptions, 'minScore' | 'recognizer'> {
  readonly models: Models;
}

/** What was seen in the sampled frames. */
export interface FacesResult {
  /** Every sampled frame's time (seconds) and colours, in order of time. */
  readonly samples: readonly { readonly time: number; readonly signature: Signature }[];
  /** The shots that tracks lie in: the given ones, or stretches of like colours. */
  readonly shots: readonly Span[];
  readonly tracks: readonly Track[];
  /** The people on screen, as far as their faces say, without names. */
  readonly people: readonly Cluster[];
}

export interface FacesAnalyzer extends FrameConsumer {
  /** Links what was seen. @param shots where they are known */
  finish(shots?: readonly Span[]): Promise<FacesResult>;
}

/** The detector's sizes, scaled by the decoder, and one to draw faces from for landmarks and recognition. */
const SIZES: readonly FrameSize[] = [...DETECTION_SIDES, 1280].map((side) => ({
  width: side,
  height: side,
  fit: 'inside',
}));
/** Smallest face, as a share of the frame's height: 18 pixels of 360. */
const MIN_FACE = 0.05;

/** Watches a pass of about a frame a second and answers who was seen. */
export function createFacesAnalyzer({ models, ...options }: FacesAnalyzerOptions): FacesAnalyzer {
  const samples: { time: number; signature: Signature }[] = [];
  const sightings: Sighting[] = [];

  async function push({ time, images }: Frame): Promise<void> {
    const image = images.at(-1);
    const [smallest, ...larger] = images.slice(0, -1);
    if (!image || !smallest) throw new RangeError(`a frame in ${images.length} sizes instead of ${SIZES.length}`);
    samples.push({ time, signature: signatureOf(smallest) });
    // A film of few pixels comes in the same size twice.
    const scaled = [smallest, ...larger.filter(({ width }) => width > smallest.width)];
    const settings = { ...options, minSize: image.height * MIN_FACE, recognisable: true };
    for (const { box, score, quality, embedding } of await readFaces(models, image, settings, scaled)) {
      sightings.push({
        time,
        box: toFractions(box, image.width, image.height),
        score,
        quality: quality.score,
        embedding,
      });
    }
  }

  return {
    sizes: SIZES,
    push,
    async finish(shots) {
      // Frames are read side by side and may end out of order.
      samples.sort((a, b) => a.time - b.time);
      sightings.sort((a, b) => a.time - b.time || b.score - a.score);
      const spans = shots && shots.length > 0 ? shots : spansOfColour(samples);
      const tracks = linkTracks(sightings, spans);
      return { samples, shots: spans, tracks, people: clusterTracks(tracks) };
    },
  };
}
