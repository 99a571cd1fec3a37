import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiKeys } from '../../src/access/keys.js';
import { shortFilm } from '../films/film.js';
import { TestService, type JobView } from './service.js';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
}

/** Takes what is sent by OTLP over HTTP as JSON. */
class Collector {
  readonly spans: Span[] = [];
  private readonly server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(parts).toString()) as {
        resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
      };
      if (request.url === '/v1/traces')
        this.spans.push(...body.resourceSpans.flatMap((one) => one.scopeSpans.flatMap(({ spans }) => spans)));
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

let collector: Collector;
let service: TestService;
let job: JobView;

/** The value of a series in Prometheus' text format. */
function value(text: string, series: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return Number(line?.split(' ').at(-1));
}

beforeAll(async () => {
  const film = await shortFilm();
  collector = new Collector();
  service = await TestService.start({
    KINOSCOPE_MEDIA_ROOTS: film.slice(0, film.lastIndexOf('/')),
    OTEL_EXPORTER_OTLP_ENDPOINT: await collector.start(),
  });
  const { title } = (await (await service.post('/v1/titles', { path: film })).json()) as { title: { id: string } };
  const started = await service.post(
    `/v1/titles/${title.id}/analyses`,
    { kinds: ['genre'] },
    { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
  );
  ({ job } = (await started.json()) as { job: JobView });
  expect((await service.follow(job.id)).at(-1)?.state).toBe('done');
  await service.fetch('/v1/titles/none');
}, 120_000);

afterAll(() => collector.stop());

describe('an operator', () => {
  it('sees that the process lives and that work can be done', async () => {
    expect(await service.get('/healthz')).toEqual({ status: 'ok' });
    expect(await service.get('/readyz')).toEqual({
      status: 'ok',
      checks: { database: 'ok', queue: 'ok', models: 'ok' },
    });
  });

  it("reads the queue, the stages' times, frames, inferences and failures as Prometheus does", async () => {
    const response = await service.fetch('/metrics');
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    const text = await response.text();
    expect(value(text, 'kinoscope_jobs{queue="analyze",state="done"}')).toBe(1);
    expect(value(text, 'kinoscope_jobs{queue="analyze",state="queued"}')).toBe(0);
    expect(value(text, 'kinoscope_job_seconds_count{job="analyze",outcome="done"}')).toBe(1);
    expect(value(text, 'kinoscope_job_stage_seconds_count{job="analyze",stage="watching"}')).toBe(1);
    expect(value(text, 'kinoscope_frames_total')).toBeGreaterThan(10);
    expect(
      value(text, 'kinoscope_inferences_total{network="inception-v3.int8"}') ||
        value(text, 'kinoscope_inferences_total{network="inception-v3"}'),
    ).toBeGreaterThan(5);
    expect(value(text, 'kinoscope_errors_total{where="request",code="not-found"}')).toBe(1);
    expect(value(text, 'kinoscope_http_request_seconds_count{method="GET",route="/v1/titles/:id",status="404"}')).toBe(
      1,
    );
  });

  it('gets the metrics of a service with keys with a key for that alone', async () => {
    const locked = await TestService.start({ KINOSCOPE_REQUIRE_KEYS: 'true' }, 'api');
    try {
      const status = async (scopes: ('read' | 'operate')[]) => {
        const { text } = await locked.part(ApiKeys).create({ name: 'prometheus', scopes });
        return (await locked.fetch('/metrics', { headers: { authorization: `Bearer ${text}` } })).status;
      };
      expect([await status(['operate']), await status(['read'])]).toEqual([200, 403]);
      expect((await locked.fetch('/metrics')).status).toBe(401);
      expect((await locked.fetch('/readyz')).status).toBe(200);
    } finally {
      await locked.stop();
    }
  });

  it('is told when the networks are missing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kinoscope-models-'));
    const bare = await TestService.start({ KINOSCOPE_MODELS: folder }, 'api');
    try {
      await copyFile(new URL('../../models/manifest.json', import.meta.url), join(folder, 'manifest.json'));
      const response = await bare.fetch('/readyz');
      expect([response.status, await response.json()]).toEqual([
        503,
        { status: 'failing', checks: { database: 'ok', queue: 'ok', models: 'failing' } },
      ]);
    } finally {
      await bare.stop();
      await rm(folder, { recursive: true });
    }
  });

  it('finds every request, job and stage as a span at the collector', async () => {
    await service.stop();
    const named = (name: string) => collector.spans.filter((span) => span.name === name);
    const [start] = named('POST /v1/titles/:id/analyses');
    expect(start).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c', parentSpanId: 'b7ad6b7169203331' });
    const [analyze] = named('job analyze');
    expect(analyze).toMatchObject({ traceId: start!.traceId, parentSpanId: start!.spanId });
    expect(named('watching')).toEqual([
      expect.objectContaining({ traceId: analyze!.traceId, parentSpanId: analyze!.spanId }),
    ]);
    expect(named('GET /v1/titles/:id')).toHaveLength(1);
  });
});
