import type { CollectionSpec, Document } from './storage/collection.js';

/** An answer that is kept, so that a client that repeats a request gets it again instead of doing the work twice. */
export interface KeptAnswer extends Document {
  /** Digest of method, path and JSON body: the same key with another request is refused. */
  readonly request: string;
  /** null while the first request is still being answered. */
  readonly status: number | null;
  readonly body: unknown;
  readonly createdAt: string;
}

export const KEPT_ANSWERS: CollectionSpec = { name: 'idempotency', fields: { request: 'string', createdAt: 'string' }, indexes: [{ paths: ['createdAt'] }] };
