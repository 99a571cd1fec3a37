/**
 * Why no share of music is told: libopus, which FFmpeg brings, decides for every 20 ms by a small network of its own whether they are coded
 * as voice or as music. How often it says music of sounds that are known. Needs the system's ffmpeg with libopus and flite.
 *
 *   npm run bench -- sound-music
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createRandom } from '../notebooks-ts/genre/random.js';
import { dataFolder } from './faces-photos.js';
import { writeSection } from './results.js';

const RATE = 16_000;
const SECONDS = 60;
/** Bits a second at which the encoder's two thresholds meet in the middle of its network's answers. */
const BITS = 24_000;
/** Of a packet's first byte: from here on it is coded as music (RFC 6716, 3.1). */
const MUSIC = 16 << 3;

function ffmpeg(args: readonly string[], input?: Buffer): Buffer {
  const { status, stdout, stderr } = spawnSync('ffmpeg', ['-v', 'error', ...args], {
    maxBuffer: 2 ** 28,
    ...(input && { input }),
  });
  if (status !== 0) throw new Error(stderr.toString());
  return stdout;
}

const PCM = ['-ac', '1', '-ar', String(RATE), '-f', 'f32le'];
const LENGTH = SECONDS * RATE;

/** One minute at the same level, repeated where it is shorter. */
function level(sound: Float32Array): Float32Array {
  const minute = Float32Array.from({ length: LENGTH }, (_, k) => sound[k % sound.length]!);
  const power = minute.reduce((sum, value) => sum + value * value, 0) / LENGTH;
  return minute.map((value) => (value * 0.08) / Math.sqrt(power));
}
function read(...args: readonly string[]): Float32Array {
  return level(new Float32Array(Uint8Array.from(ffmpeg([...args, '-t', String(SECONDS), ...PCM, '-'])).buffer));
}

/** Packets of an Ogg stream (RFC 3533) behind its two headers. */
function packetsOf(stream: Buffer): Buffer[] {
  const packets: Buffer[] = [];
  const packet: Buffer[] = [];
  for (let page = 0; page < stream.length;) {
    const lengths = stream.subarray(page + 27, page + 27 + stream[page + 26]!);
    page += 27 + lengths.length;
    for (const length of lengths) {
      packet.push(stream.subarray(page, (page += length)));
      if (length < 255) packets.push(Buffer.concat(packet.splice(0)));
    }
  }
  return packets.slice(2);
}

/** Share of packets that are coded as music. */
function musicIn(sound: Float32Array): number {
  const coded = ffmpeg(
    [
      ...['-f', 'f32le', '-ar', String(RATE), '-ac', '1', '-i', '-'],
      ...['-c:a', 'libopus', '-b:a', String(BITS), '-f', 'ogg', '-'],
    ],
    Buffer.from(sound.buffer),
  );
  const packets = packetsOf(coded);
  return packets.filter(([first]) => first! >= MUSIC).length / packets.length;
}

const random = createRandom(5);
const noise = (): number => 2 * random() - 1;
/** Something every so many seconds that dies away within about so many. */
const strokes = (every: number, fade: number): Float32Array => {
  const sound = new Float32Array(LENGTH);
  for (let at = 0; at < LENGTH; at += Math.round(every * RATE * (0.5 + random())))
    for (let k = 0; k < 5 * fade * RATE && at + k < LENGTH; k++)
      sound[at + k]! += noise() * Math.exp(-k / (fade * RATE));
  return level(sound);
};
const TEXT = 'In the beginning there was a large house near the river and nobody knew who lived in it';
const voice = (name: string): Float32Array => read('-f', 'lavfi', '-i', `flite=voice=${name}:text='${TEXT}'`);
const film = (name: string, from: number): Float32Array =>
  read('-ss', String(from), '-i', join(dataFolder(), 'video', name), '-vn');
const coloured = (colour: string): Float32Array => read('-f', 'lavfi', '-i', `anoisesrc=c=${colour}:d=${SECONDS}:s=3`);
const over = (one: Float32Array, other: Float32Array, decibels: number): Float32Array =>
  one.map((value, k) => value + other[k]! * 10 ** (decibels / 20));

const [speech, score] = [voice('rms'), film('big-buck-bunny-360p.mp4', 60)];
const pink = coloured('pink');
const sounds: [string, string, Float32Array][] = [
  ["a cartoon's score (Big Buck Bunny, from 60 s)", 'music', score],
  ['music under moving letters (hard-negative-kinetic-text)', 'music', film('hard-negative-kinetic-text.webm', 0)],
  ...['awb', 'rms', 'slt'].map((name): [string, string, Float32Array] => [`voice ${name}`, 'none', voice(name)]),
  ['pink noise', 'none', pink],
  ['white noise', 'none', coloured('white')],
  ['clicks', 'none', strokes(0.15, 0.002)],
  ['bangs', 'none', strokes(1.5, 0.2)],
  ['voice, bangs as loud', 'none', over(speech, strokes(1.5, 0.2), 0)],
  ['voice over the score, 10 dB lower', 'music', over(speech, score, -10)],
  ['pink noise over the score, 10 dB lower', 'music', over(pink, score, -10)],
];
writeSection(
  'sound-music',
  [
    '## Music, as an encoder tells it from voices',
    `Share of packets that libopus codes as music at ${BITS / 1000} kbit/s, ${SECONDS} s each. Voices are flite's, noises made.`,
    [
      '| Sound | music in it | said to be music |',
      '| --- | --- | --- |',
      ...sounds.map(([name, truth, sound]) => `| ${name} | ${truth} | ${musicIn(sound).toFixed(2)} |`),
    ].join('\n'),
  ].join('\n\n'),
);
