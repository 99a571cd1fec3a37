import { z } from 'zod';
import { DEFAULT_TENANT } from '../core/context.js';
import { withoutControls } from '../core/terminal.js';
import { MOST_DESCRIPTION } from '../download/media-source.js';
import { JobErrorOutput, JobOutput } from '../jobs/schemas.js';
import { instant, numeric, pageOf, PageQuery, seconds } from '../openapi/fields.js';
import { loadTable } from '../parameters/learnt.js';
import { ANALYSIS_KINDS } from './documents.js';
import { PLAYBACK_MODES } from './playback.js';

/** What the REST routes take and answer; the OpenAPI page is made from these. Times are seconds, boxes fractions. */

export const AnalysisKindSchema = z.enum(ANALYSIS_KINDS).meta({ id: 'AnalysisKind' });

export const TitleName = z.string().overwrite(withoutControls).trim().min(1).max(300);
export const TitleDescription = z
  .string()
  .overwrite(withoutControls)
  .trim()
  .min(1)
  .max(MOST_DESCRIPTION)
  .describe('What is told of the film: a witness of its genre');

export const TitleInput = z
  .object({
    path: z.string().min(1).max(4096).optional().describe('A film below one of the media roots'),
    link: z
      .url({ protocol: /^(https?|s3)$/, error: 'must be a link that begins with http://, https:// or s3://' })
      .max(8192)
      .optional()
      .describe('A link to a film or a YouTube trailer, or s3://bucket/key'),
    upload: z.string().min(1).max(200).optional().describe('Id of an upload that is there whole (POST /v1/uploads)'),
    name: TitleName.optional(),
    description: TitleDescription.optional(),
  })
  .refine(({ path, link, upload }) => [path, link, upload].filter((one) => one !== undefined).length === 1, {
    message: 'Give either path, link or upload',
  })
  .meta({ id: 'TitleInput' });
export type TitleInput = z.infer<typeof TitleInput>;

/** The fields of an upload. */
export const TitleUpload = z
  .object({ name: TitleName.optional(), description: TitleDescription.optional(), file: z.file().describe('The film') })
  .meta({ id: 'TitleUpload' });

const year = z.number().int().min(1000).max(9999);
const ordinal = z.number().int().min(0).max(100_000);
/** What users may say of a title; null takes back what they or the source said. */
export const TitlePatch = z
  .strictObject({
    name: TitleName.optional(),
    year: year.nullable().optional(),
    series: z.string().overwrite(withoutControls).trim().min(1).max(300).nullable().optional(),
    season: ordinal.nullable().optional(),
    episode: ordinal.nullable().optional(),
    description: TitleDescription.nullable().optional(),
    players: z
      .boolean()
      .nullable()
      .optional()
      .describe('false: nothing of it reaches players (exports, files beside the film); null: as its series'),
  })
  .refine((patch) => Object.keys(patch).length > 0, {
    message: 'Give name, year, series, season, episode, description or players',
  })
  .meta({ id: 'TitlePatch' });
export type TitlePatch = z.infer<typeof TitlePatch>;

/** What a link's site, a file's name or an .nfo file says; what it does not say is left out. */
const MetadataOutput = z
  .object({
    site: z.string().optional().describe('Together with videoId it names the video for good'),
    videoId: z.string().optional(),
    title: z.string().optional(),
    channel: z.string().optional(),
    duration: seconds.optional(),
    thumbnail: z.string().optional().describe('Link of a picture'),
    year: z.number().int().optional(),
    series: z.string().optional(),
    season: z.number().int().optional(),
    episode: z.number().int().optional(),
    aired: z.string().optional().describe('Day of the broadcast, YYYY-MM-DD'),
    ids: z.array(z.string()).readonly().optional().describe('On sites of films: imdb:tt0133093, tmdb:movie/603'),
    seriesIds: z.array(z.string()).readonly().optional().describe('Of its series: tvdb:series/121361'),
    cast: z
      .array(
        z.object({
          name: z.string(),
          role: z.string().nullable(),
          thumb: z.string().optional().describe('Link or path of a picture that an .nfo file names'),
        }),
      )
      .readonly()
      .optional(),
    genres: z.array(z.string()).readonly().optional(),
    description: z.string().optional().describe('What is told of the film'),
    tags: z.array(z.string()).readonly().optional().describe('Words that its site files it under'),
  })
  .meta({ id: 'TitleMetadata' });

export const PlaybackMode = z
  .enum(PLAYBACK_MODES)
  .meta({ id: 'PlaybackMode', description: 'How browsers can play a film; all but `direct` by a copy (/proxy)' });

const title = {
  id: z.string(),
  name: z.string(),
  source: z.object({ kind: z.enum(['path', 'upload', 'link']), location: z.string() }),
  contentHash: z.string().nullable().describe('SHA-256 of the file; null until it was fetched'),
  duration: seconds.nullable(),
  width: z.number().nullable(),
  height: z.number().nullable(),
  frameRate: z.number().nullable().describe('Frames a second, on average; null where it is not known'),
  playback: PlaybackMode.nullable().describe('null until it was fetched'),
  metadata: MetadataOutput,
  players: z.boolean().nullable().describe('Whether its answers reach players; null: as its series'),
  createdAt: instant,
};

export const TitleOutput = z.object(title).meta({ id: 'Title' });
export type TitleOutput = z.infer<typeof TitleOutput>;

export const TITLE_STATUSES = ['new', 'running', 'failed', 'done'] as const;
export type TitleStatus = (typeof TITLE_STATUSES)[number];

/** A title as a list shows it. */
export const ListedTitle = z
  .object({
    ...title,
    status: z
      .enum(TITLE_STATUSES)
      .describe('running: a job is queued or under way; failed: the last one failed; done: there are answers'),
    poster: z.string().nullable().describe('Link of a picture; null while the film is not there'),
    kinds: z.array(AnalysisKindSchema).describe('What was answered'),
    job: JobOutput.nullable().describe('What is being done, or comes first'),
    error: JobErrorOutput.extend({ at: instant }).nullable().describe('Why the last job failed'),
  })
  .meta({ id: 'ListedTitle' });
export type ListedTitle = z.infer<typeof ListedTitle>;

export const TitlePage = pageOf(ListedTitle, 'TitlePage');
export type TitlePage = z.infer<typeof TitlePage>;

/** The genres that there are. */
const GENRES = loadTable('genres.json', z.array(z.string()));

/** By the path of what is sorted by. */
export const TITLE_SORTS = { added: 'createdAt', name: 'sortName', year: 'metadata.year' } as const;
const SORTS = ['-added', 'added', 'name', '-name', 'year', '-year'] as const;

export const TitlesQuery = PageQuery.extend({
  q: z.string().max(200).optional().describe('Words of the name, series or channel, or beginnings of them'),
  sort: z.enum(SORTS).default('-added').describe('With a minus: the last first'),
  status: z.enum(TITLE_STATUSES).optional(),
  genre: z
    .string()
    .refine((name) => GENRES.includes(name), `must be one of ${GENRES.join(', ')}`)
    .optional()
    .describe('One of its three genres'),
  person: z.string().max(200).optional().describe('Id of somebody who appears in it'),
  path: z
    .string()
    .max(4096)
    .optional()
    .describe('What the path of its file begins with; the whole path finds that film'),
  hash: z
    .string()
    .regex(/^(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{16})$/, 'must be 64 or 16 hexadecimal digits')
    .optional()
    .describe(
      'Of its file: SHA-256, or the moviehash of OpenSubtitles, which players reckon without reading all of it',
    ),
});
export type TitlesQuery = z.infer<typeof TitlesQuery>;

export const SeriesPlayers = z
  .strictObject({ players: z.boolean().describe('false: nothing of its episodes reaches players') })
  .meta({ id: 'SeriesPlayers' });
export type SeriesPlayers = z.infer<typeof SeriesPlayers>;

export const FileQuery = z.strictObject({ tenant: z.string().default(DEFAULT_TENANT) });
export type FileQuery = z.infer<typeof FileQuery>;

const width = z.coerce.number().int().min(16).max(1920).describe('Pixels; the picture is no wider than the film');
export const PosterQuery = z.strictObject({ width: width.default(320) });
export type PosterQuery = z.infer<typeof PosterQuery>;
export const StillQuery = z.strictObject({
  t: numeric(z.number().nonnegative()).describe("Seconds on a player's clock"),
  width: width.default(640),
});
export type StillQuery = z.infer<typeof StillQuery>;

export const TitleWithJob = z
  .object({
    title: TitleOutput,
    job: JobOutput.nullable().describe("What fetches a link's film"),
    analysis: JobOutput.nullable().describe('What analyses it afterwards'),
  })
  .meta({ id: 'TitleWithJob' });
export type TitleWithJob = z.infer<typeof TitleWithJob>;
