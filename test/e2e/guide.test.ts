import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hasRedisServer, RedisServer } from '../contract/redis-server.js';
import { CommandLine } from './command.js';
import { type JobView, TestService } from './service.js';

const programme = (start: string, title: string, rest = ''): string =>
  `<programme start="${start} +0000" stop="${start.slice(0, 8)}235900 +0000" channel="one"><title>${title}</title>${rest}</programme>`;
const guide = (...programmes: string[]): string =>
  `<tv><channel id="one"><display-name>One</display-name></channel>${programmes.join('')}</tv>`;
const GUIDE = guide(
  programme('20260401200000', 'The Film', '<credits><actor role="Her">Ada Abel</actor></credits>'),
  programme('20260403200000', 'The Film', '<credits><actor>Bo Berg</actor></credits><date>2010</date>'),
  programme('20260404200000', 'The Film', '<date>2026</date>'),
  programme('20260405200000', 'Talk', '<credits><guest>ada abel</guest></credits>'),
);

interface Sources {
  readonly sources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly refreshedAt: string | null;
    readonly programmes: number;
    readonly error: { readonly code: string; readonly message: string } | null;
  }[];
}

interface Around {
  readonly last: { readonly title: string; readonly start: string; readonly channel: string } | null;
  readonly next: { readonly title: string; readonly start: string } | null;
}

/** A site with a guide, which can fail. */
class GuideSite {
  requests = 0;
  private constructor(
    private readonly server: Server,
    private body: Buffer | null,
  ) {
    server.on('request', (_request, response) => {
      this.requests++;
      if (this.body) response.writeHead(200, { 'content-type': 'application/gzip' }).end(this.body);
      else response.writeHead(404).end('<html>gone</html>');
    });
  }

  static async start(body: Buffer): Promise<GuideSite> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new GuideSite(server, body);
  }

  get link(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/guide.xml.gz`;
  }

  serve(body: Buffer | null): void {
    this.body = body;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

const QUEUES = hasRedisServer() ? ['the embedded queue', 'BullMQ on Redis'] : ['the embedded queue'];

describe.each(QUEUES)('a broadcast guide on the web, by %s', (queue) => {
  let site: GuideSite;
  let redis: RedisServer | null = null;
  let service: TestService;
  beforeAll(async () => {
    site = await GuideSite.start(gzipSync(GUIDE));
    redis = queue === 'BullMQ on Redis' ? await RedisServer.start() : null;
    service = await TestService.start({
      KINOSCOPE_GUIDE: `uk=${site.link}`,
      KINOSCOPE_ALLOW_HOSTS: '127.0.0.1',
      ...(redis && { REDIS_URL: redis.url }),
    });
  }, 60_000);
  afterAll(async () => {
    await service.stop();
    await redis?.stop();
    site.close();
  });

  const refresh = async (): Promise<JobView> => {
    const { id } = (await (await service.fetch('/v1/guide/refresh', { method: 'POST' })).json()) as JobView;
    return (await service.follow(id)).at(-1)!;
  };

  it('is fetched by itself, and again when somebody asks', async () => {
    let told = await service.get<Sources>('/v1/guide');
    for (let tries = 0; told.sources[0]!.refreshedAt === null && tries < 200; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      told = await service.get<Sources>('/v1/guide');
    }
    expect(told.sources).toMatchObject([{ name: 'uk', kind: 'link', programmes: 4, error: null }]);
    const before = site.requests;
    expect(await refresh()).toMatchObject({ state: 'done' });
    expect(site.requests).toBe(before + 1);
  }, 60_000);

  it('keeps its last good programmes when it fails, and says why', async () => {
    for (const body of [null, Buffer.from('<html>Please log in</html>')]) {
      site.serve(body);
      expect(await refresh()).toMatchObject({
        state: 'failed',
        error: { message: expect.stringMatching(/^Broadcast guides were not read: uk: /) },
      });
      const { sources } = await service.get<Sources>('/v1/guide');
      expect(sources).toMatchObject([{ programmes: 4, error: { code: body ? 'unreadable' : 'not-found' } }]);
    }
    const { checks } = await service.get<{ checks: { name: string; ok: boolean }[] }>('/v1/doctor');
    expect(checks.find(({ name }) => name === 'Broadcast guide uk')).toMatchObject({ ok: false });
    site.serve(gzipSync(GUIDE));
    expect(await refresh()).toMatchObject({ state: 'done' });
  }, 60_000);
});

it('is never fetched from where links must not lead', async () => {
  const site = await GuideSite.start(gzipSync(GUIDE));
  const service = await TestService.start({ KINOSCOPE_GUIDE: site.link });
  try {
    const { id } = (await (await service.fetch('/v1/guide/refresh', { method: 'POST' })).json()) as JobView;
    expect((await service.follow(id)).at(-1)).toMatchObject({ state: 'failed' });
    const { sources } = await service.get<Sources>('/v1/guide');
    expect(sources).toMatchObject([{ name: '127.0.0.1', refreshedAt: null, error: { code: 'not-allowed' } }]);
    expect(site.requests).toBe(0);
  } finally {
    await service.stop();
    site.close();
  }
}, 60_000);

describe('when people and titles are on air', () => {
  let folder: string;
  let service: TestService;
  let title: string;
  let ada: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kinoscope-guide-e2e-'));
    await writeFile(join(folder, 'guide.xml'), GUIDE);
    service = await TestService.start({
      KINOSCOPE_ALLOW_HOSTS: '127.0.0.1',
      KINOSCOPE_GUIDE: join(folder, 'guide.xml'),
    });
    const made = await service.post('/v1/titles', { link: 'http://127.0.0.1:9/film.mp4', name: 'The film' });
    title = ((await made.json()) as { title: { id: string } }).title.id;
    await service.fetch(`/v1/titles/${title}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ year: 2010 }),
    });
    ada = ((await (await service.post('/v1/people', { name: 'Ada Abel' })).json()) as { id: string }).id;
  }, 60_000);
  afterAll(async () => {
    await service.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is told of a title: of its name and year, and of no other of the name', async () => {
    const { last, next } = await service.get<Around>(`/v1/titles/${title}/broadcasts?at=2026-04-02T12:00:00Z`);
    expect([last, next?.start]).toEqual([null, '2026-04-03T20:00:00.000Z']);
    const later = await service.get<Around>(`/v1/titles/${title}/broadcasts?at=2026-04-05T12:00:00Z`);
    expect(later).toMatchObject({
      last: { title: 'The Film', channel: 'One', start: '2026-04-03T20:00:00.000Z' },
      next: null,
    });
  });

  it('is told of somebody whom the credits name', async () => {
    const around = await service.get<Around>(`/v1/people/${ada}/broadcasts?at=2026-04-02T14:00:00%2B02:00`);
    expect([around.last?.title, around.next?.title]).toEqual(['The Film', 'Talk']);
  });

  it('is refused for what is not known, and is nothing without a guide', async () => {
    for (const path of ['/v1/people/nobody/broadcasts', '/v1/titles/000000000000000000000000/broadcasts'])
      expect((await service.fetch(path)).status).toBe(404);
    expect((await service.fetch(`/v1/titles/${title}/broadcasts?at=noon`)).status).toBe(400);
    const without = await TestService.start();
    try {
      const { id } = (await (await without.post('/v1/people', { name: 'Ada Abel' })).json()) as { id: string };
      expect(await without.get(`/v1/people/${id}/broadcasts`)).toEqual({ last: null, next: null });
      expect(await without.get('/v1/guide')).toEqual({ sources: [] });
      expect((await without.fetch('/v1/guide/refresh', { method: 'POST' })).status).toBe(400);
    } finally {
      await without.stop();
    }
  }, 60_000);

  it("names the title's cast in its cast list", async () => {
    const { cast } = await service.get<{ cast: unknown[] }>(`/v1/titles/${title}/cast-list`);
    expect(cast).toEqual([{ name: 'Bo Berg', role: null, by: 'guide', confidence: 1, personId: null }]);
  });
});

describe('on the command line', () => {
  let folder: string;
  let line: CommandLine;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kinoscope-guide-cli-'));
    await writeFile(join(folder, 'good.xml'), GUIDE);
    line = new CommandLine({ KINOSCOPE_GUIDE: `home=${join(folder, 'good.xml')},gone=${join(folder, 'gone.xml')}` });
  });
  afterAll(async () => {
    line.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it('guides are read, shown, and what is wrong with one is said', async () => {
    const { status, stderr } = await line.run('guide', 'refresh');
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^kinoscope: Broadcast guides were not read: gone: .*gone\.xml\n$/),
    ]);
    const { sources } = await line.json<Sources>('guide');
    expect(sources).toMatchObject([
      { name: 'home', programmes: 4, error: null },
      { name: 'gone', programmes: 0, error: { code: 'not-found' } },
    ]);
    const doctor = await line.run('doctor');
    expect(doctor.stdout).toMatch(/^broadcast guide home: 4 programmes of 1 channels, .*$/m);
    expect(doctor.stdout).toMatch(/^broadcast guide gone: never read; THE LAST TIME IT COULD NOT BE READ: .*$/m);
  }, 120_000);

  it('somebody who is not known is told so', async () => {
    expect(await line.run('guide', 'person', 'nobody')).toMatchObject({ status: 4 });
  }, 60_000);
});
