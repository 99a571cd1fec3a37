import { writeFileSync } from 'node:fs';
import { similarity } from '../src/faces/embed.js';
import { createModels } from '../src/inference/registry.js';
import { NAMED_FROM } from '../src/people/gallery.js';
import { galleryMean } from '../src/people/mean.js';
import { type Curve, fitLogistic, identifyExamples, PHOTOS, ROUNDS } from './faces-curve.js';
import { CASTS, type PhotoFace, readCasts, readCrowd, readFarFaces, seeded, shuffled } from './faces-photos.js';
import { writeSection } from './results.js';

/**
 * Learns what being named of a title is worth (data/named-prior.json), and measures what one cast has taught on the other. A title
 * is a cast, half of whose faces are seen from afar; the gallery holds it and half of a crowd, the other half and one of the cast are
 * strangers.
 */

/** Of the people of a title, this share is named: credits are misread, guides name the first ones. */
const NAMED = 0.9;
/** Named, of the gallery, and not to be seen. */
const UNSEEN = 10;
/** Of a crowd, photos of this quality are enrolled, faces of that one looked at. */
const [ENROLLED, SEEN] = [0.6, 0.2];
const PRIORS = Array.from({ length: 25 }, (_, i) => i / 4);

interface Known {
  readonly person: string;
  readonly mean: Float32Array;
}

/** One face and what is known where it is seen. */
interface Probe {
  readonly person: string;
  readonly isKnown: boolean;
  readonly gallery: readonly Known[];
  readonly cosines: Float64Array;
  readonly named: ReadonlySet<string>;
  readonly another: ReadonlySet<string>;
}

function probesOf(
  cast: readonly PhotoFace[],
  far: ReadonlyMap<string, PhotoFace>,
  crowd: readonly PhotoFace[],
  seed: number,
): Probe[] {
  const random = seeded(seed);
  const pictures = [...new Set(crowd.map(({ file }) => file))];
  const people = [...new Set(cast.map(({ person }) => person))];
  return Array.from({ length: ROUNDS }, (_, round) => {
    const half = (which: number, least: number): PhotoFace[] =>
      crowd.filter(({ file, quality }) => (pictures.indexOf(file) + round) % 2 === which && quality >= least);
    const [enrolled, strangers] = [half(0, ENROLLED), half(1, SEEN)];
    const heldOut = people[round % people.length]!;
    const faces: PhotoFace[] = [...strangers];
    const learnt = people.flatMap((person): Known[] => {
      const own = shuffled(
        cast.filter((photo) => photo.person === person),
        random,
      );
      faces.push(...own.slice(PHOTOS).flatMap((photo, i) => (i % 2 === 0 ? photo : (far.get(photo.file) ?? []))));
      const five = own.slice(0, PHOTOS);
      const mean = galleryMean(
        five.map(({ embedding }) => embedding),
        five.map(({ quality }) => quality),
      );
      return person === heldOut ? [] : [{ person, mean }];
    });
    const gallery = [...learnt, ...enrolled.map(({ person, embedding: mean }): Known => ({ person, mean }))];
    const unseen = shuffled(enrolled, random).map(({ person }) => person);
    const named = new Set([...people.filter(() => random() < NAMED), ...unseen.slice(0, UNSEEN)]);
    const another = new Set(unseen.slice(UNSEEN, UNSEEN + named.size));
    const known = new Set(gallery.map(({ person }) => person));
    return faces.map(({ person, embedding }): Probe => ({
      person,
      isKnown: known.has(person),
      gallery,
      cosines: Float64Array.from(gallery, ({ mean }) => similarity(mean, embedding)),
      named,
      another,
    }));
  }).flat();
}

type Way = 'no list' | 'named' | 'named alone' | 'list of another title';

/** As `Gallery.identify` has it. */
function oddsOf({ gallery, cosines, named, another }: Probe, { slope, middle }: Curve, prior: number, way: Way) {
  const list = way === 'list of another title' ? another : way === 'no list' ? null : named;
  return gallery.map(({ person }, i) => {
    const isNamed = list?.has(person) ?? false;
    if (way === 'named alone' && !isNamed) return 0;
    return Math.exp(slope * (cosines[i]! - middle) + (isNamed && way !== 'named alone' ? prior : 0));
  });
}

/** Known faces and strangers count the same. */
function logLoss(probes: readonly Probe[], curve: Curve, prior: number): number {
  const losses: [number[], number[]] = [[], []];
  for (const probe of probes) {
    const odds = oddsOf(probe, curve, prior, 'named');
    const total = odds.reduce((sum, one) => sum + one, 1);
    const own = probe.isKnown ? odds[probe.gallery.findIndex(({ person }) => person === probe.person)]! : 1;
    losses[probe.isKnown ? 0 : 1].push(-Math.log(Math.max(1e-9, own / total)));
  }
  const [known, strangers] = losses.map((some) => some.reduce((sum, loss) => sum + loss, 0) / some.length);
  return (known! + strangers!) / 2;
}

function learnPrior(probes: readonly Probe[], curve: Curve): number {
  const losses = PRIORS.map((prior) => logLoss(probes, curve, prior));
  return PRIORS[losses.indexOf(Math.min(...losses))]!;
}

interface Counts {
  of: number;
  right: number;
  wrong: number;
}

/** Whom a face is given to, and how surely. */
function bestOf(
  probe: Probe,
  curve: Curve,
  prior: number,
  way: Way,
): { readonly name: string; readonly confidence: number } {
  const odds = oddsOf(probe, curve, prior, way);
  const best = odds.indexOf(Math.max(...odds));
  return { name: probe.gallery[best]!.person, confidence: odds[best]! / odds.reduce((sum, one) => sum + one, 1) };
}

/** From which confidence without a list as many strangers are named as with one. */
function sameStrangers(probes: readonly Probe[], curve: Curve, prior: number): number {
  const strangers = probes.filter(({ isKnown }) => !isKnown);
  const wrong = strangers.filter((probe) => bestOf(probe, curve, prior, 'named').confidence >= NAMED_FROM).length;
  const without = strangers.map((probe) => bestOf(probe, curve, 0, 'no list').confidence).sort((a, b) => b - a);
  return without[Math.max(0, wrong - 1)]!;
}

function measure(
  probes: readonly Probe[],
  curve: Curve,
  prior: number,
  way: Way,
  from = NAMED_FROM,
): Record<string, Counts> {
  const counts: Record<string, Counts> = {};
  for (const probe of probes) {
    const best = bestOf(probe, curve, prior, way);
    const name = best.confidence >= from ? best.name : null;
    const kind = !probe.isKnown
      ? probe.person.startsWith('crowd')
        ? 'passer-by'
        : 'stranger'
      : probe.named.has(probe.person)
        ? 'named'
        : 'not named';
    const count = (counts[kind] ??= { of: 0, right: 0, wrong: 0 });
    count.of++;
    if (name === probe.person) count.right++;
    else if (name !== null) count.wrong++;
  }
  return counts;
}

const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 2 });
const photos = await readCasts(models);
const far = await readFarFaces(models, photos);
const crowd = await readCrowd(models);
const pictures = [...new Set(crowd.map(({ file }) => file))];
await models.close();

const folds = CASTS.map((cast, fold) => {
  const own = photos.filter((photo) => photo.cast === cast);
  return {
    cast,
    curve: fitLogistic(identifyExamples(own)),
    probes: probesOf(
      own,
      far,
      crowd.filter(({ file }) => Math.floor(pictures.indexOf(file) / 2) % 2 === fold),
      fold + 1,
    ),
  };
});
const priors = folds.map(({ probes, curve }) => learnPrior(probes, curve));
const ways: readonly Way[] = ['no list', 'named', 'named alone', 'list of another title'];
const head = [
  'Title',
  'way',
  'named: right',
  'wrong',
  'others of the gallery: right',
  'wrong',
  'one of the cast who is not of the gallery: named',
  'passers-by: named',
];
const lines = [`| ${head.join(' | ')} |`, `|---|---|${'--:|'.repeat(head.length - 2)}`];
folds.forEach(({ cast, probes }, i) => {
  const [taught, prior] = [folds[1 - i]!, priors[1 - i]!];
  const lower = sameStrangers(probes, taught.curve, prior);
  for (const [way, from] of [...ways.map((one) => [one, NAMED_FROM] as const), ['no list', lower] as const]) {
    const counts = measure(probes, taught.curve, prior, way, from);
    const share = (kind: string, what: 'right' | 'wrong'): string =>
      counts[kind] ? (counts[kind][what] / counts[kind].of).toFixed(3) : '';
    const cells = [
      share('named', 'right'),
      share('named', 'wrong'),
      share('not named', 'right'),
      share('not named', 'wrong'),
      share('stranger', 'wrong'),
      share('passer-by', 'wrong'),
    ];
    const reference = from === NAMED_FROM ? way : `${way}, names from ${from.toFixed(2)}`;
    const name = way === 'named' ? `**named: log-odds + ${prior} (default)**` : reference;
    lines.push(`| ${[cast, name, ...cells].join(' | ')} |`);
  }
});
const both = folds.flatMap(({ probes }) => probes);
const logOdds = learnPrior(both, fitLogistic(identifyExamples(photos)));
writeFileSync(
  new URL('../data/named-prior.json', import.meta.url),
  `${JSON.stringify({ madeBy: 'bench/faces-named.ts', titles: CASTS, named: NAMED, logOdds }, null, 2)}\n`,
);
writeSection(
  'faces-named',
  '## Who is named of a title\n\n' +
    `A title is a cast of photos, every second one made small (13 to 26 pixels a face), ${NAMED * 100} % of whom its list names, with ${UNSEEN} others of the gallery who are not to be seen; the gallery holds that cast ` +
    `(${PHOTOS} photos each, one left out in turn) and half of a crowd, whose other half passes by. Curve and log-odds were learnt on the other cast ` +
    `and the other part of the crowd; those that both have taught together (+ ${logOdds}) are in data/named-prior.json. Named alone: nobody else of the gallery is considered. The last row of a title names as many strangers as the default does, by a lower confidence alone.\n\n` +
    lines.join('\n'),
);
