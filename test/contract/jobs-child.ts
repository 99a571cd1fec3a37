import { connectQueue, type QueueConfig } from './jobs-openers.js';

/**
 * A worker process of a test: claims one job, says so, and holds it. When it is told to (a line on stdin) it tries to
 * complete the job and says whether it could.
 */
const { queue } = await connectQueue(JSON.parse(process.argv[2] ?? '') as QueueConfig);
let lease = await queue.claim(['work']);
while (!lease) {
  await new Promise((resolve) => setTimeout(resolve, 20));
  lease = await queue.claim(['work']);
}
process.stdout.write(`claimed ${lease.job.id}\n`);
process.stdin.once('data', () => {
  lease
    .complete([{ kind: 'upsert', collection: 'results', document: { id: 'child' } }])
    .then(
      () => 'completed',
      () => 'refused',
    )
    .then((outcome) => process.stdout.write(`${outcome}\n`));
});
