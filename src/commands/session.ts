import type { INestApplicationContext } from '@nestjs/common';
import { Presets, SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { asKinoscopeError, KinoscopeError } from '../core/errors.js';
import { printable, printableJson, printableLine } from '../core/terminal.js';

/** What a command may use: the application (opened when it is first asked for), a progress bar, an abort signal. */
export interface Session {
  app(): Promise<INestApplicationContext>;
  /** Shows how far the work is, on a terminal only and never on stdout; fractions of 0 to 1, null while unknown. */
  progress(fraction: number | null, stage: string): void;
  /** One of several answers, on stdout at once. */
  print(answer: Answer): void;
  /** One line on stderr about something that does not end the command. */
  complain(line: string): void;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
}

/** An answer: the value for --json, and the text for a person. */
export interface Answer {
  readonly value: unknown;
  readonly text: () => string;
}

function openBar(): { update: Session['progress']; stop: () => void } {
  if (!process.stderr.isTTY) return { update: () => undefined, stop: () => undefined };
  const bar = new SingleBar(
    { format: '{bar} {percentage} % {stage}', clearOnComplete: true, hideCursor: true, stream: process.stderr },
    Presets.shades_classic,
  );
  let started = false;
  return {
    update(fraction, stage) {
      if (!started) bar.start(1, 0, { stage: '' });
      started = true;
      bar.update(fraction ?? 0, { stage: printableLine(stage) });
    },
    stop() {
      if (started) bar.stop();
      started = false;
    },
  };
}

/**
 * Runs one command: opens what it needs, prints its answer on stdout, and turns any failure into one line on stderr and
 * the documented exit status.
 */
export async function runCommand(
  command: Command,
  open: () => Promise<INestApplicationContext>,
  work: (session: Session) => Promise<Answer | null>,
): Promise<void> {
  const abort = new AbortController();
  const interrupt = (): void => abort.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const bar = openBar();
  const print = (answer: Answer): void => {
    bar.stop();
    const json = command.optsWithGlobals<{ json?: boolean }>().json === true;
    process.stdout.write(`${json ? printableJson(answer.value) : printable(answer.text())}\n`);
  };
  const complain = (line: string): void => {
    bar.stop();
    process.stderr.write(`kinoscope: ${printableLine(line)}\n`);
  };
  let opened: Promise<INestApplicationContext> | null = null;
  try {
    const answer = await work({
      app: () => (opened ??= open()),
      progress: bar.update,
      print,
      complain,
      signal: abort.signal,
    });
    bar.stop();
    if (answer) print(answer);
  } catch (thrown) {
    const error = asKinoscopeError(thrown);
    complain(error.message);
    if (command.optsWithGlobals<{ verbose?: boolean }>().verbose && thrown instanceof Error)
      process.stderr.write(`${printable(thrown.stack ?? '')}\n`);
    process.exitCode = error.exitStatus;
  } finally {
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
    // One that could not be opened because of one part may have others open, which would keep the process.
    if (opened) await (await (opened as Promise<INestApplicationContext>).catch(() => process.exit())).close();
  }
}

/** A time of the command line in seconds: `83.5`, `1:23.5` or `1:23:45`. @throws KinoscopeError `usage` */
export function parseSeconds(text: string): number {
  const parts = /^(?:(?:(\d{1,4}):)?(\d{1,5}):)?(\d{1,9}(?:\.\d{1,9})?)$/.exec(text.trim());
  const [hours = 0, minutes = 0, seconds = NaN] = (parts?.slice(1) ?? []).map((part) =>
    Number((part as string | undefined) ?? 0),
  );
  const isClock = (parts?.[2] === undefined || seconds < 60) && (parts?.[1] === undefined || minutes < 60);
  if (Number.isNaN(seconds) || !isClock)
    throw new KinoscopeError('usage', `"${text}" is no time: give seconds, minutes:seconds or hours:minutes:seconds`);
  return hours * 3600 + minutes * 60 + seconds;
}

/** A share of 0 to 1. @throws KinoscopeError `usage` */
export function parseFraction(text: string): number {
  const fraction = Number(text);
  if (text.trim() === '' || !(fraction >= 0 && fraction <= 1))
    throw new KinoscopeError('usage', `"${text}" is not a number of 0 to 1`);
  return fraction;
}
