import { access, constants, mkdir } from 'node:fs/promises';
import type { Command } from 'commander';
import { findProgram } from '../config/programs.js';
import { describeSettings, type Settings } from '../config/settings.js';
import { type Answer, runCommand } from './session.js';

/** Programs that make more possible where they are there; nothing needs them. */
const PROGRAMS = [
  { name: 'ffmpeg', for: 'the second decoder (KINOSCOPE_DECODER=ffmpeg)' },
  { name: 'yt-dlp', for: 'trailers by YouTube link (the first extractor tried)' },
] as const;

async function writable(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** doctor: the settings in force, and what is missing, with how to get it. */
export function addDoctorCommand(program: Command, settings: Settings, models: () => Promise<{ id: string; present: boolean }[]>): void {
  program
    .command('doctor')
    .description('settings in force, and what is missing')
    .action((_options: unknown, command: Command) =>
      runCommand(command, () => Promise.reject(new Error('not opened')), async (): Promise<Answer> => {
        const programs = await Promise.all(PROGRAMS.map(async (entry) => ({ ...entry, path: await findProgram(entry.name) })));
        const networks = await models();
        const value = {
          node: process.versions.node,
          settings,
          variables: describeSettings(),
          home: { folder: settings.home, writable: await writable(settings.home) },
          models: networks,
          programs,
        };
        const text = (): string => [
          `Node ${value.node}`,
          `${settings.home}: ${value.home.writable ? 'writable' : 'NOT WRITABLE (set KINOSCOPE_HOME)'}`,
          ...networks.map(({ id, present }) => `network ${id}: ${present ? 'there' : 'MISSING (npm run setup)'}`),
          ...programs.map((entry) => `${entry.name}: ${entry.path ?? 'not found'}, for ${entry.for}`),
          '',
          ...value.variables.map(({ name, default: fallback, description, set }) =>
            `${name}${set ? ' (set)' : ''}  ${description}${fallback ? ` [${fallback}]` : ''}`),
        ].join('\n');
        return { value, text };
      }),
    );
}
