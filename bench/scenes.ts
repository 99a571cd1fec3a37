import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildCast } from '../src/cast/cast.js';
import { watchedOf } from '../src/cast/watched.js';
import { createModels } from '../src/inference/registry.js';
import { seeEverybody } from '../test/library/scene.js';
import { dataFolder } from './faces-photos.js';
import { writeSection } from './results.js';

/** Where scenes are cut, beside hand-marked ones: names by clothing go no further than a scene. */

interface Marks {
  readonly starts: readonly number[];
  readonly unsure: readonly number[];
}
const { clips } = JSON.parse(readFileSync(new URL('fixtures/scenes.json', import.meta.url), 'utf8')) as {
  readonly clips: Readonly<Record<string, Marks>>;
};

/** Shots of the same scene begin as near to a mark as this, seconds. */
const NEAR = 0.3;

/** Pairs of shots: in one scene by eye and here, by eye in two and here in one, by eye in one and here in two. */
function countPairs(
  shots: readonly { readonly start: number }[],
  sceneOf: readonly number[],
  { starts, unsure }: Marks,
): { readonly joined: number; readonly mixed: number; readonly parted: number; readonly apart: number } {
  const isMarked = (marks: readonly number[], { start }: { readonly start: number }): boolean =>
    marks.some((mark) => Math.abs(mark - start) < NEAR);
  const counts = { joined: 0, mixed: 0, parted: 0, apart: 0 };
  shots.forEach((_, first) => {
    let [sure, perhaps] = [false, false];
    shots.slice(first + 1).forEach((shot, next) => {
      sure ||= isMarked(starts, shot);
      perhaps ||= isMarked(unsure, shot);
      const together = sceneOf[first] === sceneOf[first + 1 + next];
      if (sure) counts[together ? 'mixed' : 'apart']++;
      else if (!perhaps) counts[together ? 'joined' : 'parted']++;
    });
  });
  return counts;
}

const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 2 });
const lines = [
  '| Clip | shots | scenes by eye (perhaps) | found | pairs of shots of one scene | found in one | of two scenes | found in one |',
  '|---|--:|--:|--:|--:|--:|--:|--:|',
];
for (const [clip, marks] of Object.entries(clips)) {
  const { faces, bodies } = await seeEverybody(models, join(dataFolder(), clip));
  const { scenes, shots } = buildCast(watchedOf(faces, bodies));
  const sceneOf = shots.map((_, i) => scenes.findIndex(({ firstShot, lastShot }) => firstShot <= i && i <= lastShot));
  const { joined, mixed, parted, apart } = countPairs(shots, sceneOf, marks);
  const byEye = `${marks.starts.length + 1} (${marks.unsure.length} more)`;
  const cells = [clip.split('/')[1], shots.length, byEye, scenes.length, joined + parted, joined, mixed + apart, mixed];
  lines.push(`| ${cells.join(' | ')} |`);
}
await models.close();
writeSection(
  'scenes',
  '## Scenes\n\nScenes by eye (bench/fixtures/scenes.json; perhaps: those that may belong to the one before, pairs across which count neither way) and as the product cuts them. What makes two ' +
    'shots one scene was chosen by hand with these clips in view; with the colours of earlier releases every one of them was a single scene.\n\n' +
    lines.join('\n'),
);
