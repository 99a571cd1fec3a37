import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import type { Request } from 'express';
import { NeedsScope } from '../access/scope.js';
import { KinoscopeError } from '../core/errors.js';
import { withPhoto } from '../frames/picture.js';
import { parsePlace, parseTime } from '../guide/place.js';
import { Uploads } from '../http/uploads.js';
import { Operation, Tag } from '../openapi/operation.js';
import { withPhotos } from '../people/receive-photos.js';
import { IdentifyInput, IdentifyOutput } from '../people/schemas.js';
import { Identifier } from './identifier.js';

@Tag('people')
@NeedsScope('people')
@Controller('v1/identify')
export class IdentifyController {
  constructor(
    private readonly identifier: Identifier,
    private readonly uploads: Uploads,
  ) {}

  @Post()
  @HttpCode(200)
  @Operation('identifyPeople', {
    summary: 'Who is in a picture: the best name and two alternatives for each face',
    description:
      'Where the photo shows a screen, that is straightened and the faces are looked for in both; of several faces each is answered, with ' +
      'its box. With title, only people of that title are considered; with at and place (a photo of a screen), only people of what ' +
      'was on air there and then, as the broadcast guide says. Where and when the photo was taken is read from its EXIF with useExif alone. ' +
      'It is deleted before the answer.',
    body: { 'multipart/form-data': IdentifyInput },
    answers: { 200: IdentifyOutput },
    problems: [404, 409, 422],
    idempotent: true,
  })
  identify(@Req() request: Request): Promise<IdentifyOutput> {
    return withPhotos(
      this.uploads,
      request,
      async ({ files: [file, ...others], fields: { title, at, place, useExif }, signal }) => {
        if (file === undefined || others.length > 0) throw new KinoscopeError('usage', 'Give one photo');
        const exif = flagOf('useExif', useExif);
        const limits = {
          title,
          at: at === undefined ? undefined : parseTime(at),
          place: place === undefined ? undefined : parsePlace(place),
          useExif: exif,
        };
        const {
          limited,
          onAir,
          screen,
          exif: told,
          notes,
          faces,
        } = await withPhoto(file, (photo) => this.identifier.identify(photo, limits), { useExif: exif, signal });
        return {
          limited,
          onAir: onAir && [...onAir],
          screen: screen && screen.map(([x, y]) => [x, y] as [number, number]),
          exif: told,
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

/** @throws KinoscopeError `usage` */
function flagOf(name: string, text = 'false'): boolean {
  if (text !== 'true' && text !== 'false') throw new KinoscopeError('usage', `${name} is true or false, not "${text}"`);
  return text === 'true';
}
