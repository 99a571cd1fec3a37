import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Company } from '../../src/jobs/company.js';
import { JobWorker, type JobHandler } from '../../src/jobs/worker.js';
import { connectQueue, type QueueConfig } from '../contract/jobs-openers.js';

/** A process with two workers, which writes down what it begins and ends, and dies of some jobs. */
const { config, log } = JSON.parse(process.argv[2] ?? '') as { config: QueueConfig; log: string };
const note = (line: string): void => appendFileSync(log, `${process.pid} ${line}\n`);

const handler: JobHandler = async ({ id, data }) => {
  note(`begin ${id}`);
  await delay(150);
  if (data['does'] === 'kill') process.kill(process.pid, 'SIGKILL');
  for (const memory: number[][] = []; data['does'] === 'fill the memory';)
    memory.push(new Array<number>(1_000_000).fill(Math.random()));
  await delay(150);
  note(`end ${id}`);
  return [];
};

const { queue } = await connectQueue(config);
const company = new Company();
for (const [name, concurrency] of [
  ['work', 2],
  ['other', 1],
] as const) {
  new JobWorker(queue, [name], [[name, handler]], { concurrency, pollMs: 20, company }).start();
}
