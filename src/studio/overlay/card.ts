import { clock, make } from './dom.js';
import type { CreditsTimes } from './source.js';

/** Seconds until the next episode begins by itself. */
const COUNTDOWN = 10;

export interface Offers {
  /** The name of the next episode; null where there is none. */
  readonly next: string | null;
  readonly onNext: () => void;
  readonly onJump: (time: number) => void;
}

/** What is offered while the credits run: the scene that follows them, then the next episode. */
export class CreditsCard {
  readonly element = make('section', { className: 'card', hidden: true, ariaLabel: 'While the credits run' });
  private readonly text = make('p');
  private readonly actions = make('div');
  private shown: 'nothing' | 'scene' | 'next' = 'nothing';
  private refused = new Set<string>();
  private left = COUNTDOWN;
  private last = 0;

  constructor() {
    this.element.setAttribute('role', 'status');
    this.element.append(this.text, this.actions);
  }

  /** Follows the film. A jump back before the credits makes what was refused an offer again. */
  update(time: number, playing: boolean, credits: CreditsTimes, offers: Offers): void {
    const passed = playing ? Math.min(1, Math.max(0, time - this.last)) : 0;
    this.last = time;
    if (credits.start === null || time < credits.start) this.refused.clear();
    const wanted = this.wanted(time, credits, offers);
    if (wanted === 'nothing') this.left = COUNTDOWN;
    if (wanted !== this.shown) this.show(wanted, credits, offers);
    if (wanted === 'scene') this.text.replaceChildren(`A scene follows in ${clock((credits.sceneAfter ?? 0) - time)}`);
    if (wanted !== 'next') return;
    this.left -= passed;
    this.text.replaceChildren(`Next episode in ${Math.max(0, Math.ceil(this.left))}`, make('b', {}, offers.next ?? ''));
    if (this.left <= 0) this.take('next', offers.onNext);
  }

  private wanted(
    time: number,
    { start, nextEpisodeAt, sceneAfter }: CreditsTimes,
    { next }: Offers,
  ): typeof this.shown {
    if (start === null) return 'nothing';
    if (next !== null && nextEpisodeAt !== null && time >= nextEpisodeAt && !this.refused.has('next')) return 'next';
    const waits = sceneAfter !== null && time >= start && time < sceneAfter - 1;
    return waits && !this.refused.has('scene') ? 'scene' : 'nothing';
  }

  private show(what: typeof this.shown, credits: CreditsTimes, offers: Offers): void {
    this.shown = what;
    this.element.hidden = what === 'nothing';
    if (what === 'nothing') return;
    const go = what === 'next' ? offers.onNext : (): void => offers.onJump(credits.sceneAfter ?? 0);
    this.actions.replaceChildren(
      make('button', {
        type: 'button',
        className: 'main',
        textContent: what === 'next' ? 'Play now' : 'Jump to it',
        onclick: () => this.take(what, go),
      }),
      make('button', {
        type: 'button',
        textContent: what === 'next' ? 'Cancel' : 'Dismiss',
        onclick: () => this.take(what),
      }),
    );
  }

  private take(what: 'scene' | 'next', go?: () => void): void {
    this.refused.add(what);
    this.shown = 'nothing';
    this.element.hidden = true;
    go?.();
  }
}
