import type { Collection, Store, Write } from '../storage/collection.js';
import { ANALYSES, TITLES, type Analysis, type Title } from './documents.js';

/** The opened collections of titles and of what was found out about their content. */
export class Documents {
  private constructor(
    readonly store: Store,
    readonly titles: Collection<Title>,
    readonly analyses: Collection<Analysis>,
  ) {}

  static async open(store: Store): Promise<Documents> {
    return new Documents(store, await store.collection<Title>(TITLES), await store.collection<Analysis>(ANALYSES));
  }

  /** Everything that was found out about one content. */
  deletions(contentHash: string): Write[] {
    return [{ kind: 'delete', collection: ANALYSES.name, filter: { contentHash } }];
  }
}
