import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { type PicturePrint, picturePrint } from '../../src/episodes/picture-print.js';
import { decodePictures, decodeSound, encodePictures, encodeSound } from '../../src/episodes/stored-print.js';
import type { Fingerprint } from '../../src/episodes/types.js';
import { openContainer } from '../../src/frames/av/container.js';
import { measureTimeline } from '../../src/frames/av/measure.js';
import { readSoundPrint } from '../../src/frames/av/sound-print.js';
import { completeSettings } from '../../src/frames/settings.js';
import { createShotDetector } from '../../src/frames/shots.js';
import { SOUND_RATE } from '../../src/frames/sound-print.js';
import { createRandom } from '../genre/random.js';
import { HEIGHT, WIDTH } from './clips.js';
import { type MadeEpisode, paint, play } from './season-maker.js';

/**
 * The fingerprints of a made season, by the product's own code: thumbnails are painted, sound goes through AAC in files (read in this
 * process: starting one for each takes longer).
 * @param kept the file of each episode, in which it is kept for the next run
 */
export async function printsOf(episodes: readonly MadeEpisode[], kept: readonly string[]): Promise<Fingerprint[]> {
  if (kept.every((file) => existsSync(file))) return kept.map(readKept);
  await encodeSounds(episodes, kept);
  for (const [index, episode] of episodes.entries()) {
    const pictures = seenIn(episode);
    const sound = episode.sound ? await soundOf(`${kept[index]}.mp4`) : null;
    const text: Kept = {
      duration: episode.duration,
      sound: sound && encodeSound(sound),
      pictures: encodePictures(pictures),
    };
    writeFileSync(kept[index]!, JSON.stringify(text));
  }
  return kept.map(readKept);
}

function seenIn(episode: MadeEpisode): PicturePrint {
  const detector = createShotDetector();
  for (const { time, data } of paint(episode, createRandom(episode.noise)))
    detector.push({ time, containerTime: time, keyframe: false, images: [{ width: WIDTH, height: HEIGHT, data }] });
  return picturePrint(detector.measured, detector.finish().shots);
}

interface Kept {
  readonly duration: number;
  readonly sound: string | null;
  readonly pictures: string;
}

/** As it was kept. */
export function readKept(file: string): Fingerprint {
  const { duration, sound, pictures } = JSON.parse(readFileSync(file, 'utf8')) as Kept;
  return { duration, sound: sound === null ? null : decodeSound(sound), pictures: decodePictures(pictures) };
}

/** All of a season in one run. */
async function encodeSounds(episodes: readonly MadeEpisode[], kept: readonly string[]): Promise<void> {
  const heard = episodes.flatMap((episode, index) => (episode.sound ? [{ episode, file: kept[index]! }] : []));
  if (heard.length === 0) return;
  for (const { episode, file } of heard) writeFileSync(`${file}.pcm`, Buffer.from(play(episode).buffer));
  const inputs = heard.flatMap(({ file }) => ['-f', 's16le', '-ar', `${SOUND_RATE}`, '-ac', '1', '-i', `${file}.pcm`]);
  const outputs = heard.flatMap(({ file }, index) => [
    ...['-map', `${index}:a`, '-map', `${heard.length}:v`, '-c:v', 'mpeg4'],
    ...['-c:a', 'aac', '-b:a', '48k', `${file}.mp4`],
  ]);
  const picture = ['-f', 'lavfi', '-i', 'color=s=16x16:r=1:d=2'];
  await promisify(execFile)('ffmpeg', ['-v', 'error', '-y', ...inputs, ...picture, ...outputs]);
  for (const { file } of heard) rmSync(`${file}.pcm`);
}

async function soundOf(file: string): Promise<Fingerprint['sound']> {
  const print = await soundPrintOf(file);
  rmSync(file);
  return print;
}

/** In this process. */
export async function soundPrintOf(file: string): Promise<Fingerprint['sound']> {
  const settings = completeSettings({});
  const container = openContainer(file, settings, () => undefined);
  const timeline = measureTimeline(container);
  const print = await readSoundPrint({ file, settings, container, timeline, alive: () => undefined });
  container.close();
  return print;
}
