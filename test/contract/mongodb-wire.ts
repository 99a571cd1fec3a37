import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { BSON } from 'mongodb';

export type Command = Readonly<Record<string, unknown>>;

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const HEADER = 16;
/** Flag bit: the sender expects no answer. */
const MORE_TO_COME = 2;

/** What the server does with a command: an answer (`ok: 1` is added unless it says otherwise), or it breaks the connection. */
export type Reply = (command: Command) => Command | 'break' | Promise<Command>;

/**
 * A MongoDB server of a test: it speaks enough of the wire protocol (OP_MSG, and OP_QUERY for the first hello) for the
 * official driver to take it for a replica set of one. It understands no command: it keeps them all, and answers as it
 * was told to.
 */
export class WireServer {
  readonly commands: Command[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly reply: Reply,
    readonly address: string,
  ) {}

  static async start(reply: Reply, hello: Command = {}, port = 0): Promise<WireServer> {
    const server = createServer();
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const wire = new WireServer(server, reply, address);
    server.on('connection', (socket) => wire.serve(socket, { ...helloOf(address), ...hello }));
    return wire;
  }

  /** The commands of these names, without what sessions and clocks add. */
  sent(...names: string[]): Command[] {
    const added = new Set(['lsid', '$clusterTime', '$db', '$readPreference']);
    return this.commands
      .filter((command) => names.includes(nameOf(command)))
      .map((command) => Object.fromEntries(Object.entries(command).filter(([key]) => !added.has(key))));
  }

  async stop(): Promise<void> {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(this.server, 'close');
  }

  private serve(socket: Socket, hello: Command): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => undefined);
    let received = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= HEADER && received.length >= received.readInt32LE(0)) {
        const message = received.subarray(0, received.readInt32LE(0));
        received = received.subarray(message.length);
        void this.answer(socket, message, hello);
      }
    });
  }

  private async answer(socket: Socket, message: Buffer, hello: Command): Promise<void> {
    const [id, opCode] = [message.readInt32LE(4), message.readInt32LE(12)];
    if (opCode === OP_QUERY) {
      // only ever the first hello
      const reply = Buffer.alloc(20);
      reply.writeInt32LE(1, 16);
      socket.write(frame(OP_REPLY, id, Buffer.concat([reply, BSON.serialize({ ...hello, localTime: new Date() })])));
      return;
    }
    if (opCode !== OP_MSG) throw new Error(`The test server does not know the message ${opCode}`);
    const command = readCommand(message);
    const isHello = 'hello' in command || 'ismaster' in command;
    if (!isHello) this.commands.push(command);
    const told = isHello ? { ...hello, localTime: new Date() } : await this.reply(command);
    if (told === 'break') return void socket.destroy();
    const reply = { ok: 1, ...told };
    if ((message.readUInt32LE(HEADER) & MORE_TO_COME) !== 0) return;
    socket.write(frame(OP_MSG, id, Buffer.concat([Buffer.alloc(5), BSON.serialize(reply)])));
  }
}

export const nameOf = (command: Command): string => Object.keys(command)[0] ?? '';

/** What a cursor answers that has no further page. */
export const documents = (...firstBatch: Command[]): Command => ({ cursor: { id: 0n, ns: 'films.films', firstBatch } });

/** The answers of an empty database to which everything that is written is new. */
export const DEFAULTS: Readonly<Record<string, Command>> = {
  find: documents(),
  aggregate: documents(),
  listCollections: documents(),
  listIndexes: documents(),
  insert: { n: 1 },
  update: { n: 1, nModified: 1 },
  delete: { n: 1 },
  findAndModify: { value: { _id: 'a', version: 2, name: 'A' } },
};

/** @param answers by the name of the command */
export function replying(answers: Readonly<Record<string, Command>>): (command: Command) => Command {
  return (command) => answers[nameOf(command)] ?? DEFAULTS[nameOf(command)] ?? {};
}

function helloOf(address: string): Command {
  return {
    helloOk: true,
    ismaster: true,
    isWritablePrimary: true,
    setName: 'test',
    setVersion: 1,
    hosts: [address],
    me: address,
    primary: address,
    maxBsonObjectSize: 16_777_216,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
    logicalSessionTimeoutMinutes: 30,
    minWireVersion: 0,
    maxWireVersion: 21,
    readOnly: false,
    ok: 1,
  };
}

function frame(opCode: number, to: number, body: Buffer): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeInt32LE(HEADER + body.length, 0);
  header.writeInt32LE(to, 8);
  header.writeInt32LE(opCode, 12);
  return Buffer.concat([header, body]);
}

/** The command of an OP_MSG: one section of kind 0, and lists of documents in sections of kind 1. */
function readCommand(message: Buffer): Command {
  let command: Command = {};
  const lists: Record<string, unknown[]> = {};
  let at = HEADER + 4;
  while (at < message.length) {
    const kind = message[at++];
    const end = at + message.readInt32LE(at);
    if (kind === 0) {
      command = BSON.deserialize(message.subarray(at, end)) as Command;
    } else {
      const nameEnd = message.indexOf(0, at + 4);
      const list: unknown[] = (lists[message.toString('utf8', at + 4, nameEnd)] = []);
      for (let next = nameEnd + 1; next < end; next += message.readInt32LE(next)) {
        list.push(BSON.deserialize(message.subarray(next, next + message.readInt32LE(next))));
      }
    }
    at = end;
  }
  return { ...command, ...lists };
}
