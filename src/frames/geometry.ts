import type { FrameSize } from './types.js';

/** How coded pictures become displayed ones. */
export interface Geometry {
  readonly codedWidth: number;
  readonly codedHeight: number;
  /** Width of one coded pixel relative to its height. */
  readonly pixelAspect: number;
  readonly orientation: Orientation;
}

/** What a player does with coded pictures: it mirrors them left to right first, then turns them. */
export interface Orientation {
  readonly mirrored: boolean;
  /** Clockwise degrees. */
  readonly rotation: 0 | 90 | 180 | 270;
}

export interface Dimensions {
  readonly width: number;
  readonly height: number;
}

/** Size of the displayed picture in square pixels: the height is kept, the width follows the pixel aspect. */
export function displayedSize({
  codedWidth,
  codedHeight,
  pixelAspect,
  orientation: { rotation },
}: Geometry): Dimensions {
  const width = Math.max(1, Math.round(codedWidth * pixelAspect));
  return rotation % 180 === 0 ? { width, height: codedHeight } : { width: codedHeight, height: width };
}

/** Pixels of the picture that a consumer gets when it asks for `size`. */
export function outputSize(displayed: Dimensions, size: FrameSize): Dimensions {
  if (size.fit === 'fill') return { width: size.width, height: size.height };
  const scale = Math.min(1, size.width / displayed.width, size.height / displayed.height);
  return {
    width: Math.max(1, Math.round(displayed.width * scale)),
    height: Math.max(1, Math.round(displayed.height * scale)),
  };
}

/** Where the first of `all` that is as large stands: a frame's pictures of one size are the same picture. */
export function firstAsLarge({ width, height }: Dimensions, all: readonly Dimensions[]): number {
  return all.findIndex((other) => other.width === width && other.height === height);
}

/** How libavfilter turns pictures. */
const TURN: Readonly<Record<Orientation['rotation'], string>> = {
  0: '',
  90: ',transpose=clock',
  180: ',hflip,vflip',
  270: ',transpose=cclock',
};
/** The same after mirroring, in one filter: `clock_flip` and `cclock_flip` turn, then mirror top to bottom. */
const MIRROR_AND_TURN: typeof TURN = {
  0: ',hflip',
  90: ',transpose=clock_flip',
  180: ',vflip',
  270: ',transpose=cclock_flip',
};

/**
 * The libavfilter chain from a coded picture to packed 8-bit RGB of `size`; scaling comes first as all else costs less then.
 * @param toSdr filters for what the pictures' colours mean, from {@link sdrFilter}
 */
export function filterChain({ mirrored, rotation }: Orientation, { width, height }: Dimensions, toSdr: string): string {
  const [w, h] = rotation % 180 === 0 ? [width, height] : [height, width];
  return `scale=${w}:${h}:flags=bicubic,${toSdr}format=rgb24${(mirrored ? MIRROR_AND_TURN : TURN)[rotation]}`;
}

/**
 * What a display matrix stands for, to the nearest quarter turn: nine 16.16 numbers, row by row, that map coded to displayed
 * coordinates with y pointing down (ISO/IEC 14496-12, 6.2.2), so the first row is where the x axis goes, the second the y axis.
 */
export function orientationOf(matrix: readonly number[]): Orientation {
  const [a = 1, b = 0, , c = 0, d = 1] = matrix;
  const mirrored = a * d - b * c < 0;
  const [x, y] = mirrored ? [-a, -b] : [a, b];
  const turns = ((Math.round((Math.atan2(y, x) * 2) / Math.PI) % 4) + 4) % 4;
  return { mirrored, rotation: ([0, 90, 180, 270] as const)[turns] ?? 0 };
}

/** The numbers of a display matrix as libav keeps it. */
export function readMatrix(bytes: Uint8Array | null): number[] {
  if (!bytes || bytes.length < 36) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: 9 }, (_, index) => view.getInt32(index * 4, true));
}

/** The display matrix of an orientation, as {@link readMatrix} and {@link orientationOf} read it. */
export function displayMatrix({ mirrored, rotation }: Orientation): Buffer {
  const [cos, sin] = { 0: [1, 0], 90: [0, 1], 180: [-1, 0], 270: [0, -1] }[rotation] as [number, number];
  const flip = mirrored ? -1 : 1;
  const matrix = Buffer.alloc(36);
  const values = [flip * cos * 0x10000, flip * sin * 0x10000, 0, -sin * 0x10000, cos * 0x10000, 0, 0, 0, 0x40000000];
  values.forEach((value, index) => matrix.writeInt32LE(value, index * 4));
  return matrix;
}
