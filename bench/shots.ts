import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFrameSource } from '../src/frames/frame-source.js';
import { type FrameConsumer, runPass } from '../src/frames/pass.js';
import { createShotDetector } from '../src/frames/shots.js';
import { dataFolder } from './faces-photos.js';
import { writeSection } from './results.js';

/** Frames by which a boundary may miss the known one. */
const TOLERANCE = 2;
/** Transitions that were seen by eye and are not on the list of the clip, which was made for fades. */
const SEEN_BY_EYE: Readonly<Record<string, readonly number[]>> = { 'testvideo.mp4': [547] };

const folder = join(dataFolder(), 'shots');
const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<
  string,
  { first_frames_of_shots: number[] }
>;
const near = (frame: number, frames: readonly number[]): boolean =>
  frames.some((other) => Math.abs(other - frame) <= TOLERANCE);

async function timed(file: string, consumer: FrameConsumer): Promise<number> {
  const start = performance.now();
  await runPass(createFrameSource(), join(folder, file), {
    plan: { kind: 'every', window: { start: 0, end: 1e6 } },
    consumers: [consumer],
  });
  return (performance.now() - start) / 1000;
}

const lines = [
  '| Clip | boundaries | found | false | recall | precision | with what was seen by eye | pass, s | decoding alone, s |',
  '|---|--:|--:|--:|--:|--:|--:|--:|--:|',
];
for (const [file, { first_frames_of_shots: all }] of Object.entries(expected)) {
  const known = all.filter((frame) => frame > 0);
  const detector = createShotDetector();
  const seconds = await timed(file, detector);
  const decoding = await timed(file, { sizes: detector.sizes, push: () => undefined });
  const frames = detector
    .finish()
    .shots.map(({ startFrame }) => startFrame)
    .filter((frame) => frame > 0);
  const found = known.filter((frame) => near(frame, frames)).length;
  const wrong = frames.filter((frame) => !near(frame, known));
  const reallyWrong = wrong.filter((frame) => !near(frame, SEEN_BY_EYE[file] ?? []));
  const share = (part: number, of: number): string => (of === 0 ? '1.000' : (part / of).toFixed(3));
  lines.push(
    `| ${file} | ${known.length} | ${found} | ${wrong.length} | ${share(found, known.length)} | ${share(frames.length - wrong.length, frames.length)} ` +
      `| ${share(frames.length - reallyWrong.length, frames.length)} | ${seconds.toFixed(1)} | ${decoding.toFixed(1)} |`,
  );
}
writeSection(
  'shots',
  `## Shots\n\nBoundaries within ${TOLERANCE} frames of the known ones. The dissolve about frame 547 of testvideo.mp4 is real and not on its list; ` +
    `the precision "with what was seen by eye" counts it as right.\n\n${lines.join('\n')}`,
);
