import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { DEFAULT_TENANT } from '../core/context.js';
import { KinoscopeError } from '../core/errors.js';
import type { Collection, CollectionSpec, Document, Store } from '../storage/collection.js';

/**
 * What a key may do: read titles, answers and jobs; write (create, analyse, delete) them; see and change the gallery of
 * people; operate the service (metrics, other people's failed jobs).
 */
export const SCOPES = ['read', 'write', 'people', 'operate'] as const;
export type Scope = (typeof SCOPES)[number];

/** An API key as it is stored: its secret can be checked, but not read. */
interface StoredKey extends Document {
  readonly name: string;
  /** SHA-256 of the secret, hexadecimal. The secret is 256 random bits: nothing slower is needed to keep it. */
  readonly hash: string;
  readonly scopes: readonly Scope[];
  readonly tenant: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

export type ApiKey = Omit<StoredKey, 'hash' | 'version'>;

export interface NewKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly tenant?: string;
  /** Days until it is refused; absent: it does not expire. */
  readonly days?: number;
}

const API_KEYS: CollectionSpec = {
  name: 'api_keys',
  fields: {
    name: 'string',
    hash: 'string',
    scopes: 'array',
    tenant: 'string',
    createdAt: 'string',
    expiresAt: ['string', 'null'],
    revokedAt: ['string', 'null'],
  },
  indexes: [{ paths: ['createdAt'] }],
  shared: true,
};
const TENANT = /^[a-z0-9][a-z0-9-]{0,39}$/;
const DAY_MS = 24 * 60 * 60 * 1000;
/** `ks_`, the key's id, the secret. */
const KEY = /^ks_([0-9a-f]{12})_([\w-]{43})$/;

const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** The API keys. */
export class ApiKeys {
  private constructor(private readonly keys: Collection<StoredKey>) {}

  static async open(store: Store): Promise<ApiKeys> {
    return new ApiKeys(await store.collection<StoredKey>(API_KEYS));
  }

  /** Makes a key; its text is told this once and never again. @throws KinoscopeError `usage` for a bad name or tenant */
  async create({ name, scopes, tenant = DEFAULT_TENANT, days }: NewKey): Promise<{ key: ApiKey; text: string }> {
    if (!TENANT.test(tenant))
      throw new KinoscopeError('usage', `"${tenant}" is no name of a tenant: take a-z, 0-9 and -, at most 40`);
    if (scopes.length === 0) throw new KinoscopeError('usage', `A key needs a scope: some of ${SCOPES.join(', ')}`);
    const secret = randomBytes(32).toString('base64url');
    const now = Date.now();
    const stored = await this.keys.insert({
      id: randomBytes(6).toString('hex'),
      name,
      hash: digest(secret).toString('hex'),
      scopes: [...new Set(scopes)],
      tenant,
      createdAt: new Date(now).toISOString(),
      expiresAt: days === undefined ? null : new Date(now + days * DAY_MS).toISOString(),
      revokedAt: null,
    });
    return { key: shown(stored), text: `ks_${stored.id}_${secret}` };
  }

  /** The newest first, at most a thousand; revoked ones too. */
  async list(): Promise<ApiKey[]> {
    const { items } = await this.keys.find({}, { sort: { path: 'createdAt', order: 'desc' }, limit: 1000 });
    return items.map(shown);
  }

  /** From now on the key is refused, everywhere. @throws KinoscopeError `not-found` */
  async revoke(id: string): Promise<ApiKey> {
    const revoked = await this.keys.claim({ id, revokedAt: null }, { $set: { revokedAt: new Date().toISOString() } });
    const key = revoked ?? (await this.keys.get(id));
    if (!key) throw new KinoscopeError('not-found', `There is no key ${id}`);
    return shown(key);
  }

  /** The key that this text is; null when it is none, was revoked or has expired. */
  async check(text: string): Promise<ApiKey | null> {
    const [, id, secret] = KEY.exec(text) ?? [];
    const key = id && secret ? await this.keys.get(id) : null;
    if (!key || !timingSafeEqual(digest(secret!), Buffer.from(key.hash, 'hex'))) return null;
    const over = key.revokedAt !== null || (key.expiresAt !== null && Date.parse(key.expiresAt) <= Date.now());
    return over ? null : shown(key);
  }
}

function shown({ hash: _hash, version: _version, ...key }: StoredKey): ApiKey {
  return key;
}
