import type { Job } from '../jobs/job-queue.js';
import type { Title } from './documents.js';

/** What the routes of a title ask of the parts of the service that know more than the library does. */
export abstract class TitleWork {
  /** Has the film analysed in a job: genre, credits, cast and sound. */
  abstract analyze(title: Title): Promise<Job>;
  /** Has the seasons of these titles compared again: one of them was renamed, or is another episode now. */
  abstract moved(...titles: readonly Title[]): Promise<void>;
  /** Brings what lies beside the films of titles up to date, after something was said of them. */
  abstract tellPlayers(titles: readonly Title[]): Promise<void>;
  /** Deletes a title with its answers and the faces seen in it; false when there is none. */
  abstract delete(id: string): Promise<boolean>;
}
