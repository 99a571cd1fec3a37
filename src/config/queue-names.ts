/**
 * The queues, one for each kind of job. A worker does those of KINOSCOPE_QUEUES.
 *
 * - `download`: fetch a link's film
 * - `analyze`: answer questions about a film, or leave those about a long one to the next three
 * - `part`: answer one question about a long film
 * - `faces`: watch one segment of a long film for its faces
 * - `join`: make the cast of a long film from its segments
 * - `names`: tell who is who in the titles, after one has a new cast
 * - `map`: draw the map of a gallery's faces
 * - `season`: compare the episodes of a season: opening titles, recaps, previews
 * - `export`: write a film with its faces marked
 * - `proxy`: write a film again so that browsers play it
 * - `sidecar`: write beside a film what its players look for
 * - `photos`: look for photos of who is named of titles
 * - `guide`: read broadcast guides again
 * - `clear`: remove what the segments of an analysis have left
 * - `webhook`: tell a tenant's service that a job has ended
 */
export const QUEUE_NAMES = [
  'download',
  'analyze',
  'part',
  'faces',
  'join',
  'names',
  'map',
  'season',
  'export',
  'proxy',
  'sidecar',
  'photos',
  'guide',
  'clear',
  'webhook',
] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];

/** Every worker that analyses also does what an analysis ends with: settings of release 0.1.0 do not name these queues. */
export function withFollowing(names: readonly QueueName[]): QueueName[] {
  const wanted = new Set<QueueName>([
    ...names,
    ...(names.includes('analyze') ? (['join', 'names', 'season'] as const) : []),
  ]);
  return QUEUE_NAMES.filter((name) => wanted.has(name));
}

/** What a worker with a disk of its own leaves to others: nobody else would find what it fetched or wrote. */
const OF_THE_SHARED_DISK: readonly QueueName[] = ['download', 'export', 'proxy', 'sidecar', 'photos', 'guide'];

/** What a worker with a disk of its own does. @param guided names rest on broadcast guides, too, which lie on the shared disk */
export const awayFromDisk = (names: readonly QueueName[], guided: boolean): QueueName[] =>
  names.filter((name) => !OF_THE_SHARED_DISK.includes(name) && !(guided && name === 'names'));
