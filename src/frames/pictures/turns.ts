import { KinoscopeError } from '../../core/errors.js';

/** Lets so much work be done at a time; the rest waits in the order in which it came. */
export class Turns {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  /** @param most how many may wait */
  constructor(
    atOnce: number,
    private readonly most = Infinity,
  ) {
    this.free = atOnce;
  }

  /** @throws KinoscopeError `unavailable` when too many wait, `cancelled` when `signal` aborts before the turn; whatever `work` throws */
  async with<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    await this.begin(signal);
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }

  private async begin(signal: AbortSignal | undefined): Promise<void> {
    const cancelled = (): KinoscopeError =>
      new KinoscopeError('cancelled', 'The work was cancelled', { cause: signal?.reason });
    if (signal?.aborted) throw cancelled();
    if (this.free > 0) {
      this.free--;
      return;
    }
    if (this.waiting.length >= this.most)
      throw new KinoscopeError('unavailable', 'Too many pictures are waiting to be read: try again later');
    await new Promise<void>((resolve, reject) => {
      const go = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        this.waiting.splice(this.waiting.indexOf(go), 1);
        reject(cancelled());
      };
      this.waiting.push(go);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }
}
