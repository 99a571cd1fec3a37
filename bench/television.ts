import sharp, { type Sharp } from 'sharp';
import type { Box, Point } from '../src/core/boxes.js';
import { type Homography, inverse, project, type Quad } from '../src/frames/pictures/screen/homography.js';
import type { RgbImage } from '../src/frames/types.js';

/** A phone's photo of a television, drawn: what is on the screen is given, all else is drawn by chance. */

type Random = () => number;
type Colour = readonly [number, number, number];

export interface Television {
  readonly jpeg: Buffer;
  readonly width: number;
  readonly height: number;
  /** Pixels of the photo: of what is lit, of the whole screen, of its frame's outer edge. */
  readonly quads: readonly Quad[];
  /** From pixels of the picture that is shown to those of the photo. */
  toPhoto(point: Point): Point;
}

const between = (random: Random, low: number, high: number): number => low + (high - low) * random();
/** More often near the middle. */
const about = (random: Random, most: number): number => (random() + random() - 1) * most;
const chance = (random: Random, share: number): boolean => random() < share;

interface Shown {
  readonly picture: RgbImage;
  /** From pixels of the photo to fractions of the screen. */
  readonly place: (point: Point) => Point;
  /** What is lit of the screen, fractions. */
  readonly lit: Box;
}

const SCREEN_HEIGHT = 720;

/** The picture as a broadcaster would show it: filling the screen where the face stays in view, else between sides. */
async function onScreen(picture: RgbImage, face: Box, aspect: number, random: Random): Promise<Shown> {
  const [width, height] = [Math.round(SCREEN_HEIGHT * aspect), SCREEN_HEIGHT];
  const raw = { width: picture.width, height: picture.height, channels: 3 } as const;
  const source = (): Sharp => sharp(picture.data, { raw });
  const cover = Math.max(width / picture.width, height / picture.height);
  const fills = face[3] * cover < 0.85 * height && face[2] * cover < 0.85 * width;
  const scale = fills ? cover : Math.min(width / picture.width, height / picture.height);
  const [w, h] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
  const clamp = (value: number, room: number): number => Math.round(Math.min(Math.max(0, value), room));
  const left = fills ? -clamp((face[0] + face[2] / 2) * scale - width / 2, w - width) : Math.round((width - w) / 2);
  const top = fills ? -clamp((face[1] + face[3] * 0.6) * scale - height / 2, h - height) : Math.round((height - h) / 2);
  const scaled = await source().resize(w, h, { fit: 'fill' }).png().toBuffer();
  const dark = chance(random, 0.5);
  const ground = dark
    ? sharp({ create: { width, height, channels: 3, background: { r: 8, g: 8, b: 10 } } })
    : sharp(await source().resize(width, height, { fit: 'cover' }).blur(20).png().toBuffer());
  const shown = fills
    ? sharp(scaled).extract({ left: -left, top: -top, width, height })
    : ground.composite([{ input: scaled, left, top }]);
  return {
    picture: { width, height, data: await shown.removeAlpha().raw().toBuffer() },
    place: ([x, y]) => [(x * scale + left) / width, (y * scale + top) / height],
    lit: fills || !dark ? [0, 0, 1, 1] : [left / width, top / height, w / width, h / height],
  };
}

interface Camera {
  readonly width: number;
  readonly height: number;
  /** From the wall, whose unit is the screen's width and whose origin the screen's middle, to pixels of the photo. */
  readonly view: Homography;
}

function camera(aspect: number, random: Random): Camera {
  const [longer, shorter] = [1280, 960];
  const upright = chance(random, 0.25);
  const [width, height] = upright ? [shorter, longer] : [longer, shorter];
  const [yaw, pitch, roll] = [about(random, 0.7), about(random, 0.25), about(random, 0.12)];
  const [cy, sy, cp, sp, cr, sr] = [yaw, pitch, roll].flatMap((angle) => [Math.cos(angle), Math.sin(angle)]) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  // the first two columns of roll x pitch x yaw
  const [rx, ry, rz] = [
    [cr * cy - sr * sp * sy, -sr * cp],
    [sr * cy + cr * sp * sy, cr * cp],
    [-cp * sy, sp],
  ] as const;
  const focal = between(random, 0.75, 1.1) * longer;
  const wanted = between(random, 0.25, 0.95);
  let distance = 2;
  const seen = (dx: number, dy: number): Homography => [
    focal * rx[0] + dx * rz[0],
    focal * rx[1] + dx * rz[1],
    dx * distance,
    focal * ry[0] + dy * rz[0],
    focal * ry[1] + dy * rz[1],
    dy * distance,
    rz[0],
    rz[1],
    distance,
  ];
  const [x, y] = [0.5, 0.5 / aspect];
  const bounds = (view: Homography): [number, number, number, number] => {
    const points = ([[-x, -y], [x, -y], [x, y], [-x, y]] as const).map((corner) => project(view, corner)); // prettier-ignore
    const [xs, ys] = [points.map((point) => point[0]), points.map((point) => point[1])];
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  };
  for (let step = 0; step < 20; step++) {
    const [left, top, right, bottom] = bounds(seen(0, 0));
    distance *= Math.max((right - left) / width, (bottom - top) / height) / wanted;
    distance = Math.max(distance, 0.9);
  }
  const [left, top, right, bottom] = bounds(seen(0, 0));
  const dx = between(random, -left + 0.01 * width, 0.99 * width - right);
  const dy = between(random, -top + 0.01 * height, 0.99 * height - bottom);
  return { width, height, view: seen(dx, dy) };
}

const grey = (random: Random, low: number, high: number, tint = 15): Colour => {
  const value = between(random, low, high);
  return [value + about(random, tint), value + about(random, tint), value + about(random, tint)];
};

interface Thing {
  readonly box: Box;
  readonly colour: Colour;
}

interface Room {
  readonly wall: Colour;
  /** How much brighter towards the right and downwards, of the wall's own. */
  readonly slope: readonly [number, number];
  readonly things: readonly Thing[];
  readonly frame: Colour;
  /** Of the frame: left and right, above, below, in the screen's widths. */
  readonly rim: readonly [number, number, number];
}

function room(aspect: number, random: Random): Room {
  const dark = chance(random, 0.35);
  const wall = dark ? grey(random, 8, 60) : grey(random, 90, 225, 30);
  const side = between(random, 0.008, 0.04);
  const rim = [side, side * between(random, 0.8, 1.2), side * between(random, 1, 2.5)] as const;
  const bottom = 0.5 / aspect;
  const shade = (): Colour => (dark ? grey(random, 5, 70, 20) : grey(random, 20, 230, 50));
  const things: Thing[] = [];
  if (chance(random, 0.7)) things.push({ box: [-3, bottom + between(random, 0.06, 0.2), 6, 3], colour: shade() });
  if (chance(random, 0.4)) things.push({ box: [-0.15, bottom, 0.3, 0.25], colour: grey(random, 10, 60) });
  for (let count = Math.floor(random() * 12); count > 0; count--) {
    const [w, h] = [between(random, 0.1, 0.5), between(random, 0.1, 0.5)];
    const [x, y] = [between(random, -1.4, 1), between(random, -1, 0.6)];
    // nothing hides the screen
    if (x < 0.6 && x + w > -0.6 && y < bottom + 0.1 && y + h > -bottom - 0.1) continue;
    things.push({ box: [x, y, w, h], colour: shade() });
    things.push({ box: [x + 0.02, y + 0.02, w - 0.04, h - 0.04], colour: shade() });
  }
  const frame = chance(random, 0.85) ? grey(random, 8, 45, 5) : grey(random, 110, 200, 5);
  return { wall, slope: [about(random, 0.25), about(random, 0.25)], things, frame, rim };
}

/** Of the frame, in the screen's widths. */
const outerEdge = ({ rim: [side, above, below] }: Room, half: number): Box => [
  -0.5 - side,
  -half - above,
  1 + 2 * side,
  2 * half + above + below,
];

interface Glare {
  readonly at: Point;
  readonly size: readonly [number, number];
  readonly light: number;
  readonly window: boolean;
}

interface Panel {
  readonly gain: Colour;
  /** Light of the room on the glass. */
  readonly veil: number;
  readonly glares: readonly Glare[];
  /** Columns and rows of the panel's pixels, and how far its stripes are seen. */
  readonly pixels: readonly [number, number];
  readonly stripes: number;
}

function panel(aspect: number, random: Random): Panel {
  const exposure = between(random, 0.75, 1.35);
  const rows = [768, 1080, 1080, 2160][Math.floor(random() * 4)]!;
  return {
    gain: [0, 1, 2].map(() => exposure * (1 + about(random, 0.12))) as unknown as Colour,
    veil: between(random, 0, 45),
    glares: Array.from({ length: Math.floor(random() * 3) }, () => ({
      at: [random(), random()] as const,
      size: [between(random, 0.03, 0.2), between(random, 0.03, 0.25)] as const,
      light: between(random, 30, 230),
      window: chance(random, 0.4),
    })),
    pixels: [rows * aspect, rows],
    stripes: chance(random, 0.75) ? between(random, 0.1, 0.5) : 0,
  };
}

function glareAt({ glares }: Panel, u: number, v: number): number {
  let light = 0;
  for (const { at, size, light: own, window } of glares) {
    const [x, y] = [(u - at[0]) / size[0], (v - at[1]) / size[1]];
    // a lamp fades, a window has edges that the glass makes soft
    light += window
      ? (0.5 * own) / (1 + Math.exp(12 * (Math.max(Math.abs(x), Math.abs(y)) - 1)))
      : own * Math.exp(-x * x - y * y);
  }
  return light;
}

const inside = ([left, top, width, height]: Box, x: number, y: number): boolean =>
  x >= left && y >= top && x < left + width && y < top + height;

/** Samples a side of a photo's pixel that shows the screen. */
const SAMPLES = 2;
const TURN = 2 * Math.PI;
/** Cosine and sine of a third of a turn: red, green and blue stripes lie side by side. */
const THIRDS = [0, 1, 2].map((k) => [Math.cos((TURN * k) / 3), Math.sin((TURN * k) / 3)] as const);

/** Adds what a place of the panel shows: the picture, through stripes of red, green and blue between dark rows. */
function addPanel(shown: RgbImage, { gain, stripes, pixels }: Panel, u: number, v: number, sum: Float64Array): void {
  const [px, py] = [u * (shown.width - 1), v * (shown.height - 1)];
  const [left, top] = [Math.floor(px), Math.floor(py)];
  const [fx, fy] = [px - left, py - top];
  const at = (top * shown.width + left) * 3;
  const [next, under] = [left + 1 < shown.width ? 3 : 0, top + 1 < shown.height ? shown.width * 3 : 0];
  const row = stripes === 0 ? 1 : 1 + stripes * 0.6 * Math.cos(TURN * v * pixels[1]);
  const [cos, sin] = stripes === 0 ? [0, 0] : [Math.cos(TURN * u * pixels[0]), Math.sin(TURN * u * pixels[0])];
  for (let channel = 0; channel < 3; channel++) {
    const i = at + channel;
    const value =
      (1 - fy) * ((1 - fx) * shown.data[i]! + fx * shown.data[i + next]!) +
      fy * ((1 - fx) * shown.data[i + under]! + fx * shown.data[i + under + next]!);
    const [c, s] = THIRDS[channel]!;
    sum[channel]! += value * gain[channel]! * row * (1 + stripes * (cos * c + sin * s));
  }
}

function expose(
  shown: RgbImage,
  aspect: number,
  { width, height, view }: Camera,
  scene: Room,
  random: Random,
): Uint8Array {
  const glass = panel(aspect, random);
  const [a, b, c, d, e, f, g, h, i] = inverse(view);
  const half = 0.5 / aspect;
  const outer = outerEdge(scene, half);
  const noise = between(random, 1, 7);
  const data = new Uint8Array(width * height * 3);
  const sum = new Float64Array(3);
  const addRoom = (x: number, y: number): void => {
    const light = 1 + scene.slope[0] * x + scene.slope[1] * y;
    const colour = inside(outer, x, y)
      ? scene.frame
      : (scene.things.findLast(({ box }) => inside(box, x, y))?.colour ?? scene.wall);
    for (let channel = 0; channel < 3; channel++) sum[channel]! += colour[channel]! * light;
  };
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      sum.fill(0);
      let light = 0;
      const near = g * column + h * row + i;
      const [wx, wy] = [(a * column + b * row + c) / near, (d * column + e * row + f) / near];
      const samples = Math.abs(wx) < 0.55 && Math.abs(wy) < half + 0.05 ? SAMPLES : 1;
      for (let sample = 0; sample < samples ** 2; sample++) {
        const px = column + ((sample % samples) + 0.5) / samples;
        const py = row + (Math.floor(sample / samples) + 0.5) / samples;
        const w = g * px + h * py + i;
        const [x, y] = [(a * px + b * py + c) / w, (d * px + e * py + f) / w];
        if (Math.abs(x) >= 0.5 || Math.abs(y) >= half) addRoom(x, y);
        else {
          const [u, v] = [x + 0.5, (y + half) / (2 * half)];
          addPanel(shown, glass, u, v, sum);
          light ||= glareAt(glass, u, v) + glass.veil;
        }
      }
      const at = (row * width + column) * 3;
      for (let channel = 0; channel < 3; channel++) {
        const grain = (random() + random() - 1) * 2.4 * noise;
        data[at + channel] = Math.min(255, Math.max(0, sum[channel]! / samples ** 2 + light + grain));
      }
    }
  return data;
}

/** @param face `[x, y, width, height]` in pixels of the picture: it stays in view */
export async function photographed(picture: RgbImage, face: Box, random: Random): Promise<Television> {
  const aspect = chance(random, 0.8) ? 16 / 9 : 4 / 3;
  const shown = await onScreen(picture, face, aspect, random);
  const eye = camera(aspect, random);
  const scene = room(aspect, random);
  const outer = outerEdge(scene, 0.5 / aspect);
  const data = expose(shown.picture, aspect, eye, scene, random);
  const sent = between(random, 0.7, 1);
  const [width, height] = [Math.round(eye.width * sent), Math.round(eye.height * sent)];
  const jpeg = await sharp(data, { raw: { width: eye.width, height: eye.height, channels: 3 } })
    .blur(between(random, 0.4, 2))
    .resize(width, height)
    .jpeg({ quality: Math.round(between(random, 45, 88)) })
    .toBuffer();
  const half = 0.5 / aspect;
  const toPhoto = ([x, y]: Point): Point => {
    const [u, v] = project(eye.view, [x, y]);
    return [u * sent, v * sent];
  };
  const quad = ([x, y, w, h]: Box): Quad => [
    toPhoto([x, y]),
    toPhoto([x + w, y]),
    toPhoto([x + w, y + h]),
    toPhoto([x, y + h]),
  ];
  const [left, top, w, h] = shown.lit;
  return {
    jpeg,
    width,
    height,
    quads: [quad([left - 0.5, 2 * half * top - half, w, 2 * half * h]), quad([-0.5, -half, 1, 2 * half]), quad(outer)],
    toPhoto: (point) => {
      const [u, v] = shown.place(point);
      return toPhoto([u - 0.5, 2 * half * v - half]);
    },
  };
}
