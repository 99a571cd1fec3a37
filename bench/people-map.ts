import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { UMAP } from 'umap-js';
import { normalize, similarity } from '../src/faces/embed.js';
import { createModels } from '../src/inference/registry.js';
import { layOut, type MapFace } from '../src/people/map-layout.js';
import { readCasts, seeded } from './faces-photos.js';
import { writeSection } from './results.js';

/** The map of a gallery: what it costs, and how well faces lie beside those of the same person. */

const COUNTS = [10, 1_000, 10_000];
const COLUMNS = 512;
const FACES_A_PERSON = 20;

/** Faces of people who do not look alike. */
function crowd(count: number): MapFace[] {
  const random = seeded(3);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const means = Array.from({ length: Math.ceil(count / FACES_A_PERSON) }, () =>
    normalize(Float32Array.from({ length: COLUMNS }, normal)),
  );
  return Array.from({ length: count }, (_, i) => {
    const person = i % means.length;
    const spread = 0.7 / Math.sqrt(COLUMNS);
    return { personId: `p${person}`, embedding: normalize(means[person]!.map((value) => value + spread * normal())) };
  });
}

/** As the library does it when it looks for the neighbours itself. */
function reference(faces: readonly MapFace[]): { x: number; y: number }[] {
  const distanceFn = (a: number[], b: number[]): number => 1 - a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const umap = new UMAP({ nNeighbors: Math.min(15, faces.length - 1), minDist: 0.4, random: seeded(1), distanceFn });
  return umap.fit(faces.map(({ embedding }) => [...embedding])).map(([x, y]) => ({ x: x!, y: y! }));
}

/** Of faces, those whose nearest face is of the same person. */
function together(faces: readonly MapFace[], far: (a: number, b: number) => number): number {
  const right = faces.filter(({ personId }, i) => {
    const [nearest] = faces.reduce<[number, number]>(
      ([best, least], _, j) => (j !== i && far(i, j) < least ? [j, far(i, j)] : [best, least]),
      [-1, Infinity],
    );
    return faces[nearest]?.personId === personId;
  });
  return right.length / faces.length;
}

const [task, count] = process.argv.slice(2);
if (task === 'ours' || task === 'reference') {
  // in a process of its own: its peak of memory is that of the map
  const faces = crowd(Number(count));
  const before = process.cpuUsage();
  const places = task === 'ours' ? layOut(faces) : reference(faces);
  const { user, system } = process.cpuUsage(before);
  const far = (a: number, b: number): number => Math.hypot(places[a]!.x - places[b]!.x, places[a]!.y - places[b]!.y);
  const share = faces.length > 2000 ? NaN : together(faces, far);
  console.log(JSON.stringify({ cpu: (user + system) / 1e6, mib: process.resourceUsage().maxRSS / 1024, share }));
} else {
  const run = (what: string, faces: number): { cpu: number; mib: number; share: number } => {
    const file = fileURLToPath(import.meta.url);
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', file, what, `${faces}`], {
      encoding: 'utf8',
    });
    if (!stdout) throw new Error(stderr);
    return JSON.parse(stdout) as { cpu: number; mib: number; share: number };
  };
  const rows = COUNTS.map((faces) => {
    const [ours, theirs] = [run('ours', faces), run('reference', faces)];
    const figures = [ours, theirs].flatMap(({ cpu, mib }) => [cpu.toFixed(1), mib.toFixed(0)]);
    return `| ${faces.toLocaleString('en')} | ${figures.join(' | ')} |`;
  });
  const photos = await readCasts(createModels({ modelsDir: 'models', provider: 'cpu', threads: 2, faces: 'best' }));
  const faces = photos.map(({ person, embedding }) => ({ personId: person, embedding }));
  const places = layOut(faces);
  const away = (all: readonly { x: number; y: number }[]) => (a: number, b: number) =>
    Math.hypot(all[a]!.x - all[b]!.x, all[a]!.y - all[b]!.y);
  const shares = [
    together(faces, (a, b) => -similarity(faces[a]!.embedding, faces[b]!.embedding)),
    together(faces, away(places)),
    together(faces, away(reference(faces))),
  ];
  writeSection(
    'people-map',
    [
      '## The map of a gallery',
      '',
      `UMAP of generated faces, ${FACES_A_PERSON} a person: processor seconds and peak MiB of a process. Reference: the library looks for the`,
      'neighbours by itself, roughly, where ours are exact.',
      '',
      '| Faces | ours, s | MiB | reference, s | MiB |',
      '|--:|--:|--:|--:|--:|',
      ...rows,
      '',
      `Photos of two casts (${faces.length}) whose nearest face is of the same person, per cent; outliers are faces that are nearer to another`,
      "person's mean than to that of their own person's other faces.",
      '',
      '| all 512 numbers | the map | the reference | outliers |',
      '|--:|--:|--:|--:|',
      `| ${shares.map((share) => (100 * share).toFixed(1)).join(' | ')} | ${places.filter(({ nearer }) => nearer !== null).length} |`,
    ].join('\n'),
  );
}
