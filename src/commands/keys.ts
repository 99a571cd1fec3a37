import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { Audit } from '../access/audit.js';
import { type ApiKey, ApiKeys, type Scope, SCOPES } from '../access/keys.js';
import { KinoscopeError } from '../core/errors.js';
import { type Answer, runCommand } from './session.js';

type Open = () => Promise<INestApplicationContext>;

function parseScopes(text: string): Scope[] {
  const scopes = text.split(',').map((scope) => scope.trim());
  const unknown = scopes.filter((scope) => !SCOPES.some((known) => known === scope));
  if (unknown.length > 0)
    throw new KinoscopeError('usage', `Unknown scope "${unknown.join(', ')}": take some of ${SCOPES.join(', ')}`);
  return scopes as Scope[];
}

function parseDays(text: string): number {
  const days = Number(text);
  if (!(days > 0 && days <= 36_500)) throw new KinoscopeError('usage', `"${text}" is not a number of days`);
  return days;
}

function line({ id, name, tenant, scopes, createdAt, expiresAt, revokedAt }: ApiKey): string {
  const end = revokedAt ? `revoked ${revokedAt}` : expiresAt ? `until ${expiresAt}` : '';
  return `${id}  ${name}  tenant ${tenant}  ${scopes.join(',')}  since ${createdAt} ${end}`.trimEnd();
}

function addCreate(group: Command, open: Open): void {
  group
    .command('create')
    .argument('<name>', 'what the key is for')
    .option('--scopes <list>', `some of ${SCOPES.join(', ')}, separated by commas`, 'read,write')
    .option('--tenant <name>', 'whose titles and people the key opens', 'default')
    .option('--days <n>', 'for how long it is valid; without: until it is revoked')
    .description('make an API key; it is shown this once')
    .action((name: string, options: { scopes: string; tenant: string; days?: string }, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const wanted = {
          name,
          scopes: parseScopes(options.scopes),
          tenant: options.tenant,
          ...(options.days ? { days: parseDays(options.days) } : {}),
        };
        const app = await session.app();
        const { key, text } = await app.get(ApiKeys).create(wanted);
        await app.get(Audit).add('key.created', { key: key.id, tenant: key.tenant, scopes: key.scopes.join(',') });
        return { value: { ...key, key: text }, text: () => `${line(key)}\n${text}\nKeep it: it is not shown again.` };
      }),
    );
}

function addList(group: Command, open: Open): void {
  group
    .command('list')
    .description('the keys, without their secrets')
    .action((_options: unknown, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const keys = await (await session.app()).get(ApiKeys).list();
        return { value: { keys }, text: () => keys.map(line).join('\n') || 'There are no keys yet' };
      }),
    );
}

function addRevoke(group: Command, open: Open): void {
  group
    .command('revoke')
    .argument('<id>')
    .description('refuse a key from now on')
    .action((id: string, _options: unknown, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const app = await session.app();
        const key = await app.get(ApiKeys).revoke(id);
        await app.get(Audit).add('key.revoked', { key: id });
        return { value: key, text: () => line(key) };
      }),
    );
}

function addAudit(program: Command, open: Open): void {
  program
    .command('audit')
    .option('--limit <n>', 'how many lines', '100')
    .description('who did what: keys, deletions, people; the newest first')
    .action((options: { limit: string }, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        const lines = await (await session.app()).get(Audit).list(Number(options.limit));
        const text = (): string =>
          lines
            .map(
              ({ at, tenant, actor, action, subject }) =>
                `${at}  ${tenant}  ${actor}  ${action}  ${JSON.stringify(subject)}`,
            )
            .join('\n');
        return { value: { lines }, text: () => text() || 'Nothing yet' };
      }),
    );
}

/** keys: make, list and revoke API keys. audit: who did what. */
export function addAccessCommands(program: Command, open: Open): void {
  const group = program.command('keys').description('API keys: create, list, revoke');
  addCreate(group, open);
  addList(group, open);
  addRevoke(group, open);
  addAudit(program, open);
}
