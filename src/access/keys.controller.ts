import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { currentTenant, DEFAULT_TENANT } from '../core/context.js';
import { KinoscopeError } from '../core/errors.js';
import { instant } from '../openapi/fields.js';
import { Operation, Tag } from '../openapi/operation.js';
import { Audit } from './audit.js';
import { type ApiKey, ApiKeys, SCOPES } from './keys.js';
import { NeedsScope } from './scope.js';

const KeyOutput = z
  .object({
    id: z.string(),
    name: z.string(),
    tenant: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    createdAt: instant,
    expiresAt: instant.nullable(),
    revokedAt: instant.nullable(),
  })
  .meta({ id: 'ApiKey' });
type KeyOutput = z.infer<typeof KeyOutput>;

const KeysOutput = z.object({ items: z.array(KeyOutput) }).meta({ id: 'ApiKeys' });
const NewKeyOutput = z
  .object({ key: KeyOutput, text: z.string().describe('The key itself, told this once') })
  .meta({ id: 'NewApiKey' });

const KeyInput = z
  .strictObject({
    name: z.string().trim().min(1).max(200),
    scopes: z.array(z.enum(SCOPES)).min(1).default(['read', 'write']),
    days: z.number().positive().max(36_500).optional().describe('For how long it is valid; unset: until it is revoked'),
  })
  .meta({ id: 'ApiKeyInput' });
type KeyInput = z.infer<typeof KeyInput>;

const present = ({ id, name, tenant, scopes, createdAt, expiresAt, revokedAt }: ApiKey): KeyOutput => ({
  id,
  name,
  tenant,
  scopes: [...scopes],
  createdAt,
  expiresAt,
  revokedAt,
});

/** The keys of the caller's tenant; the default tenant's operators see and revoke everybody's. */
@Tag('access')
@NeedsScope('operate')
@Controller('v1/keys')
export class KeysController {
  constructor(
    private readonly keys: ApiKeys,
    private readonly audit: Audit,
  ) {}

  @Get()
  @Operation('listKeys', {
    summary: 'API keys without their secrets, the newest first; revoked ones too',
    answers: { 200: KeysOutput },
  })
  async list(): Promise<z.infer<typeof KeysOutput>> {
    return { items: (await this.keys.list()).filter(isTheirs).map(present) };
  }

  @Post()
  @Operation('createKey', { summary: "Make an API key of the caller's tenant", answers: { 201: NewKeyOutput } })
  async create(@Body({ schema: KeyInput }) { name, scopes, days }: KeyInput): Promise<z.infer<typeof NewKeyOutput>> {
    const { key, text } = await this.keys.create({ name, scopes, tenant: currentTenant(), ...(days && { days }) });
    await this.audit.add('key.created', { key: key.id, tenant: key.tenant, scopes: key.scopes.join(',') });
    return { key: present(key), text };
  }

  @Delete(':id')
  @HttpCode(204)
  @Operation('revokeKey', { summary: 'Refuse a key from now on', answers: { 204: null }, problems: [404] })
  async revoke(@Param('id') id: string): Promise<void> {
    if (!(await this.keys.list()).some((key) => key.id === id && isTheirs(key)))
      throw new KinoscopeError('not-found', `There is no key ${id}`);
    await this.keys.revoke(id);
    await this.audit.add('key.revoked', { key: id });
  }
}

const isTheirs = ({ tenant }: ApiKey): boolean => currentTenant() === DEFAULT_TENANT || tenant === currentTenant();
