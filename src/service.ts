import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { ConsoleLogger, type INestApplicationContext } from '@nestjs/common';
import { fileURLToPath } from 'node:url';
import { AppModule } from './app.module.js';
import type { Settings } from './config/settings.js';

/** `api` answers requests, `worker` does the work, `serve` is both in one process. */
export const ROLES = ['serve', 'api', 'worker'] as const;
export type Role = (typeof ROLES)[number];

/** The studio page's files, beside the compiled service. */
const PAGE = fileURLToPath(new URL('./studio/page/', import.meta.url));

function createLogger({ logJson, logLevels }: Settings): ConsoleLogger {
  return new ConsoleLogger({ json: logJson, colors: process.stdout.isTTY, logLevels: [...logLevels] });
}

/** An HTTP service ready to listen; tests listen on a port of their own. */
export async function createApi(role: 'serve' | 'api', settings: Settings): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.register(role, settings), {
    logger: createLogger(settings),
    // A failure at start must reach us as an error, not end the process.
    abortOnError: false,
  });
  app.useBodyParser('json', { limit: '1mb' });
  app.useStaticAssets(PAGE, { index: 'index.html' });
  const description = new DocumentBuilder()
    .setTitle('kinoscope')
    .setDescription('Genre, closing credits and cast of films. Times are seconds, boxes [x, y, width, height] as fractions of the frame; '
      + 'errors are application/problem+json.')
    .setVersion('1')
    .build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, description));
  return app;
}

/** A signal hands running jobs back, closes what is open and ends the process with status 0; a second one ends it at once. */
function closeOnSignal(app: INestApplicationContext): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      app.close().then(() => process.exit(0), () => process.exit(1));
    });
  }
}

/** Starts a role and keeps it running until a signal stops it. */
export async function startService(role: Role, settings: Settings): Promise<INestApplicationContext> {
  if (role === 'worker') {
    const worker = await NestFactory.createApplicationContext(AppModule.register(role, settings), {
      logger: createLogger(settings),
      abortOnError: false,
    });
    closeOnSignal(worker);
    process.stdout.write('kinoscope worker is waiting for jobs\n');
    return worker;
  }
  const app = await createApi(role, settings);
  closeOnSignal(app);
  await app.listen(settings.port, settings.host);
  process.stdout.write(`kinoscope is listening on ${await app.getUrl()}\n`);
  return app;
}
