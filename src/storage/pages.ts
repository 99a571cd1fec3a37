import type { Collection, Document, Filter } from './collection.js';

/** All documents that match, page by page. */
export async function everything<T extends Document>(
  collection: Collection<T>,
  filter: Filter,
  sortBy?: string,
): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | null | undefined = undefined; cursor !== null;) {
    const page: { items: T[]; nextCursor: string | null } = await collection.find(filter, {
      limit: 1000,
      ...(sortBy ? { sort: { path: sortBy, order: 'asc' } as const } : {}),
      ...(cursor ? { cursor } : {}),
    });
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}
