import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { createFrameSource } from '../src/frames/frame-source.js';
import { runPass } from '../src/frames/pass.js';
import type { Models } from '../src/inference/types.js';
import { enrolPhotos } from '../src/people/enrol.js';
import type { Library } from '../test/library/library.js';
import { type DrawnClip, secondsOf } from './presence-fixture.js';

/** A gallery made of a film's own frames: one of these, far from those that are asked about, is a photo. */

/** Frames this near to one of the gallery are not asked about, seconds. */
const NEAR = 1;

/** The clip without the frames beside those of its gallery. */
export function askedOf(clip: DrawnClip): DrawnClip['frames'] {
  const enrolled = Object.values(clip.gallery ?? {}).flatMap((frames) => frames.map((frame) => secondsOf(clip, frame)));
  return clip.frames.filter(({ frame }) => enrolled.every((time) => Math.abs(time - secondsOf(clip, frame)) >= NEAR));
}

/** Enrols whom the clip's gallery frames show. @throws RangeError where they teach nothing of somebody */
export async function enrolFrames(models: Models, file: string, clip: DrawnClip, library: Library): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'presence-'));
  try {
    for (const [name, frames] of Object.entries(clip.gallery ?? {})) {
      const photos: string[] = [];
      await runPass(createFrameSource(), file, {
        // The middle of the frame's time on screen.
        plan: { kind: 'exactAt', times: frames.map((frame) => secondsOf(clip, frame + 0.5)) },
        consumer: {
          sizes: [{ width: 1280, height: 1280, fit: 'inside' }],
          async push({ images: [image] }) {
            if (!image) throw new RangeError('a frame without a picture');
            const { width, height, data } = image;
            const path = join(folder, `${name} ${photos.length}.png`);
            photos.push(path);
            await sharp(data, { raw: { width, height, channels: 3 } })
              .png()
              .toFile(path);
          },
        },
      });
      const enrolled = await enrolPhotos(models, name, photos, {}, () => clip.galleryFaces?.[name]);
      if (!enrolled.mean) throw new RangeError(`no frame teaches the face of ${name}`);
      await library.people.enrol(enrolled);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}
