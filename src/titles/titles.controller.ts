import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { NeedsScope } from '../access/scope.js';
import { checked } from '../core/checked.js';
import { currentTenant, DEFAULT_TENANT, inContext } from '../core/context.js';
import { KinoscopeError } from '../core/errors.js';
import { Uploads } from '../http/uploads.js';
import { presentJob } from '../jobs/schemas.js';
import { bytes, Operation, Tag } from '../openapi/operation.js';
import { Catalogue, type CataloguedTitle } from './catalogue.service.js';
import type { Title } from './documents.js';
import { DownloadsService } from './downloads.service.js';
import { playbackOf } from './playback.js';
import { playingTime } from './player-clock.js';
import {
  FileQuery,
  type ListedTitle,
  PosterQuery,
  StillQuery,
  TitleInput,
  TitleOutput,
  TitlePage,
  TitlePatch,
  TitlesQuery,
  TitleUpload,
  TitleWithJob,
} from './schemas.js';
import { sendFilm } from './send-film.js';
import { type Picture, Stills } from './stills.js';
import { TitleDescriptions } from './title-descriptions.js';
import { TitleWork } from './title-work.js';
import { TitlesService } from './titles.service.js';
import { UnfinishedUploads } from './unfinished-uploads.js';
import { receiveUpload } from './upload.js';

export function presentTitle(title: Title): TitleOutput {
  const { id, name, source, contentHash, media, metadata, players = null, createdAt } = title;
  return {
    id,
    name,
    source: { kind: source.kind, location: source.location },
    contentHash,
    duration: media ? playingTime(media) : null,
    width: media?.width ?? null,
    height: media?.height ?? null,
    frameRate: media?.frameRate ?? null,
    playback: media && playbackOf(media).mode,
    metadata,
    players,
    createdAt,
  };
}

function presentListed({ title, status, kinds, job, failed }: CataloguedTitle): ListedTitle {
  const last = failed && presentJob(failed);
  return {
    ...presentTitle(title),
    status,
    poster: title.media ? `/v1/titles/${title.id}/poster` : null,
    kinds: [...kinds],
    job: job && presentJob(job),
    error: last?.error ? { ...last.error, at: last.finishedAt! } : null,
  };
}

@Tag('titles')
@Controller('v1/titles')
export class TitlesController {
  constructor(
    private readonly titles: TitlesService,
    private readonly descriptions: TitleDescriptions,
    private readonly downloads: DownloadsService,
    private readonly work: TitleWork,
    private readonly uploads: Uploads,
    private readonly unfinished: UnfinishedUploads,
    private readonly catalogue: Catalogue,
    private readonly stills: Stills,
  ) {}

  @Post()
  @Operation('createTitle', {
    summary: 'Create a title from a path, a link or an upload',
    description:
      'A path and an upload answer 201 with the title (the same content is the same title). A link answers ' +
      '202 at once, with the title, the job that fetches its film and the one that analyses it afterwards.',
    body: { 'application/json': TitleInput, 'multipart/form-data': TitleUpload },
    answers: { 201: TitleWithJob, 202: TitleWithJob },
    problems: [404, 409, 422],
    idempotent: true,
  })
  async create(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<TitleWithJob> {
    if (request.is('multipart/form-data')) {
      const title = await receiveUpload(
        this.uploads,
        request,
        (stream, fileName, options) => this.titles.fromUpload(stream, fileName, options),
        ({ id }, told) => this.descriptions.change(id, told),
      );
      return { title: presentTitle(title), job: null, analysis: null };
    }
    const { path, link, upload, name, description } = checked(TitleInput, request.body ?? {});
    const known = { name, given: { description } };
    if (upload !== undefined) {
      const title = await this.unfinished.finish(upload, (file, fileName) =>
        this.titles.fromArrived(file, fileName, known),
      );
      return { title: presentTitle(title), job: null, analysis: null };
    }
    if (path !== undefined)
      return { title: presentTitle(await this.titles.fromPath(path, known)), job: null, analysis: null };
    const title = await this.titles.fromLink(link!, known);
    const job = await this.downloads.enqueue(title);
    const analysis = await this.work.analyze(title);
    response.status(202);
    return { title: presentTitle(title), job: presentJob(job), analysis: presentJob(analysis) };
  }

  @Get()
  @Operation('listTitles', {
    summary: 'Titles with what was found and is being done about them',
    description: 'All conditions that are given must hold.',
    answers: { 200: TitlePage },
  })
  async list(@Query({ schema: TitlesQuery }) query: TitlesQuery): Promise<TitlePage> {
    const { items, nextCursor } = await this.catalogue.list(query);
    return { items: items.map(presentListed), nextCursor };
  }

  @Get(':id')
  @Operation('getTitle', { summary: 'One title', answers: { 200: TitleOutput }, problems: [404] })
  async read(@Param('id') id: string): Promise<TitleOutput> {
    return presentTitle(await this.titles.get(id));
  }

  @Patch(':id')
  @Operation('updateTitle', {
    summary:
      'Say what a title is: its name, year, series, season, episode and description, and whether its answers reach players',
    description: 'It stays, whatever its source says later. null: it has none.',
    answers: { 200: TitleOutput },
    problems: [404],
  })
  async change(@Param('id') id: string, @Body({ schema: TitlePatch }) patch: TitlePatch): Promise<TitleOutput> {
    const before = await this.titles.get(id);
    const after = await this.descriptions.change(id, patch);
    if (!isSameEpisode(before, after)) await this.work.moved(before, after);
    await this.work.tellPlayers([after]);
    return presentTitle(after);
  }

  @Get(':id/poster')
  @Operation('getPoster', {
    summary: 'A frame that stands for the film',
    answers: { 200: bytes('image/webp'), 304: null },
    problems: [404, 422],
  })
  async poster(
    @Param('id') id: string,
    @Query({ schema: PosterQuery }) { width }: PosterQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    sendPicture(await this.stills.poster(await this.titles.get(id), width), request, response);
  }

  @Get(':id/still')
  @Operation('getStill', {
    summary: 'The frame that a player shows at t',
    answers: { 200: bytes('image/webp'), 304: null },
    problems: [404, 422],
  })
  async still(
    @Param('id') id: string,
    @Query({ schema: StillQuery }) { t, width }: StillQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    sendPicture(await this.stills.at(await this.titles.get(id), t, width), request, response);
  }

  @Get(':id/media')
  @Operation('getTitleMedia', {
    summary: 'The film itself, with byte ranges, for the studio page',
    answers: { 200: bytes('video/*'), 206: bytes('video/*'), 304: null },
    problems: [404],
    ranges: true,
  })
  async media(@Param('id') id: string, @Req() request: Request, @Res() response: Response) {
    await sendFilm(await this.titles.get(id), request, response);
  }

  @Get(':id/file')
  @NeedsScope('operate')
  @Operation('getTitleFile', {
    summary:
      "The film, with byte ranges, for workers that have not this disk; a key of the default tenant opens any tenant's",
    answers: { 200: bytes('application/octet-stream'), 206: bytes('application/octet-stream'), 304: null },
    problems: [404],
    ranges: true,
  })
  async file(
    @Param('id') id: string,
    @Query({ schema: FileQuery }) { tenant }: FileQuery,
    @Req() request: Request,
    @Res() response: Response,
  ) {
    // the operator's workers do everybody's jobs; a tenant's own do its own
    const own = currentTenant();
    if (own !== DEFAULT_TENANT && tenant !== own) throw new KinoscopeError('not-found', `There is no title ${id}`);
    const title = await inContext({ tenant, actor: 'worker' }, async () =>
      this.titles.present(await this.titles.get(id)),
    );
    await sendFilm(title, request, response, 'bytes');
  }

  @Delete(':id')
  @HttpCode(204)
  @Operation('deleteTitle', {
    summary: 'Delete a title, its answers and an uploaded or downloaded film',
    answers: { 204: null },
    problems: [404],
  })
  async delete(@Param('id') id: string) {
    if (!(await this.work.delete(id))) throw new KinoscopeError('not-found', `There is no title ${id}`);
  }
}

const isSameEpisode = ({ metadata: a }: Title, { metadata: b }: Title): boolean =>
  a.series === b.series && a.season === b.season && a.episode === b.episode;

function sendPicture({ data, tag }: Picture, request: Request, response: Response): void {
  response.setHeader('ETag', `"${tag}"`);
  response.setHeader('Cache-Control', 'private, max-age=3600');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  if (request.fresh) response.status(304).end();
  else response.type('image/webp').send(data);
}
