import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { NeedsScope } from '../access/scope.js';
import { KinoscopeError } from '../core/errors.js';
import { Operation, Tag } from '../openapi/operation.js';
import { TitlesService } from '../titles/titles.service.js';
import type { Constraint } from './constraints.js';
import { Corrections, type TracksOf } from './corrections.js';
import { Naming } from './naming.js';
import { People } from './people.js';
import { presentPerson } from './present.js';
import {
  ConstraintInput,
  ConstraintOutput,
  ConstraintPage,
  ConstraintsQuery,
  ConstraintSuggestions,
  SuggestionsQuery,
} from './schemas.js';
import { Suggestions } from './suggestions.js';

@Tag('people')
@NeedsScope('people')
@Controller('v1/constraints')
export class ConstraintsController {
  constructor(
    private readonly corrections: Corrections,
    private readonly people: People,
    private readonly naming: Naming,
    private readonly titles: TitlesService,
    private readonly suggestions: Suggestions,
  ) {}

  @Get()
  @Operation('listConstraints', {
    summary: 'What was said about who is who, the oldest first',
    answers: { 200: ConstraintPage },
    problems: [404],
  })
  async list(
    @Query({ schema: ConstraintsQuery }) { limit, cursor, person, title }: ConstraintsQuery,
  ): Promise<ConstraintPage> {
    const contentHash = title === undefined ? undefined : await this.contentOf(title);
    const page = await this.corrections.page(
      { personId: person, contentHash },
      { limit, ...(cursor !== undefined && { cursor }) },
    );
    return { items: await this.present(page.items), nextCursor: page.nextCursor };
  }

  @Get('suggestions')
  @Operation('listConstraintSuggestions', {
    summary: 'Pairs of people who look alike and may be one, the most alike first',
    description:
      'A mustLink accepts a pair, a cannotLink refuses it for good. Nobody who is hidden, or was seen in one frame with the other.',
    answers: { 200: ConstraintSuggestions },
  })
  async suggest(@Query({ schema: SuggestionsQuery }) { limit }: SuggestionsQuery): Promise<ConstraintSuggestions> {
    const found = await this.suggestions.list(limit);
    return {
      items: await Promise.all(
        found.map(async ({ person, other, similarity, probability }) => ({
          person: await presentPerson(this.people, person),
          other: await presentPerson(this.people, other),
          similarity,
          probability,
        })),
      ),
    };
  }

  @Post()
  @Operation('createConstraint', {
    summary: 'Say who is who: tracks show a person (mustLink) or do not (cannotLink), two people are one or are not',
    description:
      'It outweighs what the faces say, also after a new analysis, until it is deleted. 409 when it cannot be so: the two ' +
      'were seen in one frame.',
    answers: { 201: ConstraintOutput },
    problems: [404, 409],
    idempotent: true,
  })
  async create(@Body({ schema: ConstraintInput }) input: ConstraintInput): Promise<ConstraintOutput> {
    const { kind, person, other } = input;
    if (other !== undefined) {
      if (kind === 'mustLink') await this.people.merge(person, other);
      else await this.corrections.keepApart(person, other);
      return this.made(kind, person, { otherId: other });
    }
    const tracks = await this.tracksOf(input);
    if (kind === 'mustLink') await this.corrections.give(person, [tracks]);
    else await this.corrections.reject(person, tracks);
    return this.made(kind, person, { contentHash: tracks.contentHash });
  }

  @Delete(':id')
  @HttpCode(204)
  @Operation('deleteConstraint', {
    summary: 'Undo what was said: who was made one is two again, and faces tell who is who',
    answers: { 204: null },
    problems: [404, 409],
  })
  async delete(@Param('id') id: string): Promise<void> {
    await this.corrections.remove(id);
    await this.naming.refreshAllNames();
  }

  private async made(
    kind: Constraint['kind'],
    personId: string,
    about: Partial<Constraint>,
  ): Promise<ConstraintOutput> {
    const constraint = await this.corrections.last(kind, personId, about);
    await this.naming.refreshAllNames();
    return (await this.present([constraint]))[0]!;
  }

  private async present(constraints: readonly Constraint[]): Promise<ConstraintOutput[]> {
    const titles = await this.titles.ofContents([
      ...new Set(constraints.flatMap(({ contentHash }) => contentHash ?? [])),
    ]);
    return constraints.map(({ id, kind, personId, otherId, contentHash, tracks, by, createdAt }) => ({
      id,
      kind,
      person: personId,
      other: otherId,
      title: titles.find((title) => contentHash !== null && title.contentHash === contentHash)?.id ?? null,
      tracks: tracks.map((track) => track.id).filter((track) => track !== ''),
      by,
      createdAt,
    }));
  }

  private async contentOf(title: string): Promise<string> {
    const { contentHash } = await this.titles.get(title);
    if (contentHash === null) throw new KinoscopeError('not-found', `The title ${title} was not analysed for cast yet`);
    return contentHash;
  }

  private async tracksOf({ title = '', tracks = [] }: ConstraintInput): Promise<TracksOf> {
    const contentHash = await this.contentOf(title);
    // Who is who is told first, so that it can be corrected.
    await this.naming.refreshNames(contentHash);
    return { contentHash, tracks };
  }
}
