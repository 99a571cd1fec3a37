import {
  type Collection,
  type CollectionSpec,
  type Document,
  type DocumentChange,
  DuplicateKeyError,
  PreconditionError,
  type Store,
} from './collection.js';

/** Which changes have been made in this database, by collection and change. */
const MADE: CollectionSpec = { name: 'document_changes', shared: true };

/** Written in one transaction: segments of films take megabytes each. */
const BATCH = 20;

/**
 * Fields that are called otherwise today; what has today's name already keeps it.
 * @param names today's paths, by those of before, the first of which every document of before has
 */
export function renamed(id: string, names: Readonly<Record<string, string>>): DocumentChange {
  const [first = ''] = Object.keys(names);
  return {
    id,
    where: { [first]: { $exists: true } },
    patch: (document) => {
      const there = Object.entries(names).filter(([before]) => valueAt(document, before) !== undefined);
      const values = there.map(([before, now]) => [now, valueAt(document, before)] as const);
      return {
        $set: Object.fromEntries(values.filter(([now]) => valueAt(document, now) === undefined)),
        $unset: there.map(([before]) => before),
      };
    },
  };
}

function valueAt(document: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce(
      (at: unknown, name) =>
        typeof at === 'object' && at !== null ? Object.entries(at).find(([key]) => key === name)?.[1] : undefined,
      document,
    );
}

/**
 * Changes the documents that an earlier release has left, of all tenants, before anybody reads them. Each change is made once;
 * processes that start at once share the work, as each document is changed in the version that was read. A process of that release
 * cannot read them any more: it has to be stopped before.
 */
export async function makeChanges(
  store: Store,
  { name, changes = [] }: CollectionSpec,
  documents: Collection<Document & Readonly<Record<string, unknown>>>,
): Promise<void> {
  if (changes.length === 0) return;
  const made = await store.collection(MADE);
  for (const { id, where, patch } of changes) {
    const key = `${name}:${id}`;
    if (await made.get(key)) continue;
    for (;;) {
      const { items } = await documents.find(where, { limit: BATCH });
      if (items.length === 0) break;
      await store
        .commit(
          items.map((document) => ({
            kind: 'patch',
            collection: name,
            id: document.id,
            patch: patch(document),
            where: { version: document.version },
          })),
        )
        .catch((error: unknown) => {
          // another process was faster: what is left is looked for again
          if (!(error instanceof PreconditionError)) throw error;
        });
    }
    await made.insert({ id: key }).catch((error: unknown) => {
      if (!(error instanceof DuplicateKeyError)) throw error;
    });
  }
}
