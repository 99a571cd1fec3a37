import { createHash } from 'node:crypto';
import { lstat, realpath } from 'node:fs/promises';
import { join, parse, sep } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { SIDECAR } from '../analyses/job-kinds.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { KinoscopeError } from '../core/errors.js';
import type { Job } from '../jobs/job-queue.js';
import type { Title } from '../titles/documents.js';
import { isUnchanged } from '../titles/send-film.js';
import { TitlesService } from '../titles/titles.service.js';
import { type ExportOptions, ExportsService } from './exports.service.js';
import type { ExportedFilm } from './film.js';
import { exportFilm, tellsPlayers } from './formats.js';
import { isMatroska, setMatroskaChapters } from './matroska-file.js';
import { placeSidecar, SIDECAR_FILES, type SidecarName, type SidecarState } from './sidecar-file.js';

export interface Sidecar {
  readonly format: SidecarName;
  readonly file: string;
  readonly state: SidecarState;
  /** Why it was kept or failed. */
  readonly reason: string | null;
}

export interface SidecarOptions extends ExportOptions {
  readonly formats: readonly SidecarName[];
}

const FOREIGN = 'it is not as kinoscope wrote it, or somebody else wrote it';

/** Writes beside films what their players look for. */
@Injectable()
export class Sidecars {
  constructor(
    private readonly titles: TitlesService,
    private readonly exports: ExportsService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** The handler of `sidecar` jobs. */
  async handle(job: Job): Promise<[]> {
    const { titleId } = SIDECAR.dataOf(job);
    if (!(await this.isWatched(await this.titles.get(titleId)))) return [];
    let files = await this.write(titleId, this.settings.sidecars);
    // What was said while they were written is in them when this ends, whichever worker was the last to write.
    if (files.some(({ state }) => state === 'written' || state === 'removed'))
      files = await this.write(titleId, this.settings.sidecars);
    const failed = files.filter(({ state }) => state === 'failed');
    if (failed.length === 0) return [];
    throw new KinoscopeError('unavailable', failed.map(({ file, reason }) => `${file}: ${reason}`).join('; '));
  }

  /**
   * Brings the files beside a film up to date with its answers of now. Of a film that is no file of the user's own, or not where it
   * was, there are none.
   * @throws KinoscopeError `not-found` for a title that is unknown
   */
  async write(titleId: string, { formats, ...options }: SidecarOptions): Promise<Sidecar[]> {
    const title = await this.titles.get(titleId);
    if (title.source.kind !== 'path' || title.source.kept || !(await isUnchanged(title.source))) return [];
    const film = await this.exports.film(titleId, options);
    const done: Sidecar[] = [];
    // The film itself comes last: it changes by that.
    for (const format of formats.toSorted((a, b) => Number(a === 'matroska') - Number(b === 'matroska')))
      done.push(await (format === 'matroska' ? this.intoFilm(title, film) : beside(title, film, format)));
    return done;
  }

  /** Whether a film lies in a folder that the operator has us watch. */
  private async isWatched({ source: { file } }: Title): Promise<boolean> {
    const folders = await Promise.all(this.settings.watch.folders.map((dir) => realpath(dir).catch(() => null)));
    return folders.some((dir) => dir !== null && file?.startsWith(join(dir, sep)));
  }

  private async intoFilm(title: Title, film: ExportedFilm): Promise<Sidecar> {
    const { file, chapters } = title.source;
    const said = (state: SidecarState, reason: string | null = null): Sidecar => ({
      format: 'matroska',
      file: file!,
      state,
      reason,
    });
    if (!isMatroska(film.media.format)) return said('none');
    if (film.media.chapters.length > 0 && chapters === undefined)
      return said('kept', 'the film has chapters of its own');
    const xml = tellsPlayers(film, 'matroska') ? exportFilm(film, 'matroska') : null;
    const digest = xml === null ? undefined : createHash('sha256').update(xml).digest('hex');
    if (digest === chapters) return said(xml === null ? 'none' : 'unchanged');
    return attempt(said, async () => {
      await setMatroskaChapters(file!, xml);
      await this.titles.followOwnChange(title, digest);
      return said(xml === null ? 'removed' : 'written');
    });
  }
}

async function beside(
  { source }: Title,
  film: ExportedFilm,
  format: Exclude<SidecarName, 'matroska'>,
): Promise<Sidecar> {
  const { ending, mark } = SIDECAR_FILES[format];
  const { dir, name } = parse(source.file!);
  const file = join(dir, `${name}${ending}`);
  const said = (state: SidecarState, reason: string | null = null): Sidecar => ({ format, file, state, reason });
  return attempt(said, async () => {
    // A library takes film.nfo in place of movie.nfo, which knows more.
    if (format === 'nfo' && (await lstat(join(dir, 'movie.nfo')).catch(() => null)))
      return said('kept', 'there is a movie.nfo');
    // The text has its comment in a block of its own.
    const text = tellsPlayers(film, format) ? exportFilm(film, format).replace(/^WEBVTT\n/, 'WEBVTT\n\n') : null;
    const state = await placeSidecar(file, text, mark);
    return said(state, state === 'kept' ? FOREIGN : null);
  });
}

/** A folder that cannot be written to is no reason to leave out the other files. */
async function attempt(
  said: (state: SidecarState, reason: string | null) => Sidecar,
  work: () => Promise<Sidecar>,
): Promise<Sidecar> {
  try {
    return await work();
  } catch (error) {
    return said('failed', error instanceof Error ? error.message : String(error));
  }
}
