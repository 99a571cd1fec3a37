import { readFile, stat } from 'node:fs/promises';
import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { z } from 'zod';
import type { Settings } from '../config/settings.js';
import { decodeText } from '../core/encoding.js';
import { asKinoscopeError, KinoscopeError } from '../core/errors.js';
import { printableLines } from '../core/terminal.js';
import { DownloadPaused } from '../download/downloader.js';
import { parseTrailerList, type TrailerEntry } from '../download/trailer-list.js';
import { loadTable } from '../parameters/learnt.js';
import { TitlesService } from '../titles/titles.service.js';
import { type Answer, runCommand, type Session } from './session.js';

/** Of a list, which is read whole: a hundred thousand trailers are fewer. */
const MAX_LIST_BYTES = 16 * 2 ** 20;

interface Imported extends TrailerEntry {
  readonly id: string;
  /** The local film. */
  readonly file: string;
}

interface Fault {
  readonly line: number;
  readonly error: string;
}

/** import: the trailers of a list become titles that carry their genres, for those who train a genre model. */
export function addImportCommand(
  program: Command,
  settings: Settings,
  open: () => Promise<INestApplicationContext>,
): void {
  program
    .command('import')
    .argument('<list>', 'a CSV file with the columns title, link and genres (several parted by |)')
    .description('fetch the trailers of a list, with their genres; asked again, it goes on where it was')
    .action((list: string, _options: unknown, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const text = await readList(list).catch((error: NodeJS.ErrnoException) => {
          if (error instanceof KinoscopeError) throw error;
          throw new KinoscopeError(
            error.code === 'ENOENT' ? 'not-found' : 'unreadable',
            `${list} cannot be read (${error.code})`,
          );
        });
        const { entries, faults } = parseTrailerList(text, loadTable('genres.json', z.array(z.string())));
        const { imported, failed } = await importAll(session, entries, settings.download.concurrency);
        const unusable = [...faults.map(({ line, message }) => ({ line, error: message })), ...failed].sort(
          (a, b) => a.line - b.line,
        );
        if (imported.length === 0 && unusable.length > 0) {
          throw new KinoscopeError(
            'unreadable',
            `No trailer of ${list} could be had; line ${unusable[0]!.line}: ${unusable[0]!.error}`,
          );
        }
        return {
          value: { trailers: imported, failed: unusable },
          text: () =>
            printableLines([
              ...imported.map(({ id, title, genres }) => `${id}  ${title}: ${genres.join(', ')}`),
              ...unusable.map(({ line, error }) => `line ${line}: ${error}`),
            ]) || 'The list names no trailer',
        };
      }),
    );
}

async function readList(file: string): Promise<string> {
  const { size } = await stat(file);
  if (size > MAX_LIST_BYTES)
    throw new KinoscopeError('too-large', `${file} is larger than ${MAX_LIST_BYTES / 2 ** 20} MB`);
  return decodeText(await readFile(file));
}

/** Fetches so many at a time. Broken off, it leaves what is half here to be gone on with. */
async function importAll(
  session: Session,
  entries: readonly TrailerEntry[],
  concurrency: number,
): Promise<{ imported: Imported[]; failed: Fault[] }> {
  const titles = (await session.app()).get(TitlesService);
  const pause = new AbortController();
  session.signal.addEventListener('abort', () => pause.abort(new DownloadPaused()), { once: true });
  const imported: Imported[] = [];
  const failed: Fault[] = [];
  const waiting = [...entries];
  const fetchNext = async (): Promise<void> => {
    for (let entry = waiting.shift(); entry; entry = waiting.shift()) {
      session.signal.throwIfAborted();
      const { title, link, genres, line } = entry;
      try {
        const made = await titles.resolve(link, { name: title, metadata: { genres }, signal: pause.signal });
        imported.push({ ...entry, id: made.id, file: made.source.file! });
      } catch (error) {
        session.signal.throwIfAborted();
        failed.push({ line, error: asKinoscopeError(error).message });
      }
      session.progress((imported.length + failed.length) / entries.length, title);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, fetchNext));
  return { imported: imported.sort((a, b) => a.line - b.line), failed };
}
