import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { freePort } from './redis-server.js';

/** Where the tests find a real MongoDB. */
export interface MongoServer {
  /** The URI of a database of this name. */
  uri(database: string): string;
  /** Removes the database of this URI. */
  drop(uri: string): Promise<void>;
  stop(): Promise<void>;
}

/** The server at MONGODB_URI, or a replica set of one from the program MONGOMS_SYSTEM_BINARY; null without either. */
export async function findMongoServer(): Promise<MongoServer | null> {
  const { MONGODB_URI: uri, MONGOMS_SYSTEM_BINARY: program } = process.env;
  if (uri) return { uri: (database) => withDatabase(uri, database), drop, stop: async () => undefined };
  return program ? startServer(program) : null;
}

async function drop(uri: string): Promise<void> {
  const client = new MongoClient(uri);
  await client.db().dropDatabase();
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
    stop: async () => {
      server.kill('SIGKILL');
      await once(server, 'exit');
      await rm(folder, { recursive: true });
    },
  };
}
