import { currentContext, DEFAULT_TENANT } from '../core/context.js';
import {
  DuplicateKeyError,
  PreconditionError,
  type Collection,
  type CollectionSpec,
  type Condition,
  type Document,
  type Filter,
  type FindOptions,
  type IndexSpec,
  type NewDocument,
  type Page,
  type Patch,
  type Sort,
  type Store,
  type Write,
} from './collection.js';

/**
 * Keeps tenants apart. A reader or writer of a collection sees the documents of the tenant in whose name it works
 * (see context.ts) and no others; only collections that say `shared` are everybody's. In the database an id begins
 * with the tenant, and every index does.
 * @param strict refuse work in nobody's name, instead of taking it for the default tenant's: for a service with keys,
 *   where losing the context must never open somebody else's library
 */
export function separateTenants(store: Store, { strict }: { readonly strict: boolean }): Store {
  return new TenantStore(store, () => {
    const tenant = currentContext()?.tenant ?? (strict ? undefined : DEFAULT_TENANT);
    if (tenant === undefined) throw new Error("Documents of a tenant were asked for in nobody's name");
    return tenant;
  });
}

type CurrentTenant = () => string;

class TenantStore implements Store {
  private readonly shared = new Set<string>();

  constructor(
    private readonly store: Store,
    private readonly tenant: CurrentTenant,
  ) {}

  get kind(): Store['kind'] {
    return this.store.kind;
  }

  async collection<T extends Document>(spec: CollectionSpec): Promise<Collection<T>> {
    if (spec.shared) {
      this.shared.add(spec.name);
      return this.store.collection<T>(spec);
    }
    const perTenant = (indexes: readonly IndexSpec[] = []): IndexSpec[] =>
      indexes.map((index) => ({ ...index, paths: ['tenant', ...index.paths] }));
    const collection = await this.store.collection<Owned<T>>({
      ...spec,
      indexes: perTenant(spec.indexes),
      retired: perTenant(spec.retired),
      fields: { tenant: 'string', ...spec.fields },
    });
    return new TenantCollection<T>(collection, this.tenant);
  }

  commit(writes: readonly Write[]): Promise<void> {
    return translated(() =>
      this.store.commit(writes.map((write) => (this.shared.has(write.collection) ? write : this.own(write)))),
    );
  }

  check(): Promise<void> {
    return this.store.check();
  }

  purge(): Promise<void> {
    return this.store.purge();
  }

  close(): Promise<void> {
    return this.store.close();
  }

  private own(write: Write): Write {
    const tenant = this.tenant();
    switch (write.kind) {
      case 'upsert':
        return { ...write, document: owned(tenant, write.document) };
      case 'delete':
        return { ...write, filter: ownedFilter(tenant, write.filter) };
      case 'patch':
        return { ...write, id: ownedId(tenant, write.id) };
    }
  }
}

type Owned<T> = T & { readonly tenant: string };

class TenantCollection<T extends Document> implements Collection<T> {
  constructor(
    private readonly documents: Collection<Owned<T>>,
    private readonly tenant: CurrentTenant,
  ) {}

  get name(): string {
    return this.documents.name;
  }

  async insert(document: NewDocument<T>): Promise<T> {
    return translated(async () =>
      released<T>(await this.documents.insert(owned(this.tenant(), document) as NewDocument<Owned<T>>)),
    );
  }

  async get(id: string): Promise<T | null> {
    return some<T>(await this.documents.get(ownedId(this.tenant(), id)));
  }

  async replace(document: NewDocument<T>, version: number): Promise<T | null> {
    return translated(async () =>
      some<T>(await this.documents.replace(owned(this.tenant(), document) as NewDocument<Owned<T>>, version)),
    );
  }

  async patch(id: string, patch: Patch): Promise<T | null> {
    return translated(async () => some<T>(await this.documents.patch(ownedId(this.tenant(), id), patch)));
  }

  async find(filter: Filter = {}, options: FindOptions = {}): Promise<Page<T>> {
    const { items, nextCursor } = await this.documents.find(ownedFilter(this.tenant(), filter), options);
    return { items: items.map((item) => released<T>(item)), nextCursor };
  }

  async count(filter: Filter = {}): Promise<number> {
    return this.documents.count(ownedFilter(this.tenant(), filter));
  }

  async distinct(path: string, filter: Filter = {}): Promise<string[]> {
    const found = await this.documents.distinct(path, ownedFilter(this.tenant(), filter));
    return path === 'id' ? found.map(releasedId) : found;
  }

  async delete(id: string): Promise<boolean> {
    return this.documents.delete(ownedId(this.tenant(), id));
  }

  async deleteMany(filter: Filter): Promise<number> {
    return this.documents.deleteMany(ownedFilter(this.tenant(), filter));
  }

  async claim(filter: Filter, patch: Patch, sort?: Sort): Promise<T | null> {
    return translated(async () => some<T>(await this.documents.claim(ownedFilter(this.tenant(), filter), patch, sort)));
  }
}

const SEPARATOR = '/';

function ownedId(tenant: string, id: string): string {
  // a document without an id is for the store to refuse
  return typeof id === 'string' && id !== '' ? `${tenant}${SEPARATOR}${id}` : id;
}

/** A tenant's name has no separator, an id may have. */
function releasedId(id: string): string {
  return id.slice(id.indexOf(SEPARATOR) + 1);
}

function owned<D extends { readonly id: string }>(tenant: string, document: D): D & { readonly tenant: string } {
  return { ...document, id: ownedId(tenant, document.id), tenant };
}

function released<T extends Document>({ tenant: _tenant, ...document }: Owned<T>): T {
  // what is left of T and a tenant without the tenant is T, which the compiler cannot tell
  // eslint-disable-next-line no-restricted-syntax
  return { ...document, id: releasedId(document.id as string) } as unknown as T;
}

function some<T extends Document>(document: Owned<T> | null): T | null {
  return document && released<T>(document);
}

function ownedFilter(tenant: string, filter: Filter): Filter {
  return { ...filter, ...('id' in filter ? { id: ownedCondition(tenant, filter['id'] as Condition) } : {}), tenant };
}

function ownedCondition(tenant: string, condition: Condition): Condition {
  const own = <V>(value: V): V | string => (typeof value === 'string' ? `${tenant}${SEPARATOR}${value}` : value);
  if (condition === null || typeof condition !== 'object') return own(condition);
  return Object.fromEntries(
    Object.entries(condition).map(([op, value]: [string, unknown]) => [
      op,
      Array.isArray(value) ? value.map(own) : own(value),
    ]),
  );
}

/** What the database refuses, in the words of the caller. */
async function translated<R>(work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DuplicateKeyError)
      throw new DuplicateKeyError(
        error.collection,
        error.paths.filter((path) => path !== 'tenant'),
      );
    if (error instanceof PreconditionError) throw new PreconditionError(error.collection, releasedId(error.id));
    throw error;
  }
}
