import { KinoscopeError } from '../core/errors.js';
import type { People } from '../people/people.js';
import { nameKey } from '../titles/search.js';

/**
 * The id of somebody who is given by id, name or alias; what is nobody's name is taken for an id.
 * @throws KinoscopeError `usage` where several are called so
 */
export async function personOf(known: Pick<People, 'list'>, given: string): Promise<string> {
  const everybody = await known.list();
  if (everybody.some(({ id }) => id === given)) return given;
  const called = everybody.filter(({ name, aliases = [] }) =>
    [name, ...aliases].some((one) => nameKey(one) === nameKey(given)),
  );
  if (called.length > 1)
    throw new KinoscopeError(
      'usage',
      `Several people are called ${given}: say which by an id (${called.map(({ id }) => id).join(', ')})`,
    );
  return called[0]?.id ?? given;
}
