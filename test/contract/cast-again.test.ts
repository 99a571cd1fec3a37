import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AnalysesService } from '../../src/analyses/analyses.service.js';
import { Analyzer } from '../../src/analyses/analyzer.js';
import { shotWrite, watchedOf } from '../../src/cast/watched.js';
import { readSettings } from '../../src/config/settings.js';
import type { FacesResult } from '../../src/faces/analyzer.js';
import { Documents } from '../../src/titles/collections.js';
import { ANALYSES, type AnalysisAnswer, analysisId, TITLES, type Title } from '../../src/titles/documents.js';
import { faceOf, Library, photo, seconds, seen, watched } from '../library/library.js';

/** Films are not decoded here: opening one fails. */
const noFilms = {
  decoder: () => Promise.resolve(null),
  source: {
    name: 'node-av',
    frames: () => {
      throw new Error('the film was opened');
    },
  },
};

const TODAY = { 'face-rfb': '1', 'face-landmark': '1', 'face-embed-512': '1', 'person-movenet.int8': '1' };
const FILM: FacesResult = watched(
  [...seconds(1, 4), ...seconds(11, 14)].flatMap((t) => [seen(t, faceOf(0)), seen(t, faceOf(7), 0.7)]),
);
const TITLE = {
  id: 'title',
  name: 'film',
  contentHash: 'film',
  source: { kind: 'path', location: 'film.mp4', file: 'film.mp4' },
  media: { duration: 20 },
  metadata: {},
  createdAt: '2026-01-01T00:00:00.000Z',
} as unknown as Title;

describe('the cast of a film that was watched before', () => {
  let library: Library;
  let documents: Documents;
  beforeEach(async () => {
    library = await Library.open();
    documents = await Documents.open(library.store);
    await library.add('film', FILM);
  });
  afterEach(() => library.close());

  function analyzerWith(networks: Readonly<Record<string, string>>): Analyzer {
    const list = async () => Object.entries(networks).map(([id, version]) => ({ id, version, state: 'ok' }));
    return new Analyzer(
      { faces: 'best', list, load: () => Promise.reject(new Error('a network was loaded')) } as never,
      noFilms as never,
      library.naming,
      readSettings({}),
    );
  }

  /** As if it had been stored by an older kinoscope, with these networks. */
  async function store(networks: Readonly<Record<string, string>>): Promise<void> {
    const { cast } = await analyzerWith(networks).versions();
    const watchedBy = cast.slice(0, cast.indexOf(' people@'));
    const result = { scenes: [], shots: [] };
    await library.store.commit([
      { kind: 'upsert', collection: TITLES.name, document: TITLE },
      shotWrite('film', watchedOf(FILM), watchedBy, false),
      {
        kind: 'upsert',
        collection: ANALYSES.name,
        document: {
          id: analysisId('film', 'cast'),
          contentHash: 'film',
          kind: 'cast',
          detectorVersion: `${watchedBy} cast-1`,
          truncated: false,
          result,
          finishedAt: '',
        } as { readonly id: string },
      },
    ]);
  }

  function ask(force = false): Promise<AnalysisAnswer[]> {
    const nobody = null as never;
    const service = new AnalysesService(
      documents,
      nobody,
      nobody,
      nobody,
      analyzerWith(TODAY),
      library.naming,
      nobody,
      nobody,
      nobody,
      nobody,
      nobody,
      readSettings({}),
    );
    return service.answer(TITLE, ['cast'], force, {});
  }

  test('is made again without the film when only what follows from watching it has changed', async () => {
    await store(TODAY);
    await library.people.enrol({ name: 'Ada', photos: [photo('aaaa', faceOf(0))], mean: null });
    const [answer] = await ask();
    expect(answer!.detectorVersion).toBe((await analyzerWith(TODAY).versions()).cast);
    if (answer?.kind !== 'cast') throw new Error('There is no cast');
    const { people, scenes } = answer.result;
    expect(people.map(({ name }) => name).sort()).toEqual(['Ada', null]);
    expect(scenes.at(-1)!.end).toBe(20);
  });

  test('knows what users have said', async () => {
    await store(TODAY);
    const { personId } = await library.first('film', 2);
    await library.people.change(personId, { name: 'Grace' });
    await ask();
    expect(await library.who('film', 2)).toContain('Grace');
  });

  test('does not know a face again that was erased', async () => {
    await store(TODAY);
    const ada = await library.people.enrol({ name: 'Ada', photos: [photo('aaaa', faceOf(0))], mean: null });
    expect(await library.who('film', 2)).toContain('Ada');
    await library.erasure.erase(ada.id);
    await ask();
    await library.people.enrol({ name: 'Ada', photos: [photo('aaaa', faceOf(0))], mean: null });
    expect(await library.who('film', 2)).not.toContain('Ada');
  });

  test.each(['face-rfb', 'face-landmark', 'face-embed-512'])('is watched again when %s is another', async (network) => {
    await store({ ...TODAY, [network]: '0' });
    await expect(ask()).rejects.toThrow('the film was opened');
  });

  test('is watched again when somebody insists', async () => {
    await store(TODAY);
    await expect(ask(true)).rejects.toThrow('the film was opened');
  });
});
