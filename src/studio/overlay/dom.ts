/** Makes an element of the overlay: no markup is parsed, so no name can be more than text. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<HTMLElementTagNameMap[Tag]> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** What the overlay lies over: a film, or a still of one. */
export type Picture = HTMLVideoElement | HTMLImageElement;

/** How large a picture is by itself, pixels. */
export const sizeOf = (picture: Picture): { readonly width: number; readonly height: number } =>
  picture instanceof HTMLVideoElement
    ? { width: picture.videoWidth, height: picture.videoHeight }
    : { width: picture.naturalWidth, height: picture.naturalHeight };

/** The face of a moment, drawn from the film itself: at once, and from whichever host the film is. */
export function cutFace(picture: Picture, box: readonly [number, number, number, number]): HTMLCanvasElement {
  const side = 104;
  const canvas = make('canvas', { width: side, height: side, className: 'face' });
  const { width: across, height: down } = sizeOf(picture);
  const [x, y, width, height] = [box[0] * across, box[1] * down, box[2] * across, box[3] * down];
  const span = Math.min(across, down, Math.max(width, height) * 1.5);
  const left = Math.min(Math.max(0, x + width / 2 - span / 2), across - span);
  const top = Math.min(Math.max(0, y + height / 2 - span / 2), down - span);
  if (span > 0) canvas.getContext('2d')?.drawImage(picture, left, top, span, span, 0, 0, side, side);
  return canvas;
}

export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

interface Named {
  readonly name: string | null;
  readonly label: string | null;
  readonly perhaps?: { readonly name: string | null } | null;
}

/** In the words of somebody who watches; clothes alone are never certain. */
export const certainty = (confidence: number, by: 'face' | 'body' | 'scene' = 'face'): string => {
  if (by === 'scene') return confidence >= 0.6 ? 'likely, by clothes' : 'perhaps, by clothes';
  return confidence >= 0.9 ? 'certain' : confidence >= 0.6 ? 'likely' : 'perhaps';
};

export const nameOf = ({ name, label, perhaps }: Named): string => {
  if (name !== null) return name;
  if (perhaps?.name) return `Perhaps ${perhaps.name}`;
  return label ? label.charAt(0).toUpperCase() + label.slice(1) : 'Somebody';
};
