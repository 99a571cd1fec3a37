import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { z } from 'zod';
import { fraction } from '../openapi/fields.js';
import { Operation, Tag } from '../openapi/operation.js';
import { CAST_SOURCES, CastLists, type NamedPerson } from '../titles/cast-lists.js';
import type { Title } from '../titles/documents.js';
import { TitlesService } from '../titles/titles.service.js';
import { Naming } from './naming.js';
import { PersonName } from './schemas.js';

const Role = z.string().trim().min(1).max(200).nullable();
export const CastListInput = z
  .strictObject({
    cast: z
      .array(z.strictObject({ name: PersonName, role: Role.default(null).describe('Whom they play') }))
      .max(1000)
      .describe('Who is in it; an empty list takes back what was given'),
  })
  .meta({ id: 'CastListInput' });
type CastListInput = z.infer<typeof CastListInput>;

const NamedOutput = z
  .object({
    name: z.string(),
    role: z.string().nullable(),
    by: z
      .enum(CAST_SOURCES)
      .describe(
        'given: over this route; source: an .nfo or the link; credits: read at its end; guide: a broadcast guide, of the programmes that it is',
      ),
    confidence: fraction.describe('That every letter is right, of names that were read'),
    personId: z.string().nullable().describe('Who of the gallery is called so; null: nobody'),
  })
  .meta({ id: 'NamedPerson' });
export const CastListOutput = z.object({ cast: z.array(NamedOutput) }).meta({ id: 'CastList' });
export type CastListOutput = z.infer<typeof CastListOutput>;

@Tag('titles')
@Controller('v1/titles/:id/cast-list')
export class CastListController {
  constructor(
    private readonly titles: TitlesService,
    private readonly castLists: CastLists,
    private readonly naming: Naming,
  ) {}

  @Get()
  @Operation('getCastList', {
    summary: 'Who is named of a title, and by whom',
    description: 'Faces that are like one of them get that name sooner; nobody is named who is not of the gallery.',
    answers: { 200: CastListOutput },
    problems: [404],
  })
  async read(@Param('id') id: string): Promise<CastListOutput> {
    return this.present(await this.titles.get(id));
  }

  @Put()
  @Operation('setCastList', {
    summary: 'Say who is in a title, in place of what was said so before',
    description: "Who its source or its credits name stays named; the title's faces are named anew.",
    answers: { 200: CastListOutput },
    problems: [404],
  })
  async set(
    @Param('id') id: string,
    @Body({ schema: CastListInput }) { cast }: CastListInput,
  ): Promise<CastListOutput> {
    const title = await this.titles.get(id);
    await this.castLists.give(title, cast);
    if (title.contentHash !== null) await this.naming.refreshNames(title.contentHash);
    return this.present(await this.titles.get(id));
  }

  private async present(title: Title): Promise<CastListOutput> {
    const named = await this.castLists.of(title);
    const ids = await this.naming.called(named.map(({ name }) => name));
    return { cast: named.map((one, i) => presentNamed(one, ids[i] ?? null)) };
  }
}

export const presentNamed = (
  { name, role, by, confidence }: NamedPerson,
  personId: string | null,
): CastListOutput['cast'][number] => ({ name, role, by, confidence, personId });
