import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { WebhooksService } from './webhooks.service.js';

@Module({ imports: [AccessModule, StorageModule], providers: [WebhooksService.provider], exports: [WebhooksService] })
export class WebhooksModule {}
