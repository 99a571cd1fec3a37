import { ConsoleLogger, type ConsoleLoggerOptions, type LogLevel } from '@nestjs/common';
import { currentContext } from '../core/context.js';
import { KinoscopeError } from '../core/errors.js';
import { printable } from '../core/terminal.js';

/** Each in time linear in the text: links and names of strangers get into log lines. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  // the password of mongodb://user:password@host
  [/(:\/\/[^\s:/@"]*):[^\s/@"]+@/g, '$1:***@'],
  [/\bks_([0-9a-f]{12})_[\w-]{43}/g, 'ks_$1_***'],
  [/\b(Bearer|Basic) +[\w.~+/=-]+/gi, '$1 ***'],
];
const PARAMETER = /([?&][\w-]{1,100}=)[^&\s"'\\]+/g;
const SECRET_NAME = /token|key|secret|sig|password|credential|auth/i;

/** The text with passwords, keys and the signatures of links blotted out. */
export function withoutSecrets(text: string): string {
  // signed links
  const unsigned = text.replace(PARAMETER, (whole, name: string) => (SECRET_NAME.test(name) ? `${name}***` : whole));
  return SECRETS.reduce((clean, [secret, instead]) => clean.replace(secret, instead), unsigned);
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

  /** Names and links of strangers reach a terminal through log lines, too. */
  protected override stringifyMessage(message: unknown, level: LogLevel): string {
    return super.stringifyMessage(typeof message === 'string' ? printable(message) : message, level) as string;
  }

  protected override printStackTrace(stack: string | undefined): void {
    if (stack) super.printStackTrace(withoutSecrets(stack));
  }
}
