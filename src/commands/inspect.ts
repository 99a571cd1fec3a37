import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { ApiKeys } from '../access/keys.js';
import type { FaceNetworks } from '../config/face-networks.js';
import { describeSettings, type Settings } from '../config/settings.js';
import { asKinoscopeError } from '../core/errors.js';
import { programSettings } from '../download/download.module.js';
import { SitePrograms, type Updated } from '../download/site-programs.js';
import { faceNetworks } from '../faces/networks.js';
import { modelsFolder } from '../inference/inference.module.js';
import { readManifest } from '../inference/manifest.js';
import type { ModelRegistry, ModelStatus } from '../inference/registry.js';
import { MODELS } from '../inference/types.js';
import { JOB_QUEUE, type JobQueue } from '../jobs/job-queue.js';
import { programs, writable } from '../operations/doctor.js';
import { withoutSecrets } from '../operations/service-logger.js';
import { WAY_OUT } from '../people/another-network.js';
import { People } from '../people/people.js';
import { guideLine, guideSources } from './guide.js';
import { type Answer, runCommand, type Session } from './session.js';

const STATES: Record<ModelStatus['state'], string> = { ok: 'there', missing: 'missing', different: 'damaged' };

interface ServiceState {
  readonly name: string;
  readonly kind: string;
  readonly state: 'ok' | 'failing';
  /** What to do about it; null where it answers. */
  readonly advice: string | null;
}

/** Whether the database and the queue that the settings choose answer. */
async function services(session: Session, { mongodbUri, redisUrl }: Settings): Promise<ServiceState[]> {
  const state = (name: string, kind: string, advice: string | null): ServiceState => ({
    name,
    kind,
    state: advice === null ? 'ok' : 'failing',
    advice,
  });
  const advice = await session
    .app()
    .then((app) => app.get<JobQueue>(JOB_QUEUE).ping())
    .then(
      () => null,
      (error: unknown) => asKinoscopeError(error).message,
    );
  const blame = (text: RegExp): string | null => (advice && text.test(advice) ? withoutSecrets(advice) : null);
  const queue = blame(/redis/i);
  return [
    state('database', mongodbUri ? 'MongoDB (MONGODB_URI)' : 'SQLite file', queue ? null : blame(/./)),
    state('queue', redisUrl ? 'BullMQ (REDIS_URL)' : 'in the SQLite file', queue),
  ];
}

const fixedText = ({ name, file, changed }: Updated): string =>
  `${name}: ${changed ? 'fetched, checked by its sha256' : 'is the current one'} (${file})`;

/** The settings as they may be shown: passwords and tokens are blotted out. */
function shownSettings(settings: Settings): unknown {
  const { api, s3, download, ...others } = settings;
  return JSON.parse(
    withoutSecrets(
      JSON.stringify({
        ...others,
        api: api && { ...api, key: api.key && '***' },
        s3: s3 && { ...s3, secretAccessKey: '***', sessionToken: s3.sessionToken && '***' },
        download: { ...download, poToken: download.poToken && '***' },
      }),
    ),
  );
}

/** What a service with these settings would have to say about who may ask. */
async function accessAdvice(session: Session, { requireKeys, host }: Settings): Promise<string> {
  if (!requireKeys) return `no key needed on ${host}`;
  const keys = await (await session.app()).get(ApiKeys).list();
  const valid = keys.filter(({ revokedAt }) => revokedAt === null).length;
  return valid > 0 ? `${valid} API keys` : 'NO API KEY, so nobody is let in (kinoscope keys create NAME)';
}

/** What is wrong with the people of the default tenant; null where nothing is. */
async function galleryAdvice(session: Session): Promise<string | null> {
  const another = await (await session.app()).get(People).learntByAnother();
  return (
    another &&
    `${another.named ? 'LEARNT' : 'NOBODY ENROLLED, BUT FILMS WERE READ'} BY ANOTHER NETWORK (${another.theirs}, not ${another.ours}): ` +
      `nobody is recognised. Either ${WAY_OUT}`
  );
}

/** Which networks read faces, and those of them whose origin nobody has proved. */
function facesInUse(networks: FaceNetworks, models: readonly ModelStatus[]) {
  const ids: readonly string[] = faceNetworks({ faces: networks });
  const unproven = new Set(models.filter(({ license }) => /unproven/.test(license)).map(({ id }) => id));
  return { networks, used: ids, unproven: ids.filter((id) => unproven.has(id)) };
}

function facesText({ networks, used, unproven }: ReturnType<typeof facesInUse>): string {
  const origin =
    unproven.length === 0
      ? 'all of known origin and licence'
      : `ORIGIN OF ${unproven.join(', ')} UNPROVEN: KINOSCOPE_FACES=clear reads faces without them`;
  return `faces: ${networks} networks (${used.join(', ')}), ${origin}`;
}

type Open = () => Promise<INestApplicationContext>;

const networks = async (session: Session): Promise<readonly ModelStatus[]> =>
  (await session.app()).get<ModelRegistry>(MODELS).list();

async function buildMissing({ progress, signal }: Session, settings: Settings): Promise<void> {
  const modelsDir = modelsFolder(settings);
  // the converters are for this command alone
  const { buildModels } = await import('../inference/build.js');
  await buildModels({
    manifest: await readManifest(modelsDir),
    modelsDir,
    cacheDir: join(modelsDir, '.cache'),
    onProgress: (line) => progress(null, line),
    signal,
  });
}

function addModels(program: Command, settings: Settings, open: Open): void {
  program
    .command('models')
    .description('the networks, where they come from and whether they are there')
    .option('--build', 'fetch and build those that are missing (npm has to be there)')
    .action(({ build }: { build?: boolean }, command: Command) =>
      runCommand(command, open, async (session): Promise<Answer> => {
        if (build) await buildMissing(session, settings);
        const value = await networks(session);
        const text = (): string =>
          value
            .map(
              (model) =>
                `${model.id.padEnd(22)} ${STATES[model.state].padEnd(9)} ${model.description}\n${' '.repeat(22)} from ${model.origin}; ${model.license}`,
            )
            .join('\n');
        return { value, text };
      }),
    );
}

/** What doctor answers. */
async function examine(session: Session, settings: Settings, fetched: SitePrograms, fixed: readonly Updated[]) {
  const parts = await services(session, settings);
  const reachable = parts.every(({ state }) => state === 'ok');
  const known = reachable ? await networks(session) : [];
  return {
    node: process.versions.node,
    settings: shownSettings(settings),
    services: parts,
    access: reachable ? await accessAdvice(session, settings) : null,
    variables: describeSettings(),
    home: { folder: settings.home, writable: await writable(settings.home) },
    models: known.map(({ id, state, optional }) => ({ id, state, optional })),
    faces: reachable ? facesInUse(settings.faceNetworks, known) : null,
    /** Whose embeddings the people's are, where they cannot be compared with those made here. */
    gallery: reachable ? await galleryAdvice(session) : null,
    guide: reachable ? await guideSources(session) : [],
    programs: await programs(settings, fetched),
    fixed,
  };
}

function examinedText(value: Awaited<ReturnType<typeof examine>>): string {
  return [
    `Node ${value.node}`,
    `${value.home.folder}: ${value.home.writable ? 'writable' : 'NOT WRITABLE (set KINOSCOPE_HOME)'}`,
    ...value.services.map(
      ({ name, kind, advice }) => `${name}: ${kind}, ${advice === null ? 'answers' : `DOES NOT ANSWER (${advice})`}`,
    ),
    ...(value.access ? [`access: ${value.access}`] : []),
    ...value.models.map(
      ({ id, state, optional }) =>
        `network ${id}: ${STATES[state]}${state === 'ok' || optional ? '' : ' (kinoscope models --build)'}`,
    ),
    ...(value.faces ? [facesText(value.faces)] : []),
    ...(value.gallery ? [`people: ${value.gallery}`] : []),
    ...value.guide.map((source) => `broadcast guide ${guideLine(source)}`),
    ...value.fixed.map(fixedText),
    ...value.programs.map(
      (entry) =>
        `${entry.name}: ${entry.path ?? 'not found'}, for ${entry.for}${entry.advice ? ` (${entry.advice})` : ''}`,
    ),
    '',
    ...value.variables.map(
      ({ name, default: fallback, description, set }) =>
        `${name}${set ? ' (set)' : ''}  ${description}${fallback ? ` [${fallback}]` : ''}`,
    ),
  ].join('\n');
}

function addDoctor(program: Command, settings: Settings, open: Open): void {
  program
    .command('doctor')
    .option('--fix', 'get the current yt-dlp and deno from their release pages into KINOSCOPE_HOME')
    .description('settings in force, and what is missing')
    .action(({ fix }: { fix?: boolean }, command: Command) =>
      runCommand(command, open, (session) =>
        SitePrograms.use(programSettings(settings), settings.download.allowHosts, async (fetched): Promise<Answer> => {
          const fixed = fix
            ? await fetched.update(session.signal, (name) => session.progress(null, `getting ${name}`))
            : [];
          const value = await examine(session, settings, fetched, fixed);
          return { value, text: () => examinedText(value) };
        }),
      ),
    );
}

/** doctor: the settings in force, and what is missing, with how to get it. models: the networks, with their licences. */
export function addInspectionCommands(program: Command, settings: Settings, open: Open): void {
  addModels(program, settings, open);
  addDoctor(program, settings, open);
}
