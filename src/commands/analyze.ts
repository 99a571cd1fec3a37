import type { INestApplicationContext } from '@nestjs/common';
import { type Command, Option } from 'commander';
import { AnalysesService } from '../analyses/analyses.service.js';
import { MomentService } from '../analyses/moment.service.js';
import { KinoscopeError } from '../core/errors.js';
import { printableLine } from '../core/terminal.js';
import { MOST_DESCRIPTION } from '../download/media-source.js';
import {
  ANALYSIS_KINDS,
  USUAL_KINDS,
  type AnalysisAnswer,
  type AnalysisKind,
  type Title,
} from '../titles/documents.js';
import { playingTime } from '../titles/player-clock.js';
import { TitleDescription } from '../titles/schemas.js';
import { TitlesService } from '../titles/titles.service.js';
import { analysisText, flatten, sceneMoment } from './answers.js';
import { type Answer, parseSeconds, runCommand, type Session } from './session.js';
import { stillsAnswer } from './stills.js';

const DESCRIPTION = [
  '--description <text>',
  "what is told of the film: a witness of its genre; '' takes back what was told",
] as const;

type Open = () => Promise<INestApplicationContext>;

interface Options {
  readonly force?: boolean;
  readonly kinds?: string;
  readonly at?: string;
  readonly description?: string;
  readonly by?: string;
}

function parseKinds(text: string): AnalysisKind[] {
  const kinds = text.split(',').map((kind) => kind.trim());
  const unknown = kinds.filter((kind) => !ANALYSIS_KINDS.some((known) => known === kind));
  if (unknown.length > 0 || text.trim() === '') {
    throw new KinoscopeError(
      'usage',
      `Unknown kind "${unknown.join(', ')}": take some of ${ANALYSIS_KINDS.join(', ')}`,
    );
  }
  return ANALYSIS_KINDS.filter((kind) => kinds.includes(kind));
}

/** @returns null for an empty one, which takes back what was told before */
function parseDescription(text: string | undefined): string | null | undefined {
  if (text === '') return null;
  const described = TitleDescription.optional().safeParse(text);
  if (!described.success) throw new KinoscopeError('usage', `A description has at most ${MOST_DESCRIPTION} characters`);
  return described.data;
}

/** Finds or makes the title of a source and answers these questions about it. */
async function answer(
  session: Session,
  source: string,
  kinds: readonly AnalysisKind[],
  { force = false, description }: Options,
): Promise<{ title: Title; analyses: AnalysisAnswer[] }> {
  const app = await session.app();
  const { signal } = session;
  const title = await app
    .get(TitlesService)
    .resolve(source, {
      signal,
      given: { description: parseDescription(description) },
      onProgress: (fraction) => session.progress(fraction, 'fetching'),
    });
  const work = { signal, onProgress: session.progress };
  return { title, analyses: await app.get(AnalysesService).answer(title, kinds, force, work) };
}

/** Of a question alone. */
function answered([analysis]: readonly AnalysisAnswer[]): Answer {
  if (!analysis) throw new KinoscopeError('internal', 'The answer was not stored');
  return { value: flatten(analysis), text: () => analysisText(analysis) };
}

function addAnalyze(program: Command, open: Open): void {
  program
    .command('analyze')
    .argument('<source>', "a path, a link or a title's id")
    .option('--kinds <list>', 'which questions, separated by commas', USUAL_KINDS.join(','))
    .option('--force', 'analyse again although the answer is stored')
    .option(...DESCRIPTION)
    .description('answer the questions about a film')
    .action((source: string, options: Options, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const kinds = parseKinds(options.kinds ?? '');
        const { title, analyses } = await answer(session, source, kinds, options);
        const value = {
          title: title.id,
          name: title.name,
          metadata: title.metadata,
          duration: title.media ? playingTime(title.media) : null,
          truncated: analyses.some(({ truncated }) => truncated),
          ...Object.fromEntries(analyses.map((analysis) => [analysis.kind, flatten(analysis)])),
        };
        const text = (): string => analyses.map((analysis) => analysisText(analysis)).join('\n\n');
        return { value, text: () => `${printableLine(title.name)}\n\n${text()}` };
      }),
    );
}

function addQuestion(program: Command, open: Open, kind: 'genre' | 'credits'): void {
  const command = program
    .command(kind)
    .argument('<source...>', "a path, a link or a title's id; with --still, pictures")
    .option('--still', 'the sources are pictures')
    .option('--force', 'analyse again although the answer is stored')
    .description(kind === 'genre' ? 'the three most likely genres' : 'the second at which the closing credits start')
    .action((sources: string[], options: Options & { still?: boolean }, own: Command) =>
      runCommand(own, open, async (session): Promise<Answer> => {
        if (options.still) return stillsAnswer(session, kind, sources);
        const [source, ...others] = sources;
        if (source === undefined || others.length > 0)
          throw new KinoscopeError('usage', `${kind} takes one source (or pictures, with --still)`);
        const { analyses } = await answer(session, source, [kind], options);
        return answered(analyses);
      }),
    );
  if (kind === 'genre') command.option(...DESCRIPTION);
}

function addAlone(program: Command, open: Open, kind: 'shots' | 'sound', description: string): void {
  program
    .command(kind)
    .argument('<source>', "a path, a link or a title's id")
    .option('--force', 'analyse again although the answer is stored')
    .description(description)
    .action((source: string, options: Options, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const { analyses } = await answer(session, source, [kind], options);
        return answered(analyses);
      }),
    );
}

function addCreditsText(program: Command, open: Open): void {
  program
    .command('credits-text')
    .argument('<source>', "a path, a link or a title's id")
    .option('--force', 'read again although the answer is stored')
    .description('who the closing credits name, and for what')
    .action((source: string, options: Options, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const { analyses } = await answer(session, source, ['billing'], options);
        return answered(analyses);
      }),
    );
}

function addCast(program: Command, open: Open): void {
  program
    .command('cast')
    .argument('<source>', "a path, a link or a title's id")
    .option('--at <time>', 'who is on screen then: seconds, minutes:seconds or hours:minutes:seconds')
    .addOption(new Option('--by <evidence>', 'with --at: only those whose face is in view').choices(['face']))
    .option('--force', 'analyse again although the answer is stored')
    .description('who is in which scene, or on screen at one moment')
    .action((source: string, options: Options, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const at = options.at === undefined ? null : parseSeconds(options.at);
        if (at === null && options.by) throw new KinoscopeError('usage', '--by takes a moment: give --at');
        const { title, analyses } = await answer(session, source, ['cast'], options);
        if (at !== null) {
          const moments = (await session.app()).get(MomentService);
          const value = await (options.by ? moments.facesAt(title.id, at) : moments.castAt(title.id, at));
          return { value, text: () => sceneMoment(value) };
        }
        return answered(analyses);
      }),
    );
}

/** analyze, genre, credits, credits-text, sound, shots, cast: a source in, the stored or newly made answers out. */
export function addAnalysisCommands(program: Command, open: Open): void {
  addAnalyze(program, open);
  addQuestion(program, open, 'genre');
  addQuestion(program, open, 'credits');
  addCreditsText(program, open);
  addAlone(program, open, 'sound', 'loudness and its range, shares of speech and silence, cuts a minute');
  addAlone(program, open, 'shots', 'the shots, between cuts, fades and dissolves');
  addCast(program, open);
}
