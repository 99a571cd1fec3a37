import { PEOPLE } from '../../src/people/documents.js';
import type { Store } from '../../src/storage/collection.js';
import { Library } from '../library/library.js';

/** A process that erases somebody and dies as soon as that is committed. */
const { database, home, person } = JSON.parse(process.argv[2] ?? '') as {
  database: string;
  home: string;
  person: string;
};

const deadly = (store: Store): Store => ({
  kind: store.kind,
  collection: (spec) => store.collection(spec),
  check: () => store.check(),
  purge: () => store.purge(),
  close: () => store.close(),
  commit: async (writes) => {
    await store.commit(writes);
    if (writes.some((write) => write.kind === 'delete' && write.collection === PEOPLE.name))
      process.kill(process.pid, 'SIGKILL');
  },
});

const library = await Library.open(database, undefined, { home, through: deadly });
await library.erasure.erase(person);
