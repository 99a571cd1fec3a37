import { access, stat } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { AnalysesService } from '../analyses/analyses.service.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { KinoscopeError } from '../core/errors.js';
import { annotate } from '../exports/annotate.js';
import { ExportsService } from '../exports/exports.service.js';
import { MEDIA, type Media } from '../frames/media.js';
import { TitlesService } from '../titles/titles.service.js';
import { type Answer, runCommand } from './session.js';

const CONTAINERS = ['.mp4', '.mkv', '.mov', '.ts'];

interface Options {
  readonly output: string;
  readonly overwrite?: boolean;
}

/** @throws KinoscopeError where a film cannot or must not be written */
async function checkOutput({ output, overwrite }: Options): Promise<void> {
  if (!CONTAINERS.includes(extname(output).toLowerCase()))
    throw new KinoscopeError('usage', `Write to a file that ends with one of ${CONTAINERS.join(', ')}`);
  const folder = dirname(output);
  if (!(await stat(folder).catch(() => null))?.isDirectory())
    throw new KinoscopeError('not-found', `There is no folder ${folder} to write to`);
  if (!overwrite && (await exists(output)))
    throw new KinoscopeError('conflict', `${output} is there already (--overwrite writes over it)`);
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Whether two paths lead to one file, by links or another spelling, too. */
async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map((path) => stat(path, { bigint: true }).catch(() => null)));
  return first !== null && second !== null && first!.ino === second!.ino && first!.dev === second!.dev;
}

/** annotate: the film with boxes and names. */
export function addAnnotateCommand(program: Command, open: () => Promise<INestApplicationContext>): void {
  program
    .command('annotate')
    .argument('<source>', "a path, a link or a title's id")
    .requiredOption('-o, --output <file>', `the film to write (${CONTAINERS.join(', ')})`)
    .option('--overwrite', 'also where that is there already')
    .description('write the film with a box and a name around every face')
    .action((source: string, options: Options, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const { output } = options;
        await checkOutput(options);
        const app = await session.app();
        const { signal } = session;
        const title = await app
          .get(TitlesService)
          .resolve(source, { signal, onProgress: (fraction) => session.progress(fraction, 'fetching') });
        await app.get(AnalysesService).answer(title, ['cast'], false, { signal, onProgress: session.progress });
        if (!title.source.file || !title.media)
          throw new KinoscopeError('not-found', `The film of the title ${title.id} was not fetched yet`);
        if ((await isSameFile(output, title.source.file)) || (await isSameFile(output, source)))
          throw new KinoscopeError('usage', `${output} is the film itself: write to another file`);
        const value = {
          title: title.id,
          output,
          ...(await annotate(app.get<Media>(MEDIA), {
            file: title.source.file,
            info: title.media,
            tracks: await app.get(ExportsService).tracks(title),
            output,
            maxPixels: app.get<Settings>(SETTINGS).maxPixels,
            signal,
            onProgress: (fraction) => session.progress(fraction, 'writing'),
          })),
        };
        return { value, text: () => `${output}: ${value.frames} frames, ${value.marked} of them with somebody in it` };
      }),
    );
}
