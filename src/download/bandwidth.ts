import { setTimeout as sleep } from 'node:timers/promises';

/** A clock in milliseconds. */
export interface Clock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, signal ? { signal } : {}),
};

/** Keeps all downloads that share it below one rate together, bytes a second; null: no limit. */
export class BandwidthLimiter {
  private freeAt = -Infinity;

  constructor(
    readonly bytesPerSecond: number | null,
    private readonly clock: Clock = SYSTEM_CLOCK,
  ) {}

  /** Waits until these bytes, which were just received, are paid for: who reads late is sent less. */
  async take(bytes: number, signal?: AbortSignal): Promise<void> {
    if (this.bytesPerSecond === null) return;
    const now = this.clock.now();
    this.freeAt = Math.max(this.freeAt, now) + (bytes / this.bytesPerSecond) * 1000;
    if (this.freeAt > now) await this.clock.sleep(this.freeAt - now, signal);
  }
}
