import { make } from './dom.js';
import type { SkippedPart } from './source.js';

const NAMES: Readonly<Record<SkippedPart['kind'], string>> = {
  intro: 'opening titles',
  recap: 'recap',
  preview: 'preview',
};
/** With less of a part left, seconds, there is nothing to skip. */
const LEAST = 1;

/** The button that leads past opening titles, a recap or a preview; where a series is set so they are passed without it. */
export class SkipButton {
  readonly element = make('button', { type: 'button', className: 'skip', hidden: true });
  private shown: SkippedPart | null = null;
  /** Those that were passed by themselves: who goes back to one wants to see it. */
  private readonly passed = new WeakSet<SkippedPart>();

  constructor(private readonly onSkip: (part: SkippedPart) => void) {
    this.element.addEventListener('click', () => this.skip());
  }

  /** @param busy something else is offered in its place */
  update(time: number, playing: boolean, parts: readonly SkippedPart[], busy: boolean): void {
    const part = parts.find(({ start, end, skip }) => skip !== 'never' && start <= time && time < end - LEAST) ?? null;
    if (part?.skip === 'auto' && playing && !this.passed.has(part)) {
      this.passed.add(part);
      return this.onSkip(part);
    }
    const offered = busy ? null : part;
    if (offered === this.shown) return;
    this.shown = offered;
    this.element.hidden = offered === null;
    if (offered) this.element.textContent = `Skip ${NAMES[offered.kind]}`;
  }

  /** @returns whether there was something to skip */
  skip(): boolean {
    if (!this.shown) return false;
    this.onSkip(this.shown);
    return true;
  }
}
