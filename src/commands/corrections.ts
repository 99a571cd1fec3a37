import type { INestApplicationContext } from '@nestjs/common';
import { type Command, Option } from 'commander';
import { CorrectionList, presentCredits, presentGenre } from '../analyses/correction-list.service.js';
import type { Correction } from '../analyses/correction-schemas.js';
import { CorrectionsService } from '../analyses/corrections.service.js';
import { KinoscopeError } from '../core/errors.js';
import { printableLines } from '../core/terminal.js';
import { CORRECTED_KINDS, type CorrectedKind } from '../titles/corrections.js';
import { TitlesService } from '../titles/titles.service.js';
import { clock } from './answers.js';
import { type Answer, parseSeconds, runCommand, type Session } from './session.js';

type Open = () => Promise<INestApplicationContext>;

interface Locking {
  readonly lock?: boolean;
  readonly unlock?: boolean;
}

const SOURCE = ['<source>', "a path, a link or a title's id"] as const;

const service = async (session: Session): Promise<CorrectionsService> => (await session.app()).get(CorrectionsService);

async function idOf(session: Session, source: string): Promise<string> {
  const titles = (await session.app()).get(TitlesService);
  return (await titles.resolve(source, { signal: session.signal })).id;
}

const lockOf = ({ lock, unlock }: Locking): boolean | undefined => (unlock ? false : lock ? true : undefined);

function correctionText(correction: Correction): string {
  const { kind, by } = correction;
  const of = `${correction.titleId ?? 'no title'}  ${kind}`;
  if (kind === 'people') {
    const { kind: link, person, other, tracks } = correction.said;
    return `${of}  ${link} ${person} ${other ?? `${tracks.length} tracks`}  by ${by}`;
  }
  const locked = correction.locked ? ', locked' : '';
  if (kind === 'genre') return `${of}  ${correction.said.genres.join(', ')}  by ${by}${locked}`;
  if (kind === 'segments') {
    const said = correction.said.segments.map((one) => `${one.kind} ${clock(one.start)} to ${clock(one.end)}`);
    return `${of}  ${said.join(', ') || 'none'}  by ${by}${locked}`;
  }
  const { creditsStart } = correction.said;
  const { creditsStart: machine } = correction.machine;
  const time = (seconds: number | null): string => (seconds === null ? 'none' : `from ${clock(seconds)}`);
  return `${of}  ${time(creditsStart)} (machine: ${time(machine)})  by ${by}${locked}`;
}

function addCredits(group: Command, open: Open): void {
  group
    .command('credits')
    .argument(...SOURCE)
    .option('--start <time>', 'where they start: seconds, minutes:seconds or hours:minutes:seconds')
    .addOption(new Option('--none', 'there are none').conflicts('start'))
    .option('--lock', 'keep it from being changed until it is unlocked')
    .addOption(new Option('--unlock').conflicts('lock'))
    .description('say where the credits start; it wins over what the machine says')
    .action((source: string, options: Locking & { start?: string; none?: boolean }, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const { start, none } = options;
        const creditsStart = none ? null : start === undefined ? undefined : parseSeconds(start);
        const locked = lockOf(options);
        if (creditsStart === undefined && locked === undefined)
          throw new KinoscopeError('usage', 'Give --start, --none, --lock or --unlock');
        const id = await idOf(session, source);
        const { title, correction } = await (await service(session)).setCredits(id, { creditsStart, locked });
        const value = presentCredits(correction, title);
        return { value, text: () => correctionText(value) };
      }),
    );
}

function addGenre(group: Command, open: Open): void {
  group
    .command('genre')
    .argument(...SOURCE)
    .argument('[genre...]', 'the one that matters most first')
    .option('--lock', 'keep it from being changed until it is unlocked')
    .addOption(new Option('--unlock').conflicts('lock'))
    .description('say which genres a film is of; they win over what the machine says')
    .action((source: string, genres: string[], options: Locking, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const locked = lockOf(options);
        if (genres.length === 0 && locked === undefined)
          throw new KinoscopeError('usage', 'Give genres, --lock or --unlock');
        const id = await idOf(session, source);
        const given = { locked, ...(genres.length > 0 && { genres }) };
        const { title, correction } = await (await service(session)).setGenre(id, given);
        const value = presentGenre(correction, title);
        return { value, text: () => correctionText(value) };
      }),
    );
}

function addDelete(group: Command, open: Open): void {
  group
    .command('delete')
    .argument(...SOURCE)
    .argument('<kind>', CORRECTED_KINDS.join(' or '))
    .description('undo what was said: what the machine says is answered again')
    .action((source: string, kind: string, _options: unknown, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        if (!isCorrected(kind))
          throw new KinoscopeError('usage', `Unknown kind "${kind}": take ${CORRECTED_KINDS.join(' or ')}`);
        const id = await idOf(session, source);
        await (await service(session)).delete(id, kind);
        return { value: { titleId: id, kind }, text: () => `${id}  ${kind}  the machine's answer again` };
      }),
    );
}

const isCorrected = (kind: string): kind is CorrectedKind => CORRECTED_KINDS.some((one) => one === kind);

function addList(group: Command, open: Open): void {
  group
    .command('list')
    .addOption(new Option('--kind <kind>', 'only these').choices([...CORRECTED_KINDS, 'people']))
    .option('--title <id>', 'only those of this title')
    .description('what people have corrected, beside what the machine had said: training data')
    .action((options: { kind?: CorrectedKind | 'people'; title?: string }, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const list = (await session.app()).get(CorrectionList);
        const corrections: Correction[] = [];
        for (let cursor: string | null | undefined; cursor !== null;) {
          const page = await list.list({ limit: 1000, cursor, kind: options.kind, titleId: options.title });
          corrections.push(...page.items);
          cursor = page.nextCursor;
        }
        return {
          value: { corrections },
          text: () => printableLines(corrections.map(correctionText)) || 'Nothing was corrected yet',
        };
      }),
    );
}

/** corrections: what people say of a film's credits and genre, and all that they have corrected. */
export function addCorrectionCommands(program: Command, open: Open): void {
  const group = program.command('corrections').description('what people have corrected: credits, genre, list, delete');
  addCredits(group, open);
  addGenre(group, open);
  addList(group, open);
  addDelete(group, open);
}
