import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { z } from 'zod';
import { NeedsScope } from '../access/scope.js';
import { ToldOnce } from '../http/idempotency.interceptor.js';
import { type Webhook, WebhooksService } from './webhooks.service.js';

const WebhookInput = z.object({ url: z.url({ protocol: /^https?$/ }).max(2000) });
const WebhookOutput = z.object({ id: z.string(), url: z.string(), createdAt: z.string() });
const NewWebhook = WebhookOutput.extend({
  secret: z
    .string()
    .optional()
    .describe('Messages are signed with it; told this once, and not to a client that repeats its request'),
});
const Webhooks = z.object({ items: z.array(WebhookOutput) });

const present = ({ id, url, createdAt }: Webhook): z.infer<typeof WebhookOutput> => ({ id, url, createdAt });

/** Reading needs the scope `write`, too: a link may carry a token. */
@ApiTags('webhooks')
@NeedsScope('write')
@Controller('v1/webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Post()
  @ApiOperation({
    summary: 'Have jobs of titles told to a link when they have ended',
    description:
      'A POST of the job as GET /v1/jobs/{id} shows it, signed as Standard Webhooks says: webhook-signature is ' +
      '"v1," and the base64 HMAC-SHA256 over "{webhook-id}.{webhook-timestamp}.{body}" with the secret\'s bytes (base64 ' +
      'after "whsec_"). Any answer but 2xx within 10 s is tried again, 12 times in about an hour. A message may come twice, ' +
      'with the same webhook-id.',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiCreatedResponse({ standardSchema: NewWebhook })
  @ToldOnce('secret')
  async create(
    @Body({ schema: WebhookInput }) { url }: z.infer<typeof WebhookInput>,
  ): Promise<z.infer<typeof NewWebhook>> {
    const webhook = await this.webhooks.create(url);
    return { ...present(webhook), secret: webhook.secret };
  }

  @Get()
  @ApiOperation({ summary: 'The links that are told, without their secrets' })
  @ApiOkResponse({ standardSchema: Webhooks })
  async list(): Promise<z.infer<typeof Webhooks>> {
    return { items: (await this.webhooks.list()).map(present) };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Tell this link nothing more' })
  @ApiNoContentResponse()
  async delete(@Param('id') id: string): Promise<void> {
    await this.webhooks.delete(id);
  }
}
