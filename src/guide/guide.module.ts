import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { DownloadModule } from '../download/download.module.js';
import { DOWNLOADER, type Downloader } from '../download/downloader.js';
import { Guide } from './guide.js';

/** Injection token of the broadcast guide; null where none is set. */
export const GUIDE = Symbol('GUIDE');

@Module({
  imports: [DownloadModule],
  providers: [
    {
      provide: GUIDE,
      inject: [SETTINGS, DOWNLOADER],
      useFactory: ({ home, guide }: Settings, downloader: Downloader) =>
        guide &&
        new Guide({
          ...guide,
          settings: guide.sources,
          folder: join(home, 'guide'),
          fetch: (link, dir, signal) => downloader.fetchFile(link, { dir, signal }),
        }),
    },
  ],
  exports: [GUIDE],
})
export class GuideModule {}
