/** A part of a fragmented MP4 file, in seconds of the player's clock and bytes. */
export interface Part {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
  readonly size: number;
}

/** Seconds that are fetched ahead of what is shown, and kept behind it. */
const AHEAD = 30;
const BEHIND = 60;

type AnySource = typeof MediaSource;
declare global {
  interface Window {
    /** Of phones that have nothing else (iOS 17.1). */
    readonly ManagedMediaSource?: AnySource;
  }
}

/**
 * Plays a fragmented MP4 file that may still be growing. Times are taken as they stand in the file and the length is said
 * at once, where players of HLS count from the first fragment that they get and take a growing film for a live one.
 */
export class Feeder {
  readonly url: string;
  private readonly source: MediaSource;
  private readonly abort = new AbortController();
  private readonly loaded = new Set<number>();
  private buffer: SourceBuffer | null = null;
  private parts: readonly Part[] = [];
  private complete = false;
  private busy = false;

  /** Whether this browser can do it. */
  static get works(): boolean {
    return Feeder.kind !== undefined;
  }
  private static get kind(): AnySource | undefined {
    return window.ManagedMediaSource ?? window.MediaSource;
  }

  /**
   * @param film link of the file
   * @param header bytes before the first part
   * @param onLost is called when bytes cannot be had, or not be played
   */
  constructor(
    private readonly video: HTMLVideoElement,
    private readonly film: string,
    private readonly header: number,
    private readonly duration: number,
    private readonly onLost: (error: unknown) => void,
  ) {
    this.source = new Feeder.kind!();
    this.url = URL.createObjectURL(this.source);
    video.disableRemotePlayback = true;
    const { signal } = this.abort;
    this.source.addEventListener('sourceopen', () => void this.open().catch((error) => this.lose(error)), {
      once: true,
      signal,
    });
    for (const name of ['timeupdate', 'seeking', 'waiting'])
      video.addEventListener(name, () => void this.pump(), { signal });
  }

  /** Says which parts there are. */
  update(parts: readonly Part[], complete: boolean): void {
    this.parts = parts;
    this.complete = complete;
    void this.pump();
  }

  close(): void {
    this.abort.abort();
    URL.revokeObjectURL(this.url);
  }

  private async open(): Promise<void> {
    const header = await this.fetch(0, this.header);
    this.source.duration = this.duration;
    this.buffer = this.source.addSourceBuffer(typeOf(new Uint8Array(header)));
    await this.append(header);
    await this.pump();
  }

  private async pump(): Promise<void> {
    if (this.busy || !this.buffer || this.abort.signal.aborted) return;
    this.busy = true;
    try {
      for (let part = this.wanted(); part; part = this.wanted()) {
        await this.append(await this.fetch(part.offset, part.size));
        this.loaded.add(part.offset);
        // what begins with sound alone cannot be shown there
        const first = this.parts[0]!.start;
        if (this.video.currentTime < first) this.video.currentTime = first + 0.001;
      }
      await this.forget();
      const last = this.parts.at(-1);
      if (this.complete && last && this.loaded.has(last.offset) && this.source.readyState === 'open')
        this.source.endOfStream();
    } catch (error) {
      this.lose(error);
    } finally {
      this.busy = false;
    }
  }

  private wanted(): Part | undefined {
    const { currentTime } = this.video;
    return this.parts.find(
      ({ start, end, offset }) => end > currentTime && start < currentTime + AHEAD && !this.loaded.has(offset),
    );
  }

  /** Drops what was shown long ago, so that memory does not grow with the film. */
  private async forget(): Promise<void> {
    const until = this.video.currentTime - BEHIND;
    const old = this.parts.filter(({ end, offset }) => end < until && this.loaded.has(offset));
    if (old.length === 0 || !this.buffer) return;
    await this.changed(() => this.buffer!.remove(0, old.at(-1)!.end));
    for (const { offset } of old) this.loaded.delete(offset);
  }

  private append(bytes: ArrayBuffer): Promise<void> {
    return this.changed(() => this.buffer!.appendBuffer(bytes));
  }

  private changed(change: () => void): Promise<void> {
    const { buffer } = this;
    return new Promise((resolve, reject) => {
      buffer!.addEventListener('updateend', () => resolve(), { once: true });
      buffer!.addEventListener('error', () => reject(new Error('The copy cannot be played')), { once: true });
      change();
    });
  }

  private async fetch(offset: number, size: number): Promise<ArrayBuffer> {
    const headers = { range: `bytes=${offset}-${offset + size - 1}` };
    const response = await fetch(this.film, { headers, signal: this.abort.signal });
    if (response.status !== 206) throw new Error(`The service answered ${response.status}`);
    return response.arrayBuffer();
  }

  private lose(error: unknown): void {
    if (!this.abort.signal.aborted) this.onLost(error);
  }
}

/** The media type of a file, by its header: H.264's profile, constraints and level stand in `avcC` (ISO/IEC 14496-15, 5.3.3). */
function typeOf(header: Uint8Array): string {
  const find = (name: string): number => {
    const wanted = [...name].map((letter) => letter.charCodeAt(0));
    return header.findIndex((_, index) => wanted.every((byte, k) => header[index + k] === byte));
  };
  const at = find('avcC');
  const level = [...header.subarray(at + 5, at + 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `video/mp4; codecs="avc1.${at < 0 ? '640028' : level}${find('mp4a') < 0 ? '' : ', mp4a.40.2'}"`;
}
