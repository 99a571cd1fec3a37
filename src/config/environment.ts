import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { z } from 'zod';
import { DEFAULT_FACE_NETWORKS, FACE_NETWORKS } from './face-networks.js';
import { guidesOf } from './guides.js';
import { QUEUE_NAMES } from './queue-names.js';

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
export const YOUTUBE_CLIENTS = [
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
/** What is written beside films. */
export const SIDECARS = ['edl', 'chapters', 'nfo', 'vtt', 'matroska'] as const;

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/**
 * Every environment variable that kinoscope reads: name -> its check, its default and one line of documentation
 * (`kinoscope doctor` prints them). An empty variable counts as unset.
 */
export const VARIABLES = {
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
  KINOSCOPE_SIDECARS: split
    .pipe(z.array(z.enum(SIDECARS)))
    .optional()
    .describe(
      `What is written beside the films of watched folders for their players, separated by commas, of ${SIDECARS.join(', ')} (chapters in the film itself, by mkvpropedit); unset: nothing`,
    ),
  KINOSCOPE_SIDECAR_OFFSET: z.coerce
    .number()
    .min(-3600)
    .max(3600)
    .default(0)
    .describe('Seconds that are added to all times in them, e.g. -0.5: a little earlier'),
  KINOSCOPE_SIDECAR_CONFIDENCE: z.coerce
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('How sure answers in them must be, 0 to 1; unset: as sure as in exports'),
  KINOSCOPE_PEOPLE_PHOTOS: z
    .string()
    .optional()
    .describe(
      `Folders of photos of people, a folder or a file a person (as metadata/People of Jellyfin and Emby), separated by "${delimiter}"`,
    ),
  KINOSCOPE_TMDB_KEY: z
    .string()
    .regex(/^[\w.-]{16,1000}$/)
    .optional()
    .describe(
      'Key or token of The Movie Database: names of casts are looked up there when somebody asks for photos; unset: never',
    ),
  KINOSCOPE_MAX_UPLOAD_BYTES: bytes.default(20 * 2 ** 30).describe('Largest upload or download, bytes'),
  KINOSCOPE_KEEP_UPLOADS: z.coerce
    .number()
    .positive()
    .default(1)
    .describe('Uploads that were not finished are deleted when nothing has come for so many days'),
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
  KINOSCOPE_FACES: z
    .enum(FACE_NETWORKS)
    .default(DEFAULT_FACE_NETWORKS)
    .describe(
      'Which networks read faces: clear (all of known origin and licence) or best (one set of weights of unproven origin)',
    ),
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
    .describe(
      `Which jobs this worker does, separated by commas, of ${QUEUE_NAMES.join(', ')}; analyze comes with join and names; unset: all`,
    ),
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
  KINOSCOPE_PROXY_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe('Films that one worker copies at a time so that browsers play them'),
  KINOSCOPE_PROXY_SECONDS: z.coerce.number().positive().default(14_400).describe('Longest that one such copy may take'),
  KINOSCOPE_PROXY_BYTES: bytes
    .default(50 * 2 ** 30)
    .describe('Space of all such copies together; those that were watched longest ago make room'),
  KINOSCOPE_KEEP_PROXIES: z.coerce
    .number()
    .positive()
    .default(30)
    .describe('Such copies are deleted when nobody has watched them for so many days'),
  KINOSCOPE_GUIDE: z
    .string()
    .transform(guidesOf)
    .optional()
    .describe(
      'Broadcast guides (XMLTV), separated by commas: files, folders of them with places.csv, or links; each may have a name: uk=https://...',
    ),
  KINOSCOPE_GUIDE_AREAS: z
    .string()
    .optional()
    .describe(
      'GeoJSON file of where their channels can be received: countries, regions, polygons, points with a radius',
    ),
  KINOSCOPE_GUIDE_REFRESH: z.coerce
    .number()
    .min(0.05)
    .max(8760)
    .default(12)
    .describe('Links of broadcast guides are fetched again after so many hours; files are read when they have changed'),
  KINOSCOPE_KEEP_GUIDE: z.coerce
    .number()
    .positive()
    .max(3660)
    .default(30)
    .describe('Programmes that broadcast guides no longer list are kept for so many days after their end'),
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

export const Environment = z.object(VARIABLES);
export type Environment = z.infer<typeof Environment>;
