import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Audit } from '../../src/access/audit.js';
import { ApiKeys } from '../../src/access/keys.js';
import { Documents } from '../../src/titles/collections.js';
import { ANALYSES, analysisId } from '../../src/titles/documents.js';
import { steady, writeClip } from '../clips/bar-code.js';
import { SHORT_FILM, shortFilm } from '../films/film.js';
import { CommandLine } from './command.js';
import { type JobView, TestService } from './service.js';

/** What people say of a film's credits and genre, from the analysis on to everything that is answered and exported. */

interface Credits {
  readonly creditsStart: number | null;
  readonly nextEpisodeAt: number | null;
  readonly confidence: number;
  readonly sure: boolean;
  readonly reason: string;
  readonly segments: readonly { readonly kind: string; readonly start: number; readonly end: number }[];
  readonly corrected: boolean;
  readonly correction?: { readonly by: string; readonly locked: boolean };
  readonly machine?: Credits;
  readonly detectorVersion?: string;
}
interface Genre {
  readonly top3: readonly { readonly genre: string; readonly probability: number }[];
  readonly genres: Readonly<Record<string, number>>;
  readonly sure: boolean;
  readonly corrected: boolean;
  readonly machine?: Genre;
}
interface Correction {
  readonly kind: string;
  readonly titleId: string | null;
  readonly said: Readonly<Record<string, unknown>>;
  readonly machine: Readonly<Record<string, unknown>> | null;
}

let service: TestService;
let title = '';
let machine: Credits;
let machineGenre: Genre;
const at = (path = ''): string => `/v1/titles/${title}${path}`;
const credits = (): Promise<Credits> => service.get(at('/credits'));
const genre = (): Promise<Genre> => service.get(at('/genre'));
const exported = async (format: string): Promise<string> =>
  (await service.fetch(at(`/export?format=${format}`))).text();
const put = (kind: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  service.fetch(at(`/corrections/${kind}`), {
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const undo = async (kind: string): Promise<number> =>
  (await service.fetch(at(`/corrections/${kind}`), { method: 'DELETE' })).status;
const listed = async (query = ''): Promise<Correction[]> =>
  (await service.get<{ items: Correction[] }>(`/v1/corrections${query}`)).items;

async function analyse(force: boolean): Promise<void> {
  const asked = await service.post(at('/analyses'), { kinds: ['genre', 'credits'], force });
  const { job } = (await asked.json()) as { job: JobView };
  expect((await service.follow(job.id)).at(-1)).toMatchObject({ state: 'done' });
}

beforeAll(async () => {
  const film = await shortFilm();
  service = await TestService.start({ KINOSCOPE_MEDIA_ROOTS: dirname(film) });
  ({
    title: { id: title },
  } = (await (await service.post('/v1/titles', { path: film })).json()) as { title: { id: string } });
  expect((await put('credits', { creditsStart: 3 })).status).toBe(404);
  await analyse(false);
  [machine, machineGenre] = [await credits(), await genre()];
}, 240_000);
afterAll(() => service.stop());

describe('credits that a person has moved', () => {
  const start = 12.25;

  it('are answered as certain, with what the machine says beside them', async () => {
    expect(machine).toMatchObject({ corrected: false, sure: true });
    expect(machine.creditsStart).toBeCloseTo(SHORT_FILM.creditsStart, 0);
    const made = await put('credits', { creditsStart: start });
    expect([made.status, await made.json()]).toMatchObject([
      200,
      {
        kind: 'credits',
        titleId: title,
        locked: false,
        said: { creditsStart: start },
        machine: { creditsStart: machine.creditsStart, detectorVersion: machine.detectorVersion },
      },
    ]);
    const { corrected: _corrected, detectorVersion: _version, ...before } = machine;
    const now = await credits();
    expect(now).toMatchObject({
      creditsStart: start,
      confidence: 1,
      sure: true,
      corrected: true,
      correction: { by: 'open', locked: false },
      machine: { creditsStart: before.creditsStart, segments: before.segments, confidence: before.confidence },
    });
    // what follows the start is as the machine saw it
    expect(now.segments).toHaveLength(machine.segments.length);
    expect(now.segments[0]).toMatchObject({ kind: machine.segments[0]!.kind, start, end: machine.segments[0]!.end });
  });

  it('reach players in every format', async () => {
    const [edl, chapters, vtt] = await Promise.all(['edl', 'chapters', 'vtt'].map(exported));
    expect(edl).toMatch(/^12\.250\t/);
    expect(chapters).toContain('START=12250\n');
    expect(vtt).toContain('00:00:12.250 --> ');
    expect(JSON.parse(await exported('jellyfin'))).toMatchObject({ Items: [{ StartTicks: 122_500_000 }] });
    expect(JSON.parse(await exported('rekognition-segments'))).toMatchObject({
      Segments: [{ StartTimestampMillis: 12_250, TechnicalCueSegment: { Confidence: 100 } }],
      SelectedSegmentTypes: [{ ModelVersion: 'set by hand' }],
    });
  });

  it('tell when the next episode may be offered: after a scene that was added, or not at all', async () => {
    const end = (await service.get<{ duration: number }>(at())).duration;
    const said = {
      segments: [
        { kind: 'roll', start, end: 20 },
        { kind: 'scene-after', start: 20, end: 24 },
        { kind: 'roll', start: 24, end },
      ],
    };
    expect((await put('credits', said)).status).toBe(200);
    expect(await credits()).toMatchObject({
      creditsStart: start,
      nextEpisodeAt: null,
      reason: 'a scene follows after the credits at 00:00:20.000',
    });
    expect(await exported('edl')).toBe(`12.250\t20.000\t3\n24.000\t${end.toFixed(3)}\t3\n`);
    expect((await put('credits', { creditsStart: null })).status).toBe(200);
    expect(await credits()).toMatchObject({
      creditsStart: null,
      nextEpisodeAt: null,
      segments: [],
      reason: 'none: a person said so',
      machine: { creditsStart: machine.creditsStart },
    });
    expect(await exported('edl')).toBe('');
    expect((await put('credits', { creditsStart: start })).status).toBe(200);
  });

  it('are refused where they cannot be, and change nothing then', async () => {
    const before = await credits();
    for (const body of [
      {},
      { creditsStart: -1 },
      { creditsStart: 1e6 },
      { start },
      { creditsStart: start, segments: [] },
      { segments: [{ kind: 'scene-after', start: 3, end: 5 }] },
      { segments: [{ kind: 'roll', start: 3, end: 1e6 }] },
      { segments: [{ kind: 'roll', start: 5, end: 3 }] },
      { segments: [{ kind: 'story', start: 3, end: 5 }] },
      {
        segments: [
          { kind: 'roll', start: 3, end: 9 },
          { kind: 'logo', start: 8, end: 12 },
        ],
      },
      { creditsStart: 4, segments: [{ kind: 'roll', start: 3, end: 9 }] },
    ])
      expect({ body, status: (await put('credits', body)).status }).toEqual({ body, status: 400 });
    expect((await put('genre', { genres: ['Cookery'] })).status).toBe(400);
    expect((await put('genre', { genres: [] })).status).toBe(400);
    expect((await put('cast', { creditsStart: 3 })).status).toBe(404);
    expect(await credits()).toEqual(before);
  });

  it('stay as they are while they are locked', async () => {
    expect((await put('credits', { locked: true })).status).toBe(200);
    expect(await credits()).toMatchObject({ creditsStart: start, correction: { locked: true } });
    expect((await put('credits', { creditsStart: 3 })).status).toBe(409);
    expect(await undo('credits')).toBe(409);
    // the same again is no change
    expect((await put('credits', { creditsStart: start, locked: true })).status).toBe(200);
    expect(await credits()).toMatchObject({ creditsStart: start });
    expect((await put('credits', { locked: false })).status).toBe(200);
  });
});

describe('genres that a person has set', () => {
  it('are answered as certain, found in the library, and no others', async () => {
    const first = machineGenre.top3[0]!.genre;
    const found = async (name: string): Promise<number> =>
      (await service.get<{ items: unknown[] }>(`/v1/titles?genre=${name}`)).items.length;
    expect([await found(first), await found('Western')]).toEqual([1, 0]);
    expect((await service.fetch('/v1/titles?genre=Westen')).status).toBe(400);
    expect((await put('genre', { genres: ['Western', 'War', 'News', 'Sport'] })).status).toBe(200);
    const now = await genre();
    expect(now).toMatchObject({ sure: true, corrected: true, machine: { top3: machineGenre.top3 } });
    expect(now.top3).toEqual(['Western', 'War', 'News'].map((name) => ({ genre: name, probability: 1 })));
    expect(
      Object.keys(now.genres)
        .filter((name) => now.genres[name] === 1)
        .sort(),
    ).toEqual(['News', 'Sport', 'War', 'Western']);
    expect([await found(first), await found('Western'), await found('Sport')]).toEqual([0, 1, 1]);
    const { analyses } = await service.get<{ analyses: { kind: string; result: Genre }[] }>(at('/analyses'));
    expect(analyses.find(({ kind }) => kind === 'genre')!.result.top3[0]).toMatchObject({ genre: 'Western' });
  });
});

describe('corrections', () => {
  it('survive a new analysis, which is then what the machine says', async () => {
    const before = [await credits(), await genre()];
    const documents = service.part(Documents);
    const { contentHash } = (await documents.titles.get(title))!;
    await documents.analyses.patch(`${contentHash}:credits`, { $set: { 'result.creditsStart': 1 } });
    expect(await credits()).toMatchObject({ creditsStart: 12.25, machine: { creditsStart: expect.closeTo(1, 1) } });
    await analyse(true);
    expect([await credits(), await genre()]).toEqual(before);
  }, 240_000);

  it('can be had as training data, a page at a time, with what the machine had said', async () => {
    const all = await listed();
    expect(all.map(({ kind, titleId }) => [kind, titleId])).toEqual([
      ['credits', title],
      ['genre', title],
    ]);
    expect(all[1]).toMatchObject({
      said: { genres: ['Western', 'War', 'News', 'Sport'] },
      machine: { genres: machineGenre.genres },
    });
    expect(await listed(`?kind=genre&titleId=${title}`)).toEqual([all[1]]);
    expect(await listed('?kind=people')).toEqual([]);
    const person = async (name: string): Promise<string> =>
      ((await (await service.post('/v1/people', { name })).json()) as { id: string }).id;
    const [ada, grace] = [await person('Ada'), await person('Grace')];
    await service.post('/v1/constraints', { kind: 'cannotLink', person: ada, other: grace });
    const paged: Correction[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { items: Correction[]; nextCursor: string | null } = await service.get(
        `/v1/corrections?limit=1${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      expect(page.items.length).toBeLessThanOrEqual(1);
      paged.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(paged.map(({ kind }) => kind)).toEqual(['credits', 'genre', 'people']);
    expect(paged[2]).toMatchObject({
      titleId: null,
      said: { kind: 'cannotLink', person: ada, other: grace, tracks: [] },
      machine: { version: expect.stringMatching(/^naming/), similarity: null },
    });
    expect((await service.fetch('/v1/corrections?cursor=x')).status).toBe(400);
    expect((await service.fetch('/v1/corrections?titleId=none')).status).toBe(404);
  });

  it('are made, listed and undone on the command line, too', async () => {
    const command = new CommandLine(service.environment);
    const said = await command.run('corrections', 'credits', title, '--start', '0:13', '--json');
    expect([said.status, JSON.parse(said.stdout)]).toMatchObject([0, { said: { creditsStart: 13 }, by: 'cli' }]);
    expect((await command.run('credits', title)).stdout).toMatch(
      /from 00:00:13\.000 .*\n {2}set by hand; machine: from/,
    );
    expect((await command.run('genre', title)).stdout).toMatch(/^Genre: .*Western \(set by hand\)\n {2}machine: /);
    const list = await command.run('corrections', 'list', '--kind', 'credits');
    expect(list.stdout).toMatch(new RegExp(`^${title} {2}credits {2}from 00:00:13 .*by cli\\n$`));
    expect((await command.run('corrections', 'credits', title)).status).toBe(2);
    expect((await command.run('corrections', 'delete', title, 'credits')).status).toBe(0);
    expect(await credits()).toEqual({ ...machine, detectorVersion: expect.any(String) });
  }, 120_000);

  it('are undone by deleting them, and written down in the audit trail', async () => {
    expect(await undo('genre')).toBe(204);
    expect(await undo('genre')).toBe(404);
    // the command line's rules are those of the build
    expect(await genre()).toEqual({ ...machineGenre, detectorVersion: expect.any(String) });
    expect(await listed(`?titleId=${title}`)).toEqual([]);
    const lines = (await service.part(Audit).list()).map(({ action, actor, subject }) => [
      action,
      actor,
      subject['kind'],
    ]);
    expect(lines).toEqual(
      expect.arrayContaining([
        ['correction.set', 'open', 'credits'],
        ['correction.set', 'open', 'genre'],
        ['correction.deleted', 'cli', 'credits'],
        ['correction.deleted', 'open', 'genre'],
      ]),
    );
  });

  it("are the tenant's own, need the scope to write, and go with the title", async () => {
    await put('credits', { creditsStart: 12 });
    const keys = service.part(ApiKeys);
    const keyOf = async (tenant: string, scopes: ('read' | 'write' | 'people')[]): Promise<Record<string, string>> => ({
      authorization: `Bearer ${(await keys.create({ name: tenant, tenant, scopes })).text}`,
    });
    const reader = await keyOf('default', ['read']);
    const other = await keyOf('other', ['read', 'write', 'people']);
    const owner = await keyOf('default', ['read', 'write', 'people']);
    expect((await put('credits', { creditsStart: 3 }, reader)).status).toBe(403);
    expect((await service.fetch('/v1/corrections', { headers: reader })).status).toBe(403);
    expect((await put('credits', { creditsStart: 3 }, other)).status).toBe(404);
    expect(await (await service.fetch('/v1/corrections', { headers: other })).json()).toMatchObject({ items: [] });
    expect((await service.fetch(at(), { method: 'DELETE', headers: owner })).status).toBe(204);
    expect(
      (await (await service.fetch('/v1/corrections', { headers: owner })).json()) as { items: Correction[] },
    ).toMatchObject({ items: [{ kind: 'people' }] });
    expect((await service.part(Documents).corrections.find()).items).toEqual([]);
  });
});

it('the start of a film of a variable rate is told by the frame that shows there, which is counted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kinoscope-variable-'));
  try {
    const times = [...steady(40, 10), ...steady(60, 30, 4)];
    const { file } = await writeClip(join(folder, 'variable.mp4'), times);
    const form = new FormData();
    form.append('file', new File([await readFile(file)], 'variable.mp4'));
    const made = (await (await service.fetch('/v1/titles', { method: 'POST', body: form })).json()) as {
      title: { id: string; contentHash: string };
    };
    const { id, contentHash } = made.title;
    const { store, titles } = service.part(Documents);
    expect((await titles.get(id))?.media?.variableRate).toBe(true);
    const common = { contentHash, detectorVersion: 'test', truncated: false, finishedAt: new Date().toISOString() };
    const none = { creditsStart: null, nextEpisodeAt: null, frame: null, timecode: null, smpte: null };
    const result = { ...none, confidence: 0.9, reason: 'none', models: [], segments: [] };
    const document = { id: analysisId(contentHash, 'credits'), kind: 'credits', result, ...common };
    await store.commit([{ kind: 'upsert', collection: ANALYSES.name, document }]);
    const path = `/v1/titles/${id}/corrections/credits`;
    for (const frame of [25, 70]) {
      const body = JSON.stringify({ creditsStart: times[frame] });
      const headers = { 'content-type': 'application/json' };
      expect((await service.fetch(path, { method: 'PUT', headers, body })).status).toBe(200);
      expect(await service.get(`/v1/titles/${id}/credits`)).toMatchObject({ frame });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 30_000);
