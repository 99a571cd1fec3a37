import type { INestApplicationContext } from '@nestjs/common';
import { type Command, Option } from 'commander';
import { SURE } from '../credits/answer.js';
import { ExportsService } from '../exports/exports.service.js';
import { exportFilm, FORMAT_NAMES, type FormatName, FORMATS } from '../exports/formats.js';
import { TitlesService } from '../titles/titles.service.js';
import { type Answer, parseFraction, runCommand } from './session.js';

/** export: the stored answers of a title in the forms that players and other services read. */
export function addExportCommand(program: Command, open: () => Promise<INestApplicationContext>): void {
  program
    .command('export')
    .argument('<title>', "a title's id, or its path or link")
    .addOption(new Option('--format <format>', 'how').choices(FORMAT_NAMES).makeOptionMandatory())
    .option('--min-confidence <fraction>', `how sure answers must be, 0 to 1; by default ${SURE}`)
    .description('the stored answers as WebVTT, EDL, chapters, .nfo, CSV, Jellyfin segments or Rekognition JSON')
    .action(
      (source: string, { format, minConfidence }: { format: FormatName; minConfidence?: string }, command: Command) =>
        runCommand(command, open, async (session): Promise<Answer> => {
          const app = await session.app();
          const { id } = await app.get(TitlesService).resolve(source, { signal: session.signal });
          const film = await app
            .get(ExportsService)
            .film(id, minConfidence === undefined ? undefined : parseFraction(minConfidence));
          const text = exportFilm(film, format);
          if (film.leftOut) session.complain(`${film.leftOut}; left out (--min-confidence lowers that)`);
          const value: unknown =
            FORMATS[format].type === 'application/json' ? JSON.parse(text) : { title: id, format, text };
          return { value, text: () => text.trimEnd() };
        }),
    );
}
