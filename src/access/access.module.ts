import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { STORE, type Store } from '../storage/collection.js';
import { StorageModule } from '../storage/storage.module.js';
import { AccessMiddleware } from './access.middleware.js';
import { Audit } from './audit.js';
import { JsonBody } from './json-body.js';
import { ApiKeys } from './keys.js';

/** Who may do what, and the record of it. Its middleware comes before every route. */
@Module({
  imports: [StorageModule],
  providers: [
    { provide: ApiKeys, inject: [STORE], useFactory: (store: Store) => ApiKeys.open(store) },
    { provide: Audit, inject: [STORE], useFactory: (store: Store) => Audit.open(store) },
  ],
  exports: [ApiKeys, Audit],
})
export class AccessModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(AccessMiddleware, JsonBody).forRoutes('{*path}');
  }
}
