import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { MEDIA, openMedia } from './media.js';
import { endIdleDecoders } from './picture.js';

@Module({
  providers: [
    {
      provide: MEDIA,
      inject: [SETTINGS],
      useFactory: (settings: Settings) =>
        openMedia({ kind: settings.decoder, threads: settings.decoderThreads, maxPixels: settings.maxPixels }),
    },
  ],
  exports: [MEDIA],
})
export class FramesModule implements OnApplicationShutdown {
  onApplicationShutdown(): Promise<void> {
    return endIdleDecoders();
  }
}
