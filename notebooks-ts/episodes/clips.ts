import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Media } from '../../src/frames/media.js';
import { SOUND_RATE } from '../../src/frames/sound-print.js';

/** Thumbnails a second of a made episode: a decoder that leaves out frames to which no other refers gives about every third of 24. */
export const RATE = 8;
export const [WIDTH, HEIGHT] = [64, 36];
export const PICTURE = WIDTH * HEIGHT * 3;

/** A real clip: thumbnails at {@link RATE}, and its sound (mono, 11,025 samples a second) where it has any. */
export interface Clip {
  readonly name: string;
  readonly frames: Uint8Array;
  readonly seconds: number;
  readonly sound: Int16Array | null;
}

const NAMES = [
  'video/big-buck-bunny-360p.mp4',
  'video/trailer-avatar-the-last-airbender.mp4',
  'video/trailer-joker.mp4',
  'video/trailer-sintel.mp4',
  'video/hard-negative-kinetic-text.webm',
  'shots/friends-scene.mp4',
  'shots/testvideo.mp4',
];

/** @param folder keeps what was decoded for the next run, about 100 MB */
export async function readClips(media: Media, data: string, folder: string): Promise<Clip[]> {
  mkdirSync(folder, { recursive: true });
  const clips: Clip[] = [];
  for (const name of NAMES) {
    const file = join(data, name);
    const { audio } = await media.probe(file);
    const frames = await kept(join(folder, `${basename(name)}.${RATE}.rgb`), () => thumbnails(media, file));
    const sound =
      audio === null
        ? null
        : await kept(join(folder, `${basename(name)}.pcm`), () =>
            Promise.resolve(
              execFileSync(
                'ffmpeg',
                ['-v', 'error', '-i', file, '-map', '0:a:0', '-ac', '1', '-ar', `${SOUND_RATE}`, '-f', 's16le', '-'],
                { maxBuffer: 2 ** 30 },
              ),
            ),
          );
    clips.push({
      name,
      frames,
      seconds: frames.length / PICTURE / RATE,
      sound: sound && new Int16Array(sound.buffer, sound.byteOffset, sound.byteLength >> 1),
    });
  }
  return clips;
}

async function kept(path: string, make: () => Promise<Uint8Array>): Promise<Uint8Array> {
  if (!existsSync(path)) {
    writeFileSync(`${path}.part`, await make());
    renameSync(`${path}.part`, path);
  }
  return new Uint8Array(readFileSync(path));
}

async function thumbnails(media: Media, file: string): Promise<Uint8Array> {
  const pictures: Uint8Array[] = [];
  for await (const { time, images } of media.source.frames(file, {
    plan: { kind: 'every' },
    sizes: [{ width: WIDTH, height: HEIGHT, fit: 'fill' }],
  }))
    for (; pictures.length / RATE <= time + 1e-6;) pictures.push(images[0]!.data);
  return Buffer.concat(pictures);
}
