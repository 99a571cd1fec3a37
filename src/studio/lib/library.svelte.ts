import { messages } from './messages.svelte.js';
import { listTitles, type Wanted } from './titles.js';
import type { ListedTitle, Title } from './types.js';

/** The first part is small, so that something is there at once. */
const FIRST = 60;
const FURTHER = 1000;

/** The titles that pass what is wanted; they come in parts until all are there. */
class Library {
  titles = $state.raw<ListedTitle[]>([]);
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  /** Whether more parts are on their way. */
  partial = $state(false);
  private wanted: Wanted | null = null;
  private abort = new AbortController();

  /** Asks again; what was asked before is no longer wanted. */
  async load(wanted: Wanted, keep = false): Promise<void> {
    this.abort.abort();
    const abort = (this.abort = new AbortController());
    this.wanted = wanted;
    if (!keep) this.state = 'loading';
    const found: ListedTitle[] = [];
    let cursor: string | null = null;
    try {
      do {
        const limit: number = found.length === 0 && !keep ? FIRST : FURTHER;
        const page = await listTitles(wanted, cursor, limit, abort.signal);
        found.push(...page.items);
        cursor = page.nextCursor;
        if (abort.signal.aborted) return;
        // a list that is there is replaced as a whole
        if (!keep || cursor === null) this.titles = [...found];
        this.partial = cursor !== null;
        this.state = 'ready';
      } while (cursor !== null);
    } catch (error) {
      if (abort.signal.aborted) return;
      this.state = 'failed';
      messages.fail(error);
    }
  }

  async reload(): Promise<void> {
    if (this.wanted) await this.load(this.wanted, true);
  }

  replace(title: Title): void {
    this.titles = this.titles.map((one) => (one.id === title.id ? { ...one, ...title } : one));
  }

  drop(id: string): void {
    this.titles = this.titles.filter((one) => one.id !== id);
  }
}

export const library = new Library();
