import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { inContext } from '../../src/core/context.js';
import { billedWrites } from '../../src/titles/billed.js';
import { Documents } from '../../src/titles/collections.js';
import { ANALYSES, analysisId } from '../../src/titles/documents.js';
import { SHORT_FILM, shortFilm } from '../films/film.js';
import { CommandLine } from './command.js';
import { TestService } from './service.js';

/** Who the credits name: over REST, on the command line, in exports, and searched for in the library. */

const text = (name: string, start: number, confidence = 0.9) => ({ text: name, confidence, start, end: start + 2 });
const result = {
  cast: [
    { character: 'Zoë <the cook>', actor: 'Anna O’Keller', confidence: 0.9, start: 2, end: 4 },
    { character: null, actor: 'Tom Hall', confidence: 0.7, start: 3, end: 4 },
    { character: 'Guard', actor: 'lda 8ell', confidence: 0.2, start: 3, end: 4 },
  ],
  crew: [
    { role: 'Directed by', department: null, names: [text('Jörn McDonald', 1)] },
    { role: 'Gaffer', department: 'Electric', names: [text('Grace Wu', 5), text('=SUM(A1)', 6)] },
  ],
  companies: [],
  songs: [],
  lines: [{ start: 1, end: 3, parts: [text('Directed by', 1), text('Jörn McDonald', 1)] }],
  reason: '',
  models: ['ppocr-det@0'],
};

let service: TestService;
let title: { readonly id: string };

async function store(contentHash: string): Promise<void> {
  const document = {
    id: analysisId(contentHash, 'billing'),
    contentHash,
    kind: 'billing',
    detectorVersion: 'test',
    truncated: false,
    result,
    finishedAt: new Date().toISOString(),
  };
  await service
    .part(Documents)
    .store.commit([{ kind: 'upsert', collection: ANALYSES.name, document }, ...billedWrites(contentHash, result)]);
}

beforeAll(async () => {
  const film = await shortFilm();
  service = await TestService.start({ KINOSCOPE_MEDIA_ROOTS: dirname(film) }, 'api');
  ({ title } = (await (await service.post('/v1/titles', { path: film })).json()) as { title: { id: string } });
  await store((await service.part(Documents).titles.get(title.id))!.contentHash!);
}, 120_000);
afterAll(() => service.stop());

const found = async (query: string) =>
  (await service.get(`/v1/credits?${query}`)) as { items: { name: string }[]; nextCursor: string | null };
const names = async (query: string): Promise<string[]> => (await found(query)).items.map(({ name }) => name).sort();

it('is answered with the second of each name', async () => {
  expect(await service.get(`/v1/titles/${title.id}/credits/text`)).toMatchObject({
    cast: [{ actor: 'Anna O’Keller', character: 'Zoë <the cook>', start: 2, sure: true }, { sure: false }, {}],
    crew: [{ role: 'Directed by' }, { role: 'Gaffer', names: [{ text: 'Grace Wu', start: 5, sure: true }, {}] }],
  });
  const other = await service.fetch('/v1/titles/ffffffffffffffffffffffff/credits/text');
  expect(other.status).toBe(404);
});

it('is found by the beginnings of words, without case and accents, and says which names are sure', async () => {
  expect(await names('name=jorn')).toEqual(['Jörn McDonald']);
  expect(await names('name=hall%20tom')).toEqual(['Tom Hall']);
  expect(await names('role=gaf')).toEqual(['=SUM(A1)', 'Grace Wu']);
  expect(await names('name=grace&role=gaffer')).toEqual(['Grace Wu']);
  expect(await names('role=electric&kind=cast')).toEqual([]);
  expect(await names('name=lda')).toEqual([]);
  expect(await names('name=lda&minConfidence=0')).toEqual(['lda 8ell']);
  expect(await names('name=...')).toEqual([]);
  expect((await found('name=tom')).items).toMatchObject([{ name: 'Tom Hall', sure: false }]);
  const { items } = await found('name=keller');
  expect(items).toEqual([
    expect.objectContaining({ titleId: title.id, role: 'Zoë <the cook>', start: 2, kind: 'cast', sure: true }),
  ]);
  expect((await service.fetch('/v1/credits?nam=x')).status).toBe(400);
});

it('is paged as other lists are', async () => {
  const first = await found('limit=2');
  const second = await found(`limit=2&cursor=${encodeURIComponent(first.nextCursor!)}`);
  const third = await found(`limit=2&cursor=${encodeURIComponent(second.nextCursor!)}`);
  const all = [first, second, third].flatMap(({ items }) => items.map(({ name }) => name));
  expect(new Set(all).size).toBe(5);
  expect(third.nextCursor).toBeNull();
});

it('of another tenant is nobody else’s', async () => {
  const { store: documents } = service.part(Documents);
  const secret = { cast: [{ ...result.cast[0]!, actor: 'SECRET STAR' }], crew: [] };
  await inContext({ tenant: 'other', actor: 'test' }, () => documents.commit(billedWrites('b'.repeat(64), secret)));
  expect(await names('name=secret')).toEqual([]);
  expect(await names('name=secret&minConfidence=0')).toEqual([]);
});

it('goes to players’ libraries and spreadsheets, sure names only', async () => {
  const exported = async (format: string): Promise<string> =>
    (await service.fetch(`/v1/titles/${title.id}/export?format=${format}`)).text();
  const nfo = await exported('nfo');
  expect(nfo).toContain('<actor>\n    <name>Anna O’Keller</name>\n    <role>Zoë &lt;the cook&gt;</role>');
  expect(nfo).toContain('<director>Jörn McDonald</director>');
  expect(nfo).not.toContain('8ell');
  expect(nfo).not.toContain('Tom Hall');
  const all = await (await service.fetch(`/v1/titles/${title.id}/export?format=nfo&minConfidence=0.6`)).text();
  expect(all).toContain('Tom Hall');
  const rows = (await exported('csv')).split('\r\n');
  expect(rows).toContain('crew,Grace Wu,Gaffer,Electric,0.900,5.000,7.000');
  expect(rows).toContain("crew,'=SUM(A1),Gaffer,Electric,0.900,6.000,8.000");
  const asked = await new CommandLine({ KINOSCOPE_HOME: service.home }).run('export', title.id, '--format', 'nfo');
  expect([asked.status, asked.stdout.trim()]).toEqual([0, nfo.trim()]);
}, 60_000);

it('goes with its title', async () => {
  await service.fetch(`/v1/titles/${title.id}`, { method: 'DELETE' });
  expect(await names('minConfidence=0')).toEqual([]);
  expect(SHORT_FILM.duration).toBeGreaterThan(0);
});
