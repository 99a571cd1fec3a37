import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { AnalysesService, USUAL_ORDER } from '../analyses/analyses.service.js';
import { SidecarJobs } from '../analyses/sidecar-jobs.service.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { DEFAULT_TENANT, inContext } from '../core/context.js';
import { asKinoscopeError } from '../core/errors.js';
import type { AnalysisKind, Title } from '../titles/documents.js';
import { LibraryService } from './library.service.js';

/** A film that somebody asks for goes before those that came by themselves. */
const PRIORITY = 5;

/** With who the credits name, where that is written beside the film. */
export function withRead(kinds: readonly AnalysisKind[], sidecars: Settings['sidecars']['formats']): AnalysisKind[] {
  return sidecars.includes('nfo') ? [...kinds, 'billing'] : [...kinds];
}

/** Watches the folders that the settings name, and has their films analysed. */
@Injectable()
export class WatchService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('watch');
  private readonly stopping = new AbortController();
  private watching: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly library: LibraryService,
    private readonly analyses: AnalysesService,
    private readonly sidecars: SidecarJobs,
  ) {}

  onApplicationBootstrap(): void {
    const { folders, ...how } = this.settings.watch;
    // The folders are the operator's.
    this.watching = inContext({ tenant: DEFAULT_TENANT, actor: 'watch' }, () =>
      Promise.all(
        folders.map((folder) => {
          const onError = (error: unknown, path: string | null): void =>
            this.logger.warn(`${path ?? folder}: ${asKinoscopeError(error).message}`);
          const onTitle = async (title: Title): Promise<void> => {
            const kinds = withRead(USUAL_ORDER.kinds, this.settings.sidecars.formats);
            const { job } = await this.analyses.start(title.id, { ...USUAL_ORDER, kinds, priority: PRIORITY });
            await this.sidecars.enqueue([title], job);
          };
          return this.library
            .watch(folder, { ...how, signal: this.stopping.signal, onTitle, onError })
            .catch((error: unknown) => onError(error, null));
        }),
      ),
    );
  }

  /** Before the queue and the store close. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.watching;
  }
}
