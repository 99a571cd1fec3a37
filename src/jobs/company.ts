/**
 * The jobs that run in one process. They run side by side, but for one that may have killed a process: it waits until no
 * other runs, and none is begun before it has ended, so that its next death harms and accuses nobody else.
 */
export class Company {
  private present = 0;
  /** Those that are or wait to be alone, one after the other. */
  private alone = 0;
  private readonly waiting = new Set<() => void>();

  /** Waits until nobody is or wants to be alone. @returns to be called at the end @throws the signal's reason */
  join(signal: AbortSignal): Promise<() => void> {
    return this.enter(() => this.alone === 0, signal);
  }

  /** Waits until nobody else is there. @returns to be called at the end @throws the signal's reason */
  async joinAlone(signal: AbortSignal): Promise<() => void> {
    this.alone++;
    const stand = (): void => {
      this.alone--;
      this.wake();
    };
    try {
      const leave = await this.enter(() => this.present === 0, signal);
      return () => {
        leave();
        stand();
      };
    } catch (error) {
      stand();
      throw error;
    }
  }

  private async enter(may: () => boolean, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    while (!may()) await this.change(signal);
    this.present++;
    return () => {
      this.present--;
      this.wake();
    };
  }

  private wake(): void {
    for (const tell of [...this.waiting]) tell();
  }

  /** Resolves when somebody has left. */
  private change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => (): void => {
        this.waiting.delete(told);
        signal.removeEventListener('abort', aborted);
        end();
      };
      const told = settle(resolve);
      const aborted = settle(() => reject(signal.reason as Error));
      this.waiting.add(told);
      signal.addEventListener('abort', aborted, { once: true });
    });
  }
}
