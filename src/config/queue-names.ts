/**
 * The queues, one for each stage of the work: what its jobs are called. A worker does those of KINOSCOPE_QUEUES.
 *
 * - `download`: fetch a link's film
 * - `analyze`: answer questions about a film, or put the parts of a long one together
 * - `part`: answer one question about a long film
 * - `faces`: watch one stretch of a long film for its faces
 * - `export`: write a film with its faces marked
 * - `clear`: remove what the parts of an analysis have left
 * - `webhook`: tell a tenant's service that a job has ended
 */
export const QUEUE_NAMES = ['download', 'analyze', 'part', 'faces', 'export', 'clear', 'webhook'] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];
