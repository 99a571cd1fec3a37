import type { Schemas } from '../../client/index.js';
import { answer, client } from './api.js';
import type { Job } from './types.js';

/** The map of faces, as it is drawn and walked through. */

export type FaceMapAnswer = Schemas['FaceMap'];
export type MapPerson = Schemas['FaceMapPerson'];

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** A face on the map. */
export interface Dot {
  readonly x: number;
  readonly y: number;
  readonly person: MapPerson;
  readonly face: Schemas['FaceMapPoint'];
}

export const readMap = (): Promise<FaceMapAnswer> => answer(client.GET('/v1/gallery/map'));
export const drawMap = (): Promise<Job> => answer(client.POST('/v1/gallery/map'));

export const dotsOf = ({ people }: FaceMapAnswer): Dot[] =>
  people.flatMap((person) => person.points.map((face) => ({ x: face.x, y: face.y, person, face })));

/** Degrees from one person's hue to the next: no two of a dozen are alike. */
const GOLDEN = 137.508;

/** Colours of the people with names, by id; strangers have none. */
export function coloursOf({ people }: FaceMapAnswer, dark: boolean): Map<string, string> {
  const known = people.filter(({ name }) => name !== null);
  return new Map(
    known.map(({ id }, index) => [id, `hsl(${Math.round(index * GOLDEN) % 360} ${dark ? '75% 68%' : '80% 36%'})`]),
  );
}

/** What of the map is seen: the middle, and how many times larger than all of it. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}
export const WHOLE: View = { x: 0.5, y: 0.5, scale: 1 };
const MOST_SCALE = 40;
/** Pixels around the map. */
const EDGE = 18;

/** The axes mean nothing by themselves: a wide screen may show one of them so much larger. */
const MOST_WIDE = 1.8;

/** Where places of the map are on a screen of a size, and back. */
export function projection({ x, y, scale }: View, width: number, height: number) {
  const side = Math.max(1, Math.min(width, height) - 2 * EDGE);
  const across = Math.min(width - 2 * EDGE, side * MOST_WIDE) * scale;
  const down = Math.min(height - 2 * EDGE, side * MOST_WIDE) * scale;
  return {
    toScreen: (place: Place) => ({ x: width / 2 + (place.x - x) * across, y: height / 2 + (place.y - y) * down }),
    toMap: (at: Place) => ({ x: x + (at.x - width / 2) / across, y: y + (at.y - height / 2) / down }),
    across,
    down,
  };
}
export type Projection = ReturnType<typeof projection>;

/** Larger by a factor, about a place that stays where it is. */
export function zoomed(view: View, factor: number, about: Place): View {
  const scale = Math.min(MOST_SCALE, Math.max(1, view.scale * factor));
  if (scale === 1) return WHOLE;
  const kept = view.scale / scale;
  return { x: about.x + (view.x - about.x) * kept, y: about.y + (view.y - about.y) * kept, scale };
}

/** The dot that is nearest to a place of the screen, within so many pixels. */
export function dotAt(dots: readonly Dot[], { toScreen }: Projection, at: Place, within: number): Dot | null {
  let best: Dot | null = null;
  let least = within * within;
  for (const dot of dots) {
    const { x, y } = toScreen(dot);
    const far = (x - at.x) ** 2 + (y - at.y) ** 2;
    if (far <= least) [best, least] = [dot, far];
  }
  return best;
}

const DIRECTIONS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
/** What lies askew counts as so many times as far. */
const ASKEW = 2;

/** The next dot in the direction of an arrow key; null: none, or the key is no arrow. */
export function dotBeside(dots: readonly Dot[], from: Dot, key: string): Dot | null {
  const direction = DIRECTIONS[key];
  if (!direction) return null;
  let best: Dot | null = null;
  let least = Infinity;
  for (const dot of dots) {
    const [x, y] = [dot.x - from.x, dot.y - from.y];
    const along = x * direction[0] + y * direction[1];
    const aside = Math.abs(x * direction[1]) + Math.abs(y * direction[0]);
    if (along <= 0 || along + ASKEW * aside >= least) continue;
    [best, least] = [dot, along + ASKEW * aside];
  }
  return best;
}

/** Where a person's faces mostly are: their median. */
export function middleOf({ points }: MapPerson): Place {
  const middle = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  return { x: middle(points.map(({ x }) => x)), y: middle(points.map(({ y }) => y)) };
}

const [LABEL_HEIGHT, MOST_LABEL, ABOVE, BELOW] = [15, 160, -12, 24];

/** Where labels stand so that none covers another, above or below their places; the first ones have the choice. */
export function placeLabels<T extends { readonly at: Place; readonly width: number }>(
  labels: readonly T[],
  width: number,
  height: number,
): (T & { readonly left: number; readonly top: number })[] {
  const placed: (T & { readonly left: number; readonly top: number })[] = [];
  for (const label of labels) {
    const half = Math.min(label.width, MOST_LABEL) / 2 + 3;
    if (label.at.x < 0 || label.at.x > width || label.at.y < 0 || label.at.y > height) continue;
    const left = Math.min(Math.max(label.at.x, half), width - half);
    const free = [ABOVE, BELOW]
      .map((shift) => Math.min(Math.max(label.at.y + shift, LABEL_HEIGHT), height - 6))
      .find((top) =>
        placed.every(
          (one) =>
            Math.abs(one.top - top) > LABEL_HEIGHT ||
            Math.abs(one.left - left) > half + Math.min(one.width, MOST_LABEL) / 2 + 3,
        ),
      );
    if (free !== undefined) placed.push({ ...label, left, top: free });
  }
  return placed;
}
