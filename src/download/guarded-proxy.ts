import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { pipeline, Transform, type Duplex } from 'node:stream';
import { type Agent, request } from 'undici';
import type { AddressGuard } from './address-guard.js';
import { SourceError } from './source-error.js';

export interface ProxyLimits {
  /** A connection that says nothing for so long is given up. */
  readonly stallSeconds: number;
  /** What servers may send in all, bytes. */
  readonly maxBytes: number;
}

/** Connections that a program may have open at a time: more are not accepted. */
const MAX_CONNECTIONS = 64;
/** Belong to one connection and are not passed on. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'expect',
]);

/**
 * A forward proxy (HTTP and CONNECT) on loopback for one program that makes connections of its own: the address guard decides
 * about each of them. Only who knows its credentials may use it, and it ends with the program.
 */
export class GuardedProxy {
  private readonly secret = `kinoscope:${randomBytes(24).toString('hex')}`;
  private readonly sockets = new Set<Duplex>();
  private received = 0;
  /** The first thing that was refused; null: nothing was. */
  refusal: SourceError | null = null;

  private constructor(
    private readonly guard: AddressGuard,
    private readonly agent: Agent,
    server: Server,
    private readonly limits: ProxyLimits,
  ) {
    server.maxConnections = MAX_CONNECTIONS;
    server.on('connection', (socket: Socket) => this.hold(socket));
    server.on('request', (asked, answer) => void this.forward(asked, answer).catch(() => answer.destroy()));
    server.on(
      'connect',
      (asked: IncomingMessage, client: Duplex, head: Buffer) =>
        void this.tunnel(asked, client, head).catch(() => client.destroy()),
    );
    server.on('clientError', (_error, socket) => socket.destroy());
  }

  /**
   * Runs work with a proxy, which is closed afterwards.
   * @param work is told its address, `http://user:password@127.0.0.1:port`
   */
  static async use<T>(
    guard: AddressGuard,
    limits: ProxyLimits,
    work: (url: string, proxy: GuardedProxy) => Promise<T>,
  ): Promise<T> {
    const stallMs = limits.stallSeconds * 1000;
    const agent = guard.agent({ connectMs: stallMs, stallMs });
    const server = createServer({ headersTimeout: stallMs, keepAliveTimeout: stallMs });
    const proxy = new GuardedProxy(guard, agent, server, limits);
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
    try {
      return await work(`http://${proxy.secret}@127.0.0.1:${(server.address() as AddressInfo).port}`, proxy);
    } finally {
      server.close();
      for (const socket of proxy.sockets) socket.destroy();
      await agent.destroy();
    }
  }

  private hold(socket: Duplex): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket)).on('error', () => undefined);
  }

  private isAllowed({ headers }: IncomingMessage): boolean {
    const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
    return timingSafeEqual(
      hash(headers['proxy-authorization'] ?? ''),
      hash(`Basic ${Buffer.from(this.secret).toString('base64')}`),
    );
  }

  /** An HTTP status for what went wrong; what the guard refused is remembered. */
  private statusOf(error: unknown): number {
    if (!(error instanceof SourceError)) return 502;
    this.refusal ??= error;
    return 403;
  }

  /** Counts what servers send, and ends everything when it is too much. */
  private counted(): Transform {
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        this.received += chunk.length;
        if (this.received <= this.limits.maxBytes) return done(null, chunk);
        this.refusal ??= new SourceError('too-large', `the limit is ${this.limits.maxBytes} bytes`);
        return done(this.refusal);
      },
    });
  }

  /** A request for http: sent on as it is. */
  private async forward(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    if (!this.isAllowed(asked)) return void answer.writeHead(407, { 'proxy-authenticate': 'Basic' }).end();
    try {
      const url = this.guard.check(asked.url ?? '');
      if (url.protocol !== 'http:') throw new SourceError('bad-link', 'only http is forwarded, https is tunnelled');
      const hasBody =
        asked.headers['transfer-encoding'] !== undefined || Number(asked.headers['content-length'] ?? 0) > 0;
      const abort = new AbortController();
      answer.on('close', () => abort.abort());
      const response = await request(url, {
        dispatcher: this.agent,
        method: asked.method as 'GET',
        headers: passedOn(asked.headers),
        body: hasBody ? asked : null,
        signal: abort.signal,
      });
      answer.writeHead(response.statusCode, passedOn(response.headers));
      pipeline(response.body, this.counted(), answer, () => undefined);
    } catch (error) {
      if (answer.headersSent) answer.destroy();
      else answer.writeHead(this.statusOf(error), { connection: 'close' }).end();
    }
  }

  /** A tunnel for https. */
  private async tunnel(asked: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    this.hold(client);
    const refuse = (status: string): void =>
      void client.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    if (!this.isAllowed(asked)) return refuse('407 Proxy Authentication Required\r\nproxy-authenticate: Basic');
    try {
      const { hostname, port } = this.guard.check(`https://${asked.url ?? ''}`);
      const server = await this.guard.connect(hostname, Number(port || 443), this.limits.stallSeconds * 1000);
      this.hold(server);
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      server.write(head);
      pipeline(client, server, () => undefined);
      pipeline(server, this.counted(), client, () => undefined);
    } catch (error) {
      refuse(`${this.statusOf(error)} Refused`);
    }
  }
}

function passedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}
