import type { Redis } from 'ioredis';
import { KinoscopeError } from '../core/errors.js';

/** Injection token of {@link RedisConnections}; nothing is provided where no Redis is used. */
export const REDIS = Symbol('REDIS');

/** Connections to one Redis, for what must wait for one that is away and for what must not. */
export interface RedisConnections {
  /** Its commands wait for a lost connection to come back. */
  readonly patient: Redis;
  /** Its commands give up after a while: a request is waiting for them. */
  readonly requests: Redis;
  /** What all keys and channels begin with. */
  readonly prefix: string;
}

const CONNECT_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 3_000;

/**
 * @param url e.g. `redis://user:password@host:6379/0`
 * @param onError hears of lost connections, which come back by themselves
 * @throws KinoscopeError `unavailable` when Redis cannot be reached
 */
export async function connectRedis(
  url: string,
  prefix: string,
  onError: (error: Error) => void,
): Promise<RedisConnections> {
  // only where one is used: it takes long to load
  const { Redis } = await import('ioredis');
  let connected = false;
  const patient = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (connected ? Math.min(times * 100, 2_000) : null),
  });
  let reason = 'no answer';
  patient.on('error', (error) => {
    if (connected) onError(error);
    else reason = error.message || reason;
  });
  try {
    await patient.connect();
    await patient.ping();
  } catch (error) {
    patient.disconnect();
    const { host, port } = patient.options;
    throw new KinoscopeError('unavailable', `Cannot reach Redis at ${host}:${port}: ${reason}`, { cause: error });
  }
  connected = true;
  const requests = patient.duplicate({ commandTimeout: REQUEST_TIMEOUT_MS });
  requests.on('error', onError);
  await requests.connect();
  return { patient, requests, prefix };
}
