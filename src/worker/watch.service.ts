import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { AnalysesService, USUAL_ORDER } from '../analyses/analyses.service.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { DEFAULT_TENANT, inContext } from '../core/context.js';
import { asKinoscopeError } from '../core/errors.js';
import type { Title } from '../titles/documents.js';
import { LibraryService } from './library.service.js';

/** A film that somebody asks for goes before those that came by themselves. */
const PRIORITY = 5;

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
  ) {}

  onApplicationBootstrap(): void {
    const { folders, ...how } = this.settings.watch;
    // The folders are the operator's.
    this.watching = inContext({ tenant: DEFAULT_TENANT, actor: 'watch' }, () =>
      Promise.all(
        folders.map((folder) => {
          const onError = (error: unknown, path: string | null): void =>
            this.logger.warn(`${path ?? folder}: ${asKinoscopeError(error).message}`);
          const onTitle = async ({ id }: Title): Promise<void> =>
            void (await this.analyses.start(id, { ...USUAL_ORDER, priority: PRIORITY }));
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
