import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

/** A local server of one made-up film under many paths, each of which misbehaves in a way of its own. */

export interface MediaServer {
  readonly origin: string;
  readonly film: Buffer;
  readonly sha256: string;
  /** What was asked for, in order. */
  readonly requests: { readonly path: string; readonly range: string | null }[];
  /** Exchanges the film, as a server does that is updated in mid-download. */
  replaceFilm(film: Buffer): void;
  /** Answers a path with these bytes from now on; of films in parts as well. */
  serve(path: string, content: Buffer | string, type?: string): void;
  /** Hears path and query of every request from now on. */
  watch(listener: (link: string) => void): void;
  close(): Promise<void>;
}

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

const CUT_BYTES = 200_000;

/** Bytes that begin like an MP4 file and are noise from there on, no part of which begins like a page of text. */
export function makeFilm(bytes: number): Buffer {
  const film = Buffer.from(randomBytes(bytes).map((byte) => byte | 0x80));
  film.write('\0\0\0\x18ftypmp42', 0, 'latin1');
  return film;
}

export async function startMediaServer(size = 1_000_000): Promise<MediaServer> {
  let film = makeFilm(size);
  let version = 1;
  let listener: (link: string) => void = () => undefined;
  const requests: { path: string; range: string | null }[] = [];
  const sockets = new Set<Socket>();

  const headers = (): Record<string, string> => ({
    'content-type': 'video/mp4',
    etag: `"${version}"`,
    'accept-ranges': 'bytes',
  });

  /** A part as it should be answered: status, headers, bytes. */
  const part = (
    request: IncomingMessage,
    whole = film,
  ): { status: number; headers: Record<string, string | number>; body: Buffer } => {
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    const fresh = !request.headers['if-range'] || request.headers['if-range'] === `"${version}"`;
    if (!range || !fresh)
      return { status: 200, headers: { ...headers(), 'content-length': whole.length }, body: whole };
    const start = Number(range[1]);
    const end = Math.min(range[2] ? Number(range[2]) : whole.length - 1, whole.length - 1);
    if (start >= whole.length)
      return { status: 416, headers: { 'content-range': `bytes */${whole.length}` }, body: Buffer.alloc(0) };
    const body = whole.subarray(start, end + 1);
    return {
      status: 206,
      headers: {
        ...headers(),
        'content-length': body.length,
        'content-range': `bytes ${start}-${end}/${whole.length}`,
      },
      body,
    };
  };

  const send = (response: ServerResponse, answer: ReturnType<typeof part>, bytes = answer.body.length): void => {
    response.writeHead(answer.status, answer.headers);
    if (bytes >= answer.body.length) response.end(answer.body);
    else response.write(answer.body.subarray(0, bytes), () => setTimeout(() => response.destroy(), 20));
  };

  let busy = 0;
  const behaviours: Record<string, Behaviour> = {
    '/film.mp4': (request, response) => send(response, part(request)),
    '/flaky': (request, response) => send(response, part(request), CUT_BYTES),
    '/flaky-without-validator': (request, response) => {
      const answer = part(request);
      delete answer.headers['etag'];
      send(response, answer, CUT_BYTES);
    },
    '/slow': (request, response) => {
      const { status, headers: own, body } = part(request);
      response.writeHead(status, own);
      let at = 0;
      const timer = setInterval(() => {
        response.write(body.subarray(at, (at += body.length / 10 + 1)));
        if (at < body.length) return;
        clearInterval(timer);
        response.end();
      }, 150);
      response.on('close', () => clearInterval(timer));
    },
    '/trickle': (request, response) => {
      const { status, headers: own, body } = part(request);
      response.writeHead(status, own);
      let at = 0;
      const timer = setInterval(() => response.write(body.subarray(at, ++at)), 10);
      response.on('close', () => clearInterval(timer));
    },
    // The first half, then nothing; a client that comes back for the rest gets it.
    '/half': (request, response) => {
      const answer = part(request);
      if (answer.status === 206) return send(response, answer);
      response.writeHead(answer.status, answer.headers);
      response.write(answer.body.subarray(0, film.length / 2));
    },
    '/stall': (request, response) => {
      const { status, headers: own, body } = part(request);
      response.writeHead(status, own);
      response.write(body.subarray(0, 100));
    },
    '/silent': () => undefined,
    '/no-range': (_request, response) =>
      send(response, {
        status: 200,
        headers: { 'content-type': 'video/mp4', 'content-length': film.length },
        body: film,
      }),
    '/no-range-flaky': (_request, response) =>
      send(
        response,
        {
          status: 200,
          headers: { 'content-type': 'video/mp4', 'content-length': film.length, etag: '"1"' },
          body: film,
        },
        CUT_BYTES,
      ),
    '/length-too-long': (request) => {
      // Node's own server would refuse to announce more than it sends.
      request.socket.write(
        `HTTP/1.1 200 OK\r\ncontent-type: video/mp4\r\ncontent-length: ${film.length + 1000}\r\nconnection: close\r\n\r\n`,
      );
      request.socket.end(film);
    },
    // Ends with the connection, as HTTP/1.0 does.
    '/until-close': (request) => {
      request.socket.write('HTTP/1.1 200 OK\r\ncontent-type: video/mp4\r\nconnection: close\r\n\r\n');
      request.socket.end(film);
    },
    '/close-after-length': (request) => {
      request.socket.write(
        `HTTP/1.1 200 OK\r\ncontent-type: video/mp4\r\ncontent-length: ${film.length}\r\nconnection: close\r\n\r\n`,
      );
      request.socket.end(film);
    },
    '/wrong-part': (request, response) => {
      const answer = part(request);
      if (answer.status !== 206) return send(response, answer, CUT_BYTES);
      send(response, {
        ...answer,
        headers: { ...answer.headers, 'content-range': `bytes 0-${answer.body.length - 1}/${film.length}` },
      });
    },
    '/updated': (request, response) => {
      if (request.headers.range) return send(response, part(request));
      const whole = film.length === size;
      send(response, part(request), whole ? CUT_BYTES : film.length);
      if (whole) replaceFilm(makeFilm(size / 2));
    },
    '/loop': (_request, response) => response.writeHead(302, { location: '/loop' }).end(),
    '/chain': (request, response) => {
      const left = Number(new URL(request.url!, 'http://x').searchParams.get('left') ?? 3);
      response.writeHead(307, { location: left > 0 ? `/chain?left=${left - 1}` : '/film.mp4' }).end();
    },
    '/to': (request, response) =>
      response.writeHead(302, { location: new URL(request.url!, 'http://x').searchParams.get('url')! }).end(),
    '/page': (_request, response) =>
      response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
        .end('<!doctype html><title>Sorry</title>'),
    // One video in several sizes and codecs, as a master playlist offers them.
    '/offers.m3u8': (_request, response) => {
      const offers = [
        [1080, 'avc1.640028', 'h264'],
        [720, 'av01.0.05M.08', 'av1'],
        [720, 'avc1.64001f', 'h264'],
        [720, 'vp09.00.31.08', 'vp9'],
        [360, 'avc1.4d401e', 'h264'],
      ] as const;
      const variants = offers.map(
        ([lines, codecs, name]) =>
          `#EXT-X-STREAM-INF:BANDWIDTH=${lines * 1000},RESOLUTION=${(lines * 16) / 9}x${lines},CODECS="${codecs}"\n/variant.m3u8?${lines}-${name}\n`,
      );
      response.writeHead(200, { 'content-type': 'application/vnd.apple.mpegurl' }).end(`#EXTM3U\n${variants.join('')}`);
    },
    '/variant.m3u8': (request, response) => {
      const { search } = new URL(request.url!, 'http://x');
      response
        .writeHead(200, { 'content-type': 'application/vnd.apple.mpegurl' })
        .end(`#EXTM3U\n#EXTINF:10,\n/film.mp4${search}\n#EXT-X-ENDLIST\n`);
    },
    '/page-as-video': (_request, response) =>
      response.writeHead(200, { 'content-type': 'video/mp4' }).end('\n<html><title>Sorry</title>'),
    '/playlist': (_request, response) =>
      response.writeHead(200, { 'content-type': 'video/mp4' }).end('#EXTM3U\nhttp://10.0.0.1/secret.ts\n'),
    '/404': (_request, response) => response.writeHead(404).end('gone'),
    '/410': (_request, response) => response.writeHead(410).end('gone'),
    '/403': (_request, response) => response.writeHead(403).end('no'),
    '/401': (_request, response) => response.writeHead(401).end('no'),
    '/500': (_request, response) => response.writeHead(500).end('oh'),
    '/busy-twice': (request, response) => {
      if (busy++ < 2) response.writeHead(503, { 'retry-after': '0' }).end();
      else send(response, part(request));
    },
    '/endless': (_request, response) => {
      response.writeHead(200, { 'content-type': 'video/mp4' });
      const noise = makeFilm(65_536);
      const more = (): void => {
        while (!response.destroyed && response.write(noise));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    },
    '/gzip-bomb': (_request, response) => {
      const bomb = gzipSync(Buffer.alloc(50_000_000));
      response
        .writeHead(200, { 'content-type': 'video/mp4', 'content-encoding': 'gzip', 'content-length': bomb.length })
        .end(bomb);
    },
    '/announced-too-large': (_request, response) => {
      response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': 10 ** 15 });
      response.write(film.subarray(0, 1000));
    },
    '/empty': (_request, response) =>
      response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': 0 }).end(),
  };

  function serve(path: string, content: Buffer | string, type = 'video/mp4'): void {
    behaviours[path] = (request, response) => {
      const answer = part(request, Buffer.from(content));
      send(response, { ...answer, headers: { ...answer.headers, 'content-type': type } });
    };
  }

  function replaceFilm(next: Buffer): void {
    film = next;
    version++;
  }

  const server = createServer((request, response) => {
    const path = new URL(request.url!, 'http://x').pathname;
    listener(request.url!);
    requests.push({ path, range: request.headers.range ?? null });
    response.on('error', () => undefined);
    (behaviours[path] ?? behaviours['/404']!)(request, response);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get film() {
      return film;
    },
    get sha256() {
      return createHash('sha256').update(film).digest('hex');
    },
    requests,
    replaceFilm,
    serve,
    watch: (next) => void (listener = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
