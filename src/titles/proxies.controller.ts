import { Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { JobOutput, presentJob } from '../jobs/schemas.js';
import { numeric, seconds } from '../openapi/fields.js';
import { bytes, Operation, Tag } from '../openapi/operation.js';
import type { Title } from './documents.js';
import { filmOf } from './film.js';
import { FOREIGN_PARTS, playbackOf } from './playback.js';
import { ProxiesService } from './proxies.service.js';
import { PlaybackMode } from './schemas.js';
import { sendWritten } from './send-film.js';
import { TitlesService } from './titles.service.js';

const ProxyOutput = z
  .object({
    playback: PlaybackMode,
    foreign: z.array(z.enum(FOREIGN_PARTS)).describe('What of the film browsers do not know'),
    state: z.enum(['none', 'making', 'ready']).describe('making: the fragments that are there can be played'),
    version: z.string().nullable().describe('Changes with the bytes of the copy'),
    header: z.number().int().describe('Bytes before the first fragment, which all of them need'),
    fragments: z
      .array(z.object({ start: seconds, end: seconds, offset: z.number().int(), size: z.number().int() }))
      .describe("Parts that begin with a key frame, on a player's clock, with where they lie in the film"),
    job: JobOutput.nullable().describe('What writes the copy, or last did'),
  })
  .meta({ id: 'Proxy' });
type ProxyOutput = z.infer<typeof ProxyOutput>;

const ProxyQuery = z.strictObject({
  from: numeric(z.number().int().nonnegative()).default(0).describe('Fragments before this one are known'),
});
type ProxyQuery = z.infer<typeof ProxyQuery>;
const FilmQuery = z.strictObject({ version: z.string().max(200) });
type FilmQuery = z.infer<typeof FilmQuery>;

/** Copies of films that browsers do not play as they are. */
@Tag('titles')
@Controller('v1/titles/:id/proxy')
export class ProxiesController {
  constructor(
    private readonly titles: TitlesService,
    private readonly proxies: ProxiesService,
  ) {}

  @Post()
  @HttpCode(202)
  @Operation('startProxy', {
    summary: 'Write a copy of the film that browsers play',
    description:
      'Fragmented MP4 of H.264 and AAC, at most 720p, in SDR; pictures and sound that browsers play are taken over as they are. ' +
      'A job writes it, one for all titles of the same content, and it can be watched meanwhile; where it is there nothing is done.',
    answers: { 202: ProxyOutput },
    problems: [404],
    idempotent: true,
  })
  async start(@Param('id') id: string): Promise<ProxyOutput> {
    const title = await this.titles.get(id);
    await this.proxies.enqueue(title);
    return this.present(title, 0);
  }

  @Get()
  @Operation('getProxy', {
    summary: 'How a browser can play the film, and how far the copy for it is',
    answers: { 200: ProxyOutput },
    problems: [404],
  })
  async read(@Param('id') id: string, @Query({ schema: ProxyQuery }) { from }: ProxyQuery): Promise<ProxyOutput> {
    return this.present(await this.titles.get(id), from);
  }

  @Get('film')
  @Operation('getProxyFilm', {
    summary: 'The copy, as far as it is written, with byte ranges',
    answers: { 200: bytes('video/mp4'), 206: bytes('video/mp4'), 304: null },
    problems: [404],
    ranges: true,
  })
  async film(
    @Param('id') id: string,
    @Query({ schema: FilmQuery }) { version }: FilmQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await sendWritten(await this.proxies.open(await this.titles.get(id), version), request, response);
  }

  @Delete()
  @HttpCode(204)
  @Operation('deleteProxy', {
    summary: 'Delete the copy, and end the job that writes it',
    answers: { 204: null },
    problems: [404],
  })
  async delete(@Param('id') id: string): Promise<void> {
    await this.proxies.delete(await this.titles.get(id));
  }

  private async present(title: Title, from: number): Promise<ProxyOutput> {
    const { mode, foreign } = playbackOf(filmOf(title).info);
    const { proxy, job } = await this.proxies.read(title);
    const active = job?.state === 'queued' || job?.state === 'running';
    return {
      playback: mode,
      foreign: [...foreign],
      state: proxy?.complete ? 'ready' : active ? 'making' : 'none',
      version: proxy?.version ?? null,
      header: proxy?.fragments[0]?.offset ?? 0,
      fragments: (proxy?.fragments ?? []).slice(from).map((fragment) => ({ ...fragment })),
      job: job && presentJob(job),
    };
  }
}
