import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { NeedsScope } from '../access/scope.js';
import { ToldOnce } from '../http/idempotency.interceptor.js';
import { instant } from '../openapi/fields.js';
import { Operation, Tag } from '../openapi/operation.js';
import { type Webhook, WebhooksService } from './webhooks.service.js';

const WebhookInput = z.object({ url: z.url({ protocol: /^https?$/ }).max(2000) }).meta({ id: 'WebhookInput' });
const WebhookOutput = z.object({ id: z.string(), url: z.string(), createdAt: instant }).meta({ id: 'Webhook' });
const NewWebhook = WebhookOutput.extend({
  secret: z
    .string()
    .optional()
    .describe('Messages are signed with it; told this once, and not to a client that repeats its request'),
}).meta({ id: 'NewWebhook' });
const Webhooks = z.object({ items: z.array(WebhookOutput) }).meta({ id: 'Webhooks' });

const present = ({ id, url, createdAt }: Webhook): z.infer<typeof WebhookOutput> => ({ id, url, createdAt });

/** Reading needs the scope `write`, too: a link may carry a token. */
@Tag('webhooks')
@NeedsScope('write')
@Controller('v1/webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Post()
  @Operation('createWebhook', {
    summary: 'Have jobs of titles told to a link when they have ended',
    description:
      'A POST of the job as GET /v1/jobs/{id} shows it, signed as Standard Webhooks says: webhook-signature is ' +
      '"v1," and the base64 HMAC-SHA256 over "{webhook-id}.{webhook-timestamp}.{body}" with the secret\'s bytes (base64 ' +
      'after "whsec_"). Any answer but 2xx within 10 s is tried again, 12 times in about an hour. A message may come twice, ' +
      'with the same webhook-id.',
    answers: { 201: NewWebhook },
    problems: [409],
    idempotent: true,
  })
  @ToldOnce('secret')
  async create(
    @Body({ schema: WebhookInput }) { url }: z.infer<typeof WebhookInput>,
  ): Promise<z.infer<typeof NewWebhook>> {
    const webhook = await this.webhooks.create(url);
    return { ...present(webhook), secret: webhook.secret };
  }

  @Get()
  @Operation('listWebhooks', { summary: 'The links that are told, without their secrets', answers: { 200: Webhooks } })
  async list(): Promise<z.infer<typeof Webhooks>> {
    return { items: (await this.webhooks.list()).map(present) };
  }

  @Delete(':id')
  @HttpCode(204)
  @Operation('deleteWebhook', { summary: 'Tell this link nothing more', answers: { 204: null }, problems: [404] })
  async delete(@Param('id') id: string): Promise<void> {
    await this.webhooks.delete(id);
  }
}
