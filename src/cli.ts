import { readFileSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import { Command, CommanderError } from 'commander';
import { AppModule } from './app.module.js';
import { addAnalysisCommands } from './commands/analyze.js';
import { addAnnotateCommand } from './commands/annotate.js';
import { addCorrectionCommands } from './commands/corrections.js';
import { addExportCommand } from './commands/export.js';
import { addFacesCommands } from './commands/faces.js';
import { addGuideCommands } from './commands/guide.js';
import { addImportCommand } from './commands/import.js';
import { addInspectionCommands } from './commands/inspect.js';
import { addJobCommands } from './commands/jobs.js';
import { addAccessCommands } from './commands/keys.js';
import { addPeopleCommands } from './commands/people.js';
import { addCastListCommand, addPlayersCommand, addTitleCommands } from './commands/titles.js';
import { addWatchCommand } from './commands/watch.js';
import { readSettings, type Settings } from './config/settings.js';
import { asKinoscopeError } from './core/errors.js';
import { printable, printableLine } from './core/terminal.js';
import { ServiceLogger } from './operations/service-logger.js';
import { ROLES, startService } from './service.js';

function readVersion(): string {
  return (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;
}

/** The command line: the same services as over REST, in this process. */
function buildProgram(settings: Settings): Command {
  const open = () =>
    NestFactory.createApplicationContext(AppModule.register('cli', settings), {
      logger: new ServiceLogger({ logLevels: ['error'] }),
      abortOnError: false,
    });
  const program = new Command('kinoscope')
    .description('Genre, closing credits and cast of a film')
    .version(readVersion(), '--version', 'the version of kinoscope')
    .configureOutput({ writeErr: (text) => process.stderr.write(printable(text)) })
    .option('--json', 'the answer as JSON on one line')
    .option('--verbose', 'with the stack of an internal error')
    .showHelpAfterError('(kinoscope --help shows all commands)')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride();
  addAnalysisCommands(program, open);
  addTitleCommands(program, open);
  addPlayersCommand(program, open);
  addCastListCommand(program, open);
  addWatchCommand(program, open);
  addImportCommand(program, settings, open);
  addFacesCommands(program, open);
  addPeopleCommands(program, open);
  addGuideCommands(program, open);
  addCorrectionCommands(program, open);
  addExportCommand(program, open);
  addAnnotateCommand(program, open);
  addJobCommands(program, open);
  addInspectionCommands(program, settings, open);
  addAccessCommands(program, open);
  for (const role of ROLES) {
    const command = program
      .command(role)
      .description(
        { serve: 'run the service: API and worker', api: 'run the API alone', worker: 'run a worker alone' }[role],
      )
      .action(async (options: { port?: string; host?: string }) => {
        await startService(
          role,
          readSettings({
            ...process.env,
            ...(options.port && { KINOSCOPE_PORT: options.port }),
            ...(options.host && { KINOSCOPE_HOST: options.host }),
          }),
        );
      });
    if (role !== 'worker') {
      command
        .option('--port <number>', 'instead of KINOSCOPE_PORT; 0 takes a free one')
        .option('--host <address>', 'instead of KINOSCOPE_HOST');
    }
  }
  // Options such as --json are understood before and after the command's name.
  for (const command of program.commands.flatMap((one) => [one, ...one.commands])) {
    command
      .exitOverride()
      .option('--json', 'the answer as JSON on one line')
      .option('--verbose', 'with the stack of an internal error');
  }
  return program;
}

try {
  await buildProgram(readSettings(process.env)).parseAsync();
} catch (thrown) {
  if (thrown instanceof CommanderError) {
    // Commander has said it already; help and version are answers, anything else is wrong use.
    process.exitCode = thrown.exitCode === 0 ? 0 : 2;
  } else {
    const error = asKinoscopeError(thrown);
    process.stderr.write(`kinoscope: ${printableLine(error.message)}\n`);
    // a service that could not start may have parts open that would keep the process
    process.exit(error.exitStatus);
  }
}
