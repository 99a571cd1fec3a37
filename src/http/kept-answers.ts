import type { CollectionSpec, Document } from '../storage/collection.js';

/** An answer that is kept, so that a client that repeats a request gets it again instead of doing the work twice. */
export interface KeptAnswer extends Document {
  /** Digest of method, path and body: the same key with another request is refused. Without parts until they have arrived. */
  readonly request: string;
  /** null while the first request is still being answered. */
  readonly status: number | null;
  readonly body: unknown;
  readonly createdAt: string;
  /** The process that answers it (process-identity.ts), and when it was last known to: one that died leaves it to a repeat. */
  readonly owner?: string;
  readonly aliveAt?: string;
  /** What the ids of that which the request makes follow from. */
  readonly once?: string;
}

export const KEPT_ANSWERS: CollectionSpec = {
  name: 'idempotency',
  fields: { request: 'string', createdAt: 'string' },
  indexes: [{ paths: ['createdAt'] }],
};
