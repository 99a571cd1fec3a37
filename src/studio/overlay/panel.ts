import { certainty, cutFace, make, nameOf, type Picture } from './dom.js';
import type { Moment, Seen } from './source.js';

/** "Cast information": who is in the picture, then who else is in the scene. */
export class CastPanel {
  readonly element = make('aside', { className: 'panel', hidden: true, ariaLabel: 'Cast information' });

  constructor(private readonly onClose: () => void) {}

  /** @param portrait link of a photo of somebody, null where there may be none */
  show(moment: Moment, picture: Picture, portrait: (personId: string) => string | null): void {
    const here = moment.onScreen.map((who) => {
      const cut = cutFace(picture, who.box);
      return row(who, photo(who, portrait, cut), certainty(who.confidence, who.by));
    });
    const others = moment.inScene.map((who) =>
      row(who, photo(who, portrait, make('div', { className: 'face' })), null),
    );
    this.element.replaceChildren(
      make('button', {
        type: 'button',
        className: 'close',
        ariaLabel: 'Close cast information',
        textContent: '×',
        onclick: this.onClose,
      }),
      make('h2', { textContent: here.length > 0 ? 'Cast information' : 'Nobody seen in this picture' }),
      make('ul', {}, ...here),
      ...(others.length > 0
        ? [make('h2', { textContent: 'In this scene' }), make('ul', { className: 'small' }, ...others)]
        : []),
    );
    this.element.hidden = here.length + others.length === 0;
  }

  hide(): void {
    this.element.hidden = true;
  }
}

function row(who: Seen, picture: Element, sureness: string | null): HTMLElement {
  const facts = [who.role, who.name === null ? null : sureness].filter(Boolean);
  const text = make('div', { className: 'who' }, make('b', { textContent: nameOf(who) }));
  if (facts.length > 0) text.append(make('i', { textContent: facts.join(' · ') }));
  return make('li', {}, picture, text);
}

/** The known photo where there is one; until it is there, and without it, what the film shows. */
function photo(who: Seen, portrait: (personId: string) => string | null, meanwhile: HTMLElement): Element {
  const link = who.personId === null || who.name === null ? null : portrait(who.personId);
  if (link === null) return meanwhile;
  const image = make('img', { className: 'face', alt: '', src: link });
  image.addEventListener('load', () => meanwhile.replaceWith(image), { once: true });
  return meanwhile;
}
