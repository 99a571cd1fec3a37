/**
 * What the sound of a film is like, beside ffmpeg's own meter, known speech and known silence: `npm run bench -- sound`. Needs the system's
 * ffmpeg, with flite for the voices.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '../notebooks-ts/genre/random.js';
import { openMedia } from '../src/frames/media.js';
import { SPEECH_RATE } from '../src/frames/sound-blocks.js';
import { createModels } from '../src/inference/registry.js';
import type { Tensor } from '../src/inference/types.js';
import { hearFilm } from '../src/sound/hear.js';
import { SPEECH_NETWORK, SpeechClock, SpeechDetector } from '../src/sound/speech.js';
import { descendantProcesses } from '../test/clips/processes.js';
import { dataFolder } from './faces-photos.js';
import { writeSection } from './results.js';

const folder = mkdtempSync(join(tmpdir(), 'kinoscope-bench-sound-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const root = new URL('..', import.meta.url).pathname;
const models = createModels({ modelsDir: join(root, 'models'), provider: 'cpu', threads: 1 });
const media = openMedia({});
const video = (name: string): string => join(dataFolder(), 'video', name);
const CLIPS = [
  'big-buck-bunny-360p.mp4',
  'trailer-sintel.mp4',
  'trailer-joker.mp4',
  'trailer-avatar-the-last-airbender.mp4',
  'chaplin.mp4',
  'credits-cards-10s.mp4',
  'hard-negative-kinetic-text.webm',
];

function ffmpeg(...args: readonly string[]): { stdout: Buffer; stderr: string } {
  const { stdout, stderr } = spawnSync('ffmpeg', ['-nostdin', '-hide_banner', '-nostats', ...args], {
    maxBuffer: 2 ** 30,
  });
  return { stdout, stderr: stderr.toString() };
}

/** Integrated loudness, loudness range and true peak, as ffmpeg's own meter sums them up. */
function reference(file: string): number[] {
  const { stderr } = ffmpeg('-i', file, '-vn', '-af', 'ebur128=peak=true:framelog=verbose', '-f', 'null', '-');
  const summary = stderr.slice(stderr.lastIndexOf('Summary:'));
  return [/I:\s+(\S+)/, /LRA:\s+(\S+)/, /Peak:\s+(\S+)/].map((pattern) => Number(pattern.exec(summary)?.[1]));
}

async function loudness(): Promise<string[]> {
  const rows: string[] = [];
  const most = [0, 0, 0];
  for (const clip of CLIPS) {
    const file = video(clip);
    const { result } = await hearFilm({ file, track: (await media.probe(file)).audio, media, models });
    const ours = [result.loudness, result.loudnessRange, result.truePeak].map(Number);
    const theirs = reference(file);
    ours.forEach((value, k) => (most[k] = Math.max(most[k]!, Math.abs(value - theirs[k]!))));
    const pairs = ours.map((value, k) => `${value.toFixed(1)} / ${theirs[k]!.toFixed(1)}`);
    rows.push(`| ${[clip, ...pairs, result.speech?.toFixed(3), result.silence?.toFixed(3)].join(' | ')} |`);
  }
  return [
    '| Clip | loudness, LUFS: ours / ffmpeg | range, LU | true peak, dBTP | speech | silence |',
    '|---|--:|--:|--:|--:|--:|',
    ...rows,
    `| largest difference | ${most.map((value) => value.toFixed(1)).join(' | ')} | | |`,
  ];
}

const SENTENCES = [
  'We have to leave before the storm reaches the harbour',
  'No. I told you that I would stay',
  'Somebody has been in this house while we were away, and they took nothing but the old photographs',
  'Listen to me, there is not much time',
  'What did she say when you asked about the money',
  'Good evening, ladies and gentlemen, and welcome to the last show of the season',
];

const samplesOf = (bytes: Buffer): Float32Array => {
  const whole = new Int16Array(Uint8Array.from(bytes).buffer);
  return Float32Array.from(whole, (sample) => sample / 32768);
};
const PCM = ['-ac', '1', '-ar', String(SPEECH_RATE), '-f', 's16le', '-'];
const power = (sound: Float32Array): number => sound.reduce((sum, value) => sum + value * value, 0) / sound.length;

/** Two minutes in which a voice speaks now and then, and for each 10 ms whether it does: louder than -40 dB of its mean, pauses below 100 ms filled. */
function conversation(voice: string, seed: number): { sound: Float32Array; speaks: boolean[] } {
  const random = createRandom(seed);
  const sound = new Float32Array(120 * SPEECH_RATE);
  for (let at = SPEECH_RATE; ;) {
    const text = SENTENCES[Math.floor(random() * SENTENCES.length)]!.replaceAll(',', '\\,');
    const said = samplesOf(
      ffmpeg('-v', 'error', '-f', 'lavfi', '-i', `flite=voice=${voice}:text='${text}'`, ...PCM).stdout,
    );
    if (at + said.length > sound.length) break;
    const level = 0.1 / Math.sqrt(power(said));
    sound.set(
      said.map((value) => value * level),
      at,
    );
    at += said.length + Math.round((0.5 + 6 * random()) * SPEECH_RATE);
  }
  const frame = SPEECH_RATE / 100;
  const speaks = Array.from(
    { length: sound.length / frame },
    (_, k) => power(sound.subarray(k * frame, (k + 1) * frame)) > 1e-6,
  );
  let last = -Infinity;
  speaks.forEach((now, k) => {
    if (!now) return;
    if (k - last <= 10) speaks.fill(true, Math.max(0, last), k);
    last = k;
  });
  return { sound, speaks };
}

const network = await models.load(SPEECH_NETWORK);
async function speechIn(sound: Float32Array): Promise<number> {
  const detector = new SpeechDetector(network);
  await detector.push(sound);
  return (await detector.finish()) / (sound.length / SPEECH_RATE);
}

/** The same in one stretch from beginning to end, as Silero's own code has it. */
async function inOneStretch(sound: Float32Array): Promise<number> {
  const clock = new SpeechClock();
  let state: Tensor = { dims: [2, 1, 128], data: new Float32Array(256) };
  const sr = { dims: [], data: BigInt64Array.of(BigInt(SPEECH_RATE)) };
  const input = new Float32Array(576);
  for (let at = 0; at < sound.length; at += 512) {
    input.copyWithin(0, 512);
    input.fill(0, 64);
    input.set(sound.subarray(at, at + 512), 64);
    const answer = await network.run({ input: { dims: [1, 576], data: input }, state, sr });
    state = answer['state']!;
    clock.push(Number(answer['probability']!.data[0]));
  }
  return clock.finish() / (sound.length / SPEECH_RATE);
}

/** The reference: whatever is louder than -40 dBFS for 10 ms is taken for speech. */
function energetic(sound: Float32Array): number {
  const frame = SPEECH_RATE / 100;
  let loud = 0;
  for (let at = 0; at + frame <= sound.length; at += frame) if (power(sound.subarray(at, at + frame)) > 1e-4) loud++;
  return (loud * frame) / sound.length;
}

/** With something else behind it, so many decibels lower. */
function over(sound: Float32Array, ground: Float32Array, decibels: number): Float32Array {
  const level = 10 ** (-decibels / 20) * (0.1 / Math.sqrt(power(ground)));
  return sound.map((value, k) => value + level * ground[k % ground.length]!);
}

async function speech(): Promise<string[]> {
  const lines = [
    '| Sound | share of speech | found | in one stretch | louder than -40 dBFS |',
    '|---|--:|--:|--:|--:|',
  ];
  const music = samplesOf(ffmpeg('-v', 'error', '-i', video('big-buck-bunny-360p.mp4'), '-vn', ...PCM).stdout);
  const noise = samplesOf(
    ffmpeg('-v', 'error', '-f', 'lavfi', '-i', 'anoisesrc=color=pink:seed=7:d=120', ...PCM).stdout,
  );
  const row = async (name: string, truth: number, sound: Float32Array): Promise<void> => {
    const cells = [truth, await speechIn(sound), await inOneStretch(sound), energetic(sound)];
    lines.push(`| ${[name, ...cells.map((value) => value.toFixed(3))].join(' | ')} |`);
  };
  for (const [k, voice] of ['slt', 'awb', 'rms', 'kal'].entries()) {
    const { sound, speaks } = conversation(voice, 11 + k);
    const truth = speaks.filter(Boolean).length / speaks.length;
    await row(`voice ${voice} on silence`, truth, sound);
    await row(`voice ${voice} over pink noise, 10 dB lower`, truth, over(sound, noise, 10));
    await row(
      `voice ${voice} over a cartoon's music and noises, 10 dB lower`,
      truth,
      over(sound, music.subarray(60 * SPEECH_RATE), 10),
    );
  }
  await row('big-buck-bunny-360p.mp4: nobody speaks', 0, music);
  await row('pink noise', 0, noise);
  const chord = Float32Array.from({ length: 60 * SPEECH_RATE }, (_, k) =>
    [220, 277, 330].reduce((sum, hertz) => sum + 0.1 * Math.sin((2 * Math.PI * hertz * k) / SPEECH_RATE), 0),
  );
  await row('a chord', 0, chord);
  await row('zeros', 0, new Float32Array(60 * SPEECH_RATE));
  return lines;
}

/** The built command on a film of these minutes: seconds of CPU, and megabytes of the largest process. */
async function cost(minutes: number): Promise<{ cpu: number; largest: number }> {
  const file = join(folder, `${minutes}.mkv`);
  const loops = String(Math.ceil(minutes / 9.94) - 1);
  ffmpeg(
    '-v',
    'error',
    '-stream_loop',
    loops,
    '-i',
    video('big-buck-bunny-360p.mp4'),
    '-t',
    String(minutes * 60),
    '-c',
    'copy',
    file,
  );
  const script = join(folder, 'run.sh');
  writeFileSync(script, `node ${join(root, 'bin/kinoscope.js')} sound ${file} --json >&2; times\n`);
  const child = spawn('bash', [script], { env: { ...process.env, KINOSCOPE_HOME: join(folder, 'home') } });
  let [said, largest, ended] = ['', 0, false];
  child.stdout.on('data', (text) => (said += String(text)));
  child.on('exit', () => (ended = true));
  while (!ended) {
    for (const pid of await descendantProcesses()) {
      try {
        const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
        largest = Math.max(largest, peak);
      } catch {
        // gone
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const [, children = ''] = said.trim().split('\n');
  const cpu = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + 60 * Number(m) + Number(s), 0);
  return { cpu, largest };
}

const [short, long] = [await cost(10), await cost(60)];
const parts = [await loudness(), await speech()];
await models.close();
writeSection(
  'sound',
  [
    '## Sound',
    "Loudness, its range and the true peak beside the summary of the `ebur128` filter of the system's ffmpeg, which hears the sound of the whole file; ours ends with the pictures.",
    parts[0]!.join('\n'),
    'Speech that is known: synthetic voices (flite) at known times. "In one stretch" is the network as its authors run it; we hear 16 stretches side by side.',
    parts[1]!.join('\n'),
    `An hour of film (Big Buck Bunny, again and again) takes ${long.cpu.toFixed(1)} s of CPU and ten minutes ${short.cpu.toFixed(1)} s, the command's start and the reading of ` +
      `the file's hash among them; the largest process has ${long.largest.toFixed(0)} MB and ${short.largest.toFixed(0)} MB.`,
  ].join('\n\n'),
);
