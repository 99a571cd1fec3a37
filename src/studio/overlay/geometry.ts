/** Where a picture lies inside its player, and where a face lies inside the picture. Pure. */

export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}
export type Fit = 'contain' | 'cover' | 'fill' | 'none' | 'scale-down';
type Size = Pick<Rect, 'width' | 'height'>;

/** The part of an element that its picture takes, with bars beside or above it; centred, as players have it. */
export function pictureIn(element: Size, picture: Size, fit: Fit = 'contain'): Rect {
  if (picture.width <= 0 || picture.height <= 0 || fit === 'fill') return { left: 0, top: 0, ...sizeOf(element) };
  const [across, down] = [element.width / picture.width, element.height / picture.height];
  const contained = Math.min(across, down);
  const scale = {
    'contain': contained,
    'cover': Math.max(across, down),
    'none': 1,
    'scale-down': Math.min(1, contained),
  }[fit];
  const [width, height] = [picture.width * scale, picture.height * scale];
  return { left: (element.width - width) / 2, top: (element.height - height) / 2, width, height };
}

const sizeOf = ({ width, height }: Size): Size => ({ width, height });

/** `[time, x, y, width, height]`, seconds and fractions of the frame. */
export type Sample = readonly number[];

/** Where a face is at a time: between two samples its box moves evenly, before the first and after the last it stays. */
export function boxAt(samples: readonly Sample[], time: number): [number, number, number, number] | null {
  const next = samples.findIndex(([at = 0]) => at > time);
  const after = samples[next < 0 ? samples.length - 1 : next];
  const before = samples[next < 0 ? samples.length - 1 : Math.max(0, next - 1)];
  if (!before || !after) return null;
  const span = (after[0] ?? 0) - (before[0] ?? 0);
  const share = span > 0 ? Math.min(1, Math.max(0, (time - (before[0] ?? 0)) / span)) : 0;
  const mix = (index: number): number => (before[index] ?? 0) + ((after[index] ?? 0) - (before[index] ?? 0)) * share;
  return [mix(1), mix(2), mix(3), mix(4)];
}
