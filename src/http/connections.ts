import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { SETTINGS, type Settings } from '../config/settings.js';
import { KinoscopeError, problemType } from '../core/errors.js';

/** A film of 20 GB takes this long at 8 Mbit/s; Node.js would break it off after five minutes. */
const REQUEST_TIMEOUT_MS = 6 * 3600 * 1000;
/** What a request's body has to bring in the time that one may be idle, bytes: a byte now and then is no progress. */
const LEAST_PROGRESS = 1024;
/** What comes of a request that was answered already is thrown away for so long, so that its client reads the answer. */
const LINGER_MS = 2_000;
/** A client that takes nothing of its answer for so long has gone; browsers ask again for the rest of a film that was paused. */
const UNREAD_MS = 10 * 60_000;
/** When the service stops, answers may end for so long. */
const STOP_MS = 5_000;

const TOO_MANY = 'HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';
const SLOW = new KinoscopeError('too-slow', 'The request came too slowly');
const TOO_SLOW = JSON.stringify({
  type: problemType(SLOW.code),
  title: SLOW.title,
  status: SLOW.httpStatus,
  detail: SLOW.message,
});

/** A request whose body has not come to its end. */
interface Incoming {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  bytes: number;
  since: number;
}

interface Outgoing {
  bytes: number;
  since: number;
}

/**
 * Bounds what connections cost: how many an address has, and how long headers, bodies and answers that nobody reads may take. A
 * large upload may take hours, as long as it gets on.
 */
@Injectable()
export class Connections implements OnModuleInit, OnModuleDestroy {
  private readonly incoming = new Set<Incoming>();
  private readonly sockets = new Map<Socket, Outgoing>();
  private readonly perAddress = new Map<string, number>();
  private sweeper: NodeJS.Timeout | undefined;

  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  onModuleInit(): void {
    const server = this.host.httpAdapter.getHttpServer() as Server & { connectionsCheckingInterval: number };
    const { requestIdleMs } = this.settings;
    const interval = Math.min(5_000, requestIdleMs / 4);
    server.requestTimeout = REQUEST_TIMEOUT_MS;
    server.headersTimeout = requestIdleMs;
    server.connectionsCheckingInterval = interval;
    server.on('connection', (socket: Socket) => this.admit(socket));
    server.prependListener('request', (request, response) => this.expect(request, response));
    // A client that asks before it sends is told to go on when its body is wanted: not before its key was looked at.
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      request.once('resume', () => {
        if (!response.headersSent) response.writeContinue();
      });
      server.emit('request', request, response);
    });
    this.sweeper = setInterval(() => this.sweep(Date.now()), interval).unref();
  }

  onModuleDestroy(): void {
    const server = this.host.httpAdapter.getHttpServer() as Server;
    setTimeout(() => {
      clearInterval(this.sweeper);
      server.closeAllConnections();
    }, STOP_MS).unref();
  }

  private admit(socket: Socket): void {
    this.sockets.set(socket, { bytes: 0, since: Date.now() });
    socket.once('close', () => this.sockets.delete(socket));
    const { connectionsPerAddress, trustProxy } = this.settings;
    // those of a proxy are many clients'
    if (connectionsPerAddress === 0 || trustProxy > 0) return;
    const address = socket.remoteAddress ?? '';
    const open = (this.perAddress.get(address) ?? 0) + 1;
    this.perAddress.set(address, open);
    socket.once('close', () => {
      const left = (this.perAddress.get(address) ?? 1) - 1;
      if (left === 0) this.perAddress.delete(address);
      else this.perAddress.set(address, left);
    });
    if (open <= connectionsPerAddress) return;
    socket.write(TOO_MANY);
    socket.destroySoon();
  }

  private expect(request: IncomingMessage, response: ServerResponse): void {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    if (encoding === undefined && Number(length ?? 0) === 0) return;
    const one = { request, response, bytes: request.socket.bytesRead, since: Date.now() };
    this.incoming.add(one);
    response.once('finish', () => {
      one.since = Date.now();
    });
  }

  private sweep(now: number): void {
    for (const one of this.incoming) this.look(one, now);
    for (const [socket, one] of this.sockets) {
      if (socket.writableLength === 0 || socket.bytesWritten !== one.bytes)
        Object.assign(one, { bytes: socket.bytesWritten, since: now });
      else if (now - one.since > UNREAD_MS) socket.destroy();
    }
  }

  private look(one: Incoming, now: number): void {
    const { request, response } = one;
    if (request.complete) {
      this.incoming.delete(one);
    } else if (request.socket.destroyed || (response.writableEnded && now - one.since > LINGER_MS)) {
      this.incoming.delete(one);
      // once it is answered, Node.js does not tell its reader that nothing more comes
      request.destroy();
    } else if (response.writableEnded) {
      return;
    } else if (request.readableFlowing !== true || request.socket.bytesRead - one.bytes >= LEAST_PROGRESS) {
      // where nobody reads it is the service that takes its time
      Object.assign(one, { bytes: request.socket.bytesRead, since: now });
    } else if (now - one.since > this.settings.requestIdleMs) {
      if (response.headersSent) request.socket.destroy();
      else response.writeHead(408, { 'Content-Type': 'application/problem+json', Connection: 'close' }).end(TOO_SLOW);
    }
  }
}
