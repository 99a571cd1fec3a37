import { setTimeout as delay } from 'node:timers/promises';
import { KinoscopeError } from '../../src/core/errors.js';
import type { Collection, Document, Store } from '../../src/storage/collection.js';

/**
 * A real database behind a line that breaks: what is asked meanwhile is refused after a while, and of what was under way
 * when it broke some was done although nobody was told.
 */
export class BrokenLine {
  private broken = false;
  /** Questions that it did not let through. */
  refused = 0;

  /** Answers that get lost from now on, the work being done. */
  lostAnswers = 0;

  async breakFor(ms: number): Promise<void> {
    this.broken = true;
    await delay(ms);
    this.broken = false;
  }

  through(store: Store): Store {
    return {
      kind: store.kind,
      collection: async <T extends Document>(spec: Parameters<Store['collection']>[0]) =>
        this.around(await store.collection<T>(spec)),
      commit: (writes) => this.send(() => store.commit(writes)),
      check: () => store.check(),
      purge: () => store.purge(),
      close: () => store.close(),
    };
  }

  private around<T extends Document>(collection: Collection<T>): Collection<T> {
    return new Proxy(collection, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function'
          ? (...args: unknown[]) => this.send(() => value.apply(target, args) as Promise<unknown>)
          : value;
      },
    });
  }

  private async send<T>(work: () => Promise<T>): Promise<T> {
    await this.travel();
    const answer = await work();
    if (this.lostAnswers > 0) {
      this.lostAnswers--;
      throw new KinoscopeError('unavailable', 'The database is away');
    }
    await this.travel();
    return answer;
  }

  private async travel(): Promise<void> {
    await delay(1 + Math.random() * 4);
    if (!this.broken) return;
    this.refused++;
    throw new KinoscopeError('unavailable', 'The database is away');
  }
}
