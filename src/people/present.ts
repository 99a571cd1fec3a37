import type { Person } from './documents.js';
import { labelOf } from './naming.js';
import type { People } from './people.js';
import type { PersonOutput } from './schemas.js';

/** Somebody as they leave the service. */
export async function presentPerson(people: People, person: Person): Promise<PersonOutput> {
  const { id, name, aliases = [], hidden, photos, createdAt } = person;
  const appearances = await people.appearancesOf(id);
  return {
    id,
    name,
    aliases: [...aliases],
    label: labelOf(person),
    hidden,
    photos,
    titles: new Set(appearances.map(({ contentHash }) => contentHash)).size,
    screenTime: appearances.reduce((sum, { screenTime }) => sum + screenTime, 0),
    createdAt,
  };
}
