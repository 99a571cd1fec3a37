import { Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res, StreamableFile } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { SURE } from '../credits/answer.js';
import { SURE_NAME } from '../credits/billing/sure.js';
import { presentJob } from '../jobs/schemas.js';
import { numeric } from '../openapi/fields.js';
import { bytes, Operation, text, Tag } from '../openapi/operation.js';
import { sendWritten } from '../titles/send-film.js';
import { ExportsService, MOST_OFFSET } from './exports.service.js';
import { FilmExports } from './film-exports.service.js';
import { exportFilm, FORMAT_NAMES, FORMATS } from './formats.js';
import { ExportedJson, WithJob } from './schemas.js';

const ExportQuery = z.strictObject({
  format: z.enum(FORMAT_NAMES),
  minConfidence: z.coerce
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      `How sure answers must be, 0 to 1; unset: ${SURE}, and ${SURE_NAME} for names that were read. What is less sure is left out`,
    ),
  offset: numeric(z.number().min(-MOST_OFFSET).max(MOST_OFFSET))
    .optional()
    .describe('Seconds that are added to all times, e.g. -0.5: a little earlier'),
});
type ExportQuery = z.infer<typeof ExportQuery>;

@Tag('analyses')
@Controller('v1/titles/:id')
export class ExportsController {
  constructor(
    private readonly exports: ExportsService,
    private readonly films: FilmExports,
  ) {}

  @Get('export')
  @Operation('exportTitle', {
    summary: 'The stored answers as players and other services read them',
    description:
      'vtt: WebVTT chapters; edl: MPlayer and Kodi edit decision list; chapters: FFmpeg metadata; matroska: chapters for mkvmerge and mkvpropedit; jellyfin: media segments; ' +
      'nfo: who the credits name, as Kodi and Jellyfin read it; csv: the same as a table; ' +
      'rekognition, rekognition-segments: as GetCelebrityRecognition and GetSegmentDetection of Amazon Rekognition answer. ' +
      'Credits that are not sure are left out, and all of a title or series that is switched off for players; a comment says so where the format has comments.',
    answers: { 200: { ...text('text/vtt', 'text/plain', 'text/xml', 'text/csv'), json: ExportedJson } },
    problems: [404],
  })
  async export(
    @Param('id') id: string,
    @Query({ schema: ExportQuery }) { format, minConfidence, offset }: ExportQuery,
  ): Promise<StreamableFile> {
    const { type, extension } = FORMATS[format];
    const file = exportFilm(await this.exports.film(id, { minConfidence, offset }), format);
    return new StreamableFile(Buffer.from(file), {
      type: `${type}; charset=utf-8`,
      disposition: `inline; filename="${id}.${extension}"`,
    });
  }

  @Post('annotated')
  @HttpCode(202)
  @Operation('startAnnotatedFilm', {
    summary: 'Write the film with a box and a name around every face',
    description:
      'A job, after one that analyses the cast where that was not done. The film takes the place of the one that was written before.',
    answers: { 202: WithJob },
    problems: [404],
    idempotent: true,
  })
  async annotate(@Param('id') id: string): Promise<WithJob> {
    return { job: presentJob(await this.films.enqueue(id)) };
  }

  @Get('annotated')
  @Operation('getAnnotatedFilm', {
    summary: 'The film with boxes and names, once it was written, with byte ranges',
    answers: { 200: bytes('video/mp4'), 206: bytes('video/mp4'), 304: null },
    problems: [404],
    ranges: true,
  })
  async annotated(@Param('id') id: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    await sendWritten(await this.films.read(id), request, response);
  }

  @Delete('annotated')
  @HttpCode(204)
  @Operation('deleteAnnotatedFilm', {
    summary: 'Delete the film with boxes and names',
    answers: { 204: null },
    problems: [404],
  })
  delete(@Param('id') id: string): Promise<void> {
    return this.films.delete(id);
  }
}
