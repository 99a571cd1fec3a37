import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { AddressGuard } from '../../src/download/address-guard.js';
import { createDownloader, type Downloader } from '../../src/download/downloader.js';
import { GuardedProxy } from '../../src/download/guarded-proxy.js';
import type { AllSourcesFailed } from '../../src/download/source-error.js';
import { makeFilm } from '../servers/media-server.js';

/**
 * Ways from a link into the private network through a real yt-dlp and its generic extractor. 127.0.0.2 stands for the internet
 * (KINOSCOPE_ALLOW_HOSTS names it), 127.0.0.1 is the inside.
 */

const YT_DLP = process.env['KINOSCOPE_YT_DLP'] || 'yt-dlp';
const installed = ((): boolean => {
  try {
    execFileSync(YT_DLP, ['--version'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
})();
if (!installed) process.stderr.write('\n*** yt-dlp is NOT INSTALLED: attacks through it are NOT TRIED. ***\n\n');

const film = makeFilm(100_000);
/** What the server outside answers, by path. */
const pages = new Map<string, (asked: IncomingMessage, answer: ServerResponse) => void>();
const outside = createServer((asked, answer) => {
  answer.on('error', () => undefined);
  const page = pages.get(asked.url!.split('?', 1)[0]!);
  if (page) page(asked, answer);
  else answer.writeHead(200, { 'content-type': 'video/mp4', 'content-length': film.length }).end(film);
});
let reached = 0;
const held = new Set<Socket>();
const inside = createTcpServer((socket) => {
  reached++;
  held.add(socket);
  socket
    .on('error', () => undefined)
    .on('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-type: video/mp4\r\nconnection: close\r\n\r\nsecret'));
});
const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const redirect =
  (to: () => string) =>
  (_asked: IncomingMessage, answer: ServerResponse): void =>
    void answer.writeHead(302, { location: to() }).end();
const html =
  (body: () => string) =>
  (_asked: IncomingMessage, answer: ServerResponse): void =>
    void answer.writeHead(200, { 'content-type': 'text/html' }).end(body());

/** Names of this test's own name server: what each lookup answers, the last for good. */
const NAMES: Record<string, string[]> = {};
const lookedUp: string[] = [];
const resolver = ((
  name: string,
  _options: unknown,
  callback: (error: Error | null, addresses: { address: string; family: number }[]) => void,
) => {
  lookedUp.push(name);
  const answers = NAMES[name] ?? ['127.0.0.2'];
  callback(null, [{ address: answers.length > 1 ? answers.shift()! : answers[0]!, family: 4 }]);
}) as never;

beforeAll(async () => {
  outside.listen(0, '127.0.0.2');
  inside.listen(0, '127.0.0.1');
  await Promise.all([once(outside, 'listening'), once(inside, 'listening')]);
});
afterAll(() => {
  for (const socket of held) socket.destroy();
  outside.closeAllConnections();
  outside.close();
  inside.close();
});

const guard = { allowHosts: ['127.0.0.2'], resolver };
let dir: string;
let downloader: Downloader;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kinoscope-attack-'));
  downloader = createDownloader({
    ...guard,
    roots: [],
    ytDlp: YT_DLP,
    ytDlpHosts: ['test'],
    maxBytes: 5_000_000,
    minFreeBytes: 1_000_000,
    maxRetries: 0,
    stallSeconds: 5,
  });
  reached = 0;
  lookedUp.length = 0;
  pages.clear();
});
afterEach(async () => {
  await downloader.close();
  await rm(dir, { recursive: true, force: true });
});

const link = (path: string, host = 'film.test'): string => `http://${host}:${portOf(outside)}${path}`;
/** What yt-dlp's attempt ended with; null when a film came of it. */
async function ytDlpSaid(source: string): Promise<{ reason: string; message: string } | null> {
  const error = await downloader.fetch(source, { dir }).then(
    () => null,
    (thrown: unknown) => thrown as AllSourcesFailed & { reason: string },
  );
  if (error === null) return null;
  const first = error.attempts?.[0] ? error.attempts[0].error : error;
  return { reason: (first as { reason?: string }).reason ?? '', message: first.message };
}

if (installed)
  describe('yt-dlp', () => {
    test('fetches what lies outside, and all its connections are checked', async () => {
      expect(await ytDlpSaid(link('/film.mp4'))).toBeNull();
      expect(await readdir(dir)).toHaveLength(1);
      expect(lookedUp).toContain('film.test');
    }, 30_000);

    const target = (): string => `127.0.0.1:${portOf(inside)}`;
    const ways: [string, () => string | Promise<string>][] = [
      [
        'a name that leads inside',
        () => {
          NAMES['inside.test'] = ['127.0.0.1'];
          return `http://inside.test:${portOf(inside)}/film.mp4`;
        },
      ],
      [
        'a redirect',
        () => {
          pages.set(
            '/r',
            redirect(() => `http://${target()}/film.mp4`),
          );
          return link('/r');
        },
      ],
      [
        'a redirect to a name that leads inside',
        () => {
          NAMES['hidden.example'] = ['127.0.0.1'];
          pages.set(
            '/r',
            redirect(() => `http://hidden.example:${portOf(inside)}/film.mp4`),
          );
          return link('/r');
        },
      ],
      [
        'a redirect to https',
        () => {
          pages.set(
            '/r',
            redirect(() => `https://${target()}/film.mp4`),
          );
          return link('/r');
        },
      ],
      [
        'a redirect to ftp',
        () => {
          pages.set(
            '/r',
            redirect(() => `ftp://${target()}/film.mp4`),
          );
          return link('/r');
        },
      ],
      [
        'an answer of the name server that changes',
        () => {
          NAMES['changing.test'] = ['127.0.0.2', '127.0.0.1'];
          // The port is open inside as well: only the name leads there.
          pages.set('/r', (asked, answer) => {
            answer
              .writeHead(302, { location: `http://changing.test:${portOf(inside)}/film.mp4`, connection: 'close' })
              .end();
            asked.socket.end();
          });
          return link('/r', 'changing.test');
        },
      ],
      [
        'a page that shows a film from inside',
        () => {
          pages.set(
            '/p',
            html(() => `<html><video src="http://${target()}/film.mp4"></video></html>`),
          );
          return link('/p');
        },
      ],
      [
        'a playlist whose pieces lie inside',
        () => {
          pages.set(
            '/list.m3u8',
            (_asked, answer) =>
              void answer
                .writeHead(200, { 'content-type': 'application/vnd.apple.mpegurl' })
                .end(`#EXTM3U\n#EXTINF:10,\nhttp://${target()}/film.ts\n#EXT-X-ENDLIST\n`),
          );
          return link('/list.m3u8');
        },
      ],
      [
        'a playlist for a program that yt-dlp starts',
        () => {
          pages.set(
            '/list.m3u8',
            (_asked, answer) =>
              void answer
                .writeHead(200, { 'content-type': 'application/vnd.apple.mpegurl' })
                .end(
                  `#EXTM3U\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI="http://${target()}/key"\n#EXTINF:10,\nhttp://${target()}/film.ts\n#EXT-X-ENDLIST\n`,
                ),
          );
          return link('/list.m3u8');
        },
      ],
      [
        'a page that lays down how to ask',
        () => {
          const smuggled = new URLSearchParams({
            __youtubedl_smuggle: JSON.stringify({ http_headers: { 'Ytdl-request-proxy': '__noproxy__' } }),
          }).toString();
          pages.set(
            '/p',
            html(
              () =>
                `<html><head><meta http-equiv="refresh" content="0;url=http://${target()}/film.mp4#${smuggled}"></head></html>`,
            ),
          );
          return link('/p');
        },
      ],
      [
        'a link that lays down how to ask',
        () => {
          const smuggled = new URLSearchParams({
            __youtubedl_smuggle: JSON.stringify({ http_headers: { 'Ytdl-request-proxy': '__noproxy__' } }),
          }).toString();
          pages.set(
            '/r',
            redirect(() => `http://${target()}/film.mp4`),
          );
          return `${link('/r')}#${smuggled}`;
        },
      ],
    ];
    test.each(ways)(
      'does not get inside by %s',
      async (_way, make) => {
        const said = await ytDlpSaid(await make());
        expect(reached).toBe(0);
        expect(said?.reason).toMatch(/^(private-address|bad-link)$/);
        expect(await readdir(dir)).toEqual([]);
      },
      30_000,
    );

    test('is not told about other proxies, and to do without for no host', async () => {
      const before = process.env['no_proxy'];
      process.env['no_proxy'] = '*';
      try {
        pages.set(
          '/r',
          redirect(() => `http://${target()}/film.mp4`),
        );
        expect((await ytDlpSaid(link('/r')))?.reason).toBe('private-address');
        expect(reached).toBe(0);
      } finally {
        if (before === undefined) delete process.env['no_proxy'];
        else process.env['no_proxy'] = before;
      }
    }, 30_000);
  });

describe('the proxy before yt-dlp', () => {
  const limits = { stallSeconds: 5, maxBytes: 1_000_000 };
  /** The status of an answer to a request through the proxy. */
  const ask = (proxy: string, url: string, authorization?: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(proxy);
      get(
        { hostname, port, path: url, headers: authorization ? { 'proxy-authorization': authorization } : {} },
        (answer) => {
          answer
            .resume()
            .on('close', () => resolve(answer.statusCode!))
            .on('error', () => undefined);
        },
      ).on('error', reject);
    });
  const credentials = (proxy: string): string =>
    `Basic ${Buffer.from(`${new URL(proxy).username}:${new URL(proxy).password}`).toString('base64')}`;

  test('is there for who has its credentials, as long as the work lasts', async () => {
    const kept = await GuardedProxy.use(new AddressGuard(guard), limits, async (proxy) => {
      expect(await ask(proxy, link('/film.mp4'))).toBe(407);
      expect(await ask(proxy, link('/film.mp4'), 'Basic a2lub3Njb3BlOng=')).toBe(407);
      expect(await ask(proxy, link('/film.mp4'), credentials(proxy))).toBe(200);
      expect(await ask(proxy, `http://127.0.0.1:${portOf(inside)}/`, credentials(proxy))).toBe(403);
      const idle = connect(Number(new URL(proxy).port), '127.0.0.1').on('error', () => undefined);
      await once(idle, 'connect');
      return { proxy, idle };
    });
    if (!kept.idle.destroyed) await once(kept.idle, 'close');
    await expect(ask(kept.proxy, link('/film.mp4'), credentials(kept.proxy))).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    expect(reached).toBe(0);
  });

  test('tunnels to no address inside', async () => {
    await GuardedProxy.use(new AddressGuard(guard), limits, async (proxy) => {
      const { port } = new URL(proxy);
      for (const [target, authorization, status] of [
        [`127.0.0.1:${portOf(inside)}`, credentials(proxy), 403],
        [`127.0.0.2:${portOf(outside)}`, 'none', 407],
        [`127.0.0.2:${portOf(outside)}`, credentials(proxy), 200],
      ] as const) {
        const client = connect(Number(port), '127.0.0.1');
        client.write(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\nproxy-authorization: ${authorization}\r\n\r\n`);
        const [answer] = (await once(client, 'data')) as [Buffer];
        expect(answer.toString()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
        client.destroy();
      }
    });
    expect(reached).toBe(0);
  });

  test('ends what servers send without end', async () => {
    pages.set('/endless', (_asked, answer) => {
      answer.writeHead(200, { 'content-type': 'text/html' });
      const more = (): void => {
        while (!answer.destroyed && answer.write(film));
        if (!answer.destroyed) answer.once('drain', more);
      };
      more();
    });
    await GuardedProxy.use(new AddressGuard(guard), limits, async (url, proxy) => {
      await ask(url, link('/endless'), credentials(url));
      expect(proxy.refusal).toMatchObject({ reason: 'too-large' });
    });
  });
});
