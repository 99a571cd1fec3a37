import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { steady, writeClip } from './bar-code.js';

/** Films that browsers do not play, whose frame n shows the bar code of n (`bar-code.ts`). */

export const RATE = 10;
export const FRAMES = 120;
/** Seconds after the sound at which the first picture shows: players count from the sound. */
export const LATE = 0.7;

function ffmpeg(...args: string[]): void {
  const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-y', ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ffmpeg: ${stderr}`);
}

/** Adds a tone in a codec to a clip, which begins {@link LATE} seconds after it. */
export function withSound(clip: string, codec: string, file: string, seconds = FRAMES / RATE): void {
  const sound = ['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds + LATE}`];
  const copied = ['-map', '1:v', '-map', '0:a', '-c:v', 'copy', '-c:a', codec, '-avoid_negative_ts', 'disabled'];
  ffmpeg(...sound, '-itsoffset', `${LATE}`, '-i', clip, ...copied, file);
}

/** Of the film whose pictures change their size. */
export const SIZES = [
  [160, 96],
  [320, 192],
  [240, 180],
] as const;

/** H.264 with pictures that refer to later ones, as films have it. */
const H264 = { encoderOptions: { g: '20', bf: '2', sc_threshold: '0' } };

/** The codes of black and of white at 203 cd/m2 in a transfer function (ITU-R BT.2408, table 1), in a film of HEVC with 10 bits. */
function brightFilm(pictures: string, transfer: 'smpte2084' | 'arib-std-b67', file: string): void {
  const white = 64 + Math.round(876 * (transfer === 'smpte2084' ? 0.58 : 0.75));
  ffmpeg(
    ...['-i', pictures, '-vf', `format=yuv420p10le,lutyuv=y='if(gt(val,512),${white},64)':u=512:v=512`],
    ...['-c:v', 'libx265', '-preset', 'ultrafast', '-color_range', 'tv'],
    '-x265-params',
    `log-level=none:keyint=20:colorprim=bt2020:transfer=${transfer}:colormatrix=bt2020nc`,
    file,
  );
}

/** Pictures whose size changes twice: a recording of several broadcasts, joined as recorders join them. */
function resizedFilm(pictures: string, folder: string, file: string): void {
  const part = FRAMES / RATE / SIZES.length;
  const parts = SIZES.map(([width, height], index) => {
    const name = join(folder, `part-${index}.ts`);
    const cut = ['-ss', `${index * part}`, '-t', `${part}`, '-i', pictures];
    const coded = ['-vf', `scale=${width}:${height}:flags=neighbor,setsar=1`, '-c:v', 'libx264', '-g', '20'];
    ffmpeg(...cut, ...coded, '-pix_fmt', 'yuv420p', '-output_ts_offset', `${index * part}`, name);
    return readFileSync(name);
  });
  writeFileSync(file, Buffer.concat(parts));
}

/** Makes the films in a folder. @returns their paths */
export async function foreignFilms(folder: string) {
  const at = (name: string): string => join(folder, name);
  const [h264, hevc] = [at('pictures-h264.mkv'), at('pictures-hevc.mkv')];
  await writeClip(h264, steady(FRAMES, RATE), H264);
  await writeClip(hevc, steady(FRAMES, RATE), { codec: 'hevc', encoderOptions: { g: '50' } });
  withSound(h264, 'aac', at('h264-aac.mkv'));
  withSound(h264, 'aac', at('h264-aac.ts'));
  withSound(h264, 'ac3', at('h264-ac3.mkv'));
  withSound(hevc, 'aac', at('hevc-aac.mkv'));
  // the pictures as they are, one after the other
  ffmpeg(
    '-r',
    `${RATE}`,
    '-i',
    h264,
    ...['-f', 'lavfi', '-i', `sine=duration=${FRAMES / RATE}`],
    ...['-c:v', 'mpeg4', '-q:v', '2', '-r', `${RATE}`, '-bf', '0'],
    ...['-c:a', 'libmp3lame', at('mpeg4-mp3.avi')],
  );
  brightFilm(h264, 'smpte2084', at('hdr10.mkv'));
  brightFilm(h264, 'arib-std-b67', at('hlg.mkv'));
  resizedFilm(h264, folder, at('resized.ts'));
  return {
    hdr10: at('hdr10.mkv'),
    hlg: at('hlg.mkv'),
    resized: at('resized.ts'),
    remuxed: at('h264-aac.mkv'),
    stream: at('h264-aac.ts'),
    soundless: at('h264-ac3.mkv'),
    hevc: at('hevc-aac.mkv'),
    avi: at('mpeg4-mp3.avi'),
  };
}
