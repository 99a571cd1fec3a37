import { Inject, Injectable } from '@nestjs/common';
import { inSlices } from '../core/slices.js';
import { picturePrint } from '../episodes/picture-print.js';
import { decodePictures, decodeSound, encodePictures, encodeSound } from '../episodes/stored-print.js';
import type { Fingerprint } from '../episodes/types.js';
import { MEDIA, type Media } from '../frames/media.js';
import { runPass } from '../frames/pass.js';
import { createShotDetector, type Measured, type Shot } from '../frames/shots.js';
import type { Write } from '../storage/collection.js';
import { Documents } from '../titles/collections.js';
import type { Film } from '../titles/film.js';
import type { Progress } from '../titles/progress.js';
import { FINGERPRINTS, printId, type StoredPrint } from '../titles/season-documents.js';
import { printVersion } from './detectors.js';

type PrintKind = StoredPrint['of'];

function printWrite(contentHash: string, of: PrintKind, data: string | null): Write {
  const document = { id: printId(contentHash, of), contentHash, of, printVersion: printVersion(), data };
  return { kind: 'upsert', collection: FINGERPRINTS.name, document };
}

/** What a pass that gave thumbnails saw of a film, to be stored; nothing of one that gave none. */
export function pictureWrites(
  contentHash: string,
  thumbnails: readonly Measured[],
  shots: readonly Pick<Shot, 'start'>[],
): Write[] {
  if (thumbnails.length === 0 || thumbnails.every(({ hash }) => hash === undefined)) return [];
  const measured = thumbnails.toSorted((a, b) => a.time - b.time);
  return [printWrite(contentHash, 'pictures', encodePictures(picturePrint(measured, shots)))];
}

/** Keeps the fingerprints of episodes: each film is looked at and listened to once. */
@Injectable()
export class Fingerprints {
  constructor(
    private readonly documents: Documents,
    @Inject(MEDIA) private readonly media: Media,
  ) {}

  /** What is not kept yet of a content. */
  async missing(contentHash: string): Promise<PrintKind[]> {
    const { items } = await this.documents.fingerprints.find({ contentHash, printVersion: printVersion() });
    return (['sound', 'pictures'] as const).filter((kind) => items.every(({ of }) => of !== kind));
  }

  /** Makes and stores the sound's, if it is missing. */
  async listen(film: Film, progress: Progress): Promise<void> {
    await this.make(film, progress, ['sound']);
  }

  /** Makes and stores what is missing. @throws KinoscopeError as decoding does */
  async make(
    { file, contentHash, info }: Film,
    { signal, onProgress }: Progress,
    wanted: readonly PrintKind[] = ['sound', 'pictures'],
  ): Promise<void> {
    for (const kind of (await this.missing(contentHash)).filter((one) => wanted.includes(one))) {
      const data = kind === 'sound' ? await this.sound(file, signal) : await this.pictures(file, info.duration);
      await this.documents.store.commit([printWrite(contentHash, kind, data)]);
      onProgress?.(1, 'fingerprint');
    }
  }

  /** Those that are kept of each of these contents. */
  async read(films: readonly { contentHash: string; duration: number }[]): Promise<Map<string, Fingerprint>> {
    const prints = new Map<string, Fingerprint>();
    for (const { contentHash, duration } of films) {
      const { items } = await this.documents.fingerprints.find({ contentHash, printVersion: printVersion() });
      const data = (kind: PrintKind): string | null => items.find(({ of }) => of === kind)?.data ?? null;
      const [sound, pictures] = [data('sound'), data('pictures')];
      if (sound === null && pictures === null) continue;
      prints.set(contentHash, {
        duration,
        sound: sound === null ? null : decodeSound(sound),
        pictures: pictures === null ? null : decodePictures(pictures),
      });
    }
    return prints;
  }

  private async sound(file: string, signal: AbortSignal | undefined): Promise<string | null> {
    const print = await this.media.sound(file, signal);
    return print && encodeSound(print);
  }

  /** A pass of its own, where none that gave thumbnails has gone over the film. */
  private async pictures(file: string, duration: number): Promise<string | null> {
    const detector = createShotDetector();
    const size = detector.sizes[0]!;
    // the system's ffmpeg gives no thumbnails
    const everyFrame = this.media.source.name === 'ffmpeg';
    await runPass(this.media.source, file, {
      plan: everyFrame ? { kind: 'every' } : { kind: 'everySecond', window: { start: 0, end: duration + 1 } },
      consumer: {
        sizes: [size],
        push: (frame) => (everyFrame ? detector.push(frame) : undefined),
        ...(!everyFrame && {
          thumbnail: {
            size,
            push: (time, image) => detector.push({ time, containerTime: time, keyframe: false, images: [image] }),
          },
        }),
      },
    });
    const { shots } = await inSlices(detector.conclude());
    return encodePictures(picturePrint(detector.measured, shots));
  }
}
