import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { createModels } from './registry.js';
import { MODELS, type Models } from './types.js';

/** The folder models/ of this package, seen from src/inference as from dist/inference. */
const PACKAGE_MODELS = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'models');

@Module({
  providers: [
    {
      provide: MODELS,
      inject: [SETTINGS],
      useFactory: ({ modelsDir, provider, inferenceThreads }: Settings) =>
        createModels({ modelsDir: modelsDir ?? PACKAGE_MODELS, provider, threads: inferenceThreads }),
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
