import { Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res, StreamableFile } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { SURE } from '../credits/answer.js';
import { JobOutput, presentJob } from '../jobs/jobs.controller.js';
import { sendWritten } from '../titles/send-film.js';
import { ExportsService } from './exports.service.js';
import { FilmExports } from './film-exports.service.js';
import { exportFilm, FORMAT_NAMES, FORMATS } from './formats.js';

const ExportQuery = z.object({
  format: z.enum(FORMAT_NAMES),
  minConfidence: z.coerce
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      `How sure answers must be, 0 to 1; unset: ${SURE}. Credits that are less sure are left out, and so are names`,
    ),
});
type ExportQuery = z.infer<typeof ExportQuery>;

const WithJob = z.object({ job: JobOutput });

@ApiTags('analyses')
@Controller('v1/titles/:id')
export class ExportsController {
  constructor(
    private readonly exports: ExportsService,
    private readonly films: FilmExports,
  ) {}

  @Get('export')
  @ApiOperation({
    summary: 'The stored answers as players and other services read them',
    description:
      'vtt: WebVTT chapters; edl: MPlayer and Kodi edit decision list; chapters: FFmpeg metadata; jellyfin: media segments; ' +
      'rekognition, rekognition-segments: as GetCelebrityRecognition and GetSegmentDetection of Amazon Rekognition answer. ' +
      'Credits that are not sure are left out; a comment says so where the format has comments.',
  })
  @ApiProduces(...new Set(Object.values(FORMATS).map(({ type }) => type)))
  @ApiOkResponse({ schema: { type: 'string' } })
  async export(
    @Param('id') id: string,
    @Query({ schema: ExportQuery }) { format, minConfidence }: ExportQuery,
  ): Promise<StreamableFile> {
    const { type, extension } = FORMATS[format];
    const text = exportFilm(await this.exports.film(id, minConfidence), format);
    return new StreamableFile(Buffer.from(text), {
      type: `${type}; charset=utf-8`,
      disposition: `inline; filename="${id}.${extension}"`,
    });
  }

  @Post('annotated')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Write the film with a box and a name around every face',
    description:
      'A job, after one that analyses the cast where that was not done. The film takes the place of the one that was written before.',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiAcceptedResponse({ standardSchema: WithJob })
  async annotate(@Param('id') id: string): Promise<z.infer<typeof WithJob>> {
    return { job: presentJob(await this.films.enqueue(id)) };
  }

  @Get('annotated')
  @ApiOperation({ summary: 'The film with boxes and names, once it was written, with byte ranges' })
  @ApiProduces('video/mp4')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async annotated(@Param('id') id: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    await sendWritten(await this.films.read(id), request, response);
  }

  @Delete('annotated')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete the film with boxes and names' })
  @ApiNoContentResponse()
  delete(@Param('id') id: string): Promise<void> {
    return this.films.delete(id);
  }
}
