import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';

/** Whose work is being done, and for which request or job: set where work enters (a request, a job), read by the store and the log. */
export interface WorkContext {
  /** Whose titles and people are meant: `a-z`, `0-9` and `-`, at most 40. */
  readonly tenant: string;
  /** Who asks: an API key's id, `open` where no key is needed, `cli`, `worker`. */
  readonly actor: string;
  readonly request?: string;
  readonly job?: string;
  /** Of a request that may come again (Idempotency-Key): the same each time, so that what it makes can be found again. */
  readonly once?: string;
  /** The request was begun before, by a process that died: some of what it asks for may have been done. */
  readonly repeated?: boolean;
  /** The trace that this work is a part of, as a W3C `traceparent`. */
  readonly trace?: string;
}

/** Whom everything belongs to where nobody has set up tenants. */
export const DEFAULT_TENANT = 'default';

const contexts = new AsyncLocalStorage<WorkContext>();

export function inContext<T>(context: WorkContext, work: () => T): T {
  return contexts.run(context, work);
}

export function currentContext(): WorkContext | undefined {
  return contexts.getStore();
}

export function currentTenant(): string {
  return contexts.getStore()?.tenant ?? DEFAULT_TENANT;
}

/** An id, hexadecimal, for what this request makes: the same when it comes again; null unless it may. */
export function onceId(what: string): string | null {
  const once = contexts.getStore()?.once;
  return once === undefined ? null : createHash('sha256').update(`${once} ${what}`).digest('hex');
}

/** Keeps this moment's context for a callback that an event of elsewhere (a socket, a timer) will call. */
export function keepContext<Args extends unknown[], R>(callback: (...args: Args) => R): (...args: Args) => R {
  return AsyncLocalStorage.bind(callback);
}
