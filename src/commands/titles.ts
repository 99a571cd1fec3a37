import type { INestApplicationContext } from '@nestjs/common';
import { Argument, type Command } from 'commander';
import { KinoscopeError } from '../core/errors.js';
import { printableLine } from '../core/terminal.js';
import { episodeNumber } from '../download/media-name.js';
import { Naming } from '../people/naming.js';
import { CastLists, type NamedPerson } from '../titles/cast-lists.js';
import type { Title } from '../titles/documents.js';
import { SeriesService } from '../titles/series.service.js';
import { TitleDescriptions } from '../titles/title-descriptions.js';
import { TitleWork } from '../titles/title-work.js';
import { TitlesService } from '../titles/titles.service.js';
import { clock } from './answers.js';
import { type Answer, runCommand } from './session.js';

/** A title as commands answer it. */
export function titleValue({ id, name, source, contentHash, media, metadata }: Title) {
  return {
    id,
    name,
    source: source.location,
    file: source.file,
    contentHash,
    duration: media?.duration ?? null,
    metadata,
  };
}

/** `id  Name (2010), Series S01E02, channel Blender, 00:00:52`, as far as that is known. */
export function titleText({ id, name, media, metadata }: Title): string {
  const { year, series, channel, site, videoId, duration = media?.duration } = metadata;
  return [
    `${id}  ${name}${year ? ` (${year})` : ''}`,
    ...(series ? [[series, episodeNumber(metadata)].filter(Boolean).join(' ')] : []),
    ...(channel ? [`channel ${channel}`] : []),
    ...(site && videoId ? [`${site} ${videoId}`] : []),
    duration === undefined ? 'not fetched yet' : clock(duration),
  ]
    .map(printableLine)
    .join(', ');
}

/** title: a source becomes a title, without any analysis. titles: all of them. */
export function addTitleCommands(program: Command, open: () => Promise<INestApplicationContext>): void {
  program
    .command('title')
    .argument('<source>', "a path, a link or a title's id")
    .option('--name <name>', 'what to call it')
    .description('fetch a film and say what is known of it, without analysing it')
    .action((source: string, options: { name?: string }, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const titles = (await session.app()).get(TitlesService);
        const title = await titles.resolve(source, {
          name: options.name,
          signal: session.signal,
          onProgress: (fraction) => session.progress(fraction, 'fetching'),
        });
        const { metadata } = title;
        const cast = (metadata.cast ?? []).map(({ name, role }) =>
          printableLine(`  ${name}${role ? ` as ${role}` : ''}`),
        );
        const thumbnail = metadata.thumbnail ? [`  ${metadata.thumbnail}`] : [];
        return { value: titleValue(title), text: () => [titleText(title), ...thumbnail, ...cast].join('\n') };
      }),
    );

  program
    .command('titles')
    .description('all titles, the newest first')
    .action((_options: unknown, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const service = (await session.app()).get(TitlesService);
        const titles: Title[] = [];
        for (let cursor: string | null | undefined; cursor !== null;) {
          const page = await service.list({ limit: 1000, ...(cursor ? { cursor } : {}) });
          titles.push(...page.items);
          cursor = page.nextCursor;
        }
        return {
          value: { titles: titles.map(titleValue) },
          text: () => titles.map(titleText).join('\n') || 'No titles yet',
        };
      }),
    );
}

/** players: whether answers about a title or a series reach players. */
export function addPlayersCommand(program: Command, open: () => Promise<INestApplicationContext>): void {
  program
    .command('players')
    .addArgument(new Argument('<switch>', 'whether answers reach players').choices(['on', 'off']))
    .argument('<what>', "a title's id, path or link; with --series the name of a series")
    .option('--series', 'all episodes of a series, those of tomorrow included')
    .description('switch a title or series off for players: nothing of it in their exports and beside its films')
    .action((to: string, what: string, options: { series?: boolean }, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const app = await session.app();
        const [titles, descriptions, series] = [
          app.get(TitlesService),
          app.get(TitleDescriptions),
          app.get(SeriesService),
        ];
        const players = to === 'on';
        const changed = options.series
          ? (await series.setPlayers(what, players), await series.titlesOf(what))
          : [await descriptions.change((await titles.resolve(what, { signal: session.signal })).id, { players })];
        await app.get(TitleWork).tellPlayers(changed);
        const value = { players, titles: changed.map(({ id, name }) => ({ id, name })) };
        return { value, text: () => `${printableLine(what)}: ${to} for players (${changed.length} titles)` };
      }),
    );
}

/** `Ada Abel=The cook` @throws KinoscopeError `usage` */
function parseActor(text: string): { name: string; role: string | null } {
  const [name = '', ...role] = text.split('=').map((part) => part.trim());
  if (name === '' || name.length > 200)
    throw new KinoscopeError(
      'usage',
      `"${text}" names nobody: give a name, or a name and a role as "Ada Abel=The cook"`,
    );
  return { name, role: role.join('=') || null };
}

/** cast-list: who is named of a title. */
export function addCastListCommand(program: Command, open: () => Promise<INestApplicationContext>): void {
  program
    .command('cast-list')
    .argument('<source>', "a title's id, path or link")
    .argument('[actor...]', 'who is in it, in place of who was listed so before: "Ada Abel" or "Ada Abel=The cook"')
    .option('--clear', 'take back who was listed so before')
    .description('who is named of a title: by you, its source, its credits; faces like theirs are named sooner')
    .action((source: string, actors: string[], options: { clear?: boolean }, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const app = await session.app();
        const [titles, castLists] = [app.get(TitlesService), app.get(CastLists)];
        const title = await titles.resolve(source, { signal: session.signal });
        if (actors.length > 0 || options.clear) {
          await castLists.give(title, actors.map(parseActor));
          if (title.contentHash !== null) await app.get(Naming).refreshNames(title.contentHash);
        }
        const cast = await castLists.of(await titles.get(title.id));
        const line = ({ name, role, by }: NamedPerson): string =>
          printableLine(`${name}${role ? ` as ${role}` : ''} (${by})`);
        return {
          value: { cast: cast.map(({ name, role, by, confidence }) => ({ name, role, by, confidence })) },
          text: () => cast.map(line).join('\n') || 'Nobody is named of it',
        };
      }),
    );
}
