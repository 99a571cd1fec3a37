import { join } from 'node:path';
import { Inject, Module, type OnModuleDestroy } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { FramesModule } from '../frames/frames.module.js';
import { type Joiner, MEDIA } from '../frames/media.js';
import { createDownloader, DOWNLOADER, type Downloader } from './downloader.js';
import type { ProgramSettings } from './site-programs.js';

/** Where programs from release pages are kept, and which pages those are. */
export const programSettings = ({ home, download: { releases } }: Settings): ProgramSettings => ({
  folder: join(home, 'programs'),
  releases,
});

@Module({
  imports: [FramesModule],
  providers: [
    {
      provide: DOWNLOADER,
      inject: [SETTINGS, MEDIA],
      useFactory: (settings: Settings, joiner: Joiner) => {
        const { mediaRoots, maxUploadBytes, api, s3, download } = settings;
        return createDownloader({
          roots: mediaRoots,
          maxBytes: maxUploadBytes,
          api,
          s3,
          ...download,
          programs: programSettings(settings),
          joiner,
        });
      },
    },
  ],
  exports: [DOWNLOADER],
})
export class DownloadModule implements OnModuleDestroy {
  constructor(@Inject(DOWNLOADER) private readonly downloader: Downloader) {}

  async onModuleDestroy(): Promise<void> {
    await this.downloader.close();
  }
}
