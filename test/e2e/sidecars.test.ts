import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { WebVTTParser } from 'webvtt-parser';
import { Sidecars } from '../../src/exports/sidecars.service.js';
import { Documents } from '../../src/titles/collections.js';
import { ANALYSES, analysisId, type AnalysisKind } from '../../src/titles/documents.js';
import { SHORT_FILM, shortFilm } from '../films/film.js';
import { CommandLine } from './command.js';
import { TestService } from './service.js';

/** Files beside films, as players read them: of stored answers, in a service that watches a folder. */

const { duration } = SHORT_FILM;
const start = duration - 5;
const run = promisify(execFile);
const library = mkdtempSync(join(tmpdir(), 'kinoscope-sidecars-'));
const show = join(library, 'Show', 'Season 1');
const base = join(show, 'Show S01E01');
const film = `${base}.mp4`;
const ALL = ['edl', 'chapters', 'nfo', 'vtt'] as const;
const hasMkvtoolnix = spawnSync('mkvpropedit', ['--version']).status === 0;

interface TitleView {
  readonly id: string;
  readonly contentHash: string;
  readonly players: boolean | null;
}

let service: TestService;
let title: TitleView;

beforeAll(async () => {
  mkdirSync(show, { recursive: true });
  copyFileSync(await shortFilm(), film);
  service = await TestService.start({
    KINOSCOPE_WATCH: library,
    KINOSCOPE_WATCH_SETTLE: '0.1',
    KINOSCOPE_SIDECARS: 'edl,nfo',
    // what is to be written is stored by the tests
    KINOSCOPE_QUEUES: 'sidecar',
  });
  title = await titleOf(film);
}, 60_000);
afterAll(async () => {
  await service.stop();
  rmSync(library, { recursive: true, force: true });
});

async function titleOf(path: string): Promise<TitleView> {
  for (let looks = 0; looks < 300; looks++) {
    const { items } = await service.get<{ items: TitleView[] }>(`/v1/titles?path=${encodeURIComponent(path)}`);
    if (items[0]) return items[0];
    await sleep(100);
  }
  throw new Error(`${path} did not become a title`);
}

async function store(kind: AnalysisKind, result: object, { contentHash } = title): Promise<void> {
  const at = new Date().toISOString();
  const id = analysisId(contentHash, kind);
  const document = { id, contentHash, kind, detectorVersion: 'test', truncated: false, result, finishedAt: at };
  await service.part(Documents).store.commit([{ kind: 'upsert', collection: ANALYSES.name, document }]);
}

const creditsOf = (confidence: number) => ({
  creditsStart: start,
  nextEpisodeAt: null,
  frame: 1,
  timecode: '00:00:01.000',
  smpte: null,
  confidence,
  reason: 'stored by a test',
  models: [],
  segments: [{ kind: 'roll', start, end: duration, confidence, evidence: 'text' }],
});
const span = { confidence: 0.9, start: 20, end: 21 };
const BILLING = {
  cast: [{ actor: 'Zoë O’Hara', character: 'A & B', ...span }],
  crew: [{ role: 'Director', department: null, names: [{ text: 'Ann Berg', ...span }] }],
  companies: [],
  songs: [],
  lines: [],
  reason: '',
  models: [],
};
const states = async (options: object = {}, formats: readonly (typeof ALL)[number][] = ALL) =>
  Object.fromEntries(
    (await service.part(Sidecars).write(title.id, { formats, ...options })).map(({ format, state }) => [format, state]),
  );
const beside = (): string[] =>
  readdirSync(show)
    .filter((name) => name !== 'Show S01E01.mp4')
    .toSorted();
const read = (ending: string): string => readFileSync(`${base}${ending}`, 'utf8');
const skipOf = (ending = '.edl'): string[] =>
  read(ending)
    .split('\n')
    .filter((line) => /\t3$/.test(line));

beforeEach(async () => {
  for (const name of beside()) rmSync(join(show, name), { recursive: true });
  await store('credits', creditsOf(0.9));
  await store('billing', BILLING);
});

describe('files beside a film', () => {
  it('are there as players look for them, and say what the exports say', async () => {
    expect(await states()).toEqual({ edl: 'written', chapters: 'written', nfo: 'written', vtt: 'written' });
    expect(beside()).toEqual([
      'Show S01E01.chapters.vtt',
      'Show S01E01.edl',
      'Show S01E01.ffmetadata',
      'Show S01E01.nfo',
    ]);
    expect(skipOf()).toEqual([`${start.toFixed(3)}\t${duration.toFixed(3)}\t3`]);
    expect(await states()).toEqual({ edl: 'unchanged', chapters: 'unchanged', nfo: 'unchanged', vtt: 'unchanged' });
    const { cues, errors } = new WebVTTParser().parse(read('.chapters.vtt'), 'chapters');
    expect(errors).toEqual([]);
    expect(cues.map(({ startTime, endTime, text }) => [startTime, endTime, text])).toEqual([
      [start, duration, 'Credits'],
    ]);
    const told = JSON.parse(
      execFileSync('ffprobe', ['-v', 'error', '-show_chapters', '-of', 'json', `${base}.ffmetadata`], {
        encoding: 'utf8',
      }),
    ) as { chapters: { start_time: string; end_time: string; tags: { title: string } }[] };
    expect(told.chapters).toMatchObject([
      { start_time: start.toFixed(6), end_time: duration.toFixed(6), tags: { title: 'Credits' } },
    ]);
    expect(read('.nfo')).toContain('<name>Zoë O’Hara</name>');
    expect(read('.nfo')).toContain('<role>A &amp; B</role>');
    expect(read('.nfo')).toMatch(/<showtitle>Show<\/showtitle>\s*<season>1<\/season>\s*<episode>1<\/episode>/);
  }, 30_000);

  it('of others are never touched: nor those of ours that somebody has changed', async () => {
    writeFileSync(`${base}.edl`, '10.0\t20.0\t0\n');
    mkdirSync(`${base}.chapters.vtt`);
    expect(await states()).toEqual({ edl: 'kept', chapters: 'written', nfo: 'written', vtt: 'kept' });
    expect(read('.edl')).toBe('10.0\t20.0\t0\n');
    const edited = read('.nfo').replace('O’Hara', 'O’Harra');
    writeFileSync(`${base}.nfo`, edited);
    await store('billing', { ...BILLING, cast: [] });
    expect(await states({}, ['nfo'])).toEqual({ nfo: 'kept' });
    expect(read('.nfo')).toBe(edited);
    expect(beside().filter((name) => name.startsWith('.'))).toEqual([]);
  }, 30_000);

  it('go when there is nothing sure to tell any more, and come with less certainty that was asked for', async () => {
    expect(await states({}, ['edl'])).toEqual({ edl: 'written' });
    await store('credits', creditsOf(0.3));
    expect(await states({}, ['edl', 'vtt'])).toEqual({ edl: 'removed', vtt: 'none' });
    expect(beside()).toEqual([]);
    expect(await states({ minConfidence: 0.2 }, ['edl'])).toEqual({ edl: 'written' });
  }, 30_000);

  it('and exports come earlier or later by an offset, within the film', async () => {
    await states({ offset: -0.5 }, ['edl']);
    expect(skipOf()).toEqual([`${(start - 0.5).toFixed(3)}\t${duration.toFixed(3)}\t3`]);
    const exported = async (query: string) =>
      (await service.fetch(`/v1/titles/${title.id}/export?format=edl&${query}`)).text();
    expect(await exported('offset=1.25')).toBe(`${(start + 1.25).toFixed(3)}\t${duration.toFixed(3)}\t3\n`);
    expect(await exported('offset=-3000')).toBe(`0.000\t${duration.toFixed(3)}\t3\n`);
    expect(await exported('offset=100')).toBe('');
    for (const wrong of ['', 'soon', '4000', 'NaN'])
      expect((await service.fetch(`/v1/titles/${title.id}/export?format=edl&offset=${wrong}`)).status).toBe(400);
  }, 30_000);

  it('that we wrote are no witness of what the title is', async () => {
    await states({}, ['nfo']);
    const described = await new CommandLine().json<{ metadata: object }>('title', film);
    expect(described.metadata).toMatchObject({ series: 'Show', season: 1, episode: 1 });
    expect(described.metadata).not.toHaveProperty('cast');
  }, 30_000);

  it('that cannot be written fail by name, and leave nothing', async () => {
    mkdirSync(join(show, '.Show S01E01.edl.kinoscope'), { recursive: true });
    const [edl] = await service.part(Sidecars).write(title.id, { formats: ['edl'] });
    expect(edl).toMatchObject({ format: 'edl', state: 'failed' });
    expect(edl?.reason).toMatch(/\.kinoscope/);
    expect(existsSync(`${base}.edl`)).toBe(false);
  }, 30_000);
});

describe('a service that watches', () => {
  async function until(holds: () => boolean): Promise<void> {
    for (let looks = 0; looks < 300 && !holds(); looks++) await sleep(50);
    expect(holds()).toBe(true);
  }
  const put = async (path: string, body: object): Promise<Response> =>
    service.fetch(path, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const patch = async (body: object): Promise<Response> =>
    service.fetch(`/v1/titles/${title.id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('follows what people say of the credits, and takes all away of what is switched off', async () => {
    await put(`/v1/titles/${title.id}/corrections/credits`, { creditsStart: start - 2 });
    await until(() => existsSync(`${base}.edl`) && existsSync(`${base}.nfo`));
    expect(skipOf()).toEqual([`${(start - 2).toFixed(3)}\t${duration.toFixed(3)}\t3`]);

    expect(await (await put('/v1/series/Show/players', { players: false })).json()).toEqual({ players: false });
    await until(() => !existsSync(`${base}.edl`) && !existsSync(`${base}.nfo`));
    const exported = async (format: string) =>
      (await service.fetch(`/v1/titles/${title.id}/export?format=${format}`)).text();
    expect(await exported('edl')).toBe('## switched off for players\n');
    expect(JSON.parse(await exported('jellyfin'))).toMatchObject({ Items: [] });
    // not a player's
    expect(await exported('csv')).toContain('O’Hara');

    // of the title itself it is said otherwise
    expect(await (await patch({ players: true })).json()).toMatchObject({ players: true });
    await until(() => existsSync(`${base}.edl`));
    await patch({ players: null });
    await until(() => !existsSync(`${base}.edl`));
    await put('/v1/series/Show/players', { players: true });
    await until(() => existsSync(`${base}.edl`));
    expect(await service.get('/v1/series/Show/players')).toEqual({ players: true });
    await service.fetch(`/v1/titles/${title.id}/corrections/credits`, { method: 'DELETE' });
    await until(() => skipOf()[0]?.startsWith(start.toFixed(3)) === true);
  }, 60_000);

  it('finds a film for a plugin, by its path and by either hash', async () => {
    // as OpenSubtitles documents it, by another program
    const moviehash = execFileSync(
      'python3',
      [
        '-c',
        'import struct,sys,os\np=sys.argv[1]\ns=os.path.getsize(p)\nf=open(p,"rb")\nh=s\nfor at in (0,s-65536):\n f.seek(at)\n h+=sum(struct.unpack("<8192Q",f.read(65536)))\nprint("%016x"%(h&(2**64-1)))',
        film,
      ],
      { encoding: 'utf8' },
    ).trim();
    const found = async (query: string) =>
      (await service.get<{ items: TitleView[] }>(`/v1/titles?${query}`)).items.map(({ id }) => id);
    expect(await found(`hash=${moviehash}`)).toEqual([title.id]);
    expect(await found(`hash=${title.contentHash.toUpperCase()}`)).toEqual([title.id]);
    expect(await found(`hash=${'0'.repeat(16)}`)).toEqual([]);
    expect(await found(`path=${encodeURIComponent(film)}`)).toEqual([title.id]);
    expect((await service.fetch('/v1/titles?hash=12')).status).toBe(400);
  }, 30_000);

  if (!hasMkvtoolnix) process.stderr.write('sidecars.test.ts: SKIPPED chapters in Matroska films, no mkvpropedit\n');
  (hasMkvtoolnix ? it : it.skip)(
    'puts chapters into a Matroska film, which stays the title that it was',
    async () => {
      const mkv = join(library, 'Film.mkv');
      const made = join(library, 'made.part');
      await run('ffmpeg', ['-v', 'error', '-i', film, '-c', 'copy', '-f', 'matroska', made]);
      copyFileSync(made, mkv);
      const its = await titleOf(mkv);
      await store('credits', creditsOf(0.9), its);
      const write = async () => (await service.part(Sidecars).write(its.id, { formats: ['matroska'] }))[0]?.state;
      const info = async (): Promise<string> => (await run('mkvinfo', [mkv])).stdout;
      expect(await write()).toBe('written');
      expect(await info()).toMatch(/Chapter string: Credits/);
      expect(await info()).toMatch(/Chapter time start: 00:00:24\.000000000/);
      expect(await write()).toBe('unchanged');
      // Who hashes the file of now finds it, and the watcher takes it for no other film.
      const sha256 = (await run('sha256sum', [mkv])).stdout.slice(0, 64);
      expect(sha256).not.toBe(its.contentHash);
      const { items } = await service.get<{ items: TitleView[] }>(`/v1/titles?hash=${sha256}`);
      expect(items.map(({ id }) => id)).toEqual([its.id]);
      await sleep(1000);
      expect((await titleOf(mkv)).id).toBe(its.id);

      await store('credits', creditsOf(0.1), its);
      expect(await write()).toBe('removed');
      expect(await info()).not.toMatch(/Chapter/);

      const own = join(library, 'Own.mkv');
      await run('mkvpropedit', [made, '--chapters', chaptersFile()]);
      copyFileSync(made, own);
      const kept = await titleOf(own);
      await store('credits', creditsOf(0.9), kept);
      const [said] = await service.part(Sidecars).write(kept.id, { formats: ['matroska'] });
      expect(said).toMatchObject({ state: 'kept', reason: 'the film has chapters of its own' });
      expect((await run('mkvinfo', [own])).stdout).toMatch(/Chapter string: Mine/);
    },
    60_000,
  );
});

function chaptersFile(): string {
  const file = join(library, 'mine.xml');
  const atom = '<ChapterTimeStart>00:00:01.000</ChapterTimeStart>';
  const display = '<ChapterDisplay><ChapterString>Mine</ChapterString></ChapterDisplay>';
  writeFileSync(
    file,
    `<?xml version="1.0"?><Chapters><EditionEntry><ChapterAtom>${atom}${display}</ChapterAtom></EditionEntry></Chapters>`,
  );
  return file;
}

it('kinoscope watch --sidecar writes them, and kinoscope players switches them off', async () => {
  const cli = new CommandLine(service.environment);
  const watch = async (...args: string[]): Promise<{ sidecars: { format: string; state: string }[] }> => {
    const program = fileURLToPath(new URL('../../bin/kinoscope.js', import.meta.url));
    const child = spawn(process.execPath, [program, 'watch', show, '--json', '--settle', '0.1', ...args], {
      env: { ...process.env, ...service.environment, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    const line = (await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()).value as string;
    child.kill('SIGINT');
    await ended;
    return JSON.parse(line) as { sidecars: { format: string; state: string }[] };
  };
  expect((await watch('--sidecar', 'edl,vtt', '--offset', '-0.5')).sidecars).toMatchObject([
    { format: 'edl', state: 'written' },
    { format: 'vtt', state: 'written' },
  ]);
  expect(skipOf()).toEqual([`${(start - 0.5).toFixed(3)}\t${duration.toFixed(3)}\t3`]);
  expect((await cli.run('watch', show, '--sidecar', 'edl,srt')).status).toBe(2);
  expect(await cli.json('players', 'off', title.id)).toMatchObject({ players: false, titles: [{ id: title.id }] });
  expect((await watch('--sidecar', 'edl,vtt')).sidecars).toMatchObject([{ state: 'removed' }, { state: 'removed' }]);
  await cli.json('players', 'on', title.id);
}, 300_000);
