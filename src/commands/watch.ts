import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { AnalysesService } from '../analyses/analyses.service.js';
import { asKinoscopeError } from '../core/errors.js';
import { USUAL_KINDS, type Title } from '../titles/documents.js';
import { LibraryService } from '../worker/library.service.js';
import { analysisText, flatten } from './answers.js';
import { parseSeconds, runCommand } from './session.js';
import { titleText, titleValue } from './titles.js';

interface Options {
  readonly analyze?: boolean;
  readonly poll?: boolean;
  readonly settle: string;
}

/** watch: the films of a folder become titles, as they come and change. */
export function addWatchCommand(program: Command, open: () => Promise<INestApplicationContext>): void {
  program
    .command('watch')
    .argument('<dir>', 'a folder of films; Kodi and Jellyfin names and .nfo files are understood')
    .option('--analyze', 'answer the three questions about each film, one after the other')
    .option('--poll', 'look again and again, for network folders, which tell nobody about changes')
    .option('--settle <seconds>', 'a film is complete when it has not grown for so long', '5')
    .description('make titles of the films in a folder, as they come and change, until Ctrl-C')
    .action((dir: string, options: Options, command: Command) =>
      runCommand(command, open, async (session) => {
        const settleMs = parseSeconds(options.settle) * 1000;
        const app = await session.app();
        const { signal } = session;
        const analyses = app.get(AnalysesService);
        const onTitle = async (title: Title): Promise<void> => {
          const answers = options.analyze
            ? await analyses.answer(title, USUAL_KINDS, false, {
                signal,
                onProgress: (fraction, stage) => session.progress(fraction, `${title.name}: ${stage}`),
              })
            : [];
          session.print({
            value: {
              ...titleValue(title),
              ...Object.fromEntries(answers.map((analysis) => [analysis.kind, flatten(analysis)])),
            },
            text: () => [titleText(title), ...answers.map(analysisText)].join('\n'),
          });
        };
        await app.get(LibraryService).watch(dir, {
          onTitle,
          onError: (error, path) => {
            if (!signal.aborted) session.complain(`${path ?? dir}: ${asKinoscopeError(error).message}`);
          },
          signal,
          settleMs,
          polling: options.poll === true,
        });
        return null;
      }),
    );
}
