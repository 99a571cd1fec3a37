import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { NeedsScope } from '../access/scope.js';
import { KinoscopeError } from '../core/errors.js';
import { withPicture } from '../frames/picture.js';
import { parsePlace, parseTime } from '../guide/guide.js';
import { Uploads } from '../http/uploads.js';
import { withPhotos } from '../people/receive-photos.js';
import { IdentifyOutput } from '../people/schemas.js';
import { Identifier } from './identifier.js';

@ApiTags('people')
@NeedsScope('people')
@Controller('v1/identify')
export class IdentifyController {
  constructor(
    private readonly identifier: Identifier,
    private readonly uploads: Uploads,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Who is in a picture: the best name and two alternatives for each face',
    description:
      'With title, only people of that title are considered; with at and place (a photo of a screen), only people of what ' +
      'was on air there and then, as the broadcast guide says.',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: {
      type: 'object',
      required: ['photo'],
      properties: {
        photo: { type: 'string', format: 'binary' },
        title: { type: 'string', description: "A title's id" },
        at: { type: 'string', format: 'date-time' },
        place: { type: 'string', description: 'Latitude and longitude in degrees: 48.86,2.35' },
      },
    },
  })
  @ApiOkResponse({ standardSchema: IdentifyOutput })
  identify(@Req() request: Request): Promise<IdentifyOutput> {
    return withPhotos(
      this.uploads,
      request,
      async ({ files: [file, ...others], fields: { title, at, place }, signal }) => {
        if (file === undefined || others.length > 0) throw new KinoscopeError('usage', 'Give one photo');
        const limits = {
          title,
          at: at === undefined ? undefined : parseTime(at),
          place: place === undefined ? undefined : parsePlace(place),
        };
        const { limited, onAir, notes, faces } = await withPicture(
          file,
          (picture) => this.identifier.identify(picture, limits),
          signal,
        );
        return {
          limited,
          onAir: onAir && [...onAir],
          notes: [...notes],
          faces: faces.map(({ fractions, known, candidates }) => ({
            box: [...fractions],
            known,
            candidates: candidates.map((candidate) => ({ ...candidate, titles: [...candidate.titles] })),
          })),
        };
      },
    );
  }
}
