import { ConsoleLogger, type ConsoleLoggerOptions } from '@nestjs/common';
import { currentContext } from '../context.js';
import { KinoscopeError } from '../errors.js';

const SECRETS: readonly (readonly [RegExp, string])[] = [
  // the password of mongodb://user:password@host
  [/([a-z][a-z0-9+.-]*:\/\/[^\s:/@"]*):[^\s/@"]+@/gi, '$1:***@'],
  [/\bks_([0-9a-f]{12})_[\w-]{43}/g, 'ks_$1_***'],
  [/\b(Bearer|Basic) +[\w.~+/=-]+/gi, '$1 ***'],
  // signed links
  [/([?&](?:[\w-]*(?:token|key|secret|sig|signature|password|credential|auth)[\w-]*)=)[^&\s"'\\]+/gi, '$1***'],
];

/** The text with passwords, keys and the signatures of links blotted out. */
export function withoutSecrets(text: string): string {
  return SECRETS.reduce((clean, [secret, instead]) => clean.replace(secret, instead), text);
}

/** Log lines that say for which request or job they were written, and no secret. */
export class ServiceLogger extends ConsoleLogger {
  constructor(options: ConsoleLoggerOptions) {
    super({ ...options, colors: options.colors === true && options.json !== true });
  }

  /** What keeps a process from starting, and is expected, is told by the process in its one last line. */
  override error(message: unknown, ...details: unknown[]): void {
    if (message instanceof KinoscopeError && details.at(-1) === 'ExceptionHandler') return;
    super.error(message, ...details);
  }

  protected override stringifyJsonLogObject(entry: Record<string, unknown>): string {
    return withoutSecrets(super.stringifyJsonLogObject({ ...entry, ...currentContext() }));
  }

  protected override formatMessage(...args: Parameters<ConsoleLogger['formatMessage']>): string {
    const { request, job } = currentContext() ?? {};
    const of = [...(job ? [`job ${job}`] : []), ...(request ? [`request ${request}`] : [])];
    const line = super.formatMessage(...args);
    return withoutSecrets(of.length > 0 ? line.replace(/\n$/, ` (${of.join(', ')})\n`) : line);
  }

  protected override printStackTrace(stack: string | undefined): void {
    if (stack) super.printStackTrace(withoutSecrets(stack));
  }
}
