/**
 * Openings, recaps and previews of made seasons, and what finding them costs: `npm run bench -- episodes [SEASONS] [BARE] [FIRST]`, by default
 * 32 seasons of 6 episodes that share something (seeds from 3001 on) and 20 that share no titles (from 4001 on); seeds below 3000 were
 * developed on. Fingerprints are kept in the folder KINOSCOPE_EPISODES (default: kinoscope-episodes in the temporary folder), so that a
 * run that was broken off goes on.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readClips } from '../notebooks-ts/episodes/clips.js';
import { printsOf, soundPrintOf } from '../notebooks-ts/episodes/made-prints.js';
import {
  BARE_KINDS,
  type MadeSeason,
  makeSeason,
  SEASON_KINDS,
  type SeasonKind,
  type Span,
} from '../notebooks-ts/episodes/season-maker.js';
import { createRandom } from '../notebooks-ts/genre/random.js';
import { differing } from '../src/episodes/picture-print.js';
import { analyseSeason } from '../src/episodes/season.js';
import { encodePictures, encodeSound } from '../src/episodes/stored-print.js';
import { type Episode, PART_KINDS, type PartKind } from '../src/episodes/types.js';
import { openMedia } from '../src/frames/media.js';
import { WORD_SECONDS, WORD_SPAN } from '../src/frames/sound-print.js';
import { writeSection } from './results.js';

const DATA = process.env['KINOSCOPE_DATA'] ?? '../shared/data';
const [seasons = 32, bare = 20, first = 3001] = process.argv.slice(2).map(Number);
const folder = process.env['KINOSCOPE_EPISODES'] ?? join(tmpdir(), 'kinoscope-episodes');
mkdirSync(folder, { recursive: true });
/** A player acts on no less. */
const SURE = 0.5;
const LIMIT: Record<PartKind, number> = { intro: 0.5, recap: 1, preview: 1 };

interface Found extends Span {
  readonly kind: PartKind;
}
interface Outcome {
  readonly season: MadeSeason;
  readonly ours: readonly (readonly Found[])[];
  readonly reference: readonly (readonly Found[])[];
}

const media = openMedia({});
const clips = await readClips(media, DATA, folder);

async function episodesOf(seed: number, kinds: readonly SeasonKind[]): Promise<[MadeSeason, Episode[]]> {
  const season = makeSeason(clips, kinds[seed % kinds.length]!, createRandom(seed));
  const kept = season.episodes.map((_, k) => join(folder, `${seed}-${k}.json`));
  const prints = await printsOf(season.episodes, kept);
  const about = { season: 1, chapters: [] };
  const episodes = prints.map((print, k) => {
    // as the credits' own search tells it
    const { creditsStart } = season.episodes[k]!;
    return { ...print, ...about, creditsStart, name: `E${k + 1}`, number: k + 1 };
  });
  return [season, episodes];
}

async function outcome(seed: number, kinds: readonly SeasonKind[]): Promise<Outcome> {
  const [season, episodes] = await episodesOf(seed, kinds);
  const all = episodes.map((_, k) => k);
  const ours = analyseSeason(episodes, all).map(({ parts }) => parts.filter(({ confidence }) => confidence >= SURE));
  return { season, ours, reference: all.map((own) => pairwise(episodes, own)) };
}

/**
 * Pairwise matching of sound as intro-skipper does it (ChromaprintAnalyzer, 1.10): words that occur in both give shifts; at a shift, words that
 * differ in at most 6 bits make a range when less than 3.5 s lie between two; of at least 15 s and in the first quarter, the first
 * other episode with such a range decides, and its end is moved to a silence that is near.
 */
function pairwise(episodes: readonly Episode[], own: number): Found[] {
  const head = ({ sound, duration }: Episode): Uint32Array =>
    sound?.words.subarray(0, Math.floor(Math.min(600, 0.5 * duration) / WORD_SECONDS)) ?? new Uint32Array();
  const a = head(episodes[own]!);
  for (const [k, other] of episodes.entries()) {
    if (k === own) continue;
    const b = head(other);
    const places = new Map([...b].map((word, at) => [word, at]));
    const shifts = new Set([...a].flatMap((word, at) => (places.has(word) ? [places.get(word)! - at] : [])));
    let best: Found | null = null;
    for (const shift of shifts) {
      const range = longestRange(a, b, shift);
      if (range && range.end - range.start >= 15 && range.end - range.start > (best ? best.end - best.start : 0))
        best = { kind: 'intro', ...range };
    }
    if (best) return [best];
  }
  return [];
}

function longestRange(a: Uint32Array, b: Uint32Array, shift: number): Span | null {
  let best: Span | null = null;
  let start: number | null = null;
  let last = 0;
  const close = (): void => {
    if (start !== null && (best === null || last - start > best.end - best.start)) best = { start, end: last };
  };
  for (let k = Math.max(0, -shift); k < a.length && k + shift < b.length; k++) {
    if (differing(a[k]!, b[k + shift]!) > 6) continue;
    const time = k * WORD_SECONDS;
    if (start === null || time - last > 3.5) {
      close();
      start = time;
    }
    last = time;
  }
  close();
  // written in the function above, which the compiler does not follow
  const found = best as Span | null;
  return found && { start: found.start, end: found.end + WORD_SPAN };
}

interface Score {
  there: number;
  found: number;
  exact: number;
  invented: number;
}

function score(outcomes: readonly Outcome[], who: 'ours' | 'reference', kind: PartKind): Score {
  const sum: Score = { there: 0, found: 0, exact: 0, invented: 0 };
  for (const { season, ...answers } of outcomes)
    season.episodes.forEach(({ truth }, k) => {
      const found = answers[who][k]!.filter((one) => one.kind === kind);
      const used = new Set<Found>();
      for (const { start, end } of truth[kind]) {
        sum.there++;
        const one = found.find((part) => Math.min(part.end, end) - Math.max(part.start, start) > 0.3 * (end - start));
        if (!one) continue;
        used.add(one);
        sum.found++;
        if (Math.abs(one.start - start) <= LIMIT[kind] && Math.abs(one.end - end) <= LIMIT[kind]) sum.exact++;
      }
      sum.invented += found.filter((one) => !used.has(one)).length;
    });
  return sum;
}

const percent = (part: number, whole: number): string => (whole === 0 ? '' : ((100 * part) / whole).toFixed(1));
const row = (name: string, { there, found, exact, invented }: Score): string =>
  `| ${name} | ${there} | ${percent(found, there)} | ${percent(exact, there)} | ${invented} |`;

const shared: Outcome[] = [];
const none: Outcome[] = [];
for (let k = 0; k < seasons; k++) shared.push(await outcome(first + k, SEASON_KINDS));
for (let k = 0; k < bare; k++) none.push(await outcome(first + 1000 + k, BARE_KINDS));
const all = [...shared, ...none];

/** An episode of 45 minutes, made of the heads of all that were made, for what the work costs. */
async function longEpisodes(count: number): Promise<Episode[]> {
  const parts: Episode[] = [];
  for (let seed = first; parts.length < 24; seed++)
    parts.push(...(await episodesOf(seed, SEASON_KINDS))[1].filter(({ sound }) => sound));
  return Array.from({ length: count }, (_, k) =>
    joined(
      Array.from({ length: 18 }, (__, n) => parts[(k * 7 + n * 5) % parts.length]!),
      k,
    ),
  );
}

function joined(parts: readonly Episode[], k: number): Episode {
  let at = 0;
  const [times, hashes, cuts, words, levels]: number[][] = [[], [], [], [], []];
  for (const { pictures, sound, duration } of parts) {
    for (const time of pictures!.times) times!.push(at + time);
    for (const cut of pictures!.cuts) cuts!.push(at + cut);
    hashes!.push(...pictures!.hashes);
    words!.push(...sound!.words);
    levels!.push(...sound!.levels.subarray(0, sound!.words.length));
    at += duration;
  }
  return {
    ...parts[0]!,
    duration: at,
    name: `E${k}`,
    number: k,
    sound: { words: Uint32Array.from(words!), levels: Uint8Array.from(levels!) },
    pictures: {
      times: Float64Array.from(times!),
      hashes: Uint32Array.from(hashes!),
      cuts: Float64Array.from(cuts!),
      blacks: [],
    },
  };
}

const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const long = await longEpisodes(24);
const bytes = Math.max(
  ...long.map(({ sound, pictures }) => encodeSound(sound!).length + encodePictures(pictures!).length),
);
const minutes = long[0]!.duration / 60;
const before = cpu();
analyseSeason(
  long,
  long.map((_, k) => k),
);
const each = (cpu() - before) / long.length;

const film = join(DATA, 'video/big-buck-bunny-360p.mp4');
const { duration } = await media.probe(film);
const listening = cpu();
await soundPrintOf(film);
const print = cpu() - listening;
const told = spawnSync('ffmpeg', ['-benchmark', '-i', film, '-map', '0:a:0', '-f', 'null', '-'], { encoding: 'utf8' });
const [, user, system] = /bench: utime=([\d.]+)s stime=([\d.]+)s/.exec(told.stderr) ?? [];
const decode = Number(user) + Number(system);

writeSection(
  'episodes',
  [
    '### Openings, recaps and previews of made seasons',
    '',
    `${seasons} seasons of 6 episodes that share something and ${bare} that share no titles: real clips and their sound, cut anew; pictures`,
    'get noise and another brightness, sound goes through AAC at 48 kbit/s. Per cent of what is there: found; found with both ends within',
    '.5 s (openings) or 1 s. Invented: told where nothing is. The reference compares sound in pairs as intro-skipper does.',
    '',
    '| | there | found % | exact % | invented |',
    '|---|---|---|---|---|',
    ...PART_KINDS.map((kind) => row(kind, score(all, 'ours', kind))),
    row('intro, sound in pairs', score(all, 'reference', 'intro')),
    row(`intro, the ${bare * 6} episodes without`, score(none, 'ours', 'intro')),
    row(`intro, sound in pairs, the ${bare * 6} episodes without`, score(none, 'reference', 'intro')),
    '',
    '| season | openings | within .5 s % | in pairs % | recaps | within 1 s % | previews | within 1 s % | invented |',
    '|---|---|---|---|---|---|---|---|---|',
    ...[...SEASON_KINDS, ...BARE_KINDS].flatMap((kind) => {
      const own = all.filter(({ season }) => season.kind === kind);
      if (own.length === 0) return [];
      const [intro, recap, preview] = (['intro', 'recap', 'preview'] as const).map((one) => score(own, 'ours', one));
      const pairs = score(own, 'reference', 'intro');
      const invented = intro!.invented + recap!.invented + preview!.invented;
      return [
        `| ${kind} | ${intro!.there} | ${percent(intro!.exact, intro!.there)} | ${percent(pairs.exact, pairs.there)} | ` +
          `${recap!.there} | ${percent(recap!.exact, recap!.there)} | ${preview!.there} | ${percent(preview!.exact, preview!.there)} | ${invented} |`,
      ];
    }),
    '',
    '| cost | |',
    '|---|---|',
    `| largest fingerprint of ${minutes.toFixed(0)} minutes, as it is stored | ${(bytes / 1000).toFixed(0)} kB |`,
    `| an episode of ${minutes.toFixed(0)} minutes compared with a season of 24, CPU | ${each.toFixed(2)} s |`,
    `| fingerprint of the sound of a 10-minute film, by CPU time | ${(duration / print).toFixed(0)} times real time |`,
    `| the bare decode of its sound by ffmpeg, by CPU time | ${(duration / decode).toFixed(0)} times real time |`,
    `| memory of this process at most | ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB |`,
  ].join('\n'),
);
