import { randomBytes } from 'node:crypto';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Agent, request } from 'undici';
import { z } from 'zod';
import { Audit } from '../access/audit.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { inContext, onceId } from '../core/context.js';
import { KinoscopeError } from '../core/errors.js';
import { AddressGuard } from '../download/address-guard.js';
import { SourceError } from '../download/source-error.js';
import { JobKind } from '../jobs/job-kind.js';
import { JOB_QUEUE, type Job, type JobQueue } from '../jobs/job-queue.js';
import { presentJob } from '../jobs/schemas.js';
import { type Collection, type CollectionSpec, type Document, STORE, type Store } from '../storage/collection.js';
import { newSecret, signedHeaders } from './signature.js';

/** Where a tenant wants to hear of its jobs. */
export interface Webhook extends Document {
  readonly url: string;
  /** What messages are signed with: it has to be readable here. */
  readonly secret: string;
  readonly createdAt: string;
}

/** Sends a message, a job as it ended, to a webhook. */
export const WEBHOOK = new JobKind(
  'webhook',
  z.object({ webhookId: z.string(), messageId: z.string(), message: z.record(z.string(), z.unknown()) }),
);

const WEBHOOKS: CollectionSpec = {
  name: 'webhooks',
  fields: { url: 'string', secret: 'string', createdAt: 'string' },
  indexes: [{ paths: ['createdAt'] }],
};
const MOST_WEBHOOKS = 20;
/** The waits between them double from two seconds: together more than an hour. */
const MAX_ATTEMPTS = 12;
/** A receiver shall note the message and answer; it works on it afterwards. */
const TIME_LIMIT_MS = 10_000;

/** Tells the tenants' own services of jobs that have ended: each message is a job of the queue, tried until it is taken. */
@Injectable()
export class WebhooksService implements OnApplicationShutdown {
  private readonly guard: AddressGuard;
  private readonly agent: Agent;

  private constructor(
    private readonly webhooks: Collection<Webhook>,
    private readonly store: Store,
    private readonly queue: JobQueue,
    private readonly audit: Audit,
    settings: Settings,
  ) {
    this.guard = new AddressGuard(settings.download);
    this.agent = this.guard.agent({ connectMs: TIME_LIMIT_MS, stallMs: TIME_LIMIT_MS });
    queue.onEnded((job) => this.announce(job));
  }

  static readonly provider = {
    provide: WebhooksService,
    inject: [STORE, JOB_QUEUE, Audit, SETTINGS],
    useFactory: async (store: Store, queue: JobQueue, audit: Audit, settings: Settings) =>
      new WebhooksService(await store.collection<Webhook>(WEBHOOKS), store, queue, audit, settings),
  };

  /** @throws KinoscopeError `not-allowed` for an address that is refused, `conflict` when there are too many */
  async create(url: string): Promise<Webhook> {
    const checked = this.guard.check(url);
    if ((await this.webhooks.count()) >= MOST_WEBHOOKS)
      throw new KinoscopeError('conflict', `There are ${MOST_WEBHOOKS} webhooks already: delete one`);
    // one whose answer was never given is made again, with another secret
    const id = onceId('webhook')?.slice(0, 18) ?? randomBytes(9).toString('hex');
    const webhook = { id, url: checked.href, secret: newSecret(), createdAt: new Date().toISOString() };
    await this.store.commit([
      { kind: 'upsert', collection: WEBHOOKS.name, document: webhook },
      this.audit.line('webhook.created', { webhook: webhook.id }),
    ]);
    return { ...webhook, version: 1 };
  }

  /** The oldest first. */
  async list(): Promise<Webhook[]> {
    return (await this.webhooks.find({}, { sort: { path: 'createdAt', order: 'asc' }, limit: 1000 })).items;
  }

  /** From now on nothing is sent there, what waits to be tried again included. @throws KinoscopeError `not-found` */
  async delete(id: string): Promise<void> {
    if (!(await this.webhooks.delete(id))) throw new KinoscopeError('not-found', `There is no webhook ${id}`);
    await this.audit.add('webhook.deleted', { webhook: id });
  }

  /** The handler of `webhook` jobs. @throws KinoscopeError `unavailable` unless the receiver answers 2xx */
  async handle(job: Job, { signal }: { readonly signal?: AbortSignal | undefined }): Promise<[]> {
    const { webhookId, messageId, message } = WEBHOOK.dataOf(job);
    const webhook = await this.webhooks.get(webhookId);
    if (webhook) await this.send(webhook, messageId, JSON.stringify(message), signal);
    return [];
  }

  /** Puts a message in the queue for each webhook of the job's tenant: the job as it ended. */
  private async announce(job: Job): Promise<void> {
    await inContext({ tenant: job.tenant, actor: 'worker', job: job.id }, async () => {
      const message = { ...presentJob(job) };
      // a job that is tried again ends again
      const messageId = `${job.id}-${Date.parse(job.finishedAt ?? job.createdAt)}`;
      for (const { id: webhookId } of await this.list()) {
        await this.queue.enqueue(
          WEBHOOK.job(
            { webhookId, messageId, message },
            { uniqueKey: `${WEBHOOK.name}:${webhookId}:${messageId}`, maxAttempts: MAX_ATTEMPTS },
          ),
        );
      }
    });
  }

  private async send(
    { url, secret }: Webhook,
    id: string,
    body: string,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { host } = new URL(url);
    const limit = AbortSignal.timeout(TIME_LIMIT_MS);
    const answer = await request(this.guard.check(url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'kinoscope',
        ...signedHeaders(secret, id, body, Date.now()),
      },
      body,
      dispatcher: this.agent,
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    }).catch((error: unknown) => {
      signal?.throwIfAborted();
      if (error instanceof SourceError) throw error;
      const reason = limit.aborted
        ? `no answer within ${TIME_LIMIT_MS / 1000} s`
        : error instanceof Error
          ? error.message
          : String(error);
      throw new KinoscopeError('unavailable', `The webhook at ${host} cannot be reached: ${reason}`, { cause: error });
    });
    // what it says is not read, and where a redirect leads is not asked
    answer.body.on('error', () => undefined).destroy();
    if (answer.statusCode < 200 || answer.statusCode > 299) {
      throw new KinoscopeError('unavailable', `The webhook at ${host} answered HTTP ${answer.statusCode}`);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }
}
