import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { z } from 'zod';
import { NeedsScope } from '../access/scope.js';
import { JobOutput, presentJob } from '../jobs/schemas.js';
import { box, fraction, instant, seconds } from '../openapi/fields.js';
import { Operation, Tag } from '../openapi/operation.js';
import { playerOffset, shifted } from '../titles/player-clock.js';
import { TitlesService } from '../titles/titles.service.js';
import { type DrawnMap, FaceMap } from './face-map.js';
import type { MapPoint } from './map-documents.js';
import { labelOf } from './naming.js';

const MapPointOutput = z
  .object({
    x: fraction.describe('From left to right'),
    y: fraction.describe('From top to bottom'),
    nearer: z
      .string()
      .nullable()
      .describe("An outlier: the person whose mean is more like the face than that of its own person's other faces"),
    photo: z.string().nullable().describe("A photo's file"),
    title: z.string().nullable().describe('The title that shows it; null for a photo'),
    time: seconds.nullable(),
    box: box.nullable(),
  })
  .meta({ id: 'FaceMapPoint' });

const MapOutput = z
  .object({
    drawnAt: instant.nullable().describe('null: not yet'),
    stale: z.boolean().describe('People or faces have changed since'),
    faces: z.number().int().describe('On the map, of 10,000 at most: the best of everybody'),
    total: z.number().int().describe('In the gallery, hidden people aside'),
    people: z.array(
      z
        .object({
          id: z.string(),
          name: z.string().nullable(),
          label: z.string().nullable().describe('What to call a stranger'),
          points: z.array(MapPointOutput),
        })
        .meta({ id: 'FaceMapPerson' }),
    ),
    job: JobOutput.nullable().describe('What draws it, or last did'),
  })
  .meta({ id: 'FaceMap' });
type MapOutput = z.infer<typeof MapOutput>;

/** The gallery as a picture: faces that are alike lie together. */
@Tag('people')
@NeedsScope('people')
@Controller('v1/gallery/map')
export class MapController {
  constructor(
    private readonly map: FaceMap,
    private readonly titles: TitlesService,
  ) {}

  @Post()
  @HttpCode(202)
  @Operation('drawFaceMap', {
    summary: 'Draw the map of all faces, in a job',
    description:
      'UMAP of the faces of photos and films, by the cosines of their 15 nearest. The same faces make the same map.',
    answers: { 202: JobOutput },
    idempotent: true,
  })
  async draw(): Promise<JobOutput> {
    return presentJob(await this.map.enqueue());
  }

  @Get()
  @Operation('getFaceMap', {
    summary: 'The map of all faces as it was last drawn, those with the most faces first',
    answers: { 200: MapOutput },
  })
  async read(): Promise<MapOutput> {
    const [drawn, job] = [await this.map.read(), await this.map.job()];
    return {
      drawnAt: drawn?.head.drawnAt ?? null,
      stale: drawn?.stale ?? false,
      faces: drawn?.head.faces ?? 0,
      total: drawn?.head.total ?? (await this.map.count()),
      people: drawn ? await this.present(drawn) : [],
      job: job && presentJob(job),
    };
  }

  private async present({ parts }: DrawnMap): Promise<MapOutput['people']> {
    const hashes = parts.flatMap(({ points }) => points.flatMap(({ seen }) => seen?.contentHash ?? []));
    const titles = await this.titles.ofContents([...new Set(hashes)]);
    const films = new Map(
      titles.map((title) => [title.contentHash, { id: title.id, offset: playerOffset(title.media) }]),
    );
    const point = ({ seen, x, y, nearer, photo }: MapPoint): z.infer<typeof MapPointOutput> => {
      const film = seen && films.get(seen.contentHash);
      return {
        x,
        y,
        nearer,
        photo,
        title: film?.id ?? null,
        time: film ? shifted({ time: seen.time }, film.offset).time : null,
        box: film ? [...seen.box] : null,
      };
    };
    return parts
      .map(({ person, points }) => ({
        id: person.id,
        name: person.name,
        label: labelOf(person),
        points: points.map(point),
      }))
      .sort((a, b) => b.points.length - a.points.length);
  }
}
