import { Inject, Injectable } from '@nestjs/common';
import { Audit } from '../access/audit.js';
import { KEPT_ANSWERS } from '../http/kept-answers.js';
import { JOB_QUEUE, type JobQueue } from '../jobs/job-queue.js';
import type { Write } from '../storage/collection.js';
import { everything } from '../storage/pages.js';
import { castListChanged } from '../titles/cast-lists.js';
import { Documents } from '../titles/collections.js';
import { type Title, TITLES } from '../titles/documents.js';
import { ExportedFiles } from '../titles/exported-files.js';
import { FileRemoval } from '../titles/file-removal.js';
import { ProxyFiles } from '../titles/proxy-files.js';
import { Stills } from '../titles/stills.js';
import { Naming } from './naming.js';
import { Portraits } from './portraits.js';

/** Deletes titles with what is known of the people whom they show. */
@Injectable()
export class TitleErasure {
  constructor(
    private readonly documents: Documents,
    private readonly naming: Naming,
    private readonly portraits: Portraits,
    private readonly exported: ExportedFiles,
    private readonly proxies: ProxyFiles,
    private readonly stills: Stills,
    private readonly audit: Audit,
    private readonly removal: FileRemoval,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
  ) {}

  /**
   * Deletes a title with its answers and, if it lies in our folder, its film; false when there is none. One commit deletes
   * the documents and notes the files, so a process that dies then leaves them to the next.
   */
  async delete(id: string): Promise<boolean> {
    let found = false;
    await this.naming.forget(async () => {
      const title = await this.documents.titles.get(id);
      found = title !== null;
      return title && this.deletion(title);
    });
    if (!found) return false;
    // What is still to be done for it would find it gone.
    await this.queue.cancelOf(id);
    await this.removal.carryOut();
    return true;
  }

  private async deletion({
    id,
    contentHash: hash,
    source,
  }: Title): Promise<{ contentHash: string | null; writes: Write[] }> {
    const contentHash = hash !== null && (await this.documents.titles.count({ contentHash: hash })) === 1 ? hash : null;
    const repeated = (await everything(this.documents.answers, { status: { $ne: null } })).filter(({ body }) =>
      JSON.stringify(body)?.includes(id),
    );
    return {
      contentHash,
      writes: [
        { kind: 'delete', collection: TITLES.name, filter: { id } },
        ...(contentHash === null ? castListChanged({ contentHash: hash }) : this.documents.deletions(contentHash)),
        ...repeated.map(({ id: key }): Write => ({
          kind: 'delete',
          collection: KEPT_ANSWERS.name,
          filter: { id: key },
        })),
        ...this.queue.removalsOf(id),
        this.removal.note({
          ...(contentHash !== null && {
            files: [this.exported.pathOf(contentHash)],
            prefixes: [
              this.portraits.prefixOf(contentHash),
              this.stills.prefixOf(contentHash),
              this.proxies.prefixOf(contentHash),
            ],
          }),
          ...(source.kept && source.file !== null && { films: [source.file] }),
        }),
        this.audit.line('title.deleted', { title: id }),
      ],
    };
  }

  /** Deletes the titles of what this title's file was before it changed. */
  async deleteReplaced({ id, source }: Title): Promise<void> {
    const { items } = await this.documents.titles.find({
      'source.file': source.file,
      'source.kind': 'path',
      id: { $ne: id },
    });
    for (const replaced of items) await this.delete(replaced.id);
  }
}
