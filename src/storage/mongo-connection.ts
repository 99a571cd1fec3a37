import {
  type Db,
  MongoBulkWriteError,
  MongoClient,
  type MongoClientOptions,
  MongoError,
  MongoErrorLabel,
  MongoNetworkError,
  MongoServerError,
  MongoSystemError,
} from 'mongodb';
import { KinoscopeError } from '../core/errors.js';

/** Connections to MongoDB: what is asked of it where the URI does not say otherwise, how long it may take, and what its errors mean. */

const DEFAULT_DATABASE = 'kinoscope';
/** At start nobody waits for a server that is not there as long as the driver would (30 s, good for an election). */
const START_MS = 5_000;
export const DEFAULT_LIMIT_MS = 30_000;

/**
 * What we ask of a server, by the URI's names of the options: what is acknowledged is on the disks of a majority and
 * survives the loss of a server; what is read was too.
 */
const asked = (limitMs: number) =>
  ({
    appName: 'kinoscope',
    w: 'majority',
    journal: true,
    wtimeoutMS: limitMs,
    readConcernLevel: 'majority',
    waitQueueTimeoutMS: limitMs,
  }) as const;

/** What the URI says itself. The options' names do not depend on letter case. */
function saidIn(uri: string): URLSearchParams {
  const pairs = [...new URLSearchParams(uri.split('?', 2)[1])];
  return new URLSearchParams(pairs.map(([name, value]): [string, string] => [name.toLowerCase(), value]));
}

function optionsFor(uri: string, limitMs: number): MongoClientOptions {
  const said = saidIn(uri);
  const ours = Object.entries(asked(limitMs)).filter(([name]) => !said.has(name.toLowerCase()));
  return { ignoreUndefined: true, ...Object.fromEntries(ours) };
}

export interface MongoConnection {
  readonly client: MongoClient;
  /** The URI's, or `kinoscope`. */
  readonly db: Db;
  /** Longest that one operation may take, milliseconds. */
  readonly limitMs: number;
}

/**
 * Connects to a replica set or sharded cluster (transactions need one). The URI's options win over ours; its `timeoutMS`,
 * which the driver (7.8) ignores, is the limit of one operation.
 * @throws KinoscopeError `unavailable` when it cannot be reached, `usage` when the URI is wrong or it is a lone server
 */
export async function connectMongo(uri: string, limitMs = DEFAULT_LIMIT_MS): Promise<MongoConnection> {
  const said = saidIn(uri);
  const limit = Number(said.get('timeoutms')) || limitMs;
  const options = optionsFor(uri, limit);
  // the driver would only warn of it
  const address = uri.replace(/(?<=[?&])timeoutMS=[^&]*&?/i, '');
  await checkServer(
    newClient(
      address,
      said.has('serverselectiontimeoutms') ? options : { ...options, serverSelectionTimeoutMS: START_MS },
    ),
  );
  const client = newClient(address, options);
  const named = /^[^/]*\/\/[^/]*\/([^?]+)/.test(uri);
  return { client, db: client.db(named ? undefined : DEFAULT_DATABASE), limitMs: limit };
}

/** Closes the client. */
async function checkServer(client: MongoClient): Promise<void> {
  const hosts = client.options.hosts.map(String).join(', ');
  try {
    const hello = await within(START_MS + client.options.serverSelectionTimeoutMS, () =>
      client.db('admin').command({ hello: 1 }),
    );
    if (hello['setName'] === undefined && hello['msg'] !== 'isdbgrid') {
      throw new KinoscopeError('usage', `MongoDB at ${hosts} is a lone server; kinoscope needs a replica set`);
    }
  } catch (error) {
    if (error instanceof KinoscopeError) throw error;
    throw new KinoscopeError('unavailable', `Cannot reach MongoDB at ${hosts}: ${messageOf(error)}`, { cause: error });
  } finally {
    await client.close();
  }
}

function newClient(uri: string, options: MongoClientOptions): MongoClient {
  try {
    return new MongoClient(uri, options);
  } catch (error) {
    throw new KinoscopeError('usage', `Not a MongoDB address: ${messageOf(error)}`, { cause: error });
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * The answer, unless it takes longer: the driver (7.8) has no limit of its own on an operation whose server has stopped
 * answering. What was sent may still be done.
 * @param work is told by the signal that nobody waits for it any more
 * @throws KinoscopeError `unavailable`
 */
export async function within<R>(limitMs: number, work: (signal: AbortSignal) => Promise<R>): Promise<R> {
  const limit = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      limit.abort();
      reject(new KinoscopeError('unavailable', `The database has not answered within ${limitMs / 1000} s`));
    }, limitMs);
  });
  try {
    return await Promise.race([work(limit.signal), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** Codes by which a server says that it cannot do it now: it stops, steps down, has no time, no majority or no room. */
const NOT_NOW = new Set([
  6, 7, 24, 50, 64, 89, 91, 100, 112, 134, 189, 202, 251, 262, 290, 9001, 10_107, 11_600, 11_602, 13_435, 13_436,
  14_031,
]);
const LABELS = [
  MongoErrorLabel.TransientTransactionError,
  MongoErrorLabel.UnknownTransactionCommitResult,
  MongoErrorLabel.RetryableWriteError,
];
/** Errors of the driver about its pool and its connections that have no class in common, by the beginnings of their names. */
const CONNECTION = /^Mongo(WaitQueue|Pool|NotConnected|Topology|ClientClosed|OperationTimeout|ExpiredSession)/;

/** Whether the same may go well later: the server is away, or busy with something else. */
export function isAway(error: unknown): error is MongoError {
  if (!(error instanceof MongoError)) return false;
  return (
    error instanceof MongoNetworkError ||
    error instanceof MongoSystemError ||
    CONNECTION.test(error.name) ||
    LABELS.some((label) => error.hasErrorLabel(label)) ||
    (error instanceof MongoServerError && NOT_NOW.has(Number(error.code))) ||
    // a bulk write wraps what the driver throws
    (error instanceof MongoBulkWriteError && isAway(error.errorResponse))
  );
}
