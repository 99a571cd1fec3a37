import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFrameSource } from '../src/frames/frame-source.js';
import { type FrameConsumer, runPass } from '../src/frames/pass.js';
import { createShotDetector } from '../src/frames/shots.js';
import { dataFolder } from './faces-photos.js';
import { writeSection } from './results.js';

/** Frames by which a boundary may miss the known one. */
const TOLERANCE = 2;
/** Middles of dissolves that were seen by eye: the clips' lists hold cuts and fades alone. */
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
    consumer,
  });
  return (performance.now() - start) / 1000;
}

const share = (part: number, of: number): string => (of === 0 ? '1.000' : (part / of).toFixed(3));

const lines = [
  '| Clip | cuts and fades | found | false | recall | precision | dissolves by eye | found | false | precision of all on the list | pass, s | decoding alone, s |',
  '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
];
for (const [file, { first_frames_of_shots: all }] of Object.entries(expected)) {
  const known = all.filter((frame) => frame > 0);
  const detector = createShotDetector();
  const seconds = await timed(file, detector);
  const decoding = await timed(file, { sizes: detector.sizes, push: () => undefined });
  const begun = detector.finish().shots.filter(({ startFrame }) => startFrame > 0);
  const framesOf = (soft: boolean): number[] =>
    begun.filter(({ transition }) => (transition === 'dissolve') === soft).map(({ startFrame }) => startFrame);
  const [hard, dissolves, seen] = [framesOf(false), framesOf(true), SEEN_BY_EYE[file] ?? []];
  const found = known.filter((frame) => near(frame, hard)).length;
  const right = hard.filter((frame) => near(frame, known)).length;
  const listed = begun.filter(({ startFrame }) => near(startFrame, known)).length;
  const cells = [
    file,
    known.length,
    found,
    hard.length - right,
    share(found, known.length),
    share(right, hard.length),
    seen.length,
    seen.filter((frame) => near(frame, dissolves)).length,
    dissolves.filter((frame) => !near(frame, seen)).length,
    share(listed, begun.length),
    seconds.toFixed(1),
    decoding.toFixed(1),
  ];
  lines.push(`| ${cells.join(' | ')} |`);
}
writeSection(
  'shots',
  `## Shots\n\nBoundaries within ${TOLERANCE} frames of the known ones. The clips' lists hold cuts and fades. testvideo.mp4 has a dissolve, too, from frame 530 to 556 (seen by ` +
    `eye, and answered as a \`dissolve\`); the list was made for detectors that find none, so its last precision counts it as false.\n\n${lines.join('\n')}`,
);
