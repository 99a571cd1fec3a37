import { CreditsCard } from './card.js';
import { make, nameOf, type Picture, sizeOf } from './dom.js';
import { type Fit, pictureIn } from './geometry.js';
import { CastPanel } from './panel.js';
import { SkipButton } from './skip.js';
import { type Moment, type OnScreen, OverlaySource, type SkippedPart } from './source.js';
import { styleSheet } from './styles.js';

export type { Moment, OnScreen, SkippedPart } from './source.js';

/**
 * `<kinoscope-overlay api="https://films.example" title="ID">` beside a `<video>`: who is on screen whenever it is paused, and
 * what is offered while the credits run.
 *
 * Attributes: `api` (default: this page's host), `title` (the title's id), `key` (an API key with the scope `read`), `for` (the
 * video's id; default: the video beside it), `panel` (`always`, `fullscreen` or `never`; default `always`), `next` (the name of the
 * next episode), `interactive` (boxes can be chosen).
 *
 * Events: `kinoscope-cast` ({@link Moment} or null) when a pause begins, moves or ends, `kinoscope-person` ({@link OnScreen}) when a
 * box is chosen, `kinoscope-next` when the next episode shall begin, `kinoscope-skip` ({@link SkippedPart}) when opening titles, a recap or
 * a preview shall be passed: a player that does so by itself prevents the default.
 */
export class KinoscopeOverlay extends HTMLElement {
  static readonly observedAttributes = ['api', 'title', 'key', 'for', 'next', 'panel'];

  private readonly boxes = make('div');
  private readonly card = new CreditsCard();
  private readonly skipButton = new SkipButton((part) => this.pass(part));
  private readonly panel = new CastPanel(() => this.closePanel());
  private readonly resized = new ResizeObserver(() => this.place());
  private source: OverlaySource | null = null;
  private video: HTMLVideoElement | null = null;
  /** A still that stands for the film, and its second. */
  private still: { readonly image: HTMLImageElement; readonly at: number } | null = null;
  private listening = new AbortController();
  private moment: Moment | null = null;
  /** A pause wants to be shown; what it shows may still be on its way. */
  private wanted = false;
  private panelClosed = false;
  private stale = false;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [styleSheet()];
    root.append(this.boxes, this.panel.element, this.skipButton.element, this.card.element);
  }

  connectedCallback(): void {
    // the video may come after this element
    queueMicrotask(() => this.attach());
  }

  disconnectedCallback(): void {
    this.listening.abort();
    this.resized.disconnect();
    this.video = null;
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now || !this.isConnected) return;
    if (name === 'panel') return this.showPanel();
    if (name === 'for') return this.attach();
    if (name !== 'next') this.refreshSoon();
  }

  /** Once for attributes that change together. */
  private refreshSoon(): void {
    if (this.stale) return;
    this.stale = true;
    queueMicrotask(() => {
      if (this.stale) this.refresh();
    });
  }

  /** Asks again: names were corrected, or an answer has come. */
  refresh(): void {
    this.stale = false;
    const title = this.getAttribute('title');
    this.source = title ? new OverlaySource(this.getAttribute('api') ?? '', title, this.getAttribute('key')) : null;
    if (!this.picture) return;
    void this.source?.ready.then(() => this.updateCard());
    void this.source?.prepare(this.at);
    if (this.wanted) void this.show();
  }

  /** Passes what is offered to be skipped. @returns whether there was any */
  skip(): boolean {
    return this.skipButton.skip();
  }

  /** Shows who is there in a picture of the film, where the film itself cannot be shown. @param at seconds */
  showStill(image: HTMLImageElement, at: number): void {
    this.still = { image, at };
    void this.show();
  }

  private get picture(): Picture | null {
    return this.still?.image ?? this.video;
  }

  private get at(): number {
    return this.still?.at ?? this.video?.currentTime ?? 0;
  }

  private attach(): void {
    if (!this.isConnected) return;
    this.listening.abort();
    this.listening = new AbortController();
    this.resized.disconnect();
    const wanted = this.getAttribute('for');
    const found = wanted ? document.getElementById(wanted) : this.parentElement?.querySelector('video');
    this.video = found instanceof HTMLVideoElement ? found : null;
    if (!this.video) return;
    this.follow(this.video, this.listening.signal);
    this.resized.observe(this.video);
    this.resized.observe(this);
    this.refresh();
  }

  private follow(video: HTMLVideoElement, signal: AbortSignal): void {
    const on = (names: readonly string[], listener: () => void, target: EventTarget = video): void => {
      for (const name of names) target.addEventListener(name, listener, { signal });
    };
    const ahead = (): void => void this.source?.prepare(video.currentTime);
    on(['loadedmetadata', 'seeked'], () => (this.still = null));
    on(['loadedmetadata', 'timeupdate', 'seeking'], ahead);
    on(['timeupdate', 'seeked'], () => this.updateCard());
    on(['pause'], () => {
      if (!video.seeking) void this.show();
    });
    on(['seeked'], () => {
      if (video.paused) void this.show();
    });
    on(['play', 'emptied'], () => this.hide());
    on(['loadedmetadata', 'resize'], () => this.place());
    on(['fullscreenchange'], () => this.enterFullscreen(), document);
    on(['resize'], () => this.place(), window);
  }

  /** Shows who is there: in the same task where the cast has come ahead, else as soon as it has. */
  private async show(): Promise<void> {
    const { picture, source, at } = this;
    this.wanted = true;
    if (!picture || !source) return;
    const moves = (): boolean => this.at !== at || (picture instanceof HTMLVideoElement && !picture.paused);
    let moment = source.momentAt(at);
    if (!moment) {
      await source.prepare(at);
      moment = source.momentAt(at);
      if (!moment || moves() || this.source !== source) return;
    }
    this.panelClosed = false;
    this.draw(moment);
    // scenes and roles may come later than the faces
    await source.ready;
    if (this.source !== source || this.moment?.at !== at) return;
    const complete = source.momentAt(at);
    if (complete && complete.inScene.length !== moment.inScene.length) this.draw(complete);
    this.updateCard();
  }

  private draw(moment: Moment): void {
    this.moment = moment;
    this.boxes.replaceChildren(...moment.onScreen.map((who) => this.boxOf(who)));
    this.place();
    this.showPanel();
    this.tell('kinoscope-cast', moment);
  }

  private hide(): void {
    this.wanted = false;
    if (!this.moment) return;
    this.moment = null;
    this.boxes.replaceChildren();
    this.panel.hide();
    this.tell('kinoscope-cast', null);
  }

  private boxOf(who: OnScreen): HTMLElement {
    const box = make(
      'button',
      { type: 'button', className: who.name === null ? 'box' : 'box named' },
      make('span', { textContent: nameOf(who) }),
    );
    if (!this.hasAttribute('interactive')) box.tabIndex = -1;
    box.dataset['track'] = who.track ?? '';
    box.dataset['by'] = who.by;
    box.addEventListener('click', () => this.tell('kinoscope-person', who));
    return box;
  }

  /** Puts the boxes where the faces are now: the picture may have been resized, turned or gone to full screen. */
  private place(): void {
    const { picture: shown, moment } = this;
    if (!shown || !moment) return;
    const [outer, inner] = [this.getBoundingClientRect(), shown.getBoundingClientRect()];
    const fit = getComputedStyle(shown).objectFit as Fit;
    const picture = pictureIn(inner, sizeOf(shown), fit);
    const [left, top] = [inner.left - outer.left + picture.left, inner.top - outer.top + picture.top];
    moment.onScreen.forEach(({ box: [x, y, width, height] }, index) => {
      const element = this.boxes.children[index];
      if (!(element instanceof HTMLElement)) return;
      element.style.left = `${left + x * picture.width}px`;
      element.style.top = `${top + y * picture.height}px`;
      element.style.width = `${width * picture.width}px`;
      element.style.height = `${height * picture.height}px`;
      element.classList.toggle('above', (y + height) * picture.height + top > outer.height - 34);
      element.classList.toggle('first', x * picture.width + left < 40);
      element.classList.toggle('last', (x + width) * picture.width + left > outer.width - 40);
    });
  }

  private showPanel(): void {
    const { picture, moment } = this;
    const wish = this.getAttribute('panel') ?? 'always';
    const wanted = wish === 'always' || (wish === 'fullscreen' && document.fullscreenElement !== null);
    if (!picture || !moment || !wanted || this.panelClosed) return this.panel.hide();
    const api = this.getAttribute('api') ?? '';
    // photos are seen with a session; a key that only reads answers does not open them
    const portrait = this.hasAttribute('key') || api !== '' ? () => null : (id: string) => `/v1/people/${id}/face`;
    this.panel.show(moment, picture, portrait);
  }

  private closePanel(): void {
    this.panelClosed = true;
    this.panel.hide();
  }

  /** A player that makes nothing but its video full screen would cover this element: then it goes above it. */
  private enterFullscreen(): void {
    const alone = document.fullscreenElement !== null && !document.fullscreenElement.contains(this);
    if ('showPopover' in this) {
      if (alone) {
        this.popover = 'manual';
        this.showPopover();
      } else if (this.popover) {
        this.hidePopover();
        this.popover = null;
      }
    }
    this.showPanel();
    this.place();
  }

  private updateCard(): void {
    const { video, source } = this;
    if (!video || !source) return;
    const playing = !video.paused;
    this.card.update(video.currentTime, playing, source.credits, {
      next: this.getAttribute('next'),
      onNext: () => this.tell('kinoscope-next', null),
      onJump: (time) => {
        video.currentTime = time;
        void video.play().catch(() => undefined);
      },
    });
    this.skipButton.update(video.currentTime, playing, source.parts, !this.card.element.hidden);
  }

  private pass(part: SkippedPart): void {
    if (this.video && this.tell('kinoscope-skip', part)) this.video.currentTime = part.end;
  }

  /** @returns whether nobody has prevented what follows */
  private tell(name: string, detail: unknown): boolean {
    return this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true, cancelable: true }));
  }
}

if (!customElements.get('kinoscope-overlay')) customElements.define('kinoscope-overlay', KinoscopeOverlay);
