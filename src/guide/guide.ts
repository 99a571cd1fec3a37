import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asKinoscopeError, KinoscopeError } from '../core/errors.js';
import { GuideThread, type Taken } from './guide-thread.js';
import type { Around, Wanted, WantedTitle } from './names.js';
import type { Place } from './place.js';
import {
  covers,
  type GuideSetting,
  isLink,
  keptPaths,
  readState,
  signatureOf,
  type Source,
  sourcesOf,
  type SourceState,
  writeState,
} from './sources.js';
import type { CastMember, Programme } from './xmltv.js';

export interface GuideOptions {
  readonly settings: readonly GuideSetting[];
  /** Of our own: what was last read of each source. */
  readonly folder: string;
  /** GeoJSON of where channels can be received; null: everywhere. */
  readonly areas?: string | null;
  /** Links are read again after so long, milliseconds. */
  readonly refreshMs?: number;
  /** Programmes are kept for so long after their end, milliseconds. */
  readonly keepMs?: number;
  /** Fetches a link into a folder, guarded. Without it links are not fetched. */
  readonly fetch?: (link: string, folder: string, signal?: AbortSignal) => Promise<{ readonly file: string }>;
}

/** A source, and how it stands with it; null: nothing was tried yet. */
export interface GuideSource {
  readonly source: Source;
  readonly state: SourceState | null;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** After a failure it is tried again sooner: after so long, doubled with each failure that follows. */
const RETRY_MS = 10 * 60_000;

/**
 * Broadcast guides: what was on air at a place and time, and when somebody or something is. Of each source the programmes that were last
 * read are kept in a file, which all processes share: a source that fails has those. Files are read again when they have changed, links by
 * {@link refresh}.
 */
export class Guide {
  private readonly thread = new GuideThread();
  /** Reads files and then gives its memory back. */
  private reading: { readonly thread: GuideThread; files: number } | null = null;
  private readonly underWay = new Map<string, Promise<SourceState>>();

  constructor(private readonly options: GuideOptions) {}

  /** All sources, in the order of the settings. @throws KinoscopeError `unreadable` */
  async sources(): Promise<GuideSource[]> {
    const found = await this.found();
    return Promise.all(found.map(async (source) => ({ source, state: await readState(this.paths(source).state) })));
  }

  /** Those that are to be read now. */
  async due(now = Date.now()): Promise<Source[]> {
    const { refreshMs = 12 * HOUR_MS } = this.options;
    const due: Source[] = [];
    for (const { source, state } of await this.sources()) {
      const wait = state?.failures ? Math.min(refreshMs, RETRY_MS * 2 ** (state.failures - 1)) : refreshMs;
      const changed = !isLink(source.location) && state?.signature !== (await signatureOf(source.location));
      if (!state || changed || Date.parse(state.checkedAt) + wait <= now) due.push(source);
    }
    return due;
  }

  /**
   * Reads a source again. One that fails keeps what it had; its state says why.
   * @returns the state afterwards
   */
  refresh(source: Source, signal?: AbortSignal): Promise<SourceState> {
    const underWay = this.underWay.get(source.location);
    if (underWay) return underWay;
    const work = this.read(source, signal).finally(() => this.underWay.delete(source.location));
    this.underWay.set(source.location, work);
    return work;
  }

  /**
   * The programmes that were on air at `at` (milliseconds since 1970) where one was at `place`; everywhere without one.
   * @param tell hears of each kind of thing in the guides that could not be read
   * @throws KinoscopeError `not-found` when there is no guide, or none for the place; `unreadable`, `unavailable`
   */
  async onAir(at: number, place: Place | null, tell?: (note: string) => void): Promise<readonly Programme[]> {
    const where = await this.where(place, tell);
    if (where.sources.length === 0) throw notCovered();
    const { covered, programmes } = await this.thread.ask('onAir', { ...where, at });
    if (!covered && place !== null) throw notCovered();
    return programmes;
  }

  /**
   * For each of these, the programme that had last begun by `at` (milliseconds since 1970) and the one that begins next, on the channels of
   * `place`; anywhere without one.
   * @throws KinoscopeError as `onAir`
   */
  async around(at: number, place: Place | null, wanted: readonly Wanted[]): Promise<readonly Around[]> {
    return this.thread.ask('around', { ...(await this.where(place)), at, wanted });
  }

  /** Who is in each of these titles, as guides say. @throws KinoscopeError as `onAir` */
  async castOf(titles: readonly WantedTitle[]): Promise<readonly (readonly CastMember[])[]> {
    const { sources } = await this.where(null);
    return this.thread.ask('cast', { sources, titles });
  }

  async onModuleDestroy(): Promise<void> {
    await this.thread.close();
    await this.reading?.thread.close();
  }

  private async found(tell?: (note: string) => void): Promise<Source[]> {
    return (await Promise.all(this.options.settings.map((setting) => sourcesOf(setting, tell)))).flat();
  }

  private paths(source: Source): { guide: string; state: string } {
    return keptPaths(this.options.folder, source);
  }

  /** The kept guides to look in, those of changed files read before. */
  private async where(place: Place | null, tell?: (note: string) => void) {
    const sources: { name: string; kept: string }[] = [];
    let [reason, isThere]: [KinoscopeError | null, boolean] = [null, false];
    const found = await this.found(tell);
    const states = await Promise.all(found.map((source) => this.current(source)));
    for (const [i, source] of found.entries()) {
      const state = states[i]!;
      isThere ||= state?.refreshedAt != null;
      if (state?.refreshedAt == null) reason ??= withoutGuide(source, state);
      if (state && tell) for (const note of notesOf(source, state)) tell(note);
      if (state?.refreshedAt == null || (place !== null && !covers(source, place))) continue;
      sources.push({ name: source.name, kept: this.paths(source).guide });
    }
    if (!isThere) throw reason ?? new KinoscopeError('not-found', 'There is no broadcast guide (KINOSCOPE_GUIDE)');
    return { sources, areas: this.options.areas ?? null, place };
  }

  private async current(source: Source): Promise<SourceState | null> {
    const { guide, state: path } = this.paths(source);
    const state = await readState(path);
    const kept = state?.refreshedAt == null || (await signatureOf(guide)) !== null ? state : null;
    if (isLink(source.location)) return kept;
    return kept && kept.signature === (await signatureOf(source.location)) ? kept : this.refresh(source);
  }

  private async read(source: Source, signal?: AbortSignal): Promise<SourceState> {
    const { guide, state: path } = this.paths(source);
    const before = await readState(path);
    const checkedAt = new Date().toISOString();
    const signature = isLink(source.location) ? null : await signatureOf(source.location);
    let state: SourceState;
    try {
      const taken = await this.take(source, guide, signal);
      const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
      state = {
        refreshedAt: checkedAt,
        checkedAt,
        failures: 0,
        error: null,
        channels: taken.channels,
        programmes: taken.programmes,
        from: time(taken.from),
        to: time(taken.to),
        faults: taken.faults.map(([fault, times]) => [fault, times]),
        signature,
      };
    } catch (thrown) {
      if (signal?.aborted) throw thrown;
      const { code, message } = asKinoscopeError(thrown);
      const none = { refreshedAt: null, channels: 0, programmes: 0, from: null, to: null, faults: [] };
      state = {
        ...(before ?? none),
        checkedAt,
        failures: (before?.failures ?? 0) + 1,
        error: { code, message },
        signature,
      };
    }
    await writeState(path, state);
    return state;
  }

  private async take({ name, location }: Source, kept: string, signal?: AbortSignal): Promise<Taken> {
    const { keepMs = 30 * DAY_MS, folder, fetch } = this.options;
    const fetched = isLink(location) ? await fetchInto(fetch, location, join(folder, 'incoming'), signal) : null;
    const reading = (this.reading ??= { thread: new GuideThread(), files: 0 });
    reading.files++;
    try {
      return await reading.thread.ask('take', { name, file: fetched ?? location, kept, since: Date.now() - keepMs });
    } finally {
      if (fetched !== null) await rm(fetched, { force: true });
      if (--reading.files === 0) {
        this.reading = null;
        await reading.thread.close();
      }
    }
  }
}

async function fetchInto(
  fetch: GuideOptions['fetch'],
  link: string,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  if (!fetch) throw new KinoscopeError('unavailable', 'Links of broadcast guides are not fetched here');
  return (await fetch(link, folder, signal)).file;
}

const notCovered = (): KinoscopeError => new KinoscopeError('not-found', 'No broadcast guide covers this place');

/** Why a source has no programmes at all. */
function withoutGuide({ name }: Source, state: SourceState | null): KinoscopeError {
  if (!state?.error)
    return new KinoscopeError(
      'unavailable',
      `The broadcast guide ${name} was not fetched yet (kinoscope guide refresh)`,
    );
  const { code, message } = state.error;
  return new KinoscopeError(
    code === 'unreadable' || code === 'not-found' || code === 'too-large' ? code : 'unavailable',
    message,
  );
}

function notesOf({ name }: Source, { error, refreshedAt, programmes, faults }: SourceState): string[] {
  const failed = error ? [`${name}${refreshedAt ? ` is as of ${refreshedAt}` : ''}: ${error.message}`] : [];
  return [
    ...failed,
    ...faults.map(
      ([fault, times]) => `${name} (${programmes} programmes): ${fault}${times > 1 ? `, ${times} times` : ''}`,
    ),
  ];
}
