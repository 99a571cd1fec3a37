import { type DynamicModule, Module, type Provider, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, Reflector } from '@nestjs/core';
import { AccessGuard } from './access/access.guard.js';
import { AccessModule } from './access/access.module.js';
import { KeysController } from './access/keys.controller.js';
import { RateGuard } from './access/rate.guard.js';
import { SessionController } from './access/session.controller.js';
import { AnalysesController } from './analyses/analyses.controller.js';
import { AnalysesModule } from './analyses/analyses.module.js';
import { BilledController } from './analyses/billed.controller.js';
import { CorrectionsController } from './analyses/corrections.controller.js';
import { SegmentsController } from './analyses/segments.controller.js';
import { TracksController } from './analyses/tracks.controller.js';
import { SETTINGS, type Settings } from './config/settings.js';
import { ExportsController } from './exports/exports.controller.js';
import { ExportsModule } from './exports/exports.module.js';
import { Connections } from './http/connections.js';
import { IdempotencyInterceptor } from './http/idempotency.interceptor.js';
import { ProblemFilter } from './http/problem.filter.js';
import { SchemaPipe } from './http/schema.pipe.js';
import { Uploads } from './http/uploads.js';
import { PersonBroadcastsController, TitleBroadcastsController } from './identify/broadcasts.controller.js';
import { IdentifyController } from './identify/identify.controller.js';
import { IdentifyModule } from './identify/identify.module.js';
import { InferenceModule } from './inference/inference.module.js';
import { JobsController } from './jobs/jobs.controller.js';
import { JobsModule } from './jobs/jobs.module.js';
import { QueryGuard } from './openapi/query.guard.js';
import { DoctorController } from './operations/doctor.controller.js';
import { HealthController } from './operations/health.controller.js';
import { MetricsController } from './operations/metrics.controller.js';
import { OperationsModule } from './operations/operations.module.js';
import { CastListController } from './people/cast-list.controller.js';
import { ConstraintsController } from './people/constraints.controller.js';
import { MapController } from './people/map.controller.js';
import { PeopleController } from './people/people.controller.js';
import { PeopleModule } from './people/people.module.js';
import { PhotosController } from './people/photos/photos.controller.js';
import { STORE, type Store } from './storage/collection.js';
import { StorageModule } from './storage/storage.module.js';
import { Catalogue } from './titles/catalogue.service.js';
import { GuideController } from './titles/guide.controller.js';
import { ProxiesController } from './titles/proxies.controller.js';
import { SeriesController } from './titles/series.controller.js';
import { TitlesController } from './titles/titles.controller.js';
import { TitlesModule } from './titles/titles.module.js';
import { UnfinishedUploads } from './titles/unfinished-uploads.js';
import { UploadsController } from './titles/uploads.controller.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';
import { LibraryService } from './worker/library.service.js';
import { WatchService } from './worker/watch.service.js';
import { WorkerService } from './worker/worker.service.js';

/** `api` answers requests, `worker` does the work, `serve` is both; `cli` is the services alone. */
export type AppRole = 'serve' | 'api' | 'worker' | 'cli';

@Module({})
class SettingsModule {
  static register(settings: Settings): DynamicModule {
    return {
      module: SettingsModule,
      global: true,
      providers: [{ provide: SETTINGS, useValue: settings }],
      exports: [SETTINGS],
    };
  }
}

function controllersOf(role: AppRole): Type[] {
  const answers = role === 'serve' || role === 'api';
  return [
    ...(answers
      ? [
          TitlesController,
          SeriesController,
          ProxiesController,
          UploadsController,
          AnalysesController,
          BilledController,
          CorrectionsController,
          SegmentsController,
          TracksController,
          ExportsController,
          CastListController,
          PhotosController,
          PeopleController,
          ConstraintsController,
          MapController,
          IdentifyController,
          PersonBroadcastsController,
          TitleBroadcastsController,
          GuideController,
          JobsController,
          SessionController,
          KeysController,
          DoctorController,
          WebhooksController,
        ]
      : []),
    ...(role === 'cli' ? [] : [HealthController, MetricsController]),
  ];
}

/** @param listens whether requests come to this process at all */
function providersOf(role: AppRole, listens: boolean): Provider[] {
  const answers = role === 'serve' || role === 'api';
  const works = role === 'serve' || role === 'worker';
  return [
    LibraryService,
    ...(works ? [WorkerService, WatchService] : []),
    ...(answers ? [Uploads, UnfinishedUploads, Catalogue] : []),
    ...(listens ? [Connections] : []),
    ...(role === 'cli'
      ? []
      : [
          { provide: APP_FILTER, useClass: ProblemFilter },
          { provide: APP_GUARD, useClass: RateGuard },
          { provide: APP_GUARD, useClass: AccessGuard },
          { provide: APP_GUARD, useClass: QueryGuard },
          { provide: APP_PIPE, useClass: SchemaPipe },
          {
            provide: APP_INTERCEPTOR,
            inject: [STORE, Reflector],
            useFactory: (store: Store, reflector: Reflector) => IdempotencyInterceptor.open(store, reflector),
          },
        ]),
  ];
}

@Module({})
export class AppModule {
  static register(role: AppRole, settings: Settings): DynamicModule {
    const listens = role === 'serve' || role === 'api' || (role === 'worker' && settings.operationsPort !== null);
    // The user of the command line may open what the system lets them open; a service opens only what it was told to.
    // Only requests come with keys: commands are the operator's.
    const inForce = {
      ...settings,
      mediaRoots: role === 'cli' ? settings.mediaRoots : [...(settings.mediaRoots ?? []), ...settings.watch.folders],
      requireKeys: role !== 'cli' && settings.requireKeys,
      s3: settings.s3 && { ...settings.s3, buckets: settings.s3.buckets ?? (role === 'cli' ? null : []) },
    };
    return {
      module: AppModule,
      imports: [
        SettingsModule.register(inForce),
        StorageModule,
        AccessModule,
        InferenceModule,
        JobsModule.register(inForce),
        TitlesModule,
        PeopleModule,
        AnalysesModule,
        ExportsModule,
        IdentifyModule,
        ...(role === 'cli' ? [] : [OperationsModule, WebhooksModule]),
      ],
      controllers: controllersOf(role),
      providers: providersOf(role, listens),
    };
  }
}
