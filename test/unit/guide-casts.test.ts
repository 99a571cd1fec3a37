import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiKeys } from '../../src/access/keys.js';
import { TITLE_NAMES, type TitleNames } from '../../src/cast/title-names.js';
import { readSettings } from '../../src/config/settings.js';
import { Guide } from '../../src/guide/guide.js';
import { createEmbeddedQueue } from '../../src/jobs/embedded-queue.js';
import type { Collection, Store } from '../../src/storage/collection.js';
import { openSqliteStore } from '../../src/storage/sqlite-store.js';
import { CastLists } from '../../src/titles/cast-lists.js';
import { Documents } from '../../src/titles/collections.js';
import type { Title } from '../../src/titles/documents.js';
import { GuideCasts } from '../../src/titles/guide-casts.service.js';
import { searchable } from '../../src/titles/search.js';

const CONTENTS = { film: 'a'.repeat(64), other: 'b'.repeat(64) };

describe('whom guides name', () => {
  let folder: string;
  let store: Store;
  let documents: Documents;
  let names: Collection<TitleNames>;
  let guide: Guide;
  let casts: GuideCasts;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kinoscope-guide-casts-'));
    store = await openSqliteStore(':memory:');
    documents = await Documents.open(store);
    names = await store.collection<TitleNames>(TITLE_NAMES);
    guide = new Guide({
      settings: [{ name: null, location: join(folder, 'guide.xml') }],
      folder: join(folder, 'guide'),
    });
    casts = new GuideCasts(
      guide,
      await createEmbeddedQueue(store, {}),
      readSettings({ KINOSCOPE_HOME: folder }),
      documents,
      await ApiKeys.open(store),
    );
  });
  afterEach(async () => {
    await guide.onModuleDestroy();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  const add = async (name: string, contentHash: string, metadata: Title['metadata'] = {}): Promise<Title> => {
    const title = await documents.titles.insert({
      id: contentHash.slice(0, 24),
      name,
      source: { kind: 'path', location: name, file: null, kept: false, size: null, modified: null },
      contentHash,
      media: null,
      metadata,
      ...searchable({ name, metadata }),
      createdAt: '2026-01-01T00:00:00.000Z',
    });
    await names.insert({ id: contentHash, revision: 7, rules: '', who: {} });
    return title;
  };
  const write = (actor: string, title = 'The Film'): Promise<void> =>
    writeFile(
      join(folder, 'guide.xml'),
      `<tv><programme start="20260402193000" channel="one"><title>${title}</title><credits><actor role="Her">${actor}</actor></credits></programme></tv>`,
    );
  const revision = async (content: string): Promise<number> => (await names.get(content))!.revision;

  it('are candidates of the titles that its programmes are', async () => {
    const film = await add('The film', CONTENTS.film);
    await write('Ada Abel');
    const lists = new CastLists(documents, guide);
    expect(await lists.of(film)).toEqual([{ name: 'Ada Abel', role: 'Her', by: 'guide', confidence: 1 }]);
    expect([...(await lists.keysOf(CONTENTS.film))]).toEqual(['abel ada']);
    // two films of one name, of which nobody says which it is
    await add('The Film', CONTENTS.other, { year: 1950 });
    expect(await lists.of(film)).toEqual([]);
  });

  it('give a title other names when they are others', async () => {
    await add('The film', CONTENTS.film);
    await add('Another film', CONTENTS.other);
    await write('Ada Abel');
    await casts.refresh(false);
    expect([await revision(CONTENTS.film), await revision(CONTENTS.other)]).toEqual([0, 7]);
    await names.patch(CONTENTS.film, { $set: { revision: 8 } });
    await casts.refresh(true);
    expect(await revision(CONTENTS.film)).toBe(8);
    await write('Bo Berg');
    await casts.refresh(false);
    expect(await revision(CONTENTS.film)).toBe(0);
  });
});
