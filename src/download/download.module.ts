import { Module } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { createDownloader, DOWNLOADER } from './downloader.js';

@Module({
  providers: [{
    provide: DOWNLOADER,
    inject: [SETTINGS],
    useFactory: (settings: Settings) => createDownloader({ roots: settings.mediaRoots, maxBytes: settings.maxUploadBytes }),
  }],
  exports: [DOWNLOADER],
})
export class DownloadModule {}
