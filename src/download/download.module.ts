import { Inject, Module, type OnModuleDestroy } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { createDownloader, DOWNLOADER, type Downloader } from './downloader.js';

@Module({
  providers: [{
    provide: DOWNLOADER,
    inject: [SETTINGS],
    useFactory: ({ mediaRoots, maxUploadBytes, api, s3, download }: Settings) =>
      createDownloader({ roots: mediaRoots, maxBytes: maxUploadBytes, api, s3, ...download }),
  }],
  exports: [DOWNLOADER],
})
export class DownloadModule implements OnModuleDestroy {
  constructor(@Inject(DOWNLOADER) private readonly downloader: Downloader) {}

  async onModuleDestroy(): Promise<void> {
    await this.downloader.close();
  }
}
