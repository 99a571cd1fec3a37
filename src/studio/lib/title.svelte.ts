import { isActive } from './jobs.svelte.js';
import { listTitles, readAnswers, readSegments, readTitle, readTracks, type Answers } from './titles.js';
import type { Job, ListedTitle, Segments, Title, Track } from './types.js';

const NOTHING: Answers = { genre: null, credits: null, billing: null, cast: null, sound: null, truncated: false };

/** Everything that is known of one title; what comes late for another page than this is dropped with it. */
export class OpenTitle {
  title = $state.raw<Title | null>(null);
  answers = $state.raw<Answers>(NOTHING);
  /** Opening titles, recap, credits and the like. */
  segments = $state.raw<Segments | null>(null);
  tracks = $state.raw<readonly Track[]>([]);
  /** The next episode of the series, where it is in the library. */
  next = $state.raw<ListedTitle | null>(null);
  /** The answers have come. */
  complete = $state(false);
  private turn = 0;
  private closed = false;

  constructor(readonly id: string) {}

  /** @throws Refusal */
  async load(): Promise<void> {
    const turn = ++this.turn;
    const title = await readTitle(this.id);
    if (this.isOver(turn)) return;
    this.title = title;
    void this.findNext(title).catch(() => undefined);
    const [answers, segments] = await Promise.all([readAnswers(this.id), readSegments(this.id)]);
    if (this.isOver(turn)) return;
    [this.answers, this.segments] = [answers, segments];
    const tracks = answers.cast ? await readTracks(this.id) : [];
    if (this.isOver(turn)) return;
    this.tracks = tracks;
    this.complete = true;
  }

  close(): void {
    this.closed = true;
  }

  /** Whether a change of a job may have brought an answer. */
  static brings(job: Job, before: Job | undefined): boolean {
    return !isActive(job) || (before !== undefined && before.stage !== job.stage);
  }

  private async findNext({ metadata: { series, season, episode } }: Title): Promise<void> {
    if (series === undefined || episode === undefined) return;
    const wanted = { q: series, sort: '-added', genre: '', person: '', status: '' } as const;
    const { items } = await listTitles(wanted, null, 1000, AbortSignal.timeout(20_000));
    const following = items
      .filter((one) => one.metadata.series === series && one.metadata.episode !== undefined)
      .map((one) => ({ one, place: (one.metadata.season ?? 1) * 10_000 + (one.metadata.episode ?? 0) }))
      .filter(({ place }) => place > (season ?? 1) * 10_000 + episode)
      .sort((a, b) => a.place - b.place);
    if (!this.closed) this.next = following[0]?.one ?? null;
  }

  private isOver(turn: number): boolean {
    return this.closed || turn !== this.turn;
  }
}
