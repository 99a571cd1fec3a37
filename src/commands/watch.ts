import type { INestApplicationContext } from '@nestjs/common';
import { type Command, InvalidArgumentError } from 'commander';
import { AnalysesService } from '../analyses/analyses.service.js';
import { SIDECARS } from '../config/environment.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { asKinoscopeError } from '../core/errors.js';
import { printableLine } from '../core/terminal.js';
import { SURE } from '../credits/answer.js';
import type { SidecarName } from '../exports/sidecar-file.js';
import { Sidecars, type Sidecar } from '../exports/sidecars.service.js';
import { USUAL_KINDS, type Title } from '../titles/documents.js';
import { LibraryService } from '../worker/library.service.js';
import { withRead } from '../worker/watch.service.js';
import { analysisText, flatten } from './answers.js';
import { exportOptions } from './export.js';
import { parseSeconds, runCommand } from './session.js';
import { titleText, titleValue } from './titles.js';

interface Options {
  readonly analyze?: boolean;
  readonly poll?: boolean;
  readonly settle: string;
  readonly sidecar?: readonly SidecarName[];
  readonly offset?: string;
  readonly minConfidence?: string;
}

/** watch: the films of a folder become titles, as they come and change. */
export function addWatchCommand(program: Command, open: () => Promise<INestApplicationContext>): void {
  program
    .command('watch')
    .argument('<dir>', 'a folder of films; Kodi and Jellyfin names and .nfo files are understood')
    .option('--analyze', 'answer the three questions about each film, one after the other')
    .option('--poll', 'look again and again, for network folders, which tell nobody about changes')
    .option('--sidecar <formats>', `write beside each film for its players, of ${SIDECARS.join(',')}`, parseSidecars)
    .option('--offset <seconds>', 'of the times in these, e.g. -0.5: a little earlier')
    .option('--min-confidence <fraction>', `how sure answers in these must be, 0 to 1; by default ${SURE}`)
    .option('--settle <seconds>', 'a film is complete when it has not grown for so long', '5')
    .description('make titles of the films in a folder, as they come and change, until Ctrl-C')
    .action((dir: string, options: Options, command: Command) =>
      runCommand(command, open, async (session) => {
        const settleMs = parseSeconds(options.settle) * 1000;
        const app = await session.app();
        const { signal } = session;
        const analyses = app.get(AnalysesService);
        const { sidecars } = app.get<Settings>(SETTINGS);
        const formats = options.sidecar ?? sidecars.formats;
        const how = { ...sidecars, ...exportOptions(options), formats };
        const kinds = withRead(USUAL_KINDS, formats);
        const onTitle = async (title: Title): Promise<void> => {
          const answers = options.analyze
            ? await analyses.answer(title, kinds, false, {
                signal,
                onProgress: (fraction, stage) => session.progress(fraction, `${title.name}: ${stage}`),
              })
            : [];
          const files = formats.length > 0 ? await app.get(Sidecars).write(title.id, how) : [];
          for (const { file, state, reason } of files)
            if (reason !== null) session.complain(`${file}: ${state}: ${reason}`);
          session.print({
            value: {
              ...titleValue(title),
              ...Object.fromEntries(answers.map((analysis) => [analysis.kind, flatten(analysis)])),
              ...(formats.length > 0 && { sidecars: files }),
            },
            text: () => [titleText(title), ...answers.map(analysisText), ...files.flatMap(sidecarText)].join('\n'),
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

function parseSidecars(text: string): SidecarName[] {
  return text.split(',').map((name) => {
    const known = SIDECARS.find((one) => one === name.trim());
    if (known) return known;
    throw new InvalidArgumentError(`take some of ${SIDECARS.join(',')}`);
  });
}

const sidecarText = ({ file, state }: Sidecar): string[] =>
  state === 'written' || state === 'removed' ? [printableLine(`  ${state}: ${file}`)] : [];
