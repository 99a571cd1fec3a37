import type { FrameSize } from './types.js';

/** How coded pictures become displayed ones. */
export interface Geometry {
  readonly codedWidth: number;
  readonly codedHeight: number;
  /** Width of one coded pixel relative to its height. */
  readonly pixelAspect: number;
  /** Clockwise degrees that a player turns the picture by. */
  readonly rotation: 0 | 90 | 180 | 270;
}

export interface Dimensions {
  readonly width: number;
  readonly height: number;
}

/** Size of the displayed picture in square pixels: the height is kept, the width follows the pixel aspect. */
export function displayedSize({ codedWidth, codedHeight, pixelAspect, rotation }: Geometry): Dimensions {
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

const TURN: Readonly<Record<Geometry['rotation'], string>> = {
  0: '',
  90: ',transpose=clock',
  180: ',hflip,vflip',
  270: ',transpose=cclock',
};

/** The libavfilter chain from a coded picture to packed RGB of `size`; scaling comes first as turning then costs less. */
export function filterChain(rotation: Geometry['rotation'], { width, height }: Dimensions): string {
  const [w, h] = rotation % 180 === 0 ? [width, height] : [height, width];
  return `scale=${w}:${h}:flags=bicubic,format=rgb24${TURN[rotation]}`;
}

/** Rotation that a display matrix (nine native-endian 16.16 numbers) stands for, to the nearest quarter turn. */
export function matrixRotation(matrix: Uint8Array | null): Geometry['rotation'] {
  if (!matrix || matrix.length < 36) return 0;
  const view = new DataView(matrix.buffer, matrix.byteOffset, matrix.length);
  // The matrix maps coded to displayed coordinates with y pointing down: (a, b) is where the x axis goes.
  return quarterTurn((Math.atan2(view.getInt32(4, true), view.getInt32(0, true)) * 180) / Math.PI);
}

export function quarterTurn(clockwiseDegrees: number): Geometry['rotation'] {
  const turns = ((Math.round(clockwiseDegrees / 90) % 4) + 4) % 4;
  return ([0, 90, 180, 270] as const)[turns] ?? 0;
}

/** The display matrix of a clockwise rotation, as {@link matrixRotation} reads it. */
export function rotationMatrix(rotation: Geometry['rotation']): Buffer {
  const [cos, sin] = { 0: [1, 0], 90: [0, 1], 180: [-1, 0], 270: [0, -1] }[rotation] as [number, number];
  const matrix = Buffer.alloc(36);
  const values = [cos * 0x10000, sin * 0x10000, 0, -sin * 0x10000, cos * 0x10000, 0, 0, 0, 0x40000000];
  values.forEach((value, index) => matrix.writeInt32LE(value, index * 4));
  return matrix;
}
