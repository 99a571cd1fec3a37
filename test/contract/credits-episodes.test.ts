import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { EpisodesService } from '../../src/analyses/episodes.service.js';
import { readSettings } from '../../src/config/settings.js';
import type { Store } from '../../src/storage/collection.js';
import { openSqliteStore } from '../../src/storage/sqlite-store.js';
import { Documents } from '../../src/titles/collections.js';
import { correctionId } from '../../src/titles/corrections.js';
import { analysisId, type Analysis, type OfKind, type Title } from '../../src/titles/documents.js';

let store: Store;
let documents: Documents;

beforeEach(async () => {
  store = await openSqliteStore(':memory:');
  documents = await Documents.open(store);
});
afterEach(() => store.close());

/** Stores an analysed title as the worker does, and gives its analysis. */
async function add(
  id: string,
  metadata: Title['metadata'],
  duration: number,
  creditsStart: number | null,
  confidence = 0.6,
): Promise<OfKind<Analysis, 'credits'>> {
  const title = {
    id,
    name: id,
    createdAt: '2026-01-01T00:00:00.000Z',
    contentHash: `hash-${id}`,
    metadata,
    source: { kind: 'path', location: id, file: id, kept: false, size: 1, modified: 1 },
    media: {
      format: 'matroska',
      duration,
      width: 640,
      height: 360,
      rotation: 0,
      frameRate: 25,
      codec: 'h264',
      startTime: 0,
      audio: null,
      chapters: [],
      tags: {},
    },
  };
  const analysis = {
    id: analysisId(title.contentHash, 'credits'),
    contentHash: title.contentHash,
    kind: 'credits',
    detectorVersion: 'test',
    truncated: false,
    result: { creditsStart, confidence, segments: [], reason: 'as it was found' },
    finishedAt: title.createdAt,
  };
  await store.commit([
    { kind: 'upsert', collection: 'titles', document: title },
    { kind: 'upsert', collection: 'analyses', document: analysis },
  ]);
  return storedCredits(analysis.id);
}

async function storedCredits(id: string): Promise<OfKind<Analysis, 'credits'>> {
  const analysis = await documents.analyses.get(id);
  if (analysis?.kind !== 'credits') throw new Error('There are no credits');
  return analysis;
}

const episodes = (): EpisodesService => new EpisodesService(documents, readSettings({}));
const show = (episode: number, season = 1, series = 'The Show'): Title['metadata'] => ({ series, season, episode });

test('episodes of one season make each other surer, and give an episode without an answer theirs', async () => {
  const first = await add('e1', show(1), 1300, 1270);
  await add('e2', show(2), 1310, 1280);
  await add('e3', show(3), 1290, 1261);
  const without = await add('e4', show(4), 1320, null);
  expect((await episodes().agreed(first)).result).toMatchObject({ creditsStart: 1270, episodes: { agreeing: 2 } });
  expect((await episodes().agreed(first)).result.confidence).toBeGreaterThan(0.8);
  const given = (await episodes().agreed(without)).result;
  expect(given).toMatchObject({ creditsStart: 1290, smpte: '00:21:30:00', nextEpisodeAt: 1290 });
  expect(given.episodes?.reason).toContain('taken from 3 other episodes');
  // What is stored stays the film's own answer.
  expect((await storedCredits(without.id)).result.creditsStart).toBeNull();
});

test('other seasons, other shows and films do not speak', async () => {
  await add('s2', show(1, 2), 1310, 1280);
  await add('other', show(1, 1, 'Another Show'), 1310, 1280);
  const film = await add('film', { title: 'A Film' }, 5400, 5100);
  const alone = await add('alone', show(5), 1300, 1270);
  expect(await episodes().agreed(film)).toEqual(film);
  expect(await episodes().agreed(alone)).toEqual(alone);
});

/** What a season says of an episode, stored as its job does. */
async function tellPreview(id: string, about: object, start: number, end: number, confidence: number): Promise<void> {
  const contentHash = `hash-${id}`;
  const document = {
    ...{ id: contentHash, contentHash, inputs: '', detectorVersion: 'test', none: {}, finishedAt: '', ...about },
    parts: [{ kind: 'preview', start, end, confidence, reason: '' }],
  };
  await store.commit([{ kind: 'upsert', collection: 'episode_parts', document }]);
}

async function scenesAfter(id: string, ...scenes: [number, number][]): Promise<OfKind<Analysis, 'credits'>> {
  const stored = await add(id, show(Number(id.slice(1))), 1300, 1240, 0.9);
  const segment = (kind: string, start: number, end: number) => ({ kind, start, end, confidence: 0.9, evidence: '' });
  const segments = [segment('roll', 1240, 1270), ...scenes.map(([start, end]) => segment('scene-after', start, end))];
  const document = { ...stored, result: { ...stored.result, segments, nextEpisodeAt: null } };
  await store.commit([{ kind: 'upsert', collection: 'analyses', document }]);
  return storedCredits(stored.id);
}

test('a preview of the next episode is no scene that follows the credits', async () => {
  const place = { series: 'The Show', season: 1, episode: 1 };
  const analysis = await scenesAfter('e1', [1270, 1300]);
  expect((await episodes().agreed(analysis)).result.segments).toHaveLength(2);

  await tellPreview('e1', place, 1272, 1300, 0.9);
  expect((await episodes().agreed(analysis)).result).toMatchObject({
    segments: [{ kind: 'roll' }],
    nextEpisodeAt: 1240,
    reason: 'credits start and no scene follows',
  });
  // of the scene before it something is left
  await tellPreview('e1', place, 1285, 1300, 0.9);
  expect((await episodes().agreed(analysis)).result.segments).toMatchObject([
    { kind: 'roll' },
    { kind: 'scene-after', start: 1270, end: 1285 },
  ]);
  // what is not sure, or was said of another episode, changes nothing
  await tellPreview('e1', place, 1272, 1300, 0.4);
  expect((await episodes().agreed(analysis)).result.segments).toHaveLength(2);
  await tellPreview('e1', { ...place, episode: 2 }, 1272, 1300, 0.9);
  expect((await episodes().agreed(analysis)).result.segments).toHaveLength(2);
});

test('a preview that a person has set is no scene, either', async () => {
  const analysis = await scenesAfter('e1', [1270, 1300]);
  const segments = [{ kind: 'preview', start: 1271, end: 1300 }];
  const contentHash = 'hash-e1';
  const document = {
    ...{ id: correctionId(contentHash, 'segments'), contentHash, kind: 'segments', said: { segments } },
    ...{ machine: {}, by: 'me', createdAt: '', updatedAt: '', locked: false },
  };
  await store.commit([{ kind: 'upsert', collection: 'corrections', document }]);
  expect((await episodes().agreed(analysis)).result.segments).toMatchObject([{ kind: 'roll' }]);
});
