import { AsyncLocalStorage } from 'node:async_hooks';

/** Whose work is being done, and for which request or job: set where work enters (a request, a job), read by the store and the log. */
export interface WorkContext {
  /** Whose titles and people are meant: `a-z`, `0-9` and `-`, at most 40. */
  readonly tenant: string;
  /** Who asks: an API key's id, `open` where no key is needed, `cli`, `worker`. */
  readonly actor: string;
  readonly request?: string;
  readonly job?: string;
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

/** Keeps this moment's context for a callback that an event of elsewhere (a socket, a timer) will call. */
export function keepContext<Args extends unknown[], R>(callback: (...args: Args) => R): (...args: Args) => R {
  return AsyncLocalStorage.bind(callback);
}
