import { randomUUID } from 'node:crypto';
import { currentContext, DEFAULT_TENANT } from '../core/context.js';
import type { Collection, CollectionSpec, Document, Store, Write } from '../storage/collection.js';

/** Who did what that somebody may be asked about later: keys, deletions, people. */
export interface AuditLine extends Document {
  readonly at: string;
  readonly tenant: string;
  /** An API key's id, `open`, `cli`, `worker`. */
  readonly actor: string;
  readonly request: string | null;
  /** What was done, e.g. `person.deleted`. */
  readonly action: string;
  /** To what: ids and counts. Never a name, an embedding or another secret. */
  readonly subject: Readonly<Record<string, string | number | boolean | null>>;
}

const AUDIT: CollectionSpec = {
  name: 'audit',
  fields: {
    at: 'string',
    tenant: 'string',
    actor: 'string',
    request: ['string', 'null'],
    action: 'string',
    subject: 'object',
  },
  indexes: [{ paths: ['at'] }],
  shared: true,
};

/** The audit lines, which are only ever added to. */
export class Audit {
  private constructor(
    private readonly store: Store,
    private readonly lines: Collection<AuditLine>,
  ) {}

  static async open(store: Store): Promise<Audit> {
    return new Audit(store, await store.collection<AuditLine>(AUDIT));
  }

  /** The write of a line, to be committed together with what it tells of. */
  line(action: string, subject: AuditLine['subject']): Write {
    const { tenant, actor, request } = currentContext() ?? { tenant: DEFAULT_TENANT, actor: 'cli' };
    const document = {
      id: randomUUID(),
      at: new Date().toISOString(),
      tenant,
      actor,
      request: request ?? null,
      action,
      subject,
    };
    return { kind: 'upsert', collection: AUDIT.name, document };
  }

  async add(action: string, subject: AuditLine['subject']): Promise<void> {
    await this.store.commit([this.line(action, subject)]);
  }

  /** The newest first. */
  async list(limit = 100): Promise<AuditLine[]> {
    return (await this.lines.find({}, { sort: { path: 'at', order: 'desc' }, limit })).items;
  }
}
