import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Documents } from '../../src/titles/collections.js';
import { ANALYSES, analysisId } from '../../src/titles/documents.js';
import { SHORT_FILM, shortFilm } from '../films/film.js';
import { CommandLine } from './command.js';
import { TestService } from './service.js';

/** A title with stored answers of which the tests say how sure they are, over REST and on the command line. */

let service: TestService;
let title: { readonly id: string };
let contentHash: string;
const { duration } = SHORT_FILM;
const start = duration - 5;
const command = (): CommandLine => new CommandLine({ KINOSCOPE_HOME: service.home });

beforeAll(async () => {
  const film = await shortFilm();
  service = await TestService.start({ KINOSCOPE_MEDIA_ROOTS: dirname(film) }, 'api');
  ({ title } = (await (await service.post('/v1/titles', { path: film })).json()) as { title: { id: string } });
  contentHash = (await service.part(Documents).titles.get(title.id))!.contentHash!;
}, 60_000);
afterAll(() => service.stop());

async function store(confidence: number): Promise<void> {
  const result = {
    creditsStart: start,
    nextEpisodeAt: null,
    frame: 1,
    timecode: '00:00:01.000',
    smpte: null,
    confidence,
    reason: 'stored by a test',
    models: [],
    segments: [{ kind: 'roll', start, end: duration, confidence, evidence: 'text' }],
  };
  const document = {
    id: analysisId(contentHash, 'credits'),
    contentHash,
    kind: 'credits',
    detectorVersion: 'test',
    truncated: false,
    result,
    finishedAt: new Date().toISOString(),
  };
  await service.part(Documents).store.commit([{ kind: 'upsert', collection: ANALYSES.name, document }]);
}

const exported = async (query: string): Promise<string> =>
  (await service.fetch(`/v1/titles/${title.id}/export?${query}`)).text();
const skip = `${start.toFixed(3)}\t${duration.toFixed(3)}\t3\n`;

it('credits that are sure reach players', async () => {
  await store(0.9);
  expect(await exported('format=edl')).toBe(skip);
  expect(await service.get(`/v1/titles/${title.id}/credits`)).toMatchObject({ creditsStart: start, sure: true });
});

it('credits that are not sure reach none, but who lowers the certainty knowingly', async () => {
  await store(0.3);
  expect(await exported('format=edl')).toMatch(
    /^## credits may start at .* not sure \(30 %, at least 50 % needed\)\n$/,
  );
  expect(JSON.parse(await exported('format=jellyfin'))).toMatchObject({ Items: [] });
  expect(await exported('format=edl&minConfidence=0.2')).toBe(skip);
  expect(await service.get(`/v1/titles/${title.id}/credits`)).toMatchObject({ creditsStart: start, sure: false });
  expect((await service.fetch(`/v1/titles/${title.id}/export?format=edl&minConfidence=2`)).status).toBe(400);
}, 30_000);

it('on the command line the same, with the reason beside the export', async () => {
  await store(0.3);
  const asked = await command().run('export', title.id, '--format', 'jellyfin');
  expect(asked.stderr).toMatch(/^kinoscope: credits may start at .*not sure.*--min-confidence.*\n$/);
  expect([asked.status, JSON.parse(asked.stdout)]).toMatchObject([0, { Items: [] }]);
  expect(await command().run('export', title.id, '--format', 'edl', '--min-confidence', '0.2')).toEqual({
    status: 0,
    stdout: skip,
    stderr: '',
  });
  expect(await command().run('export', title.id, '--format', 'edl', '--min-confidence', 'half')).toMatchObject({
    status: 2,
  });
}, 60_000);
