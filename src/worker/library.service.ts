import { Injectable } from '@nestjs/common';
import { watchFolder, type WatchOptions } from '../download/watch-folder.js';
import { TitleErasure } from '../people/title-erasure.js';
import type { Title } from '../titles/documents.js';
import { TitlesService } from '../titles/titles.service.js';

export interface LibraryOptions extends Omit<WatchOptions, 'onFile'> {
  /** Hears of each film's title, one after the other: when it is found, when it changed, when more is known of it. */
  readonly onTitle: (title: Title) => Promise<void>;
}

/** Keeps titles in step with folders of films. */
@Injectable()
export class LibraryService {
  constructor(
    private readonly titles: TitlesService,
    private readonly erasure: TitleErasure,
  ) {}

  /** Watches until the signal aborts. @throws KinoscopeError `not-found` when there is no such folder */
  watch(folder: string, { onTitle, ...options }: LibraryOptions): Promise<void> {
    return watchFolder(folder, {
      ...options,
      onFile: async (path) => {
        const title = await this.titles.fromPath(path, { signal: options.signal });
        await this.erasure.deleteReplaced(title);
        await onTitle(title);
      },
    });
  }
}
