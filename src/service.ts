import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:net';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { securityHeaders } from './access/headers.js';
import { ApiKeys } from './access/keys.js';
import { AppModule } from './app.module.js';
import type { Settings } from './config/settings.js';
import { KinoscopeError } from './core/errors.js';
import { preferAnswers } from './core/priority.js';
import { requireFolder } from './download/watch-folder.js';
import { isStudioPath, studioPage } from './http/studio-page.js';
import { answerHealth } from './operations/health.controller.js';
import { ServiceLogger } from './operations/service-logger.js';

/** `api` answers requests, `worker` does the work, `serve` is both in one process. */
export const ROLES = ['serve', 'api', 'worker'] as const;
export type Role = (typeof ROLES)[number];

function createLogger({ logJson, logLevels }: Settings): ServiceLogger {
  return new ServiceLogger({ json: logJson, colors: process.stdout.isTTY, logLevels: [...logLevels] });
}

/** What every role that listens has in common. */
async function createListener(role: Role, settings: Settings): Promise<NestExpressApplication<Server>> {
  const app = await NestFactory.create<NestExpressApplication<Server>>(AppModule.register(role, settings), {
    logger: createLogger(settings),
    // A failure at start must reach us as an error, not end the process.
    abortOnError: false,
    bodyParser: false,
  });
  app.set('trust proxy', settings.trustProxy);
  app.use(securityHeaders(isStudioPath));
  if (role !== 'worker' && settings.corsOrigins.length > 0) {
    app.enableCors({
      origin: [...settings.corsOrigins],
      credentials: true,
      exposedHeaders: ['X-Request-Id', 'Retry-After'],
    });
  }
  app.use(answerHealth);
  return app;
}

/** An HTTP service ready to listen; tests listen on a port of their own. */
export async function createApi(role: 'serve' | 'api', settings: Settings): Promise<NestExpressApplication<Server>> {
  preferAnswers();
  const app = await createListener(role, settings);
  app.use(studioPage());
  // the command line, which shares this file, needs none of it
  const { serveDocument } = await import('./openapi/document.js');
  serveDocument(app);
  return app;
}

/** A signal hands running jobs back, closes what is open and ends the process with status 0; a second one ends it at once. */
function closeOnSignal(app: INestApplicationContext): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      app.close().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}

/** Why nobody can listen at an address. */
const NO_LISTENING: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is taken',
  EACCES: 'that port is not permitted',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such host',
};

async function requireFree(port: number, host: string): Promise<void> {
  const probe = createServer().listen(port, host);
  await once(probe, 'listening');
  probe.close();
  await once(probe, 'close');
}

/**
 * Listens, or ends what has been started.
 * @param setting where another port is chosen
 * @throws KinoscopeError `unavailable`
 */
async function listen(app: NestExpressApplication<Server>, port: number, host: string, setting: string): Promise<void> {
  try {
    // before any job is begun
    await requireFree(port, host);
    await app.listen(port, host);
  } catch (error) {
    await app.close().catch(() => undefined);
    if (error instanceof KinoscopeError) throw error;
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new KinoscopeError(
      'unavailable',
      `Cannot listen on ${host}:${port}: ${NO_LISTENING[code] ?? message}. ` +
        `Choose another port with ${setting}, another address with KINOSCOPE_HOST`,
      { cause: error },
    );
  }
}

async function startWorker(settings: Settings): Promise<INestApplicationContext> {
  const { operationsPort, host } = settings;
  if (operationsPort === null) {
    const worker = await NestFactory.createApplicationContext(AppModule.register('worker', settings), {
      logger: createLogger(settings),
      abortOnError: false,
    });
    closeOnSignal(worker);
    process.stdout.write('kinoscope worker is waiting for jobs\n');
    return worker;
  }
  const worker = await createListener('worker', settings);
  closeOnSignal(worker);
  await listen(worker, operationsPort, host, 'KINOSCOPE_OPERATIONS_PORT');
  process.stdout.write(`kinoscope worker is waiting for jobs, and answers operators on ${await worker.getUrl()}\n`);
  return worker;
}

/** Starts a role and keeps it running until a signal stops it. @throws KinoscopeError when something that it needs is not there */
export async function startService(role: Role, settings: Settings): Promise<INestApplicationContext> {
  // A folder that is missing would never be watched, and nobody would notice.
  if (role !== 'api') await Promise.all(settings.watch.folders.map(requireFolder));
  if (role === 'worker') return startWorker(settings);
  const app = await createApi(role, settings);
  closeOnSignal(app);
  if (settings.requireKeys && (await app.get(ApiKeys).list()).length === 0) {
    process.stderr.write(
      'kinoscope: there is no API key yet, so nobody is let in: make one with "kinoscope keys create NAME"\n',
    );
  }
  await listen(app, settings.port, settings.host, 'KINOSCOPE_PORT or --port');
  process.stdout.write(`kinoscope is listening on ${await app.getUrl()}\n`);
  return app;
}
