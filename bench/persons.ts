import { join } from 'node:path';
import { PERSON_NETWORK } from '../src/bodies/analyzer.js';
import { findPersons } from '../src/bodies/persons.js';
import { type Box, iou, type Scored, suppress, toFractions } from '../src/core/boxes.js';
import { resize } from '../src/faces/warp.js';
import { createFrameSource } from '../src/frames/frame-source.js';
import { runPass } from '../src/frames/pass.js';
import type { RgbImage } from '../src/frames/types.js';
import { padded } from '../src/inference/padding.js';
import { createModels } from '../src/inference/registry.js';
import type { Model } from '../src/inference/types.js';
import { dataFolder } from './faces-photos.js';
import { DRAWN, type DrawnPerson, secondsOf } from './presence-fixture.js';
import { writeSection } from './results.js';

/** Which network finds persons best, by the boxes drawn by hand. Optional ones are built first: node dist/inference/build-models.js ID */

interface Detector {
  readonly name: string;
  find(image: RgbImage): Promise<readonly Scored[]>;
}

const inside = (image: RgbImage, side: number): RgbImage => {
  const factor = Math.min(1, side / Math.max(image.width, image.height));
  return resize(image, Math.round(image.width * factor), Math.round(image.height * factor));
};

const LEAST = 0.05;
const OVERLAP = 0.6;

const moveNet = (model: Model, side: number, precision = ''): Detector => ({
  name: `MoveNet MultiPose, ${side}${precision}`,
  find: (image) => findPersons(model, inside(image, side), LEAST),
});

/** The whole picture and its left and right three fifths. */
const moveNetTiles = (model: Model, side: number): Detector => ({
  name: `MoveNet MultiPose, ${side}, whole and two tiles`,
  async find(image) {
    const width = Math.round(image.width * 0.6);
    const tiles = [0, image.width - width].map((left) => ({ left, image: cut(image, left, width) }));
    const whole = await findPersons(model, inside(image, side), LEAST);
    const parts = await Promise.all(
      tiles.map(async (tile) =>
        (await findPersons(model, inside(tile.image, side), LEAST)).map(({ box: [x, y, w, h], score }): Scored => {
          const box: Box = [(x * width + tile.left) / image.width, y, (w * width) / image.width, h];
          return { box, score };
        }),
      ),
    );
    return suppress([...whole, ...parts.flat()], OVERLAP, 1);
  },
});

function cut(image: RgbImage, left: number, width: number): RgbImage {
  const data = new Uint8Array(width * image.height * 3);
  for (let row = 0; row < image.height; row++) {
    const start = (row * image.width + left) * 3;
    data.set(image.data.subarray(start, start + width * 3), row * width * 3);
  }
  return { width, height: image.height, data };
}

const centerNet = (model: Model): Detector => ({
  name: 'CenterNet (MobileNetV3), 512',
  async find(image) {
    const side = 512;
    const scaled = inside(image, side);
    const { scores, sides } = await model.runImage(padded(scaled, side));
    const [score, edge] = [scores!.data as Float32Array, sides!.data as Float32Array];
    const found: Scored[] = [];
    for (let cell = 0; cell < 128 * 128; cell++) {
      const one = score[cell * 80]!;
      if (one < LEAST) continue;
      const [x, y] = [(cell % 128) * 4, Math.floor(cell / 128) * 4];
      const [left, top, right, bottom] = [0, 1, 2, 3].map((at) => edge[cell * 4 + at]!);
      const box: Box = [x - left!, y - top!, left! + right!, top! + bottom!];
      found.push({ box: toFractions(box, scaled.width, scaled.height), score: one });
    }
    return suppress(found, OVERLAP, 1);
  },
});

const nanoDet = (model: Model): Detector => ({
  name: 'NanoDet, 416',
  async find(image) {
    const side = 416;
    const scaled = inside(image, side);
    const outputs = await model.runImage(padded(scaled, side));
    const found: Scored[] = [];
    for (const [name, stride] of [
      ['near', 8],
      ['middle', 16],
      ['far', 32],
    ] as const) {
      const map = outputs[name]!.data as Float32Array;
      const cells = side / stride;
      const at = (channel: number, cell: number): number => map[channel * cells * cells + cell]!;
      for (let cell = 0; cell < cells * cells; cell++) {
        const score = 1 / (1 + Math.exp(-at(0, cell)));
        if (score < LEAST) continue;
        const [x, y] = [((cell % cells) + 0.5) * stride, (Math.floor(cell / cells) + 0.5) * stride];
        const [left, top, right, bottom] = [0, 1, 2, 3].map((edge) => {
          const weights = Array.from({ length: 11 }, (_, bin) => Math.exp(at(80 + edge * 11 + bin, cell)));
          const sum = weights.reduce((all, weight) => all + weight, 0);
          return (weights.reduce((all, weight, bin) => all + weight * bin, 0) / sum) * stride;
        });
        const box: Box = [x - left!, y - top!, left! + right!, top! + bottom!];
        found.push({ box: toFractions(box, scaled.width, scaled.height), score });
      }
    }
    return suppress(found, OVERLAP, 1);
  },
});

/** One frame: what was found, by score, with whether it is a person that was drawn; those who were drawn surely. */
interface Judged {
  readonly found: readonly { readonly score: number; readonly right: boolean }[];
  readonly drawn: number;
}

/** Greedy, the surest first. What lies on somebody unsure counts neither way. */
function judge(found: readonly Scored[], people: readonly DrawnPerson[]): Judged {
  const taken = new Set<DrawnPerson>();
  const judged = [...found]
    .sort((a, b) => b.score - a.score)
    .flatMap(({ box, score }) => {
      const open = people.filter((one) => !taken.has(one) && iou(one.box, box) >= 0.5);
      const best = open.sort((a, b) => iou(b.box, box) - iou(a.box, box))[0];
      if (best) taken.add(best);
      const unsure = best?.unsure ?? (!best && people.some((one) => one.unsure && iou(one.box, box) >= 0.2));
      return unsure ? [] : [{ score, right: best !== undefined }];
    });
  return { found: judged, drawn: people.filter((one) => !one.unsure).length };
}

function figures(frames: readonly Judged[], least: number): { precision: number; recall: number; f1: number } {
  const said = frames.flatMap(({ found }) => found.filter(({ score }) => score >= least));
  const right = said.filter((one) => one.right).length;
  const precision = said.length > 0 ? right / said.length : 1;
  const recall = right / frames.reduce((sum, { drawn }) => sum + drawn, 0);
  return { precision, recall, f1: precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0 };
}

const THRESHOLDS = Array.from({ length: 18 }, (_, i) => 0.05 * (i + 1));

/** The threshold with the best F1 on these frames. */
const bestOn = (frames: readonly Judged[]): number =>
  THRESHOLDS.reduce((best, one) => (figures(frames, one).f1 > figures(frames, best).f1 ? one : best));

async function framesOf(name: string): Promise<{ image: RgbImage; people: readonly DrawnPerson[] }[]> {
  const clip = DRAWN[name]!;
  const times = clip.frames.map(({ frame }) => secondsOf(clip, frame));
  const images: { time: number; image: RgbImage }[] = [];
  await runPass(createFrameSource(), join(dataFolder(), name), {
    plan: { kind: 'exactAt', times },
    consumer: {
      sizes: [{ width: 1280, height: 1280, fit: 'inside' }],
      push: ({ time, images: [image] }) => void images.push({ time, image: image! }),
    },
  });
  return clip.frames.map(({ people }, i) => {
    const nearest = images.reduce((a, b) => (Math.abs(b.time - times[i]!) < Math.abs(a.time - times[i]!) ? b : a));
    return { image: nearest.image, people };
  });
}

function counted(clips: ReadonlyMap<string, readonly { readonly people: readonly DrawnPerson[] }[]>): string {
  const frames = [...clips.values()].flat();
  const people = frames.flatMap((frame) => frame.people).filter(({ unsure }) => !unsure);
  return `${frames.length} frames of ${clips.size} clips, ${people.length} people`;
}

const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1 });
const [moving, used, center, nano] = await Promise.all(
  ['person-movenet', PERSON_NETWORK, 'person-centernet', 'person-nanodet'].map((id) => models.load(id)),
);
const detectors = [
  ...[256, 320, 384, 448, 512, 640].map((side) => moveNet(moving!, side)),
  moveNet(used!, 384, ', partly in 8 bits (used)'),
  moveNetTiles(moving!, 384),
  centerNet(center!),
  nanoDet(nano!),
];
const clips = new Map<string, Awaited<ReturnType<typeof framesOf>>>();
for (const name of Object.keys(DRAWN)) clips.set(name, await framesOf(name));
const percent = (share: number): string => (100 * share).toFixed(1);
const lines = [
  '| Network | recall, sitcom | precision, sitcom | at score | recall, others | precision, others | at score | boxes where nobody is | CPU, ms a frame |',
  '|---|--:|--:|--:|--:|--:|--:|--:|--:|',
];
for (const { name, find } of detectors) {
  const judged = new Map<string, Judged[]>();
  let [spent, runs] = [0, 0];
  for (const [clip, frames] of clips) {
    const all: Judged[] = [];
    for (const { image, people } of frames) {
      const before = process.cpuUsage();
      const found = await find(image);
      const { user, system } = process.cpuUsage(before);
      spent += (user + system) / 1000;
      runs++;
      all.push(judge(found, people));
    }
    judged.set(clip, all);
  }
  const sitcom = judged.get('shots/friends-scene.mp4')!;
  const others = [...judged].flatMap(([clip, frames]) => (clip === 'shots/friends-scene.mp4' ? [] : frames));
  const [bySitcom, byOthers] = [bestOn(sitcom), bestOn(others)];
  const [a, b] = [figures(sitcom, byOthers), figures(others, bySitcom)];
  const empty = [...judged.values()]
    .flat()
    .filter(({ drawn }) => drawn === 0)
    .reduce((sum, { found }) => sum + found.filter(({ score }) => score >= byOthers).length, 0);
  const cells = [
    name,
    ...[percent(a.recall), percent(a.precision), byOthers.toFixed(2)],
    ...[percent(b.recall), percent(b.precision), bySitcom.toFixed(2)],
    empty,
    (spent / runs).toFixed(0),
  ];
  lines.push(`| ${cells.join(' | ')} |`);
  console.error(lines.at(-1));
}
await models.close();
writeSection(
  'persons',
  `## Persons\n\nBodies drawn by hand (bench/fixtures/presence.json: ${counted(clips)}; people who could not be told from the background count neither way), found with an overlap of ` +
    'at least half (intersection over union). The least score is chosen on the other clips: for the sitcom on trailers, a silent film and two clips without anybody, for those on the sitcom. ' +
    `CPU time with the picture scaled by our own code, one thread.\n\n${lines.join('\n')}`,
);
