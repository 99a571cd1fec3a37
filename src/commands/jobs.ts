import type { INestApplicationContext } from '@nestjs/common';
import { type Command, Option } from 'commander';
import { currentTenant } from '../core/context.js';
import { KinoscopeError } from '../core/errors.js';
import { JOB_QUEUE, JOB_STATES, type JobQueue, type JobState } from '../jobs/job-queue.js';
import { type JobOutput, presentJob } from '../jobs/schemas.js';
import { type Answer, runCommand, type Session } from './session.js';

type Open = () => Promise<INestApplicationContext>;

/** As many as one page of the store holds. */
const MOST = 1000;

const queue = async (session: Session): Promise<JobQueue> => (await session.app()).get<JobQueue>(JOB_QUEUE);

function describe({ id, name, titleId, state, attempts, progress, error }: JobOutput): string {
  const how = error ? `${error.message} (${error.code})` : `${Math.round(progress * 100)} %`;
  return `${id}  ${name} ${titleId ?? ''}  ${state}, attempt ${attempts}: ${how}`;
}

/** jobs list, retry, cancel: what the service has to do, and what it could not do. */
export function addJobCommands(program: Command, open: Open): void {
  const jobs = program.command('jobs').description('the jobs of the service');
  jobs
    .command('list')
    .addOption(new Option('--state <state>', 'only those in this state').choices([...JOB_STATES]))
    .description(`the newest jobs, at most ${MOST}`)
    .action((options: { state?: JobState }, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const { items } = await (
          await queue(session)
        ).list({ tenant: currentTenant(), limit: MOST, ...(options.state && { state: options.state }) });
        const value = items.map(presentJob);
        return { value, text: () => value.map(describe).join('\n') || 'No jobs' };
      }),
    );

  const acts = {
    retry: { does: 'try a failed or cancelled job again', act: (all: JobQueue, id: string) => all.retry(id) },
    cancel: { does: 'cancel a job', act: (all: JobQueue, id: string) => all.cancel(id) },
  };
  for (const [name, { does, act }] of Object.entries(acts)) {
    jobs
      .command(name)
      .argument('<id>')
      .description(does)
      .action((id: string, _options: unknown, command: Command) =>
        runCommand(command, open, async (session): Promise<Answer> => {
          const job = await act(await queue(session), id);
          if (!job) throw new KinoscopeError('not-found', `There is no job ${id}`);
          const value = presentJob(job);
          return { value, text: () => describe(value) };
        }),
      );
  }
}
