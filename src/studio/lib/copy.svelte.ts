import type { Schemas } from '../../client/index.js';
import { answer, client, wordsOf } from './api.js';
import type { Feeder, Part } from './feeder.js';
import { jobs } from './jobs.svelte.js';

type Proxy = Schemas['Proxy'];

/** Milliseconds between two looks at how far a copy is. */
const PAUSE = 700;

/** A copy of a film that this browser plays where it does not play the film itself; it is played while it is written. */
export class Copy {
  state = $state<'none' | 'waiting' | 'playing' | 'failed'>('none');
  /** Why there is none. */
  reason = $state('');
  /** What the video element is to play. */
  src = $state<string | null>(null);
  /** Seconds up to which there is something to play. */
  until = $state(0);
  complete = $state(false);
  /** Seconds of the film that are copied in a second; 0: not known yet. */
  pace = $state(0);
  private feeder: Feeder | null = null;
  private version: string | null = null;
  private parts: Part[] = [];
  private timer = 0;
  private begun: { readonly at: number; readonly until: number } | null = null;
  private closed = false;

  constructor(
    private readonly titleId: string,
    private readonly duration: number,
  ) {}

  /** Whether the film cannot be played as it is although its pictures can: browsers say nothing of sound that they do not know. */
  async isNeeded(): Promise<boolean> {
    const { foreign } = await this.ask();
    return foreign.includes('sound');
  }

  /** Has the copy written, if it is not there, and plays it as soon as something is. */
  async start(video: HTMLVideoElement): Promise<void> {
    if (this.state === 'waiting' || this.state === 'playing') return;
    this.state = 'waiting';
    this.reason = '';
    try {
      const path = { id: this.titleId };
      await this.take(await answer(client.POST('/v1/titles/{id}/proxy', { params: { path } })), 0, video);
    } catch (error) {
      this.fail(wordsOf(error));
    }
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.feeder?.close();
  }

  private ask(): Promise<Proxy> {
    const params = { path: { id: this.titleId }, query: { from: this.parts.length } };
    return answer(client.GET('/v1/titles/{id}/proxy', { params }));
  }

  private async look(video: HTMLVideoElement): Promise<void> {
    const from = this.parts.length;
    try {
      await this.take(await this.ask(), from, video);
    } catch (error) {
      this.fail(wordsOf(error));
    }
  }

  /** @param from how many fragments the answer leaves out */
  private async take(proxy: Proxy, from: number, video: HTMLVideoElement): Promise<void> {
    if (this.closed) return;
    if (proxy.job) jobs.take(proxy.job);
    if (proxy.state === 'none') return this.fail(proxy.job?.error?.message ?? 'The copy was cancelled');
    if (proxy.version !== this.version && from > 0) {
      this.forget();
      return this.look(video);
    }
    this.version = proxy.version;
    this.parts = [...this.parts.slice(0, from), ...proxy.fragments];
    this.until = this.parts.at(-1)?.end ?? 0;
    this.complete = proxy.state === 'ready';
    this.measure();
    if (this.parts.length > 0) await this.play(proxy, video);
    if (!this.complete && !this.closed) this.timer = window.setTimeout(() => void this.look(video), PAUSE);
  }

  /** How fast the copy grows, since it was first looked at. */
  private measure(): void {
    const now = performance.now() / 1000;
    this.begun ??= { at: now, until: this.until };
    const passed = now - this.begun.at;
    if (passed > 1) this.pace = Math.max(0, this.until - this.begun.until) / passed;
  }

  private async play({ version, header }: Proxy, video: HTMLVideoElement): Promise<void> {
    const film = `/v1/titles/${this.titleId}/proxy/film?version=${version}`;
    if (!this.feeder) {
      const { Feeder } = await import('./feeder.js');
      if (this.closed) return;
      if (!Feeder.works) {
        // such browsers play the file by itself, once it is whole
        if (this.complete) [this.src, this.state] = [film, 'playing'];
        return;
      }
      const bytes = this.parts[0]?.offset ?? header;
      this.feeder = new Feeder(video, film, bytes, this.duration, (error) => this.lost(error, video));
      [this.src, this.state] = [this.feeder.url, 'playing'];
    }
    this.feeder.update(this.parts, this.complete);
  }

  /** The copy was written again, or has gone. */
  private lost(error: unknown, video: HTMLVideoElement): void {
    this.forget();
    if (this.complete) return this.fail(wordsOf(error));
    this.state = 'none';
    void this.start(video);
  }

  private forget(): void {
    clearTimeout(this.timer);
    this.feeder?.close();
    [this.feeder, this.version, this.parts, this.src] = [null, null, [], null];
    [this.begun, this.pace] = [null, 0];
  }

  private fail(reason: string): void {
    if (this.closed) return;
    this.forget();
    this.state = 'failed';
    this.reason = reason;
  }
}
