import { delimiter, resolve } from 'node:path';
import { checked } from '../core/checked.js';
import { Environment, LOG_LEVELS, type SIDECARS, VARIABLES, type YOUTUBE_CLIENTS } from './environment.js';
import type { FaceNetworks } from './face-networks.js';
import { awayFromDisk, QUEUE_NAMES, type QueueName, withFollowing } from './queue-names.js';

/** Injection token of the validated settings. */
export const SETTINGS = Symbol('SETTINGS');

const DAY_MS = 24 * 3_600_000;

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
  /** Written beside the films of watched folders: `formats` may be none. */
  readonly sidecars: {
    readonly formats: readonly (typeof SIDECARS)[number][];
    /** Seconds. */
    readonly offset: number;
    /** 0 to 1; undefined: as sure as everywhere else. */
    readonly minConfidence: number | undefined;
  };
  /** Where photos of people are looked for by their names. */
  readonly photos: { readonly folders: readonly string[]; readonly tmdbKey: string | null };
  readonly maxUploadBytes: number;
  /** How long an unfinished upload waits for the rest. */
  readonly keepUploadsMs: number;
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
  readonly faceNetworks: FaceNetworks;
  readonly inferenceThreads: number;
  readonly modelsDir: string | null;
  readonly workerConcurrency: number;
  readonly exportConcurrency: number;
  /** How many jobs of a kind all workers together start within a minute; others have no limit. */
  readonly jobsPerMinute: Readonly<Record<string, number>>;
  /** The kinds of jobs that a worker does. */
  readonly queues: readonly QueueName[];
  /** null: none. Paths are absolute. */
  readonly guide: {
    readonly sources: readonly { readonly name: string | null; readonly location: string }[];
    readonly areas: string | null;
    readonly refreshMs: number;
    readonly keepMs: number;
  } | null;
  /** null: films are not split. */
  readonly partSeconds: number | null;
  /** How long jobs are kept after their end. */
  readonly keepJobsMs: number;
  /** How long films with names are kept. */
  readonly keepExportsMs: number;
  /** Films that are written again so that browsers play them; `bytes` are those of all of them, `seconds` of one. */
  readonly proxies: {
    readonly concurrency: number;
    readonly seconds: number;
    readonly bytes: number;
    /** Since they were last watched. */
    readonly keepMs: number;
  };
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
  const env = parse(environment);
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
    sidecars: readSidecars(env),
    photos: readPhotos(env),
    maxUploadBytes: env.KINOSCOPE_MAX_UPLOAD_BYTES,
    keepUploadsMs: env.KINOSCOPE_KEEP_UPLOADS * DAY_MS,
    api: env.KINOSCOPE_API_URL ? { url: env.KINOSCOPE_API_URL, key: env.KINOSCOPE_API_KEY ?? null } : null,
    s3: readS3(env),
    download: readDownload(env),
    maxPixels: env.KINOSCOPE_MAX_PIXELS,
    decoder: env.KINOSCOPE_DECODER,
    decoderThreads: env.KINOSCOPE_DECODER_THREADS,
    provider: env.KINOSCOPE_PROVIDER,
    faceNetworks: env.KINOSCOPE_FACES,
    inferenceThreads: env.KINOSCOPE_INFERENCE_THREADS,
    modelsDir: env.KINOSCOPE_MODELS ? resolve(env.KINOSCOPE_MODELS) : null,
    workerConcurrency: env.KINOSCOPE_WORKER_CONCURRENCY,
    exportConcurrency: env.KINOSCOPE_EXPORT_CONCURRENCY,
    jobsPerMinute: readRates(env),
    queues: queuesOf(env),
    guide: guideOf(env),
    partSeconds: env.KINOSCOPE_PART_SECONDS ?? null,
    keepJobsMs: env.KINOSCOPE_KEEP_JOBS * DAY_MS,
    keepExportsMs: env.KINOSCOPE_KEEP_EXPORTS * DAY_MS,
    proxies: {
      concurrency: env.KINOSCOPE_PROXY_CONCURRENCY,
      seconds: env.KINOSCOPE_PROXY_SECONDS,
      bytes: env.KINOSCOPE_PROXY_BYTES,
      keepMs: env.KINOSCOPE_KEEP_PROXIES * DAY_MS,
    },
    nextEpisode: env.KINOSCOPE_NEXT_EPISODE,
    logLevels: LOG_LEVELS.slice(LOG_LEVELS.indexOf(env.KINOSCOPE_LOG_LEVEL)),
    logJson: env.KINOSCOPE_LOG_JSON,
  });
}

function parse(environment: Readonly<Record<string, string | undefined>>): Environment {
  const present = Object.fromEntries(
    Object.keys(VARIABLES).flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])),
  );
  return checked(Environment, present, { before: 'Wrong settings: ' });
}

function readDownload(env: Environment): Settings['download'] {
  return {
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
  };
}

function readSidecars(env: Environment): Settings['sidecars'] {
  return {
    formats: env.KINOSCOPE_SIDECARS ?? [],
    offset: env.KINOSCOPE_SIDECAR_OFFSET,
    minConfidence: env.KINOSCOPE_SIDECAR_CONFIDENCE,
  };
}

function readPhotos(env: Environment): Settings['photos'] {
  return { folders: folders(env.KINOSCOPE_PEOPLE_PHOTOS ?? ''), tmdbKey: env.KINOSCOPE_TMDB_KEY ?? null };
}

function readRates(env: Environment): Settings['jobsPerMinute'] {
  return {
    ...(env.KINOSCOPE_DOWNLOADS_PER_MINUTE && { download: env.KINOSCOPE_DOWNLOADS_PER_MINUTE }),
    ...(env.KINOSCOPE_ANALYSES_PER_MINUTE && { analyze: env.KINOSCOPE_ANALYSES_PER_MINUTE }),
    ...(env.KINOSCOPE_EXPORTS_PER_MINUTE && { export: env.KINOSCOPE_EXPORTS_PER_MINUTE }),
  };
}

function readS3(env: Environment): Settings['s3'] {
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

function queuesOf({ KINOSCOPE_QUEUES, KINOSCOPE_API_URL, KINOSCOPE_GUIDE = [] }: Environment): QueueName[] {
  const wanted = withFollowing(KINOSCOPE_QUEUES ?? QUEUE_NAMES);
  return KINOSCOPE_API_URL ? awayFromDisk(wanted, KINOSCOPE_GUIDE.length > 0) : wanted;
}

function guideOf(env: Environment): Settings['guide'] {
  const { KINOSCOPE_GUIDE: sources = [], KINOSCOPE_GUIDE_AREAS: areas } = env;
  if (sources.length === 0) return null;
  return {
    sources: sources.map(({ name, location }) => ({
      name,
      location: /^https?:/i.test(location) ? location : resolve(location),
    })),
    areas: areas === undefined ? null : resolve(areas),
    refreshMs: env.KINOSCOPE_GUIDE_REFRESH * 3_600_000,
    keepMs: env.KINOSCOPE_KEEP_GUIDE * DAY_MS,
  };
}
