import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs a program of a few lines in a process of its own, from this folder's packages, and kills it once it says something.
 * @param args what the program finds in `process.argv` from 1 on
 */
export async function killedMidway(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error('It ended by itself'))),
  ]);
  child.kill('SIGKILL');
  await once(child, 'exit');
}

export const ABANDON_SQLITE = `
import Database from 'libsql';
const [, path, id] = process.argv;
const db = new Database(path);
db.exec('BEGIN IMMEDIATE');
db.prepare("UPDATE c_things SET body = json_set(body, '$.n', 99) WHERE id = ?").run([id]);
process.stdout.write('changed');
setInterval(() => undefined, 1000);
`;

export const ABANDON_MONGO = `
import { MongoClient } from 'mongodb';
const [, uri, id] = process.argv;
const client = await new MongoClient(uri).connect();
const session = client.startSession();
session.startTransaction();
await client.db().collection('things').updateOne({ _id: id }, { $set: { n: 99 } }, { session });
process.stdout.write('changed');
setInterval(() => undefined, 1000);
`;
