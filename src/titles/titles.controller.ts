import { Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { NeedsScope } from '../access/scope.js';
import { currentTenant, DEFAULT_TENANT, inContext } from '../core/context.js';
import { KinoscopeError } from '../core/errors.js';
import { Uploads } from '../http/uploads.js';
import { presentJob } from '../jobs/jobs.controller.js';
import type { Title } from './documents.js';
import { DownloadsService } from './downloads.service.js';
import { playingTime } from './player-clock.js';
import { FileQuery, PageQuery, TitleInput, TitleOutput, TitlePage, TitleWithJob } from './schemas.js';
import { sendFilm } from './send-film.js';
import { TitleWork } from './title-work.js';
import { TitlesService } from './titles.service.js';
import { receiveUpload } from './upload.js';

export function presentTitle(title: Title): TitleOutput {
  const { id, name, source, contentHash, media, metadata, createdAt } = title;
  return {
    id,
    name,
    source: { kind: source.kind, location: source.location },
    contentHash,
    duration: media ? playingTime(media) : null,
    width: media?.width ?? null,
    height: media?.height ?? null,
    metadata,
    createdAt,
  };
}

@ApiTags('titles')
@Controller('v1/titles')
export class TitlesController {
  constructor(
    private readonly titles: TitlesService,
    private readonly downloads: DownloadsService,
    private readonly work: TitleWork,
    private readonly uploads: Uploads,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Create a title from a path, a link or an upload',
    description:
      'A path and an upload answer 201 with the title (the same content is the same title). A link answers ' +
      '202 at once, with the title, the job that fetches its film and the one that analyses it afterwards.',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiConsumes('application/json', 'multipart/form-data')
  @ApiBody({
    schema: {
      type: 'object',
      properties: {
        path: { type: 'string' },
        link: { type: 'string', format: 'uri' },
        name: { type: 'string' },
        file: { type: 'string', format: 'binary' },
      },
    },
  })
  @ApiCreatedResponse({ standardSchema: TitleWithJob })
  @ApiAcceptedResponse({ standardSchema: TitleWithJob })
  async create(@Req() request: Request, @Res({ passthrough: true }) response: Response) {
    if (request.is('multipart/form-data')) {
      const title = await receiveUpload(this.uploads, request, (stream, fileName, options) =>
        this.titles.fromUpload(stream, fileName, options),
      );
      return { title: presentTitle(title), job: null, analysis: null };
    }
    const input = TitleInput.safeParse(request.body ?? {});
    if (!input.success) throw new KinoscopeError('usage', input.error.issues.map((issue) => issue.message).join('; '));
    const { path, link, name } = input.data;
    if (path !== undefined)
      return { title: presentTitle(await this.titles.fromPath(path, { name })), job: null, analysis: null };
    const title = await this.titles.fromLink(link!, { name });
    const job = await this.downloads.enqueue(title);
    const analysis = await this.work.analyze(title);
    response.status(202);
    return { title: presentTitle(title), job: presentJob(job), analysis: presentJob(analysis) };
  }

  @Get()
  @ApiOperation({ summary: 'All titles, the newest first' })
  @ApiOkResponse({ standardSchema: TitlePage })
  async list(@Query({ schema: PageQuery }) query: PageQuery) {
    const page = await this.titles.list({ limit: query.limit, ...(query.cursor ? { cursor: query.cursor } : {}) });
    return { items: page.items.map(presentTitle), nextCursor: page.nextCursor };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One title' })
  @ApiOkResponse({ standardSchema: TitleOutput })
  async read(@Param('id') id: string) {
    return presentTitle(await this.titles.get(id));
  }

  @Get(':id/media')
  @ApiOperation({ summary: 'The film itself, with byte ranges, for the studio page' })
  async media(@Param('id') id: string, @Req() request: Request, @Res() response: Response) {
    await sendFilm(await this.titles.get(id), request, response);
  }

  @Get(':id/file')
  @NeedsScope('operate')
  @ApiOperation({
    summary:
      "The film, with byte ranges, for workers that have not this disk; a key of the default tenant opens any tenant's",
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
  @ApiOperation({ summary: 'Delete a title, its answers and an uploaded or downloaded film' })
  @ApiNoContentResponse()
  async delete(@Param('id') id: string) {
    if (!(await this.work.delete(id))) throw new KinoscopeError('not-found', `There is no title ${id}`);
  }
}
