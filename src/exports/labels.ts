import { createRequire } from 'node:module';
import sharp from 'sharp';
import type { Box } from '../faces/geometry.js';
import type { RgbImage } from '../frames/types.js';

/** A face to be marked in a frame. */
export interface Mark {
  /** Fractions of the frame. */
  readonly box: Box;
  readonly text: string;
  readonly known: boolean;
}

const FONT = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf');
type Rgb = readonly [number, number, number];
const KNOWN: Rgb = [255, 211, 90];
const UNKNOWN: Rgb = [200, 205, 210];
/** Around the text of a label, pixels. */
const PADDING = 3;

/** A label's pixels: how much of each is ink, 0 to 255. */
interface Label {
  readonly width: number;
  readonly height: number;
  readonly ink: Uint8Array;
}

/** Draws boxes and names into frames of one size; the labels are written once and kept. */
export class Marker {
  private readonly labels = new Map<string, Promise<Label>>();
  private readonly line: number;

  constructor(private readonly height: number) {
    this.line = Math.max(2, Math.round(height / 240));
  }

  /** Marks faces in place. */
  async mark(image: RgbImage, marks: readonly Mark[]): Promise<void> {
    for (const {
      box: [x, y, w, h],
      text,
      known,
    } of marks) {
      const colour = known ? KNOWN : UNKNOWN;
      const [left, top, right, bottom] = [
        x * image.width,
        y * image.height,
        (x + w) * image.width,
        (y + h) * image.height,
      ].map(Math.round) as [number, number, number, number];
      fill(image, left, top, right, top + this.line, colour);
      fill(image, left, bottom - this.line, right, bottom, colour);
      fill(image, left, top, left + this.line, bottom, colour);
      fill(image, right - this.line, top, right, bottom, colour);
      const label = await this.label(text);
      const above = top - label.height;
      const place = bottom + label.height <= image.height ? bottom : Math.max(0, above);
      stamp(image, label, Math.max(0, Math.min(left, image.width - label.width)), place, colour);
    }
  }

  private label(text: string): Promise<Label> {
    const known = this.labels.get(text) ?? this.write(text);
    this.labels.set(text, known);
    return known;
  }

  private async write(text: string): Promise<Label> {
    const size = Math.max(10, Math.round(this.height / 27));
    const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    const { data, info } = await sharp({
      text: { text: escaped, font: `DejaVu Sans Bold ${size}`, fontfile: FONT, rgba: true },
    })
      .extractChannel(3)
      .extend({
        top: PADDING,
        bottom: PADDING,
        left: PADDING,
        right: PADDING,
        background: { r: 0, g: 0, b: 0, alpha: 0 },
      })
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, ink: new Uint8Array(data.buffer, data.byteOffset, data.length) };
  }
}

function fill(
  { width, height, data }: RgbImage,
  left: number,
  top: number,
  right: number,
  bottom: number,
  [r, g, b]: Rgb,
): void {
  for (let y = Math.max(0, top); y < Math.min(height, bottom); y++)
    for (let x = Math.max(0, left); x < Math.min(width, right); x++) {
      const at = (y * width + x) * 3;
      data[at] = r;
      data[at + 1] = g;
      data[at + 2] = b;
    }
}

/** Black ink on the colour. */
function stamp(image: RgbImage, { width, height, ink }: Label, left: number, top: number, colour: Rgb): void {
  for (let y = 0; y < height && top + y < image.height; y++)
    for (let x = 0; x < width && left + x < image.width; x++) {
      const paper = 1 - ink[y * width + x]! / 255;
      const at = ((top + y) * image.width + left + x) * 3;
      for (let channel = 0; channel < 3; channel++) image.data[at + channel] = colour[channel]! * paper;
    }
}
