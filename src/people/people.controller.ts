import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Inject,
  Param,
  Patch,
  Post,
  Query,
  Req,
  StreamableFile,
} from '@nestjs/common';
import type { Request } from 'express';
import { NeedsScope } from '../access/scope.js';
import { KinoscopeError } from '../core/errors.js';
import { type Fields, Uploads } from '../http/uploads.js';
import { MODELS, type Models } from '../inference/types.js';
import { bytes, Operation, Tag } from '../openapi/operation.js';
import { playerOffset, shifted } from '../titles/player-clock.js';
import { TitlesService } from '../titles/titles.service.js';
import { Corrections, type TracksOf } from './corrections.js';
import type { Person, PersonPhoto } from './documents.js';
import { enrolPhotos } from './enrol.js';
import { Erasure } from './erasure.js';
import { Naming } from './naming.js';
import { People } from './people.js';
import type { Photo } from './photo.js';
import { Portraits } from './portraits.js';
import { presentPerson } from './present.js';
import { withPhotos } from './receive-photos.js';
import {
  MergeInput,
  PeopleQuery,
  PersonDetail,
  PersonInput,
  PersonName,
  PersonPage,
  PersonPatch,
  PersonUpload,
  PhotoPatch,
  type PhotoOutput,
  PhotosOutput,
  PhotosUpload,
  SplitInput,
  TracksInput,
} from './schemas.js';

function presentPhoto(photo: PersonPhoto): PhotoOutput {
  const { id, file, flag, faces, box, quality, hint = null, proposedFrom = null, confirmed = false } = photo;
  return { id, file, flag, faces, box: box && [...box], quality, hint, proposedFrom, confirmed };
}

@Tag('people')
@NeedsScope('people')
@Controller('v1/people')
export class PeopleController {
  constructor(
    private readonly people: People,
    private readonly naming: Naming,
    private readonly corrections: Corrections,
    private readonly erasure: Erasure,
    private readonly portraits: Portraits,
    private readonly titles: TitlesService,
    @Inject(MODELS) private readonly models: Models,
    private readonly uploads: Uploads,
  ) {}

  @Get()
  @Operation('listPeople', {
    summary: 'People of the gallery and strangers of films, the oldest first',
    answers: { 200: PersonPage },
  })
  async list(@Query({ schema: PeopleQuery }) { limit, cursor, named, hidden, q }: PeopleQuery): Promise<PersonPage> {
    const options = { limit, ...(cursor ? { cursor } : {}) };
    const { items, nextCursor } = await (q === undefined
      ? this.people.page({ named, hidden }, options)
      : this.people.called(q, { named, hidden }, options));
    return { items: await Promise.all(items.map((person) => presentPerson(this.people, person))), nextCursor };
  }

  @Post()
  @Operation('createPerson', {
    summary: 'Add somebody to the gallery, with photos as multipart/form-data or without as JSON',
    description:
      'Films that were analysed before are named too. 409 when somebody has the name; 422 when no photo shows a face.',
    body: { 'multipart/form-data': PersonUpload, 'application/json': PersonInput },
    answers: { 201: PersonDetail },
    problems: [409, 422],
    idempotent: true,
  })
  async create(@Req() request: Request): Promise<PersonDetail> {
    if (!request.is('multipart/form-data')) {
      const { name } = (request.body ?? {}) as { name?: unknown };
      return this.changed(await this.people.create({ name: parseName(name), photos: [], mean: null }));
    }
    return this.withLearnt(request, async (photos, fields) =>
      this.changed(await this.people.create({ name: parseName(fields['name']), photos, mean: null })),
    );
  }

  @Get(':id')
  @Operation('getPerson', {
    summary: 'Somebody, with their photos and the titles that they appear in',
    answers: { 200: PersonDetail },
    problems: [404],
  })
  async read(@Param('id') id: string): Promise<PersonDetail> {
    return this.detail(await this.people.get(id));
  }

  @Patch(':id')
  @Operation('updatePerson', {
    summary: 'Name or rename somebody (everywhere, in all films), give them aliases, hide them or show them again',
    answers: { 200: PersonDetail },
    problems: [404, 409],
  })
  async change(@Param('id') id: string, @Body({ schema: PersonPatch }) patch: PersonPatch): Promise<PersonDetail> {
    return this.changed(await this.people.change(id, patch));
  }

  @Delete(':id')
  @HttpCode(204)
  @Operation('deletePerson', {
    summary: 'Delete all that is known of somebody: photos, embeddings in all titles, names in answers, pictures',
    answers: { 204: null },
    problems: [404],
  })
  async delete(@Param('id') id: string): Promise<void> {
    await this.erasure.erase(id);
  }

  @Get(':id/face')
  @Operation('getFace', {
    summary: 'A small picture of somebody, cut from the title that shows them best',
    answers: { 200: bytes('image/jpeg') },
    problems: [404],
  })
  @Header('Cache-Control', 'private, no-cache')
  async face(@Param('id') id: string): Promise<StreamableFile> {
    await this.people.get(id);
    const appearances = (await this.people.appearancesOf(id)).sort((a, b) => b.quality - a.quality);
    const titles = await this.titles.ofContents([...new Set(appearances.map(({ contentHash }) => contentHash))]);
    for (const { contentHash, bestFrame } of appearances) {
      const file = titles.find((title) => title.contentHash === contentHash)?.source.file;
      const picture = file ? await this.portraits.of({ contentHash, file, ...bestFrame }).catch(() => null) : null;
      if (!picture) continue;
      await this.people.get(id).catch(async (error: unknown) => {
        await this.portraits.remove({ contentHash, ...bestFrame });
        throw error;
      });
      return new StreamableFile(picture, { type: 'image/jpeg' });
    }
    throw new KinoscopeError('not-found', 'No film that is there shows this person');
  }

  @Get(':id/photos')
  @Operation('listPhotos', {
    summary: 'What was learnt from; the pictures themselves are not kept',
    answers: { 200: PhotosOutput },
    problems: [404],
  })
  async photos(@Param('id') id: string): Promise<PhotosOutput> {
    await this.people.get(id);
    return { items: (await this.people.photosOf(id)).map(presentPhoto) };
  }

  @Post(':id/photos')
  @Operation('addPhotos', {
    summary: 'Learn somebody from more photos',
    body: { 'multipart/form-data': PhotosUpload },
    answers: { 201: PersonDetail },
    problems: [404, 409, 422],
    idempotent: true,
  })
  async addPhotos(@Param('id') id: string, @Req() request: Request): Promise<PersonDetail> {
    await this.people.get(id);
    return this.withLearnt(request, async (photos) => this.changed(await this.people.addPhotos(id, photos)));
  }

  @Patch(':id/photos/:photo')
  @Operation('judgePhoto', {
    summary: 'Say whether a photo that was found by name shows the person',
    description: 'One that does not teaches nothing, and is not proposed again. 409 for a photo that somebody gave.',
    answers: { 200: PersonDetail },
    problems: [404, 409],
  })
  async judgePhoto(
    @Param('id') id: string,
    @Param('photo') photo: string,
    @Body({ schema: PhotoPatch }) { confirmed }: PhotoPatch,
  ): Promise<PersonDetail> {
    return this.changed(await this.people.judgePhoto(id, photo, confirmed));
  }

  @Delete(':id/photos/:photo')
  @HttpCode(204)
  @Operation('deletePhoto', {
    summary: 'Forget what was learnt from one photo',
    answers: { 204: null },
    problems: [404],
  })
  async removePhoto(@Param('id') id: string, @Param('photo') photo: string): Promise<void> {
    await this.people.removePhoto(id, photo);
    await this.naming.refreshAllNames();
  }

  @Post(':id/merge')
  @HttpCode(200)
  @Operation('mergePeople', {
    summary: 'Others are this person',
    deprecated: true,
    description: '409 when two of them were seen in one frame.',
    answers: { 200: PersonDetail },
    problems: [404, 409],
    idempotent: true,
  })
  async merge(@Param('id') id: string, @Body({ schema: MergeInput }) { people }: MergeInput): Promise<PersonDetail> {
    return this.changed(await this.people.merge(id, ...people));
  }

  @Post(':id/split')
  @Operation('splitPerson', {
    summary: 'Some tracks of this person show somebody else: a new person, or one who is there',
    description:
      'Deleting the cannotLink between the two takes it back. 409 when the name is taken, or the other one is on screen beside a track.',
    answers: { 201: PersonDetail },
    problems: [404, 409],
    idempotent: true,
  })
  async split(
    @Param('id') id: string,
    @Body({ schema: SplitInput }) { tracks, name, into }: SplitInput,
  ): Promise<PersonDetail> {
    return this.changed(
      await this.corrections.split(
        id,
        await Promise.all(tracks.map((one) => this.tracksOf(one))),
        into === undefined ? { name: name ?? null } : { into },
      ),
    );
  }

  @Post(':id/tracks')
  @HttpCode(200)
  @Operation('assignTracks', {
    summary: 'These tracks show this person',
    deprecated: true,
    description: '409 when the person is on screen beside one of them.',
    answers: { 200: PersonDetail },
    problems: [404, 409],
    idempotent: true,
  })
  async give(@Param('id') id: string, @Body({ schema: TracksInput }) input: TracksInput): Promise<PersonDetail> {
    return this.changed(await this.corrections.give(id, [await this.tracksOf(input)]));
  }

  @Post(':id/not')
  @HttpCode(200)
  @Operation('rejectTracks', {
    summary: 'These tracks do not show this person; that is remembered',
    deprecated: true,
    answers: { 200: PersonDetail },
    problems: [404, 409],
    idempotent: true,
  })
  async reject(@Param('id') id: string, @Body({ schema: TracksInput }) input: TracksInput): Promise<PersonDetail> {
    return this.changed(await this.corrections.reject(id, await this.tracksOf(input)));
  }

  private async tracksOf({ title, tracks }: TracksInput): Promise<TracksOf> {
    const { contentHash } = await this.titles.get(title);
    if (contentHash === null) throw new KinoscopeError('not-found', `The title ${title} was not analysed for cast yet`);
    // Who is who is told first, so that it can be corrected.
    await this.naming.refreshNames(contentHash);
    return { contentHash, tracks };
  }

  private withLearnt<T>(request: Request, work: (photos: readonly Photo[], fields: Fields) => Promise<T>): Promise<T> {
    return withPhotos(this.uploads, request, async ({ files, fields, signal }) => {
      if (files.length === 0) throw new KinoscopeError('usage', 'The request carries no photo');
      const { photos } = await enrolPhotos(this.models, fields['name'] ?? '', files, { signal });
      if (photos.every(({ flag }) => flag !== null)) {
        const reasons = photos
          .map(({ file, flag, reason }) => `${file} (${flag}${flag === 'unreadable' && reason ? `: ${reason}` : ''})`)
          .join(', ');
        throw new KinoscopeError('unreadable', `No photo shows a face that can be learnt: ${reasons}`);
      }
      return work(photos, fields);
    });
  }

  /** After a change that may name others in any title. */
  private async changed({ id }: Pick<Person, 'id'>): Promise<PersonDetail> {
    await this.naming.refreshAllNames();
    return this.detail(await this.people.get(id));
  }

  private async detail(person: Person): Promise<PersonDetail> {
    const { id } = person;
    const appearances = await this.people.appearancesOf(id);
    const titles = await this.titles.ofContents([...new Set(appearances.map(({ contentHash }) => contentHash))]);
    return {
      ...(await presentPerson(this.people, person)),
      photoList: (await this.people.photosOf(id)).map(presentPhoto),
      seenIn: titles.map((title) => {
        const own = appearances.filter(({ contentHash }) => contentHash === title.contentHash);
        const best = own.reduce((a, b) => (b.quality > a.quality ? b : a));
        return shifted(
          {
            title: title.id,
            name: title.name,
            screenTime: own.reduce((sum, { screenTime }) => sum + screenTime, 0),
            firstSeen: Math.min(...own.map(({ firstSeen }) => firstSeen)),
            lastSeen: Math.max(...own.map(({ lastSeen }) => lastSeen)),
            bestFrame: { time: best.bestFrame.time, box: [...best.bestFrame.box] },
            tracks: own.flatMap(({ tracks }) => tracks),
          },
          playerOffset(title.media),
        );
      }),
    };
  }
}

function parseName(value: unknown): string {
  const name = PersonName.safeParse(value);
  if (!name.success) throw new KinoscopeError('usage', 'Give the person a name of 1 to 200 characters');
  return name.data;
}
