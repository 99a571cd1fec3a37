import type { INestApplicationContext } from '@nestjs/common';
import { type Command, Option } from 'commander';
import { KinoscopeError } from '../core/errors.js';
import { SURE } from '../credits/answer.js';
import { type ExportOptions, ExportsService, MOST_OFFSET } from '../exports/exports.service.js';
import { exportFilm, FORMAT_NAMES, type FormatName, FORMATS, tellsPlayers } from '../exports/formats.js';
import { TitlesService } from '../titles/titles.service.js';
import { type Answer, parseFraction, runCommand } from './session.js';

interface Options {
  readonly format: FormatName;
  readonly minConfidence?: string;
  readonly offset?: string;
}

/** export: the stored answers of a title in the forms that players and other services read. */
export function addExportCommand(program: Command, open: () => Promise<INestApplicationContext>): void {
  program
    .command('export')
    .argument('<title>', "a title's id, or its path or link")
    .addOption(new Option('--format <format>', 'how').choices(FORMAT_NAMES).makeOptionMandatory())
    .option('--min-confidence <fraction>', `how sure answers must be, 0 to 1; by default ${SURE}`)
    .option('--offset <seconds>', 'added to all times, e.g. -0.5: a little earlier')
    .description(
      'the stored answers as WebVTT, EDL, chapters (FFmpeg, Matroska), .nfo, CSV, Jellyfin segments or Rekognition JSON',
    )
    .action((source: string, options: Options, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const { format } = options;
        const app = await session.app();
        const { id } = await app.get(TitlesService).resolve(source, { signal: session.signal });
        const film = await app.get(ExportsService).film(id, exportOptions(options));
        const text = exportFilm(film, format);
        if (film.players === false && tellsPlayers({ ...film, players: true }, format))
          session.complain(`"${film.name}" is switched off for players; left out`);
        else if (film.leftOut) session.complain(`${film.leftOut}; left out (--min-confidence lowers that)`);
        const value: unknown =
          FORMATS[format].type === 'application/json' ? JSON.parse(text) : { title: id, format, text };
        return { value, text: () => text.trimEnd() };
      }),
    );
}

/** @throws KinoscopeError `usage` */
export function exportOptions({ minConfidence, offset }: Partial<Omit<Options, 'format'>>): ExportOptions {
  return {
    ...(minConfidence !== undefined && { minConfidence: parseFraction(minConfidence) }),
    ...(offset !== undefined && { offset: parseOffset(offset) }),
  };
}

function parseOffset(text: string): number {
  const offset = /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(text.trim()) ? Number(text) : NaN;
  if (Math.abs(offset) <= MOST_OFFSET) return offset;
  throw new KinoscopeError('usage', `"${text}" is no offset: give seconds, ${MOST_OFFSET} at most, as -0.5`);
}
