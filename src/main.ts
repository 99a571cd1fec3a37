import { readSettings } from './config/settings.js';
import { asKinoscopeError, KinoscopeError } from './core/errors.js';
import { printableLine } from './core/terminal.js';
import { type Role, ROLES, startService } from './service.js';

/** The service: `node dist/main.js [serve|api|worker]`. */
try {
  const role = process.argv[2] ?? 'serve';
  if (!ROLES.some((known) => known === role))
    throw new KinoscopeError('usage', `Unknown role "${role}": take one of ${ROLES.join(', ')}`);
  await startService(role as Role, readSettings(process.env));
} catch (thrown) {
  const error = asKinoscopeError(thrown);
  process.stderr.write(`kinoscope: ${printableLine(error.message)}\n`);
  process.exit(error.exitStatus);
}
