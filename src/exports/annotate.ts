import type { PresentTrack } from '../cast/present-tracks.js';
import { boxAt } from '../cast/stored.js';
import type { Media } from '../frames/media.js';
import type { MediaInfo } from '../frames/types.js';
import { openVideoWriter } from '../frames/writer.js';
import { Marker } from './labels.js';

export interface AnnotateRequest {
  readonly file: string;
  readonly info: MediaInfo;
  readonly tracks: readonly PresentTrack[];
  /** .mp4, .mkv, .webm, .ts or .mov. */
  readonly output: string;
  readonly maxPixels: number;
  readonly signal?: AbortSignal | undefined;
  /** 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Writes the film with a box and a name around every face, and around the heads of those who can be told without one, moved evenly
 * between the sampled frames; its sound is copied.
 * Nothing is left behind when it fails or is aborted.
 * @returns the number of frames, and of those with a marked face
 * @throws KinoscopeError `unreadable`, `usage`, `unavailable`, `cancelled`
 */
export async function annotate(media: Media, request: AnnotateRequest): Promise<{ frames: number; marked: number }> {
  const { file, info, tracks, output, maxPixels, signal, onProgress } = request;
  const [width, height] = [info.width, info.height].map((side) => Math.max(2, side - (side % 2))) as [number, number];
  const bySecond = new Map<number, PresentTrack[]>();
  for (const track of tracks)
    for (let second = Math.floor(track.start); second <= track.end; second++) {
      const there = bySecond.get(second) ?? [];
      bySecond.set(second, there);
      there.push(track);
    }
  const marker = new Marker(height);
  const writer = await openVideoWriter(output, {
    width,
    height,
    frameRate: info.frameRate ?? 25,
    audio: info.audio ? { file, startTime: info.startTime, maxPixels } : undefined,
  });
  let [frames, marked, last] = [0, 0, -Infinity];
  try {
    const stream = media.source.frames(file, {
      plan: { kind: 'every' },
      sizes: [{ width, height, fit: 'fill' }],
      ...(signal ? { signal } : {}),
    });
    for await (const { time, images } of stream) {
      // Some files repeat a time; a picture must come after the one before.
      if (time <= last) continue;
      last = time;
      const there = (bySecond.get(Math.floor(time)) ?? []).filter(({ start, end }) => start <= time && time < end);
      await marker.mark(
        images[0]!,
        there.map(({ name, label, perhaps, samples }) => ({
          box: boxAt(samples, time),
          text: name ?? (perhaps?.name ? `${perhaps.name}?` : (label ?? 'unknown')),
          known: name !== null,
        })),
      );
      await writer.write(images[0]!, time);
      frames++;
      if (there.length > 0) marked++;
      onProgress?.(Math.min(1, time / info.duration));
    }
    signal?.throwIfAborted();
    await writer.close();
    return { frames, marked };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
