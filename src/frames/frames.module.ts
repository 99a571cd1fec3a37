import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { prefersAnswers } from '../core/priority.js';
import { useLauncher } from './launcher.js';
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
  /** Who answers does not wait while the system copies the map of its memory. */
  private readonly endLauncher = prefersAnswers() ? useLauncher() : null;

  async onApplicationShutdown(): Promise<void> {
    await endIdleDecoders();
    await this.endLauncher?.();
  }
}
