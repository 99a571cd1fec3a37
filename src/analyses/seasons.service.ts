import { Inject, Injectable } from '@nestjs/common';
import { inSlices } from '../core/slices.js';
import { episodeChapterKind } from '../credits/chapters.js';
import { seasonSteps } from '../episodes/season.js';
import type { Episode, EpisodeParts } from '../episodes/types.js';
import { JOB_QUEUE, type Job, type JobQueue } from '../jobs/job-queue.js';
import { sha256 } from '../parameters/learnt.js';
import type { Write } from '../storage/collection.js';
import { everything } from '../storage/pages.js';
import { Documents } from '../titles/collections.js';
import { analysisId, stillThere, type Title } from '../titles/documents.js';
import type { Progress } from '../titles/progress.js';
import { EPISODE_PARTS } from '../titles/season-documents.js';
import { seasonVersion } from './detectors.js';
import { FilmsService } from './films.service.js';
import { Fingerprints } from './fingerprints.service.js';
import { ANALYZE, SEASON } from './job-kinds.js';
import { SidecarJobs } from './sidecar-jobs.service.js';

/** Episodes that are answered together, and how many before and after them they are compared with. */
const BLOCK = 32;
const AROUND = 16;

/** An episode of the library. */
export interface Placed {
  readonly title: Title;
  readonly contentHash: string;
  readonly duration: number;
  readonly series: string;
  readonly season: number | null;
  /** null for specials. */
  readonly number: number | null;
}

/** Where a title stands in its series; null for what is no episode, or was not fetched yet. */
export function placeOf(title: Title): Placed | null {
  const { contentHash, media, metadata } = title;
  const { series, season = null, episode = null } = metadata;
  if (contentHash === null || media === null || series === undefined) return null;
  // season 0 holds specials, in no order
  const number = season === 0 ? null : episode;
  return { title, contentHash, duration: media.duration, series, season, number };
}

const inOrder = (a: Placed, b: Placed): number =>
  (a.season || Infinity) - (b.season || Infinity) ||
  (a.number ?? Infinity) - (b.number ?? Infinity) ||
  a.title.name.localeCompare(b.title.name);

/** Compares the episodes of seasons in jobs of their own, once what there is to know of each of them is known. */
@Injectable()
export class SeasonsService {
  constructor(
    private readonly documents: Documents,
    private readonly films: FilmsService,
    private readonly prints: Fingerprints,
    private readonly sidecars: SidecarJobs,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
  ) {}

  /** The job that compares a title's season; null for what is no episode. @param after the job that has to end first, however it ends */
  async enqueue({ metadata }: Pick<Title, 'metadata'>, after?: Job): Promise<Job | null> {
    const { series } = metadata;
    if (series === undefined) return null;
    const season = metadata.season ?? null;
    return this.queue.enqueue(
      SEASON.job(
        { series, season },
        after
          ? { after: [after.id], regardless: true, uniqueKey: `${SEASON.name}:${after.id}` }
          : { uniqueKey: `${SEASON.name}:${series}:${season}` },
      ),
    );
  }

  titleOf(id: string): Promise<Title | null> {
    return this.documents.titles.get(id);
  }

  /**
   * The handler of `season` jobs. While others of the season are being analysed it leaves the work to the job that follows the last of
   * them.
   */
  async handle(job: Job, progress: Progress): Promise<Write[]> {
    const { series, season } = SEASON.dataOf(job);
    const all = await this.episodesOf(series);
    const own = all.filter((one) => one.season === season);
    if (own.length === 0 || (await this.areBusy(own))) return [];
    const writes: Write[] = [];
    for (let first = 0; first < own.length; first += BLOCK) {
      progress.onProgress?.(first / own.length, 'comparing');
      writes.push(...(await this.compare(all, own.slice(first, first + BLOCK), progress)));
    }
    await this.sidecars.enqueue(
      own.map(({ title }) => title),
      job,
    );
    return writes;
  }

  /** The episodes of a series in the order in which they are watched, specials last; each content once. */
  private async episodesOf(series: string): Promise<Placed[]> {
    const titles = await everything(this.documents.titles, { 'metadata.series': series });
    const placed = new Map(titles.flatMap((title) => placeOf(title) ?? []).map((one) => [one.contentHash, one]));
    return [...placed.values()].sort(inOrder);
  }

  private async areBusy(episodes: readonly Placed[]): Promise<boolean> {
    const titleIds = episodes.map(({ title }) => title.id);
    const { items } = await this.queue.list({ state: ['queued', 'running'], titleIds, announced: true, limit: 1000 });
    return items.some(({ name }) => name === ANALYZE.name);
  }

  private async compare(all: readonly Placed[], targets: readonly Placed[], progress: Progress): Promise<Write[]> {
    const [first, last] = [all.indexOf(targets[0]!), all.indexOf(targets.at(-1)!)];
    const around = all.slice(Math.max(0, first - AROUND), last + 1 + AROUND);
    for (const one of around) await this.complete(one, progress);
    const episodes = await this.described(around);
    const inputs = sha256(JSON.stringify([seasonVersion(), episodes.map(({ facts }) => facts)]));
    const known = await this.documents.episodeParts.find(
      { id: { $in: targets.map(({ contentHash }) => contentHash) } },
      { limit: BLOCK },
    );
    const current = new Set(known.items.filter((one) => one.inputs === inputs).map(({ id }) => id));
    const asked = targets.filter(({ contentHash }) => !current.has(contentHash));
    const places = asked.map(({ contentHash }) => episodes.findIndex((one) => one.placed.contentHash === contentHash));
    if (asked.length === 0) return [];
    const found = await inSlices(
      seasonSteps(
        episodes.map(({ episode }) => episode),
        places.filter((place) => place >= 0),
      ),
    );
    return places
      .filter((place) => place >= 0)
      .flatMap((place, k) => partsWrites(episodes[place]!.placed, inputs, found[k]!));
  }

  /** Films that were analysed before fingerprints were kept, or not for their cast. */
  private async complete({ title, contentHash }: Placed, progress: Progress): Promise<void> {
    if ((await this.prints.missing(contentHash)).length === 0) return;
    const analysis = `season-${contentHash}`;
    await this.films
      .use(title, { analysis, shared: false }, progress, (film) => this.prints.make(film, progress))
      // a film that is gone or broken keeps the others from nothing
      .catch(() => progress.signal?.throwIfAborted());
  }

  /** With all that decides what is told of them. */
  private async described(placed: readonly Placed[]): Promise<{ placed: Placed; episode: Episode; facts: unknown }[]> {
    const prints = await this.prints.read(placed);
    const credits = await this.documents.analyses.find(
      { id: { $in: placed.map(({ contentHash }) => analysisId(contentHash, 'credits')) } },
      { limit: 1000 },
    );
    return placed.flatMap((one) => {
      const { contentHash, season, number, title } = one;
      const print = prints.get(contentHash);
      if (!print) return [];
      const analysis = credits.items.find((found) => found.contentHash === contentHash);
      const creditsStart = analysis?.kind === 'credits' ? analysis.result.creditsStart : null;
      const episode: Episode = {
        ...print,
        name: nameOf(one),
        season,
        number,
        creditsStart,
        chapters: chaptersOf(title),
      };
      const kept = [print.sound !== null, print.pictures !== null];
      return [{ placed: one, episode, facts: [contentHash, season, number, creditsStart, kept] }];
    });
  }
}

const nameOf = ({ season, number, title }: Placed): string =>
  number === null ? title.name : `${season === null ? '' : `S${season}`}E${number}`;

const chaptersOf = ({ media }: Title): Episode['chapters'] =>
  (media?.chapters ?? []).flatMap(({ start, end, title }) => {
    const kind = episodeChapterKind(title);
    return kind ? [{ start, end, kind }] : [];
  });

function partsWrites(
  { title, contentHash, series, season, number }: Placed,
  inputs: string,
  { parts, none }: EpisodeParts,
): Write[] {
  const document = {
    id: contentHash,
    contentHash,
    series,
    season,
    episode: number,
    inputs,
    detectorVersion: seasonVersion(),
    parts,
    none,
    finishedAt: new Date().toISOString(),
  };
  return [stillThere(title), { kind: 'upsert', collection: EPISODE_PARTS.name, document }];
}
