import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { StandardSchemaValidationPipe } from '@nestjs/common';
import { SETTINGS, type Settings } from './config/settings.js';
import { DownloadModule } from './download/download.module.js';
import { FramesModule } from './frames/frames.module.js';
import { HealthController } from './health.controller.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { InferenceModule } from './inference/inference.module.js';
import { JobsController } from './jobs/jobs.controller.js';
import { JobsModule } from './jobs/jobs.module.js';
import { ProblemFilter } from './problem.filter.js';
import { STORE, type Store } from './storage/collection.js';
import { StorageModule } from './storage/storage.module.js';
import { AnalysesController } from './titles/analyses.controller.js';
import { TitlesController } from './titles/titles.controller.js';
import { TitlesModule } from './titles/titles.module.js';

@Module({})
class SettingsModule {
  static register(settings: Settings): DynamicModule {
    return { module: SettingsModule, global: true, providers: [{ provide: SETTINGS, useValue: settings }], exports: [SETTINGS] };
  }
}
