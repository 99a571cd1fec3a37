import { Controller, Get, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { exportFilm, FORMAT_NAMES, FORMATS } from '../exports/formats.js';
import { ExportsService } from './exports.service.js';

const ExportQuery = z.object({ format: z.enum(FORMAT_NAMES) });
type ExportQuery = z.infer<typeof ExportQuery>;

@ApiTags('analyses')
@Controller('v1/titles/:id')
export class ExportsController {
  constructor(private readonly exports: ExportsService) {}

  @Get('export')
  @ApiOperation({
    summary: 'The stored answers as players and other services read them',
    description: 'vtt: WebVTT chapters; edl: MPlayer and Kodi edit decision list; chapters: FFmpeg metadata; jellyfin: media segments; '
      + 'rekognition, rekognition-segments: as GetCelebrityRecognition and GetSegmentDetection of Amazon Rekognition answer.',
  })
  @ApiProduces(...new Set(Object.values(FORMATS).map(({ type }) => type)))
  @ApiOkResponse({ schema: { type: 'string' } })
  async export(@Param('id') id: string, @Query({ schema: ExportQuery }) { format }: ExportQuery): Promise<StreamableFile> {
    const { type, extension } = FORMATS[format];
    const text = exportFilm(await this.exports.film(id), format);
    return new StreamableFile(Buffer.from(text), { type: `${type}; charset=utf-8`, disposition: `inline; filename="${id}.${extension}"` });
  }
}
