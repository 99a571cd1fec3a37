import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { z } from 'zod';
import { KinoscopeError } from '../core/errors.js';
import { QUEUE_NAMES, type QueueName } from './queue-names.js';

/** Injection token of the validated settings. */
export const SETTINGS = Symbol('SETTINGS');

const bytes = z.coerce.number().int().positive();
/** Least to most important. */
export const LOG_LEVELS = ['verbose', 'debug', 'log', 'warn', 'error', 'fatal'] as const;

const split = z.string().transform((text) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean),
);
const list = split.optional();
/** As youtubei.js calls YouTube's own players. */
const YOUTUBE_CLIENTS = [
  'ANDROID_VR',
  'VISIONOS',
  'TV',
  'TV_SIMPLY',
  'TV_EMBEDDED',
  'WEB',
  'MWEB',
  'WEB_EMBEDDED',
  'WEB_CREATOR',
  'IOS',
  'ANDROID',
  'YTMUSIC',
  'YTKIDS',
] as const;
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/**
 * Every environment variable that kinoscope reads: name -> its check, its default and one line of documentation
 * (`kinoscope doctor` prints them). An empty variable counts as unset.
 */
const VARIABLES = {
  KINOSCOPE_HOME: z
    .string()
    .default(join(homedir(), '.kinoscope'))
    .describe('Folder of everything that is kept: database, uploads, downloads'),
  MONGODB_URI: z.string().optional().describe('MongoDB for the documents; unset: one SQLite file in KINOSCOPE_HOME'),
  KINOSCOPE_DATABASE_SECONDS: z.coerce
    .number()
    .positive()
    .max(3600)
    .default(30)
    .describe(
      'Longest that one operation on MongoDB may take, waiting for a server or a connection included (a timeoutMS in MONGODB_URI wins)',
    ),
  REDIS_URL: z.string().optional().describe('Redis for the job queue; unset: the same SQLite file'),
  KINOSCOPE_HOST: z.string().default('127.0.0.1').describe('Address that the service listens on'),
  KINOSCOPE_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(3000)
    .describe('Port of the service; 0 takes a free one'),
  KINOSCOPE_OPERATIONS_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .optional()
    .describe(
      'Port at which a worker alone answers /healthz, /readyz and /metrics; unset: none (the other roles answer at KINOSCOPE_PORT)',
    ),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'OpenTelemetry collector that spans are sent to by OTLP over HTTP, e.g. http://localhost:4318; unset: none',
    ),
  OTEL_SERVICE_NAME: z.string().default('kinoscope').describe('What the collector knows this service as'),
  KINOSCOPE_REQUIRE_KEYS: z
    .enum(['auto', 'true', 'false'])
    .default('auto')
    .describe(
      'Whether requests need an API key (kinoscope keys create); auto: unless KINOSCOPE_HOST is this machine alone',
    ),
  KINOSCOPE_RATE_LIMIT: z.coerce
    .number()
    .int()
    .min(0)
    .default(200)
    .describe('Requests that one key, or one address without a key, may make a second, averaged over ten; 0: no limit'),
  KINOSCOPE_WRITE_RATE_LIMIT: z.coerce
    .number()
    .int()
    .min(0)
    .default(20)
    .describe('The same for requests that change something, uploads among them'),
  KINOSCOPE_CORS_ORIGINS: list.describe(
    'Web origins (https://app.example) whose pages may call the API, separated by commas; unset: none',
  ),
  KINOSCOPE_TRUST_PROXY: z.coerce
    .number()
    .int()
    .min(0)
    .max(10)
    .default(0)
    .describe("Reverse proxies in front, whose word on the client's address is believed"),
  KINOSCOPE_REQUEST_IDLE: z.coerce
    .number()
    .positive()
    .default(60)
    .describe(
      "Seconds in which a request's headers have to be there, and in which its body has to get on; a large upload may take hours",
    ),
  KINOSCOPE_CONNECTIONS: z.coerce
    .number()
    .int()
    .min(0)
    .default(500)
    .describe(
      'Connections that one address may have, unless there is a proxy in front (KINOSCOPE_TRUST_PROXY); 0: no limit',
    ),
  KINOSCOPE_MEDIA_ROOTS: z
    .string()
    .optional()
    .describe(
      `Folders whose films the service may open by path, separated by "${delimiter}"; unset: none over REST, all on the command line`,
    ),
  KINOSCOPE_WATCH: z
    .string()
    .optional()
    .describe(
      `Folders whose films a service that works (serve, worker) makes titles of and analyses, as they come and change, separated by "${delimiter}"`,
    ),
  KINOSCOPE_WATCH_SETTLE: z.coerce
    .number()
    .min(0)
    .default(5)
    .describe('A watched film is complete when it has not grown for so many seconds'),
  KINOSCOPE_WATCH_POLLING: flag
    .default(false)
    .describe('Looks at watched folders again and again: for network folders, which tell nobody about changes'),
  KINOSCOPE_MAX_UPLOAD_BYTES: bytes.default(20 * 2 ** 30).describe('Largest upload or download, bytes'),
  KINOSCOPE_MIN_FREE_BYTES: z.coerce
    .number()
    .int()
    .min(0)
    .default(512 * 2 ** 20)
    .describe('Space of the disk that uploads and downloads leave free'),
  KINOSCOPE_ALLOW_HOSTS: list.describe(
    'Hosts, addresses and networks that links may lead to although they are private, separated by commas',
  ),
  KINOSCOPE_API_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      "Api that a worker with a disk of its own fetches films from; it leaves links to workers that share the api's disk",
    ),
  KINOSCOPE_API_KEY: z.string().optional().describe('API key for that, with the scope operate'),
  AWS_ACCESS_KEY_ID: z
    .string()
    .optional()
    .describe('Key of the S3-compatible storage that films named s3://bucket/key lie in; unset: none'),
  AWS_SECRET_ACCESS_KEY: z.string().optional().describe('Secret of that key'),
  AWS_SESSION_TOKEN: z.string().optional().describe('Token that belongs to it if it is a temporary one'),
  AWS_REGION: z.string().default('us-east-1').describe('Region of that storage'),
  KINOSCOPE_S3_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Address of that storage, e.g. of a MinIO; unset: Amazon's, of the region"),
  KINOSCOPE_S3_BUCKETS: list.describe(
    'What of it the service may open, each a bucket or a bucket/beginning/of/keys, separated by commas; unset: none over REST, all on the command line',
  ),
  KINOSCOPE_DOWNLOAD_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(2)
    .describe('Links that one worker fetches at a time'),
  KINOSCOPE_DOWNLOADS_PER_MINUTE: bytes
    .optional()
    .describe('Links that all workers together start to fetch within a minute; unset: no limit'),
  KINOSCOPE_DOWNLOAD_RATE: bytes.optional().describe('Most that all downloads take together, bytes a second'),
  KINOSCOPE_DOWNLOAD_SECONDS: z.coerce.number().positive().default(7200).describe('Longest that one download may take'),
  KINOSCOPE_MAX_DURATION: z.coerce
    .number()
    .positive()
    .default(18_000)
    .describe('Longest video of a site that is downloaded, seconds'),
  KINOSCOPE_YT_DLP: z
    .string()
    .default('yt-dlp')
    .describe('The yt-dlp to run, on PATH or a path (YouTube takes 2025.11.12 or newer); none: do without'),
  KINOSCOPE_YT_DLP_HOSTS: list.describe(
    'Sites that yt-dlp may be used for, separated by commas; unset: YouTube, Vimeo, Dailymotion',
  ),
  KINOSCOPE_RELEASES: z
    .url({ protocol: /^https?$/ })
    .default('https://github.com')
    .describe(
      'Where kinoscope doctor --fix gets yt-dlp and deno from, e.g. a mirror: /yt-dlp/yt-dlp and /denoland/deno below it',
    ),
  KINOSCOPE_YT_DLP_JS: z
    .string()
    .optional()
    .describe(
      "JavaScript runtime that yt-dlp runs a site's scripts in, e.g. deno or node:/usr/bin/node; unset: the deno of kinoscope doctor --fix, or the Node.js that runs kinoscope",
    ),
  KINOSCOPE_YOUTUBE_CLIENTS: split
    .pipe(z.array(z.enum(YOUTUBE_CLIENTS)).min(1))
    .optional()
    .describe(
      `Which of YouTube's players youtubei.js passes for, in this order, separated by commas, of ${YOUTUBE_CLIENTS.join(', ')}; unset: the first three and WEB`,
    ),
  KINOSCOPE_YOUTUBE_PO_TOKEN: z.string().optional().describe('Proof-of-origin token for YouTube'),
  KINOSCOPE_YOUTUBE_VISITOR: z.string().optional().describe('The visitor that the token was made for'),
  KINOSCOPE_MAX_PIXELS: bytes.default(8192 * 4320).describe('Largest picture of a film that is decoded, pixels'),
  KINOSCOPE_DECODER: z
    .enum(['node-av', 'ffmpeg'])
    .default('node-av')
    .describe("Who decodes: node-av (in the package) or the system's ffmpeg"),
  KINOSCOPE_DECODER_THREADS: z.coerce.number().int().min(1).max(64).default(2).describe('Threads of one decoder'),
  KINOSCOPE_PROVIDER: z.enum(['cpu', 'webgpu', 'cuda']).default('cpu').describe('Where networks run'),
  KINOSCOPE_INFERENCE_THREADS: z.coerce
    .number()
    .int()
    .min(0)
    .max(256)
    .default(0)
    .describe('Threads of one network; 0 takes one for each core'),
  KINOSCOPE_MODELS: z
    .string()
    .optional()
    .describe('Folder with manifest.json and the networks; unset: the one of the package'),
  KINOSCOPE_WORKER_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe('Films that one worker analyses at a time'),
  KINOSCOPE_ANALYSES_PER_MINUTE: bytes
    .optional()
    .describe('Films that all workers together start to analyse within a minute; unset: no limit'),
  KINOSCOPE_QUEUES: split
    .pipe(z.array(z.enum(QUEUE_NAMES)).min(1))
    .optional()
    .describe(`Which jobs this worker does, separated by commas, of ${QUEUE_NAMES.join(', ')}; unset: all`),
  KINOSCOPE_EXPORT_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe('Films with names that one worker writes at a time'),
  KINOSCOPE_EXPORTS_PER_MINUTE: bytes
    .optional()
    .describe('Films with names that all workers together start to write within a minute; unset: no limit'),
  KINOSCOPE_KEEP_EXPORTS: z.coerce
    .number()
    .positive()
    .default(7)
    .describe('Films with names are deleted after so many days'),
  KINOSCOPE_GUIDE: z
    .string()
    .optional()
    .describe('Broadcast guide for identify by place and time: an XMLTV file, or a folder of them with places.csv'),
  KINOSCOPE_PART_SECONDS: bytes
    .optional()
    .describe(
      'Films longer than this are analysed in parts of about so many seconds, which workers share; unset: never',
    ),
  KINOSCOPE_KEEP_JOBS: z.coerce
    .number()
    .positive()
    .default(30)
    .describe('Jobs that have ended are deleted after so many days, failed ones too'),
  KINOSCOPE_NEXT_EPISODE: z
    .enum(['start', 'afterLastScene', 'neverWhenSceneFollows'])
    .default('neverWhenSceneFollows')
    .describe('When the next episode is offered if a scene follows the credits'),
  KINOSCOPE_LOG_LEVEL: z.enum(LOG_LEVELS).default('warn').describe('The least that is logged'),
  KINOSCOPE_LOG_JSON: flag.default(false).describe('Logs as JSON lines'),
} as const;

const Environment = z.object(VARIABLES);

/** The validated settings, frozen; paths are absolute. */
export interface Settings {
  readonly home: string;
  /** null: the SQLite file. */
  readonly mongodbUri: string | null;
  /** Longest that one operation on MongoDB may take. */
  readonly databaseLimitMs: number;
  readonly redisUrl: string | null;
  readonly host: string;
  readonly port: number;
  /** Of a worker alone; null: it does not listen. */
  readonly operationsPort: number | null;
  /** null: nothing is traced. */
  readonly tracing: { readonly endpoint: string; readonly serviceName: string } | null;
  /** Requests need an API key. */
  readonly requireKeys: boolean;
  /** Requests a second by key or address; 0: no limit. */
  readonly rateLimit: { readonly requests: number; readonly writes: number };
  readonly corsOrigins: readonly string[];
  /** In which headers have to be there, and a body has to get on. */
  readonly requestIdleMs: number;
  /** 0: no limit. */
  readonly connectionsPerAddress: number;
  /** Reverse proxies in front. */
  readonly trustProxy: number;
  /** null: no folder was named. */
  readonly mediaRoots: readonly string[] | null;
  readonly watch: { readonly folders: readonly string[]; readonly settleMs: number; readonly polling: boolean };
  readonly maxUploadBytes: number;
  /** Where a worker fetches films that are not on its disk; null: all are. */
  readonly api: { readonly url: string; readonly key: string | null } | null;
  /** Storage of films named `s3://bucket/key`; null: none. */
  readonly s3: {
    /** Where buckets are addressed by path, e.g. `https://s3.eu-central-1.amazonaws.com` or a MinIO's address. */
    readonly endpoint: string;
    readonly region: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    /** Of temporary credentials. */
    readonly sessionToken: string | null;
    /** Whose films may be opened, each `bucket` or `bucket/beginning/of/keys`; null: all that the credentials let in. */
    readonly buckets: readonly string[] | null;
  } | null;
  readonly download: {
    readonly minFreeBytes: number;
    readonly allowHosts: readonly string[];
    readonly concurrency: number;
    /** null: no limit. */
    readonly bytesPerSecond: number | null;
    readonly maxSeconds: number;
    readonly maxDuration: number;
    /** null: none. */
    readonly ytDlp: string | null;
    /** null: the sites that the downloader names. */
    readonly ytDlpHosts: readonly string[] | null;
    /** Release pages of yt-dlp and deno. */
    readonly releases: string;
    /** null: the deno that was fetched, or the Node.js that runs this. */
    readonly jsRuntime: string | null;
    /** null: those that the downloader names. */
    readonly youtubeClients: readonly (typeof YOUTUBE_CLIENTS)[number][] | null;
    readonly poToken: string | null;
    readonly visitorData: string | null;
  };
  readonly maxPixels: number;
  readonly decoder: 'node-av' | 'ffmpeg';
  readonly decoderThreads: number;
  readonly provider: 'cpu' | 'webgpu' | 'cuda';
  readonly inferenceThreads: number;
  readonly modelsDir: string | null;
  readonly workerConcurrency: number;
  readonly exportConcurrency: number;
  /** How many jobs of a kind all workers together start within a minute; others have no limit. */
  readonly jobsPerMinute: Readonly<Record<string, number>>;
  /** The kinds of jobs that a worker does. */
  readonly queues: readonly QueueName[];
  /** null: none. */
  readonly guide: string | null;
  /** null: films are not split. */
  readonly partSeconds: number | null;
  /** How long jobs are kept after their end. */
  readonly keepJobsMs: number;
  /** How long films with names are kept. */
  readonly keepExportsMs: number;
  readonly nextEpisode: 'start' | 'afterLastScene' | 'neverWhenSceneFollows';
  /** This level and the more important ones. */
  readonly logLevels: readonly (typeof LOG_LEVELS)[number][];
  readonly logJson: boolean;
}

/**
 * Reads and checks the environment.
 * @throws KinoscopeError `usage`, naming every variable that is wrong, in one line
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const present = Object.fromEntries(
    Object.keys(VARIABLES).flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])),
  );
  const parsed = Environment.safeParse(present);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new KinoscopeError('usage', `Wrong settings: ${faults.join('; ')}`);
  }
  const env = parsed.data;
  return Object.freeze({
    home: resolve(env.KINOSCOPE_HOME),
    mongodbUri: env.MONGODB_URI ?? null,
    databaseLimitMs: env.KINOSCOPE_DATABASE_SECONDS * 1000,
    redisUrl: env.REDIS_URL ?? null,
    host: env.KINOSCOPE_HOST,
    port: env.KINOSCOPE_PORT,
    operationsPort: env.KINOSCOPE_OPERATIONS_PORT ?? null,
    tracing: env.OTEL_EXPORTER_OTLP_ENDPOINT
      ? { endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT, serviceName: env.OTEL_SERVICE_NAME }
      : null,
    requireKeys:
      env.KINOSCOPE_REQUIRE_KEYS === 'auto' ? !isLoopback(env.KINOSCOPE_HOST) : env.KINOSCOPE_REQUIRE_KEYS === 'true',
    rateLimit: { requests: env.KINOSCOPE_RATE_LIMIT, writes: env.KINOSCOPE_WRITE_RATE_LIMIT },
    corsOrigins: env.KINOSCOPE_CORS_ORIGINS ?? [],
    requestIdleMs: env.KINOSCOPE_REQUEST_IDLE * 1000,
    connectionsPerAddress: env.KINOSCOPE_CONNECTIONS,
    trustProxy: env.KINOSCOPE_TRUST_PROXY,
    mediaRoots: env.KINOSCOPE_MEDIA_ROOTS === undefined ? null : folders(env.KINOSCOPE_MEDIA_ROOTS),
    watch: {
      folders: folders(env.KINOSCOPE_WATCH ?? ''),
      settleMs: env.KINOSCOPE_WATCH_SETTLE * 1000,
      polling: env.KINOSCOPE_WATCH_POLLING,
    },
    maxUploadBytes: env.KINOSCOPE_MAX_UPLOAD_BYTES,
    api: env.KINOSCOPE_API_URL ? { url: env.KINOSCOPE_API_URL, key: env.KINOSCOPE_API_KEY ?? null } : null,
    s3: readS3(env),
    download: {
      minFreeBytes: env.KINOSCOPE_MIN_FREE_BYTES,
      allowHosts: env.KINOSCOPE_ALLOW_HOSTS ?? [],
      concurrency: env.KINOSCOPE_DOWNLOAD_CONCURRENCY,
      bytesPerSecond: env.KINOSCOPE_DOWNLOAD_RATE ?? null,
      maxSeconds: env.KINOSCOPE_DOWNLOAD_SECONDS,
      maxDuration: env.KINOSCOPE_MAX_DURATION,
      ytDlp: env.KINOSCOPE_YT_DLP === 'none' ? null : env.KINOSCOPE_YT_DLP,
      ytDlpHosts: env.KINOSCOPE_YT_DLP_HOSTS ?? null,
      releases: env.KINOSCOPE_RELEASES,
      jsRuntime: env.KINOSCOPE_YT_DLP_JS ?? null,
      youtubeClients: env.KINOSCOPE_YOUTUBE_CLIENTS ?? null,
      poToken: env.KINOSCOPE_YOUTUBE_PO_TOKEN ?? null,
      visitorData: env.KINOSCOPE_YOUTUBE_VISITOR ?? null,
    },
    maxPixels: env.KINOSCOPE_MAX_PIXELS,
    decoder: env.KINOSCOPE_DECODER,
    decoderThreads: env.KINOSCOPE_DECODER_THREADS,
    provider: env.KINOSCOPE_PROVIDER,
    inferenceThreads: env.KINOSCOPE_INFERENCE_THREADS,
    modelsDir: env.KINOSCOPE_MODELS ? resolve(env.KINOSCOPE_MODELS) : null,
    workerConcurrency: env.KINOSCOPE_WORKER_CONCURRENCY,
    exportConcurrency: env.KINOSCOPE_EXPORT_CONCURRENCY,
    jobsPerMinute: {
      ...(env.KINOSCOPE_DOWNLOADS_PER_MINUTE && { download: env.KINOSCOPE_DOWNLOADS_PER_MINUTE }),
      ...(env.KINOSCOPE_ANALYSES_PER_MINUTE && { analyze: env.KINOSCOPE_ANALYSES_PER_MINUTE }),
      ...(env.KINOSCOPE_EXPORTS_PER_MINUTE && { export: env.KINOSCOPE_EXPORTS_PER_MINUTE }),
    },
    queues: env.KINOSCOPE_QUEUES ?? QUEUE_NAMES,
    guide: env.KINOSCOPE_GUIDE ? resolve(env.KINOSCOPE_GUIDE) : null,
    partSeconds: env.KINOSCOPE_PART_SECONDS ?? null,
    keepJobsMs: env.KINOSCOPE_KEEP_JOBS * 24 * 3_600_000,
    keepExportsMs: env.KINOSCOPE_KEEP_EXPORTS * 24 * 3_600_000,
    nextEpisode: env.KINOSCOPE_NEXT_EPISODE,
    logLevels: LOG_LEVELS.slice(LOG_LEVELS.indexOf(env.KINOSCOPE_LOG_LEVEL)),
    logJson: env.KINOSCOPE_LOG_JSON,
  });
}

function readS3(env: z.infer<typeof Environment>): Settings['s3'] {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: region } = env;
  if (accessKeyId === undefined || secretAccessKey === undefined) return null;
  return {
    endpoint: env.KINOSCOPE_S3_ENDPOINT ?? `https://s3.${region}.amazonaws.com`,
    region,
    accessKeyId,
    secretAccessKey,
    sessionToken: env.AWS_SESSION_TOKEN ?? null,
    buckets: env.KINOSCOPE_S3_BUCKETS ?? null,
  };
}

/** Whether a host's name or address leads to this machine alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

const folders = (text: string): string[] =>
  text
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => resolve(folder));

/** The table of all variables, for `doctor`; `set` tells which of them this process was given. */
export function describeSettings(): { name: string; default: string; description: string; set: boolean }[] {
  return Object.entries(VARIABLES).map(([name, schema]) => {
    const fallback = schema.safeParse(undefined);
    return {
      name,
      default: fallback.success ? String(fallback.data ?? '') : '',
      description: schema.description ?? '',
      set: Boolean(process.env[name]),
    };
  });
}
