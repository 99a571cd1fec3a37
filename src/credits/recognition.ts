import { resample } from '../frames/resample.js';
import type { RgbImage } from '../frames/types.js';
import type { Models, Tensor } from '../inference/types.js';
import type { Sample } from './evidence.js';
import type { TextBox } from './text-boxes.js';

/** What one picture of a line says. */
export interface Recognised {
  readonly text: string;
  /** Mean probability of its letters, 0 to 1; 0 where there are none. */
  readonly confidence: number;
}

/** Lines as the network takes them: pixels; longer ones are squeezed. */
const LINE = { height: 48, step: 32, longest: 640 };

/**
 * Best path of connectionist temporal classification: the likeliest class of every step, repeats and blanks left out.
 * @param labels class k is `labels[k - 1]`, class 0 the blank, the last class the space
 */
export function bestPath({ dims, data }: Tensor, labels: readonly string[]): Recognised {
  const [steps, classes] = dims.slice(-2) as [number, number];
  let [text, sum, letters, before] = ['', 0, 0, 0];
  for (let step = 0; step < steps; step++) {
    const from = step * classes;
    let best = 0;
    for (let k = 1; k < classes; k++) if (data[from + k]! > data[from + best]!) best = k;
    if (best !== 0 && best !== before) {
      text += labels[best - 1] ?? ' ';
      sum += Number(data[from + best]!);
      letters++;
    }
    before = best;
  }
  return { text: text.trim(), confidence: letters === 0 ? 0 : sum / letters };
}

export interface LineReader {
  /** The network's version. */
  readonly version: string;
  /** Reads a picture of one line of text. */
  read(line: RgbImage): Promise<Recognised>;
}

/** Lines that are read at a time. */
const COPIES = 2;

/** @throws KinoscopeError `unavailable` where the network is missing */
export async function lineReader(models: Models): Promise<LineReader> {
  const [model, labels] = await Promise.all([models.load('ppocr-rec', COPIES), models.labels('ppocr-rec')]);
  return {
    version: model.version,
    async read(line) {
      const wide = Math.round((LINE.height * line.width) / line.height / LINE.step) * LINE.step;
      const width = Math.max(LINE.step, Math.min(LINE.longest, wide));
      const whole = { left: 0, top: 0, width: line.width, height: line.height };
      const { probabilities } = await model.runImage(resample(line, whole, width, LINE.height));
      return bestPath(probabilities!, labels);
    },
  };
}

/** Of a frame with many lines so many are kept. */
const KEPT_LINES = 6;
/** Less is no line that can be read: pixels, and width for a height. */
const READABLE = { height: 8, aspect: 1.2 };

/** Pictures of lines of text, kept from when a frame was decoded until it is clear whether they are to be read. */
export class LinePictures {
  private readonly pictures = new WeakMap<TextBox, RgbImage>();

  keep({ full }: Sample, boxes: readonly TextBox[]): void {
    const lines = boxes.filter(
      ({ width, height }) =>
        height * full.height >= READABLE.height && width * full.width > READABLE.aspect * height * full.height,
    );
    const every = Math.max(1, lines.length / KEPT_LINES);
    for (let k = 0; k < lines.length; k += every)
      this.pictures.set(lines[Math.floor(k)]!, cut(full, lines[Math.floor(k)]!));
  }

  of(box: TextBox): RgbImage | undefined {
    return this.pictures.get(box);
  }
}

/** A part of a picture, such as a line of text. @param box fractions of the picture */
export function cut({ width, height, data }: RgbImage, box: Pick<TextBox, 'x' | 'y' | 'width' | 'height'>): RgbImage {
  const [left, top] = [Math.max(0, Math.floor(box.x * width)), Math.max(0, Math.floor(box.y * height))];
  const [right, foot] = [
    Math.min(width, Math.ceil((box.x + box.width) * width)),
    Math.min(height, Math.ceil((box.y + box.height) * height)),
  ];
  const rows = new Uint8Array((right - left) * (foot - top) * 3);
  for (let y = top; y < foot; y++)
    rows.set(data.subarray((y * width + left) * 3, (y * width + right) * 3), (y - top) * (right - left) * 3);
  return { width: right - left, height: foot - top, data: rows };
}
