import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { printableLines } from '../core/terminal.js';
import type { Guide } from '../guide/guide.js';
import { GUIDE } from '../guide/guide.module.js';
import { parsePlace, parseTime } from '../guide/place.js';
import { type Broadcast, Broadcasts, type LastAndNext } from '../identify/broadcasts.service.js';
import { People } from '../people/people.js';
import { GuideCasts } from '../titles/guide-casts.service.js';
import { presentSource } from '../titles/guide.controller.js';
import { TitlesService } from '../titles/titles.service.js';
import { personOf } from './person.js';
import { type Answer, runCommand, type Session } from './session.js';

type Open = () => Promise<INestApplicationContext>;
type Shown = ReturnType<typeof presentSource>;

export function guideLine({ name, refreshedAt, channels, programmes, from, to, error, notes }: Shown): string {
  const held = `${programmes} programmes of ${channels} channels${from && to ? `, ${from} to ${to}` : ''}`;
  const parts = [
    refreshedAt === null ? 'never read' : `${held}, read ${refreshedAt}`,
    ...(error ? [`THE LAST TIME IT COULD NOT BE READ: ${error.message}`] : []),
    ...notes,
  ];
  return `${name}: ${parts.join('; ')}`;
}

/** The sources of the settings. */
export async function guideSources(session: Session): Promise<Shown[]> {
  const guide = (await session.app()).get<Guide | null>(GUIDE);
  return ((await guide?.sources()) ?? []).map(presentSource);
}

const broadcastText = (what: string, broadcast: Broadcast | null): string =>
  broadcast === null
    ? `${what}: the broadcast guides know of nothing`
    : `${what}: ${broadcast.start}: ${broadcast.title}${broadcast.subtitle === null ? '' : `: ${broadcast.subtitle}`} (${broadcast.channel})`;

const lastAndNextText = ({ last, next }: LastAndNext): string =>
  printableLines([broadcastText('last', last), broadcastText('next', next)]);

interface Flags {
  readonly at?: string;
  readonly place?: string;
}

const asked = ({ at, place }: Flags) =>
  [at === undefined ? Date.now() : parseTime(at), place === undefined ? null : parsePlace(place)] as const;

const withFlags = (command: Command): Command =>
  command
    .option('--at <time>', 'as of then: 2026-04-02T21:35:00+02:00')
    .option('--place <place>', 'only on channels that can be received there: latitude,longitude in degrees');

function addSources(guide: Command, open: Open): void {
  guide
    .command('list', { isDefault: true })
    .description('the sources, how fresh they are and what is wrong with them')
    .action((_options: unknown, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const sources = await guideSources(session);
        return {
          value: { sources },
          text: () => printableLines(sources.map(guideLine)) || 'There is no broadcast guide (KINOSCOPE_GUIDE)',
        };
      }),
    );
  guide
    .command('refresh')
    .description('read all sources again now; one that fails keeps what it had')
    .action((_options: unknown, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const casts = (await session.app()).get(GuideCasts);
        await casts.refresh(true, { signal: session.signal, onProgress: session.progress });
        const sources = await guideSources(session);
        return { value: { sources }, text: () => printableLines(sources.map(guideLine)) };
      }),
    );
}

/** guide: the sources of broadcast guides; when titles and people are on air. */
export function addGuideCommands(program: Command, open: Open): void {
  const guide = program.command('guide').description('broadcast guides: list, refresh, title, person');
  addSources(guide, open);
  withFlags(guide.command('title').argument('<title>', 'an id'))
    .description('when a title was last on air, and when it will be next')
    .action((id: string, flags: Flags, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const app = await session.app();
        const title = await app.get(TitlesService).get(id);
        const value = await app.get(Broadcasts).ofTitle(title, ...asked(flags));
        return { value, text: () => lastAndNextText(value) };
      }),
    );
  withFlags(guide.command('person').argument('<person>', 'an id or a name'))
    .description('when somebody was last on air, and when they will be next')
    .action((person: string, flags: Flags, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const app = await session.app();
        const id = await personOf(app.get(People), person);
        const value = await app.get(Broadcasts).ofPerson(id, ...asked(flags));
        return { value, text: () => lastAndNextText(value) };
      }),
    );
}
