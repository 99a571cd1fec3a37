import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PERSON_NETWORK } from '../src/bodies/analyzer.js';
import type { By } from '../src/cast/present.js';
import { FACE_NETWORKS } from '../src/config/face-networks.js';
import { faceNetworks } from '../src/faces/networks.js';
import { createModels } from '../src/inference/registry.js';
import type { Models } from '../src/inference/types.js';
import type { Library } from '../test/library/library.js';
import {
  enrolScene,
  everybodyTable,
  libraryOf,
  SCENE,
  sceneTable,
  seeEverybody,
  seeFilm,
} from '../test/library/scene.js';
import { dataFolder } from './faces-photos.js';
import { CAUSES, type Counts, count, none, pairs, type Said, saidOf } from './presence-figures.js';
import { DRAWN, secondsOf } from './presence-fixture.js';
import { askedOf, enrolFrames } from './presence-gallery.js';
import { writeSection } from './results.js';

/** Of all people on screen, who is named right: by their faces alone and by everything, and strangers told apart. */

async function ask(
  library: Library,
  clip: string,
  of: 'faces' | 'everybody',
  frames = DRAWN[clip]!.frames,
): Promise<Counts> {
  const counts = none();
  const drawn = DRAWN[clip]!;
  const isKnown = (who: string): boolean => drawn.named ?? who in (drawn.gallery ?? {});
  for (const { frame, people } of frames) {
    const time = secondsOf(drawn, frame);
    const said =
      of === 'everybody'
        ? (await library.present('scene', time)).map(saidOf)
        : (await library.at('scene', time)).map((one): Said => ({
            ...one,
            id: one.key,
            body: null,
            by: 'face',
            perhaps: null,
          }));
    count(counts, said, people, time.toFixed(2), isKnown);
  }
  return counts;
}

/** Runs of networks, by name. */
function counting(models: Models, runs: Map<string, number>): Models {
  const counted = (id: string): void => void runs.set(id, (runs.get(id) ?? 0) + 1);
  return {
    ...models,
    load: async (id, copies) => {
      const model = await models.load(id, copies);
      return {
        ...model,
        runImage: (image) => (counted(id), model.runImage(image)),
        runImages: (images) => (images.forEach(() => counted(id)), model.runImages(images)),
      };
    },
    labels: (id) => models.labels(id),
    trained: (id) => models.trained(id),
    close: () => models.close(),
  };
}

/** CPU seconds of this process and of its children that have ended: decoders. */
interface Cpu {
  readonly own: number;
  readonly children: number;
}

/** Of the children Linux alone tells (proc(5): cutime and cstime, hundredths of a second). */
function cpuNow(): Cpu {
  const { user, system } = process.cpuUsage();
  const fields = existsSync('/proc/self/stat')
    ? readFileSync('/proc/self/stat', 'utf8').split(') ')[1]!.split(' ')
    : [];
  return { own: (user + system) / 1e6, children: (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) / 100 };
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly cpu: Cpu; readonly value: T }> {
  const before = cpuNow();
  const value = await work();
  const after = cpuNow();
  return { cpu: { own: after.own - before.own, children: after.children - before.children }, value };
}

const percent = (part: number, whole: number): string => (whole ? ((100 * part) / whole).toFixed(1) : '-');
const names = [
  '| Clip | networks | answer | people | in the gallery | named right | % of these | named wrong | % of all | turned away or aside | of these right | right (wrong) by face | by body | by scene |',
  '|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
];
const strangers = [
  '| Clip | networks | answer | people | pairs right of those said, % | of those there, % | F1 |',
  '|---|---|---|--:|--:|--:|--:|',
];
const causes = [
  '| Clip | networks | in the gallery | named right | nobody found there | a body alone, nobody of its scene fits | a face unlike the photos | likely, not sure enough | somebody else likelier | named wrong |',
  '|---|---|--:|--:|--:|--:|--:|--:|--:|--:|',
];
const shots = ['| Networks | answer | to be seen | small, dark or turned away | wrong |', '|---|---|--:|--:|--:|'];
const costs = [
  '| Clip | networks | CPU, s, faces alone: pass, decoding | everybody: pass, decoding | to that | seconds of film a second of CPU | runs of networks for everybody |',
  '|---|---|--:|--:|--:|--:|---|',
];
/** Of which nobody was drawn: what it costs alone is measured. */
const LONG = 'video/big-buck-bunny-360p.mp4';

/** Watches a film for faces alone and for everybody, and notes what each costs. */
async function cost(models: Models, clip: string): Promise<Awaited<ReturnType<typeof seeEverybody>>> {
  const runs = new Map<string, number>();
  const file = join(dataFolder(), clip);
  const { cpu: before } = await timed(() => seeFilm(models, file));
  const { cpu: now, value } = await timed(() => seeEverybody(counting(models, runs), file));
  const seconds = ({ own, children }: Cpu): string => `${own.toFixed(1)}, ${children.toFixed(1)}`;
  const all = now.own + now.children;
  const ratio = all / (before.own + before.children);
  const length = value.faces.shots.at(-1)!.end;
  const counts = [...runs].map(([id, times]) => `${id} ${times}`).join(', ');
  costs.push(
    `| ${clip.split('/')[1]} | ${models.faces} | ${seconds(before)} | ${seconds(now)} | ${ratio.toFixed(2)} | ${(length / all).toFixed(1)} | ${counts} |`,
  );
  return value;
}

async function measure(models: Models, clip: string): Promise<void> {
  const { faces, bodies } = await cost(models, clip);
  const library = await libraryOf(models, faces, bodies);
  for (const of of ['faces', 'everybody'] as const) {
    const counts = await ask(library, clip, of);
    const { precision, recall, f1 } = pairs(counts.shown);
    if (counts.people > 0)
      strangers.push(
        `| ${clip.split('/')[1]} | ${models.faces} | ${of} | ${counts.people} | ${percent(precision, 1)} | ${percent(recall, 1)} | ${f1.toFixed(2)} |`,
      );
  }
  // The gallery is of the sitcom: enrolled for other clips, too, whose people are none of it.
  await enrolScene(models, dataFolder(), library, 8);
  if (DRAWN[clip]!.named)
    for (const [of, rows] of [
      ['faces', await sceneTable(library)],
      ['everybody', await everybodyTable(library)],
    ] as const) {
      const sum = (many: (row: (typeof rows)[number], shot: number) => number): number =>
        rows.reduce((all, row, shot) => all + many(row, shot), 0);
      const [seen, small] = [sum((_, i) => SCENE.shots[i]!.seen.length), sum((_, i) => SCENE.shots[i]!.small.length)];
      const [named, namedSmall] = [
        seen - sum((row) => row.missed.length),
        small - sum((row) => row.missedSmall.length),
      ];
      shots.push(
        `| ${models.faces} | ${of} | ${named} of ${seen} | ${namedSmall} of ${small} | ${sum((row) => row.wrong.length)} |`,
      );
    }
  await enrolFrames(models, join(dataFolder(), clip), DRAWN[clip]!, library);
  for (const of of ['faces', 'everybody'] as const) {
    const counts = await ask(library, clip, of, askedOf(DRAWN[clip]!));
    const by = (one: By): string => `${counts.by[one].right} (${counts.by[one].wrong})`;
    const cells = [
      ...[clip.split('/')[1], models.faces, of, counts.people, counts.known],
      ...[counts.right, percent(counts.right, counts.known), counts.wrong, percent(counts.wrong, counts.people)],
      ...[counts.turned, counts.turnedRight, by('face'), by('body'), by('scene')],
    ];
    names.push(`| ${cells.join(' | ')} |`);
    if (of === 'everybody' && counts.known > 0) {
      const why = CAUSES.map((cause) => counts.missed[cause]);
      causes.push(`| ${[clip.split('/')[1], models.faces, counts.known, counts.right, ...why].join(' | ')} |`);
    }
    for (const fault of counts.faults) console.error(`${clip} ${models.faces} ${of}: ${fault}`);
  }
  await library.close();
}
for (const faces of FACE_NETWORKS) {
  const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 2, faces });
  for (const id of [...faceNetworks(models), PERSON_NETWORK]) await models.load(id, 2);
  for (const clip of Object.keys(DRAWN)) await measure(models, clip);
  await cost(models, LONG);
  await models.close();
}
writeSection(
  'presence',
  '## Presence\n\nEverybody who was drawn by hand on screen (bench/fixtures/presence.json), at moments between those that the pass looks at. With eight gallery photos of each of the six of the ' +
    'sitcom enrolled, and in three trailers the people of one to three frames of other shots, too: named right, wrong (a name on somebody else or on nobody). Nobody of another film is in a clip: such a name is wrong. By faces alone, as `?by=face` ' +
    `answers, and everybody.\n\n${names.join('\n')}\n\nWhy those in the gallery are not named right, by everything that is known.\n\n${causes.join('\n')}\n\nNobody enrolled: whom the answers take for one person, of all pairs of people drawn in a clip.\n\n${strangers.join('\n')}\n\n` +
    `The sitcom by shot: who of those in it is named in it.\n\n${shots.join('\n')}\n\n` +
    `What the whole pass costs in CPU time, in one process: faces alone, then everybody.\n\n${costs.join('\n')}`,
);
