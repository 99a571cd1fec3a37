import type { Wanted } from './titles.js';

const NOTHING: Wanted = { q: '', sort: '-added', genre: '', person: '', status: '' };

/** What of the library is looked at; it stays while other pages are seen. */
class View {
  wanted = $state<Wanted>({ ...NOTHING });
  bySeries = $state(false);

  set(changes: Partial<Wanted>): void {
    this.wanted = { ...this.wanted, ...changes };
  }

  clear(): void {
    this.wanted = { ...NOTHING, sort: this.wanted.sort };
  }
}

export const view = new View();
