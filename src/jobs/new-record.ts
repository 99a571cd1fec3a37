import { randomBytes } from 'node:crypto';
import { currentContext, currentTenant } from '../core/context.js';
import type { NewJob } from './job-queue.js';
import { DEFAULT_MAX_CRASHES, type JobRecord, rankOf } from './job-record.js';

const DEFAULT_MAX_ATTEMPTS = 3;

/** No two active jobs have the same one. */
export const activeKey = (tenant: string, uniqueKey: string): string => `${tenant}/${uniqueKey}`;

/** A job as it is stored first. */
export function newRecord(job: NewJob): Omit<JobRecord, 'version'> {
  const { name, data, uniqueKey, after = [], regardless = false, priority = 0, announced = false } = job;
  const { maxAttempts = DEFAULT_MAX_ATTEMPTS } = job;
  const now = Date.now();
  const createdAt = new Date(now).toISOString();
  const tenant = currentTenant();
  return {
    id: newId(now),
    tenant,
    name,
    data,
    state: 'queued',
    progress: 0,
    stage: after.length > 0 ? 'waiting' : 'queued',
    attempts: 0,
    maxAttempts,
    error: null,
    uniqueKey: uniqueKey ?? null,
    after,
    regardless,
    priority,
    createdAt,
    trace: currentContext()?.trace ?? null,
    startedAt: null,
    finishedAt: null,
    ...(after.length > 0 ? { dueAt: null, rank: null } : { dueAt: now, rank: rankOf({ priority, createdAt }) }),
    lease: null,
    attemptsLeft: maxAttempts,
    crashesLeft: (job.maxAttempts ?? DEFAULT_MAX_CRASHES) - 1,
    ...(uniqueKey !== undefined && { activeKey: activeKey(tenant, uniqueKey) }),
    ...(announced && { announced: false }),
  };
}

let lastMs = 0;
let sequence = 0;

/** An id that sorts by time, so that jobs of one millisecond start in the order in which they came. */
function newId(now: number): string {
  sequence = now === lastMs ? sequence + 1 : 0;
  lastMs = now;
  const digits = (value: number, length: number) => value.toString(36).padStart(length, '0');
  return `${digits(now, 9)}${digits(sequence, 4)}${randomBytes(6).toString('hex')}`;
}
