import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { KinoscopeError } from '../core/errors.js';
import { type Child, type Ending, programArguments, safeEnvironment } from './child.js';

/** What the launcher is told; `id` numbers the processes. */
export type LauncherRequest = { readonly id: number } & (
  { readonly kind: 'start'; readonly args: readonly string[]; readonly memory: number } | { readonly kind: 'kill' }
);

/** What it tells; the pipe to the process comes with `started`. */
export type LauncherNews = { readonly id: number } & (
  | { readonly kind: 'started' }
  | { readonly kind: 'said'; readonly text: string }
  | { readonly kind: 'ended'; readonly ending: Ending }
  | { readonly kind: 'failed' }
);

interface Launched {
  readonly stderr: PassThrough;
  started(pipe: Socket): void;
  ended(ending: Ending): void;
  failed(): void;
}

/**
 * A small process that starts others for this one. To start a process the system copies the map of the starter's memory, while
 * that waits: with networks loaded it is a twentieth of a second in which a service could answer nobody.
 */
class Launcher {
  private readonly process: ChildProcess;
  private readonly launched = new Map<number, Launched>();
  /** Those for which this process stays alive. */
  private readonly held = new Set<number>();
  private count = 0;
  readonly gone: Promise<unknown>;

  constructor() {
    this.process = spawn(process.execPath, programArguments(import.meta.url, './launcher-program'), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      detached: process.platform !== 'win32',
      windowsHide: true,
      env: safeEnvironment(),
    });
    this.process.unref();
    this.process.channel?.unref();
    this.process.on('message', (news: LauncherNews, pipe?: unknown) => this.hear(news, pipe as Socket | undefined));
    this.process.on('error', () => this.abandon());
    this.process.on('exit', () => this.abandon());
    this.gone = once(this.process, 'exit').catch(() => undefined);
  }

  get works(): boolean {
    return this.process.connected;
  }

  /** @throws KinoscopeError `unavailable` */
  start(args: readonly string[], memory: number): Promise<Child> {
    const id = ++this.count;
    const stderr = new PassThrough();
    return new Promise((resolve, reject) => {
      const exited = new Promise<Ending>((ended) => {
        this.launched.set(id, {
          stderr,
          ended: (ending) => {
            // the reader of what it said has read all of that by then
            stderr.end();
            stderr.once('close', () => ended(ending));
          },
          failed: () => {
            stderr.destroy();
            // one that had started has lost the one that would have told of its end
            ended('SIGKILL');
            reject(new KinoscopeError('unavailable', 'A process to read films could not be started'));
          },
          started: (pipe) =>
            resolve({
              pipe,
              stderr,
              exited,
              killGroup: () => this.tell({ id, kind: 'kill' }),
              hold: (held) => {
                if (held) pipe.ref();
                else pipe.unref();
                this.hold(id, held);
              },
            }),
        });
      });
      this.hold(id, true);
      this.tell({ id, kind: 'start', args, memory });
    });
  }

  /** Ends it; what it has started goes on, and nobody hears of its end. */
  async end(): Promise<void> {
    this.process.ref();
    if (this.process.connected) this.process.disconnect();
    await this.gone;
  }

  private tell(request: LauncherRequest): void {
    this.process.send(request, (error) => {
      if (error) this.forget(request.id)?.failed();
    });
  }

  private hear(news: LauncherNews, pipe: Socket | undefined): void {
    if (news.kind === 'said') this.launched.get(news.id)?.stderr.write(news.text);
    else if (news.kind === 'started') this.launched.get(news.id)?.started(pipe!);
    else if (news.kind === 'ended') this.forget(news.id)?.ended(news.ending);
    else this.forget(news.id)?.failed();
  }

  private forget(id: number): Launched | undefined {
    const launched = this.launched.get(id);
    this.launched.delete(id);
    this.hold(id, false);
    return launched;
  }

  private hold(id: number, held: boolean): void {
    if (held && this.launched.has(id)) this.held.add(id);
    else this.held.delete(id);
    if (this.held.size > 0) this.process.channel?.ref();
    else this.process.channel?.unref();
  }

  /** The launcher is gone: what it had started counts as killed, and nobody waits in vain. */
  private abandon(): void {
    for (const id of [...this.launched.keys()]) this.forget(id)?.failed();
  }
}

let users = 0;
let launcher: Launcher | null = null;

/**
 * From now on other programs of ours are started by a launcher.
 * @returns what ends that, and the launcher with its last user
 */
export function useLauncher(): () => Promise<void> {
  users++;
  current();
  return async () => {
    if (--users > 0) return;
    const last = launcher;
    launcher = null;
    await last?.end();
  };
}

/** The launcher, if there is to be one; another one when the last has died. */
export function current(): Launcher | null {
  if (users > 0 && !launcher?.works) launcher = new Launcher();
  return launcher;
}
