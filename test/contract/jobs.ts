import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { inContext } from '../../src/core/context.js';
import type { Job, JobQueue, Lease, LeaseTiming, NewJob, Rates } from '../../src/jobs/job-queue.js';
import type { Document, Store, Write } from '../../src/storage/collection.js';
import { CHILD_LOADER } from '../children/program.js';
import { connectQueue, type Connection, type QueueConfig } from './jobs-openers.js';

/** A fresh, empty queue with short times. */
export interface QueueUnderTest {
  readonly config: QueueConfig;
  /** Removes everything; connections are closed by then. */
  dispose(): Promise<void>;
}

const CHILD = fileURLToPath(new URL('./jobs-child.ts', import.meta.url));
const FAILURE = { code: 'internal', message: 'it broke' };

const result = (id: string, fields: object = {}): Write => ({
  kind: 'upsert',
  collection: 'results',
  document: { id, ...fields },
});

/** Waits until a value is there; a test that never gets it ends by jest's own limit. */
async function until<T>(look: () => Promise<T | null | undefined | false> | T | null | undefined | false): Promise<T> {
  for (;;) {
    const value = await look();
    if (value) return value;
    await delay(10);
  }
}

/** What every adapter of `JobQueue` must do. */
export function jobsContract(name: string, open: () => Promise<QueueUnderTest>): void {
  describe(`${name}: the jobs contract`, () => {
    let under: QueueUnderTest;
    let connections: Connection[];
    let children: ChildProcess[];
    let queue: JobQueue;
    let store: Store;

    const connect = async (timing: LeaseTiming = {}, rates: Rates = {}): Promise<Connection> => {
      const connection = await connectQueue({ ...under.config, timing: { ...under.config.timing, ...timing }, rates });
      connections.push(connection);
      return connection;
    };
    const results = async (from: Store = store) =>
      (await (await from.collection<Document>({ name: 'results' })).find()).items.map((item) => item.id);
    const claimed = (from: JobQueue = queue): Promise<Lease> => until(() => from.claim(['work']));
    const stateOf = async (id: string) => (await queue.get(id))?.state;

    /** Starts another process that claims a job, and waits until it has one. */
    const childWithJob = async (): Promise<ChildProcess> => {
      const args = [...CHILD_LOADER, CHILD, JSON.stringify(under.config)];
      const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
      children.push(child);
      await heard(child, 'claimed');
      return child;
    };

    beforeEach(async () => {
      under = await open();
      connections = [];
      children = [];
      ({ queue, store } = await connect());
    });
    afterEach(async () => {
      for (const child of children.filter((one) => one.exitCode === null && one.signalCode === null)) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      for (const connection of connections) await connection.close();
      await under.dispose();
    });

    describe('enqueuing', () => {
      test('stores the job as it was asked for', async () => {
        const job = await queue.enqueue({ name: 'work', data: { title: `"q" é`, n: [1, null] } });
        expect(job).toMatchObject({
          name: 'work',
          data: { title: `"q" é`, n: [1, null] },
          state: 'queued',
          progress: 0,
          attempts: 0,
          maxAttempts: 3,
          error: null,
          uniqueKey: null,
          startedAt: null,
          finishedAt: null,
        });
        expect(new Date(job.createdAt).toISOString()).toBe(job.createdAt);
        expect(await queue.get(job.id)).toEqual(job);
        expect(await queue.get('unknown')).toBeNull();
      });

      test('gives the active job of the same unique key, until that has ended', async () => {
        const first = await queue.enqueue({ name: 'work', data: { n: 1 }, uniqueKey: `film:'1'` });
        const again = await queue.enqueue({ name: 'work', data: { n: 2 }, uniqueKey: `film:'1'` });
        expect(again).toEqual(first);
        expect((await queue.enqueue({ name: 'work', data: {}, uniqueKey: 'film:2' })).id).not.toBe(first.id);
        const lease = await claimed();
        expect((await queue.enqueue({ name: 'work', data: {}, uniqueKey: `film:'1'` })).id).toBe(first.id);
        await lease.complete([]);
        const next = await queue.enqueue({ name: 'work', data: {}, uniqueKey: `film:'1'` });
        expect(next.id).not.toBe(first.id);
        expect(next.uniqueKey).toBe(`film:'1'`);
      });

      test('makes one job of a unique key, from however many processes', async () => {
        const other = await connect();
        const jobs = await Promise.all(
          Array.from({ length: 12 }, (_, i) =>
            (i % 2 ? queue : other.queue).enqueue({ name: 'work', data: { i }, uniqueKey: 'one' }),
          ),
        );
        expect(new Set(jobs.map((job) => job.id)).size).toBe(1);
        expect((await queue.counts()).queued).toBe(1);
      });
    });

    describe('a job that comes after another', () => {
      const both = async (): Promise<[first: Job, second: Job]> => {
        const first = await queue.enqueue({ name: 'work', data: { n: 1 }, maxAttempts: 1 });
        return [first, await queue.enqueue({ name: 'work', data: { n: 2 }, after: [first.id] })];
      };

      test('starts when that one is done, and not before', async () => {
        const [first, second] = await both();
        expect(second).toMatchObject({ state: 'queued', stage: 'waiting', after: [first.id] });
        const lease = await claimed();
        expect(lease.job.id).toBe(first.id);
        expect(await queue.claim(['work'])).toBeNull();
        await lease.complete([]);
        expect((await claimed()).job.id).toBe(second.id);
      });

      test('that clears up starts however that one ends, and again when it is tried again', async () => {
        const first = await queue.enqueue({ name: 'work', data: {}, maxAttempts: 1 });
        const second = await queue.enqueue({ name: 'clear', data: {}, after: [first.id], regardless: true });
        expect(await queue.claim(['clear'])).toBeNull();
        await queue.cancel(first.id);
        const cleared = async (): Promise<void> => {
          const lease = await queue.claim(['clear']);
          expect(lease?.job.id).toBe(second.id);
          await lease!.complete([]);
        };
        await cleared();
        await queue.retry(first.id);
        expect(await queue.claim(['clear'])).toBeNull();
        await (await claimed()).fail({ code: 'internal', message: 'no' });
        await cleared();
        expect(await queue.get(first.id)).toMatchObject({ state: 'failed' });
      });

      test('ends as that one does when it fails or is cancelled, and so does what comes after it', async () => {
        const [, second] = await both();
        const third = await queue.enqueue({ name: 'work', data: {}, after: [second.id] });
        await (await claimed()).fail(FAILURE);
        for (const { id } of [second, third])
          expect(await queue.get(id)).toMatchObject({ state: 'failed', error: FAILURE });
        const [first, other] = await both();
        await queue.cancel(first.id);
        expect(await stateOf(other.id)).toBe('cancelled');
        expect(await queue.counts()).toMatchObject({ queued: 0, running: 0, failed: 3, cancelled: 2 });
      });

      test('starts when all of several are done', async () => {
        const firsts = [
          await queue.enqueue({ name: 'work', data: {} }),
          await queue.enqueue({ name: 'work', data: {} }),
        ];
        const last = await queue.enqueue({ name: 'work', data: {}, after: firsts.map(({ id }) => id) });
        await (await claimed()).complete([]);
        const second = await claimed();
        expect(await queue.claim(['work'])).toBeNull();
        await second.complete([]);
        expect((await claimed()).job.id).toBe(last.id);
      });

      test('may find out while it runs that it has to wait, and no attempt is counted', async () => {
        const { id } = await queue.enqueue({ name: 'work', data: {}, maxAttempts: 1 });
        const lease = await claimed();
        const part = await queue.enqueue({ name: 'work', data: {} });
        await lease.wait([part.id]);
        expect(await queue.get(id)).toMatchObject({ state: 'queued', stage: 'waiting', attempts: 0, after: [part.id] });
        await expect(lease.complete([])).rejects.toThrow();
        const other = await claimed();
        expect(other.job.id).toBe(part.id);
        expect(await queue.claim(['work'])).toBeNull();
        await other.complete([]);
        const again = await claimed();
        expect(again.job).toMatchObject({ id, attempts: 1 });
        // what is done already need not be waited for
        await again.wait([part.id]);
        expect((await claimed()).job.id).toBe(id);
      });

      test('shows while it waits for its parts how many of them have ended, and goes on from there', async () => {
        const { id } = await queue.enqueue({ name: 'work', data: {} });
        const lease = await claimed();
        const parts = await Promise.all([1, 2, 3].map((n) => queue.enqueue({ name: 'work', data: { n } })));
        await lease.wait(parts.map((part) => part.id));
        const seen: number[] = [];
        const stop = queue.subscribe(id, ({ progress }) => void seen.push(progress));
        for (const share of [0.25, 0.5, 0.75]) {
          await (await claimed()).complete([]);
          if (share < 0.75) await until(async () => (await queue.get(id))?.progress === share);
          await until(() => seen.includes(Math.min(share, 0.5)));
        }
        const again = await claimed();
        expect(again.job).toMatchObject({ id, progress: 0.5 });
        expect(seen).toEqual(seen.toSorted());
        stop();
      });

      test('may leave its end to others, with what it has come to itself, and is given to nobody again', async () => {
        const { id } = await queue.enqueue({ name: 'work', data: {}, announced: true });
        const lease = await claimed();
        const child = await queue.enqueue({ name: 'work', data: {} });
        await lease.delegate({ to: [child.id], writes: [result('own')], then: { name: 'work', data: { n: 2 } } });
        expect(await results()).toEqual(['own']);
        expect(await queue.get(id)).toMatchObject({ state: 'queued', stage: 'waiting', attempts: 0 });
        await (await claimed()).complete([]);
        const last = await claimed();
        expect(last.job.data).toEqual({ n: 2 });
        expect(await stateOf(id)).toBe('queued');
        await last.complete([]);
        await until(async () => (await stateOf(id)) === 'done');
        expect(await queue.get(id)).toMatchObject({ progress: 1, error: null, after: [child.id, last.job.id] });
        expect(await queue.claim(['work'])).toBeNull();
      });

      test('ends as those to whom it has left its end do, and is tried again with them, whichever of them is in which order', async () => {
        const { id } = await queue.enqueue({ name: 'work', data: {} });
        const lease = await claimed();
        const parts = await Promise.all(
          [1, 2].map((n) => queue.enqueue({ name: 'work', data: { n }, maxAttempts: 1 })),
        );
        const join = await queue.enqueue({ name: 'work', data: { n: 3 }, after: parts.map((part) => part.id) });
        const children = [...parts, join].map((job) => job.id);
        await lease.delegate({ to: children });
        for (let n = 0; n < 2; n++) await (await claimed()).fail(FAILURE);
        for (const job of [id, ...children]) await until(async () => (await stateOf(job)) === 'failed');
        await queue.retry(id);
        const order: unknown[] = [];
        for (let n = 0; n < 3; n++) {
          const again = await claimed();
          order.push(again.job.data['n']);
          await again.complete([]);
        }
        expect(order.toSorted()).toEqual([1, 2, 3]);
        expect(order[2]).toBe(3);
        await until(async () => (await stateOf(id)) === 'done');
      });

      test('can be cancelled alone', async () => {
        const [first, second] = await both();
        await queue.cancel(second.id);
        const lease = await claimed();
        await lease.complete([]);
        expect([await stateOf(first.id), await stateOf(second.id)]).toEqual(['done', 'cancelled']);
        expect(await queue.claim(['work'])).toBeNull();
      });

      test('need not wait for one that has ended, and cannot wait for one that is unknown', async () => {
        const first = await queue.enqueue({ name: 'work', data: {} });
        await (await claimed()).complete([]);
        const second = await queue.enqueue({ name: 'work', data: {}, after: [first.id] });
        expect((await claimed()).job.id).toBe(second.id);
        await expect(queue.enqueue({ name: 'work', data: {}, after: ['unknown'] })).rejects.toMatchObject({
          code: 'not-found',
        });
      });

      test("starts although nobody was there to hear of the other's end", async () => {
        const [first, second] = await both();
        const jobs = await store.collection<Job>({ name: 'jobs' });
        // as a process leaves it that is killed between the two
        await jobs.patch(first.id, { $set: { state: 'done', dueAt: null } });
        expect((await claimed()).job.id).toBe(second.id);
      });
    });

    describe('claiming', () => {
      test('gives the jobs of the names that are asked for, the oldest first', async () => {
        const ids: string[] = [];
        for (const jobName of ['work', 'other', 'work', 'work']) {
          ids.push((await queue.enqueue({ name: jobName, data: {} })).id);
        }
        const leases = [await claimed(), await claimed(), await claimed()];
        expect(leases.map((lease) => lease.job.id)).toEqual([ids[0], ids[2], ids[3]]);
        expect(await queue.claim(['work'])).toBeNull();
        expect((await until(() => queue.claim(['work', 'other']))).job.id).toBe(ids[1]);
        expect(leases[0]?.job).toMatchObject({ state: 'running', attempts: 1, error: null });
        expect(leases[0]?.job.startedAt).not.toBeNull();
        expect(await queue.get(ids[0] ?? '')).toMatchObject({ state: 'running', attempts: 1 });
      });

      test('gives urgent jobs first, however late they come', async () => {
        const ids: string[] = [];
        for (const priority of [5, 0, 9, 0, 5])
          ids.push((await queue.enqueue({ name: 'work', data: {}, priority })).id);
        const order: string[] = [];
        for (let i = 0; i < ids.length; i++) order.push((await claimed()).job.id);
        expect(order).toEqual([1, 3, 0, 4, 2].map((i) => ids[i]));
      });

      test('gives no more jobs of a name within a minute than its rate, to however many processes', async () => {
        const [one, other] = [await connect({}, { work: 2 }), await connect({}, { work: 2 })];
        for (const jobName of ['work', 'work', 'work', 'other']) await queue.enqueue({ name: jobName, data: {} });
        const first = await claimed(one.queue);
        await (await claimed(other.queue)).complete([]);
        for (const { queue: from } of [one, other]) expect(await from.claim(['work'])).toBeNull();
        await first.fail(FAILURE, { retry: false });
        for (const { queue: from } of [one, other]) expect(await from.claim(['work'])).toBeNull();
        expect((await until(() => one.queue.claim(['work', 'other']))).job.name).toBe('other');
        expect(await queue.counts()).toMatchObject({ queued: 1, running: 1, done: 1, failed: 1 });
      });

      test('never gives one job to two workers', async () => {
        const other = await connect();
        for (let i = 0; i < 10; i++) await queue.enqueue({ name: 'work', data: { i } });
        const leases = await Promise.all(Array.from({ length: 10 }, (_, i) => claimed(i % 2 ? queue : other.queue)));
        expect(new Set(leases.map((lease) => lease.job.id)).size).toBe(10);
        expect(await other.queue.claim(['work'])).toBeNull();
      });
    });

    describe('a running job', () => {
      test('shows its progress', async () => {
        const { id } = await queue.enqueue({ name: 'work', data: {} });
        const lease = await claimed();
        for (let i = 0; i <= 500; i++) await lease.progress(i / 1000, 'decoding');
        const other = await connect();
        const job = await until(async () => {
          const now = await other.queue.get(id);
          return now?.progress === 0.5 && now;
        });
        expect(job).toMatchObject({ state: 'running', stage: 'decoding' });
      });

      test('is kept by its worker for longer than a lease', async () => {
        const { id } = await queue.enqueue({ name: 'work', data: {} });
        const lease = await claimed();
        const other = await connect();
        const end = Date.now() + 3 * (under.config.timing.leaseMs ?? 0);
        while (Date.now() < end) {
          expect(await other.queue.claim(['work'])).toBeNull();
          await delay(25);
        }
        expect(lease.signal.aborted).toBe(false);
        await lease.complete([result('r')]);
        expect(await queue.get(id)).toMatchObject({ state: 'done', attempts: 1 });
      });

      test('ends together with its result', async () => {
        const { id } = await queue.enqueue({ name: 'work', data: {} });
        const other = await connect();
        const seen = new Promise<string[]>((resolve) => {
          other.queue.subscribe(id, (job) => {
            if (job.state === 'done') resolve(results(other.store));
          });
        });
        const lease = await claimed();
        await lease.complete([result('r1'), result('r2')]);
        expect(await seen).toEqual(['r1', 'r2']);
        const job = await queue.get(id);
        expect(job).toMatchObject({ state: 'done', progress: 1, error: null });
        expect(Date.parse(job?.finishedAt ?? '')).not.toBeNaN();
        await expect(lease.complete([])).rejects.toThrow();
      });

      test('writes nothing, and is not done, when one of its writes is refused', async () => {
        await store.commit([result('old', { key: 'taken' })]);
        const { id } = await queue.enqueue({ name: 'work', data: {} });
        const lease = await claimed();
        await expect(lease.complete([result('a'), result('b', { key: 'taken' })])).rejects.toThrow('Duplicate key');
        expect(await results()).toEqual(['old']);
        expect(await stateOf(id)).toBe('running');
        await lease.complete([result('a')]);
        expect(await results()).toEqual(['a', 'old']);
        expect(await stateOf(id)).toBe('done');
      });

      test('goes back when it is released, and no attempt is counted', async () => {
        const { id } = await queue.enqueue({ name: 'work', data: {}, maxAttempts: 1 });
        const lease = await claimed();
        await lease.release();
        expect(await queue.get(id)).toMatchObject({ state: 'queued', attempts: 0 });
        const again = await claimed();
        expect(again.job).toMatchObject({ id, attempts: 1 });
        await expect(lease.complete([result('r')])).rejects.toThrow();
        await again.complete([]);
        expect(await results()).toEqual([]);
      });

      test('goes back when its queue is closed', async () => {
        const other = await connect();
        const { id } = await queue.enqueue({ name: 'work', data: {} });
        await claimed(other.queue);
        await other.close();
        expect(await other.queue.claim(['work'])).toBeNull();
        expect(await queue.get(id)).toMatchObject({ state: 'queued', attempts: 0 });
        expect((await claimed()).job.id).toBe(id);
      });
    });

    describe('a failing job', () => {
      test('is tried again later, and fails for good after its attempts', async () => {
        const { id } = await queue.enqueue({ name: 'work', data: {}, maxAttempts: 3, uniqueKey: 'k' });
        for (const attempt of [1, 2, 3]) {
          const lease = await claimed();
          expect(lease.job).toMatchObject({ id, attempts: attempt });
          await lease.fail({ ...FAILURE, message: `attempt ${attempt}` });
          if (attempt < 3) expect(await queue.get(id)).toMatchObject({ state: 'queued', finishedAt: null });
        }
        expect(await queue.get(id)).toMatchObject({
          state: 'failed',
          attempts: 3,
          error: { code: 'internal', message: 'attempt 3' },
        });
        expect((await queue.get(id))?.finishedAt).not.toBeNull();
        expect((await queue.enqueue({ name: 'work', data: {}, uniqueKey: 'k' })).id).not.toBe(id);
      });

      test('fails at once when trying again is no use', async () => {
        const { id } = await queue.enqueue({ name: 'work', data: {} });
        await (await claimed()).fail({ code: 'unreadable', message: 'no film' }, { retry: false });
        expect(await queue.get(id)).toMatchObject({
          state: 'failed',
          attempts: 1,
          error: { code: 'unreadable', message: 'no film' },
        });
        expect(await queue.claim(['work'])).toBeNull();
      });

      test('shows no error once it has succeeded after all', async () => {
        const { id } = await queue.enqueue({ name: 'work', data: {} });
        await (await claimed()).fail(FAILURE);
        await (await claimed()).complete([]);
        expect(await queue.get(id)).toMatchObject({ state: 'done', attempts: 2, error: null });
      });
    });

    describe('jobs that have failed', () => {
      const failing = async (fields: Partial<NewJob> = {}): Promise<Job> => {
        const job = await queue.enqueue({ name: 'work', data: {}, ...fields });
        await (await claimed()).fail(FAILURE, { retry: false });
        return job;
      };

      test('are listed, the newest first, a page at a time', async () => {
        const ids = [(await failing()).id, (await failing()).id, (await failing()).id];
        await queue.enqueue({ name: 'work', data: {} });
        const first = await queue.list({ state: 'failed', limit: 2 });
        expect(first.items.map(({ id, state }) => [id, state])).toEqual([
          [ids[2], 'failed'],
          [ids[1], 'failed'],
        ]);
        const rest = await queue.list({ state: 'failed', limit: 2, cursor: first.nextCursor ?? '' });
        expect(rest.items.map(({ id }) => id)).toEqual([ids[0]]);
        expect((await queue.list()).items).toHaveLength(4);
      });

      test('are found by the titles that they are about, without the parts of others', async () => {
        const about = (titleId: string) => ({ data: { titleId }, announced: true });
        const { id } = await failing(about('a'));
        await queue.enqueue({ name: 'work', ...about('b') });
        await queue.enqueue({ name: 'work', data: { titleId: 'a' } });
        const wanted = { titleIds: ['a', 'c'], announced: true } as const;
        expect((await queue.list(wanted)).items.map((job) => job.id)).toEqual([id]);
        expect((await queue.titlesOf({ announced: true })).sort()).toEqual(['a', 'b']);
        expect(await queue.titlesOf({ announced: true, state: ['failed', 'done'] })).toEqual(['a']);
      });

      test('are tried again on demand, with all their attempts and their unique key', async () => {
        const { id } = await failing({ uniqueKey: 'k', maxAttempts: 2 });
        expect(await queue.retry(id)).toMatchObject({
          id,
          state: 'queued',
          attempts: 0,
          error: null,
          finishedAt: null,
        });
        expect((await queue.enqueue({ name: 'work', data: {}, uniqueKey: 'k' })).id).toBe(id);
        await (await claimed()).fail(FAILURE);
        const lease = await claimed();
        expect(lease.job).toMatchObject({ id, attempts: 2 });
        await lease.complete([result('r')]);
        expect(await queue.get(id)).toMatchObject({ state: 'done' });
      });

      test('are not tried again while another does the same, nor when they have not failed', async () => {
        const { id } = await failing({ uniqueKey: 'k' });
        const other = await queue.enqueue({ name: 'work', data: {}, uniqueKey: 'k' });
        await expect(queue.retry(id)).rejects.toMatchObject({ code: 'conflict' });
        await expect(queue.retry(other.id)).rejects.toMatchObject({ code: 'conflict' });
        expect(await queue.get(id)).toMatchObject({ state: 'failed' });
        expect(await queue.retry('unknown')).toBeNull();
      });

      test.each([0, 1])('are tried again with those that failed because of them, or before them', async (which) => {
        const first = await queue.enqueue({ name: 'work', data: {} });
        const second = await queue.enqueue({ name: 'work', data: {}, after: [first.id] });
        await (await claimed()).fail(FAILURE, { retry: false });
        expect(await stateOf(second.id)).toBe('failed');
        await queue.retry([first, second][which]!.id);
        const lease = await claimed();
        expect(lease.job.id).toBe(first.id);
        expect(await queue.get(second.id)).toMatchObject({ state: 'queued', stage: 'waiting' });
        await lease.complete([]);
        expect((await claimed()).job.id).toBe(second.id);
      });
    });

    describe('cancelling', () => {
      test('ends a queued job, which nobody gets any more', async () => {
        const { id } = await queue.enqueue({ name: 'work', data: {}, uniqueKey: 'k' });
        const next = await queue.enqueue({ name: 'work', data: {} });
        expect(await queue.cancel(id)).toMatchObject({ id, state: 'cancelled' });
        expect(await queue.get(id)).toMatchObject({ state: 'cancelled' });
        expect((await claimed()).job.id).toBe(next.id);
        expect((await queue.enqueue({ name: 'work', data: {}, uniqueKey: 'k' })).id).not.toBe(id);
      });

      test('stops a running job, from another process, and nothing of it is written', async () => {
        const { id } = await queue.enqueue({ name: 'work', data: {} });
        const lease = await claimed();
        const other = await connect();
        expect(await other.queue.cancel(id)).toMatchObject({ state: 'cancelled' });
        await until(() => lease.signal.aborted);
        expect(lease.signal.reason).toMatchObject({ code: 'cancelled' });
        await expect(lease.progress(0.5, 'x')).rejects.toMatchObject({ code: 'cancelled' });
        await expect(lease.complete([result('r')])).rejects.toMatchObject({ code: 'cancelled' });
        await expect(lease.fail(FAILURE)).rejects.toMatchObject({ code: 'cancelled' });
        expect(await results()).toEqual([]);
        expect(await stateOf(id)).toBe('cancelled');
        expect(await other.queue.claim(['work'])).toBeNull();
      });

      test('comes in time even when the worker completes before it has noticed', async () => {
        const { id } = await queue.enqueue({ name: 'work', data: {} });
        const lease = await claimed();
        await queue.cancel(id);
        await expect(lease.complete([result('r')])).rejects.toMatchObject({ code: 'cancelled' });
        expect(lease.signal.aborted).toBe(true);
        expect(await results()).toEqual([]);
      });

      test('leaves an ended job as it ended', async () => {
        const { id } = await queue.enqueue({ name: 'work', data: {} });
        await (await claimed()).complete([result('r')]);
        const done = await queue.get(id);
        expect(await queue.cancel(id)).toEqual(done);
        expect(await queue.cancel('unknown')).toBeNull();
      });
    });

    describe('subscribing', () => {
      test('tells of every state from another process, and ends with the job', async () => {
        const other = await connect();
        const { id } = await queue.enqueue({ name: 'work', data: {} });
        const seen: Job[] = [];
        other.queue.subscribe(id, (job) => seen.push(job));
        await until(() => seen.some((job) => job.state === 'queued'));
        const lease = await claimed();
        await until(() => seen.some((job) => job.state === 'running'));
        await lease.progress(0.25, 'decoding');
        await until(() => seen.some((job) => job.progress === 0.25 && job.stage === 'decoding'));
        await lease.complete([]);
        await until(() => seen.some((job) => job.state === 'done'));
        expect(seen.at(-1)).toEqual(await queue.get(id));
        expect(seen.filter((job) => job.state === 'done')).toHaveLength(1);
      });

      test('tells at once of a job that has ended, once', async () => {
        const { id } = await queue.enqueue({ name: 'work', data: {} });
        await queue.cancel(id);
        const seen: Job[] = [];
        queue.subscribe(id, (job) => seen.push(job));
        await until(() => seen.length > 0);
        await delay(100);
        expect(seen.map((job) => job.state)).toEqual(['cancelled']);
      });

      test('serves several listeners, and stops for one that leaves', async () => {
        const { id } = await queue.enqueue({ name: 'work', data: {} });
        const stays: string[] = [];
        const leaves: string[] = [];
        queue.subscribe(id, (job) => stays.push(job.state));
        const leave = queue.subscribe(id, (job) => leaves.push(job.state));
        await until(() => stays.length > 0 && leaves.length > 0);
        leave();
        leave();
        await (await claimed()).complete([]);
        await until(() => stays.at(-1) === 'done');
        expect(leaves).toEqual(['queued']);
      });
    });

    describe('the ends of jobs that are announced', () => {
      const ends: string[] = [];
      const hear = async (job: Job): Promise<void> => void ends.push(`${job.id} ${job.state}`);
      const announced = (job: Partial<NewJob> = {}): Promise<Job> =>
        queue.enqueue({ name: 'work', data: {}, maxAttempts: 1, announced: true, ...job });
      beforeEach(() => void ends.splice(0));

      test('are heard of, however they end, and no others', async () => {
        queue.onEnded(hear);
        const done = await announced();
        await (await claimed()).complete([]);
        const failed = await announced();
        const behind = await announced({ after: [failed.id] });
        await (await claimed()).fail(FAILURE);
        const cancelled = await announced();
        await queue.cancel(cancelled.id);
        await queue.enqueue({ name: 'work', data: {} });
        await (await claimed()).complete([]);
        expect(ends.toSorted()).toEqual(
          [`${done.id} done`, `${failed.id} failed`, `${behind.id} failed`, `${cancelled.id} cancelled`].toSorted(),
        );
        // once more when it was tried again
        await queue.retry(failed.id);
        await (await claimed()).complete([]);
        expect(ends.at(-1)).toBe(`${failed.id} done`);
      });

      test('are told again after a listener failed, and by another process when the one that ended it did not listen', async () => {
        const { id } = await announced();
        await (await claimed()).complete([]);
        const other = await connect();
        let tries = 0;
        other.queue.onEnded(async (job) => {
          if (++tries === 1) throw new Error('not now');
          await hear(job);
        });
        await until(async () => {
          await other.queue.claim(['nothing']);
          return ends.length > 0;
        });
        expect([ends, tries]).toEqual([[`${id} done`], 2]);
      });
    });

    test('deletes jobs long after their end, however they ended, and no others', async () => {
      const waiting = await queue.enqueue({ name: 'other', data: {} });
      const done = await queue.enqueue({ name: 'work', data: {} });
      await (await claimed()).complete([]);
      const failed = await queue.enqueue({ name: 'work', data: {} });
      await (await claimed()).fail(FAILURE, { retry: false });
      const { queue: short } = await connect({ keepMs: 500 });
      await until(async () => {
        await short.claim(['nothing']);
        return (await queue.list()).items.length === 1;
      });
      expect(await Promise.all([waiting, done, failed].map(({ id }) => stateOf(id)))).toEqual([
        'queued',
        undefined,
        undefined,
      ]);
    });

    test('a job keeps the trace of what it was made for', async () => {
      const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      await inContext({ tenant: 'default', actor: 'test', trace }, () => queue.enqueue({ name: 'work', data: {} }));
      expect((await claimed()).job.trace).toBe(trace);
    });

    test('counts the jobs by state', async () => {
      for (let i = 0; i < 6; i++) await queue.enqueue({ name: 'work', data: { i } });
      await (await claimed()).complete([]);
      await (await claimed()).fail(FAILURE, { retry: false });
      const { job } = await claimed();
      await queue.cancel(job.id);
      await claimed();
      expect(await queue.counts()).toEqual({ queued: 2, running: 1, done: 1, failed: 1, cancelled: 1 });
      await queue.enqueue({ name: 'other', data: {} });
      expect([(await queue.counts('work')).queued, (await queue.counts('other')).queued]).toEqual([2, 1]);
    });

    describe('a worker that dies', () => {
      test('loses its job to the next one, and the attempt counts', async () => {
        const { id } = await queue.enqueue({ name: 'work', data: {} });
        const child = await childWithJob();
        expect(await queue.get(id)).toMatchObject({ state: 'running', attempts: 1 });
        child.kill('SIGKILL');
        const lease = await claimed();
        expect(lease.job).toMatchObject({ id, attempts: 2 });
        await lease.complete([result('r')]);
        expect(await queue.get(id)).toMatchObject({ state: 'done', attempts: 2 });
      });

      test('in the last attempt makes the job fail, with a clear error', async () => {
        const { id } = await queue.enqueue({ name: 'work', data: {}, maxAttempts: 1 });
        (await childWithJob()).kill('SIGKILL');
        await until(async () => {
          expect(await queue.claim(['work'])).toBeNull();
          return (await stateOf(id)) === 'failed';
        });
        expect(await queue.get(id)).toMatchObject({ attempts: 1, error: { code: 'internal' } });
        expect((await queue.get(id))?.error?.message).toMatch(/worker stopped unexpectedly/);
      });

      test('and comes back to life can not complete a job that was taken up by another', async () => {
        const { id } = await queue.enqueue({ name: 'work', data: {} });
        const child = await childWithJob();
        child.kill('SIGSTOP');
        const lease = await claimed();
        expect(lease.job).toMatchObject({ id, attempts: 2 });
        child.kill('SIGCONT');
        const outcome = heard(child, 'refused|completed');
        child.stdin?.write('complete\n');
        expect(await outcome).toBe('refused');
        expect(lease.signal.aborted).toBe(false);
        await lease.complete([result('r')]);
        expect(await results()).toEqual(['r']);
      });
    });
  });
}

/** The first match on a child's stdout from now on. */
function heard(child: ChildProcess, pattern: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.once('exit', (code, signal) => reject(new Error(`The child ended with ${code ?? signal}, saying ${text}`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const match = new RegExp(pattern).exec(text);
      if (match) resolve(match[0]);
    });
  });
}
