import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { createModels } from './registry.js';
import { MODELS, type Models } from './types.js';

/** The folder models/ of this package, seen from src/inference as from dist/inference. */
const PACKAGE_MODELS = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'models');

export const modelsFolder = ({ modelsDir }: Settings): string => modelsDir ?? PACKAGE_MODELS;

@Module({
  providers: [
    {
      provide: MODELS,
      inject: [SETTINGS],
      useFactory: (settings: Settings) =>
        createModels({
          modelsDir: modelsFolder(settings),
          provider: settings.provider,
          threads: settings.inferenceThreads,
          faces: settings.faceNetworks,
        }),
    },
  ],
  exports: [MODELS],
})
export class InferenceModule implements OnApplicationShutdown {
  constructor(@Inject(MODELS) private readonly models: Models) {}

  onApplicationShutdown(): Promise<void> {
    return this.models.close();
  }
}
