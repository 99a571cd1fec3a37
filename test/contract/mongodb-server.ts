import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import type { Store } from '../../src/storage/collection.js';
import { openMongoStore } from '../../src/storage/mongo-store.js';
import { openSqliteStore } from '../../src/storage/sqlite-store.js';
import { freePort } from './redis-server.js';

/** Where the tests find a real MongoDB. */
export interface MongoServer {
  /** The URI of a database of this name. */
  uri(database: string): string;
  /** Removes the database of this URI. */
  drop(uri: string): Promise<void>;
  /** Its `$pull` from a path that is not there makes objects on the way to it: DocumentDB's does, mongod's does not. */
  readonly pullsFromNothing: boolean;
  stop(): Promise<void>;
}

/** The server at MONGODB_URI, or a replica set of one from the program MONGOMS_SYSTEM_BINARY; null without either. */
export async function findMongoServer(): Promise<MongoServer | null> {
  const { MONGODB_URI: uri, MONGOMS_SYSTEM_BINARY: program } = process.env;
  if (uri) {
    const pullsFromNothing = await doesPullFromNothing(withDatabase(uri, `kinoscope_probe_${process.pid}`));
    return { uri: (database) => withDatabase(uri, database), drop, pullsFromNothing, stop: async () => undefined };
  }
  return program ? startServer(program) : null;
}

async function doesPullFromNothing(uri: string): Promise<boolean> {
  const client = new MongoClient(uri);
  const probe = client.db().collection<{ _id: number; b?: object }>('probe');
  await probe.insertOne({ _id: 1 });
  await probe.updateOne({ _id: 1 }, { $set: { a: 1 }, $pull: { 'b.c': 1 } });
  const found = await probe.findOne({ _id: 1 });
  await client.db().dropDatabase();
  await client.close();
  return found?.b !== undefined;
}

let databases = 0;

/** The URI of a new database of the server at MONGODB_URI; null where no server is named. */
export function newDatabase(): string | null {
  const { MONGODB_URI: uri } = process.env;
  return uri ? withDatabase(uri, `kinoscope_test_${process.pid}_${++databases}_${Date.now()}`) : null;
}

/**
 * A store of its own for a test that does not care which: on the server at MONGODB_URI, where it goes when it is closed, or in
 * an SQLite file.
 */
export async function openAnyStore(path: string): Promise<Store> {
  const uri = newDatabase();
  if (uri === null) return openSqliteStore(path);
  const store = await openMongoStore(uri);
  return {
    kind: store.kind,
    collection: (spec) => store.collection(spec),
    commit: (writes) => store.commit(writes),
    check: () => store.check(),
    purge: () => store.purge(),
    close: async () => {
      await store.close();
      await drop(uri);
    },
  };
}

export async function drop(uri: string): Promise<void> {
  const client = new MongoClient(uri);
  // DocumentDB's is in the way of others that make theirs
  for (let left = 10, dropped = false; !dropped; left--) {
    dropped = await client
      .db()
      .dropDatabase()
      .catch((error: unknown) => {
        if (left === 0) throw error;
        return false;
      });
  }
  await client.close();
}

function withDatabase(uri: string, database: string): string {
  const url = new URL(uri);
  url.pathname = `/${database}`;
  return url.toString();
}

async function startServer(program: string): Promise<MongoServer> {
  const folder = await mkdtemp(join(tmpdir(), 'kinoscope-mongod-'));
  const port = await freePort();
  const args = ['--port', String(port), '--bind_ip', '127.0.0.1', '--dbpath', folder, '--replSet', 'test', '--quiet'];
  const server = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const address = `mongodb://127.0.0.1:${port}`;
  const client = await new MongoClient(`${address}/?directConnection=true`).connect();
  const members = [{ _id: 0, host: `127.0.0.1:${port}` }];
  await client.db('admin').command({ replSetInitiate: { _id: 'test', members } });
  await client.close();
  return {
    uri: (database) => `${address}/${database}?replicaSet=test`,
    drop,
    pullsFromNothing: false,
    stop: async () => {
      server.kill('SIGKILL');
      await once(server, 'exit');
      await rm(folder, { recursive: true });
    },
  };
}
