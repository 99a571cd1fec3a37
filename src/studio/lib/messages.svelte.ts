import { wordsOf } from './api.js';

export interface Message {
  readonly id: number;
  readonly text: string;
  readonly kind: 'said' | 'failed';
  readonly undo: (() => Promise<unknown>) | null;
}

const STAYS_MS = 8000;

/** What the studio tells about what was done, with a way back where there is one. */
class Messages {
  list = $state<Message[]>([]);
  private next = 1;

  say(text: string, undo: Message['undo'] = null): void {
    this.add({ id: this.next++, text, kind: 'said', undo });
  }

  fail(error: unknown): void {
    this.add({ id: this.next++, text: wordsOf(error), kind: 'failed', undo: null });
  }

  drop(id: number): void {
    this.list = this.list.filter((message) => message.id !== id);
  }

  /** Does something, and tells when it was refused. @returns whether it was done */
  async attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'AbortError')) this.fail(error);
      return false;
    }
  }

  async takeBack(message: Message): Promise<void> {
    this.drop(message.id);
    if (message.undo && (await this.attempt(message.undo))) this.say('Taken back');
  }

  private add(message: Message): void {
    this.list = [...this.list.slice(-3), message];
    setTimeout(() => this.drop(message.id), message.kind === 'failed' || message.undo ? 2 * STAYS_MS : STAYS_MS);
  }
}

export const messages = new Messages();
