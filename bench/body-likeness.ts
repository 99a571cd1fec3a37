import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layoutDistance } from '../src/bodies/colour-layout.js';
import { describeBodies } from '../src/cast/bodies.js';
import { buildCast } from '../src/cast/cast.js';
import { LEARNT, likenessOf } from '../src/cast/clothing.js';
import { type Watched, watchedOf } from '../src/cast/watched.js';
import { createModels } from '../src/inference/registry.js';
import { seeEverybody } from '../test/library/scene.js';
import { dataFolder } from './faces-photos.js';
import { writeSection } from './results.js';

/**
 * Learns how far bodies of one person and of two people are from each other by what they wear: data/body-likeness.json. Nobody's name is
 * wanted: clear faces tell whose bodies they are, a frame shows nobody twice. Each film is measured with what the others teach. The table
 * stays as it is where fewer than two films teach: with the rules of today there are fewer such pairs than when it was learnt.
 */

const CLIPS = [
  'shots/friends-scene.mp4',
  'video/trailer-joker.mp4',
  'video/trailer-avatar-the-last-airbender.mp4',
  'video/trailer-sintel.mp4',
  'video/chaplin.mp4',
];

type Distances = Readonly<Record<'together' | 'apart', readonly number[]>>;
type Table = typeof LEARNT;

interface Film {
  readonly name: string;
  readonly watched: Watched;
  readonly scenes: readonly Distances[];
}

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
const spread = (values: readonly number[]): number => {
  const middle = mean(values);
  return mean(values.map((one) => (one - middle) ** 2));
};
const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;

/** Distances of pairs of bodies, by scene. */
function distancesOf(watched: Watched): Distances[] {
  const { bodies, scenes } = buildCast(watched);
  const colours = new Map(watched.bodies.map((body) => [body.id, body.colours]));
  return scenes.map(({ firstShot, lastShot }) => {
    const inside = bodies.filter(({ shot }) => shot >= firstShot && shot <= lastShot);
    const found: { readonly together: number[]; readonly apart: number[] } = { together: [], apart: [] };
    inside.forEach((a, i) => {
      for (const b of inside.slice(0, i)) {
        const [first, second] = [colours.get(a.id), colours.get(b.id)];
        const distance = first && second ? layoutDistance(first, second) : null;
        if (distance === null) continue;
        const [mine, theirs] = [a, b].map(({ faces }) => faces.find(({ clear }) => clear)?.appearance);
        const times = new Set(a.samples.map(([time]) => time));
        if (a.shot !== b.shot && mine !== undefined && theirs !== undefined)
          found[mine === theirs ? 'together' : 'apart'].push(distance);
        else if (a.shot === b.shot && b.samples.some(([time]) => times.has(time))) found.apart.push(distance);
      }
    });
    return found;
  });
}

/** Fewer pairs of a film tell nothing. */
const LEAST_PAIRS = 3;

/** Means over films, the deviation inside a film, and how many pairs weigh as much as the other films; null where too few teach. */
function learn(films: readonly Film[]): Table | null {
  const of = (kind: keyof Distances): number[][] =>
    films.map(({ scenes }) => scenes.flatMap((scene) => scene[kind])).filter((own) => own.length >= LEAST_PAIRS);
  const [together, apart] = [of('together'), of('apart')];
  if (Math.min(together.length, apart.length) < 2) return null;
  const within = mean([...together, ...apart].map(spread));
  const between = mean([together, apart].map((kind) => spread(kind.map(mean))));
  return {
    same: rounded(mean(together.map(mean))),
    others: rounded(mean(apart.map(mean))),
    width: rounded(Math.sqrt(within)),
    prior: rounded(within / between),
  };
}

/** Log odds of each pair of a film by the others' table and by the scene's pairs but itself. */
function oddsOf({ scenes }: Film, table: Table): Record<keyof Distances, number[]> {
  const odds: Record<keyof Distances, number[]> = { together: [], apart: [] };
  for (const scene of scenes)
    for (const kind of ['together', 'apart'] as const)
      scene[kind].forEach((distance, i) => {
        const rest = { ...scene, [kind]: scene[kind].filter((_, at) => at !== i) };
        const { slope, middle } = likenessOf(rest.together, rest.apart, table);
        odds[kind].push(slope * (middle - distance));
      });
  return odds;
}

/** Whom clothes tell where a clear face is hidden, and whom the face shows: whether that is right, by probability. */
function hidden({ watched }: Film): { probability: number; right: boolean }[] {
  const cast = buildCast(watched);
  return cast.bodies.flatMap((body) => {
    const shown = body.faces.filter(({ clear }) => clear).map(({ appearance }) => appearance);
    if (shown.length === 0) return [];
    const own = new Set(body.faces.map(({ track }) => track));
    const rest = cast.tracks.filter(({ id }) => !own.has(id));
    const again = describeBodies(watched.bodies, rest, cast.scenes, cast.embeddings);
    const [best] = again.find(({ id }) => id === body.id)?.worn ?? [];
    return best ? [{ probability: best.probability, right: shown.includes(best.appearance) }] : [];
  });
}

const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 2 });
const films: Film[] = [];
for (const name of CLIPS.filter((clip) => existsSync(join(dataFolder(), clip)))) {
  const { faces, bodies } = await seeEverybody(models, join(dataFolder(), name));
  const watched = watchedOf(faces, bodies);
  films.push({ name: name.split('/')[1]!, watched, scenes: distancesOf(watched) });
}
await models.close();

const table = learn(films);
if (table)
  writeFileSync(
    'data/body-likeness.json',
    `${JSON.stringify({ madeBy: 'bench/body-likeness.ts', ...table }, undefined, 2)}\n`,
  );
const shown = (values: readonly number[]): string =>
  values.length > 0 ? `${mean(values).toFixed(2)} (${values.length})` : '-';
const lossOf = (odds: readonly number[], sign: number): number[] => odds.map((one) => Math.log1p(Math.exp(sign * one)));
const bits = (loss: readonly number[]): string => (loss.length > 0 ? (mean(loss) / Math.LN2).toFixed(2) : '-');
const lines = films.map((film) => {
  const all = (kind: keyof Distances): number[] => film.scenes.flatMap((scene) => scene[kind]);
  const odds = oddsOf(film, learn(films.filter((other) => other !== film)) ?? LEARNT);
  const asTold = hidden(film);
  const told = (from: number, to: number): string => {
    const there = asTold.filter(({ probability }) => probability >= from && probability < to);
    return `${there.filter(({ right }) => right).length} of ${there.length}`;
  };
  const cells = [
    film.name,
    ...[shown(all('together')), shown(all('apart'))],
    ...[bits(lossOf(odds.together, -1)), bits(lossOf(odds.apart, 1))],
    ...[told(0.9, 1.01), told(0.7, 0.9), told(0, 0.7)],
  ];
  return `| ${cells.join(' | ')} |`;
});
writeSection(
  'body-likeness',
  '## Likeness of bodies\n\nDistance of what bodies wear, of one person in two shots of a scene and of two people (pairs): clear faces and frames tell which, no names. Loss in bits, 1 is a coin: of ' +
    `each film with the table of the others (where fewer than two of them have ${LEAST_PAIRS} pairs of one person: the table in force) and its own scenes, the pair itself left out. Last, bodies with a clear face that was hidden: how often the person whom clothes think ` +
    'likeliest is the one whom the face shows, by probability. Weights of the parts, and which face is clear, were set by hand.\n\n' +
    '| Film | one person | two people | loss, one | loss, two | right at 90 % and more | 70 to 90 % | less |\n|---|--:|--:|--:|--:|--:|--:|--:|\n' +
    `${lines.join('\n')}\n\n${table ? 'Learnt' : 'Too few pairs to learn from; in force'}: ${JSON.stringify(table ?? LEARNT)}.`,
);
