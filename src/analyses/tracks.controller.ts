import { Controller, Get, Param, Query } from '@nestjs/common';
import { z } from 'zod';
import { fraction, numeric, seconds } from '../openapi/fields.js';
import { Operation, Tag } from '../openapi/operation.js';
import { ByWhat, Perhaps } from './schemas.js';
import { TracksService } from './tracks.service.js';

const TracksQuery = z.strictObject({
  start: numeric(z.number().nonnegative()).optional().describe('Seconds; unset: from the start'),
  end: numeric(z.number().nonnegative()).optional().describe('Seconds; unset: to the end'),
  personId: z.string().optional().describe('Only tracks that show this person'),
  everybody: z
    .enum(['true', 'false'])
    .default('false')
    .describe('true: those whose face is not in view, too, by their body and clothes, with boxes of their heads'),
  samples: z
    .enum(['true', 'false'])
    .default('true')
    .describe('false: without the places, for a picture of who is where in the whole film'),
});
type TracksQuery = z.infer<typeof TracksQuery>;

const FaceTrack = z
  .object({
    id: z.string(),
    start: seconds,
    end: seconds,
    personId: z.string().nullable(),
    name: z.string().nullable(),
    label: z.string().nullable().describe('What to call a stranger: person 7'),
    confidence: fraction,
    track: z.string().nullable().describe('For corrections: the face track; null where no face was seen on the body'),
    by: ByWhat,
    perhaps: Perhaps,
    samples: z
      .array(z.array(z.number()).length(5))
      .describe('[time, x, y, width, height]: seconds and fractions of the frame, in order of time'),
  })
  .meta({ id: 'FaceTrack' });
const TracksOutput = z.object({ items: z.array(FaceTrack) }).meta({ id: 'FaceTracks' });
type TracksOutput = z.infer<typeof TracksOutput>;

/** Six digits tell a thousandth of a pixel and of a second. */
const short = (value: number): number => Math.round(value * 1e6) / 1e6;

@Tag('analyses')
@Controller('v1/titles/:id/tracks')
export class TracksController {
  constructor(private readonly tracks: TracksService) {}

  @Get()
  @Operation('listTracks', {
    summary: 'Faces, or everybody, on their way through the film, with names',
    description:
      'What a player asks for ahead of a pause: between two samples a box moves evenly, before the first and after the last it stays.',
    answers: { 200: TracksOutput },
    problems: [404],
  })
  async list(@Param('id') id: string, @Query({ schema: TracksQuery }) query: TracksQuery): Promise<TracksOutput> {
    const items =
      query.everybody === 'true'
        ? await this.tracks.everybody(id, query)
        : (await this.tracks.tracks(id, query)).map((face) => ({
            ...face,
            track: face.id,
            by: 'face' as const,
            perhaps: null,
          }));
    return {
      items: items.map(({ appearance: _appearance, shot: _shot, clear: _clear, samples, ...who }) => ({
        ...who,
        samples:
          query.samples === 'true'
            ? samples.map(([time, x, y, width, height]) => [time, x, y, width, height].map(short))
            : [],
      })),
    };
  }
}
