import { Injectable } from '@nestjs/common';
import { SURE } from '../credits/answer.js';
import { isSureName } from '../credits/billing/sure.js';
import type { Filter } from '../storage/collection.js';
import { Documents } from '../titles/collections.js';
import { playerOffset } from '../titles/player-clock.js';
import { wordsOf } from '../titles/search.js';
import { TitlesService } from '../titles/titles.service.js';
import type { BilledPage, BilledQuery } from './billed-schemas.js';

/** Finds names in the credits of all titles. */
@Injectable()
export class BilledNames {
  constructor(
    private readonly documents: Documents,
    private readonly titles: TitlesService,
  ) {}

  /** @throws KinoscopeError `not-found` for an unknown title, `usage` for another list's cursor */
  async search({ name, role, kind, titleId, minConfidence = SURE, limit, cursor }: BilledQuery): Promise<BilledPage> {
    const contentHash = titleId === undefined ? undefined : (await this.titles.get(titleId)).contentHash;
    const [nameWords, roleWords] = [name, role].map((text) => (text === undefined ? null : wordsOf(text)));
    // Nothing but punctuation is in no name.
    if (nameWords?.length === 0 || roleWords?.length === 0) return { items: [], nextCursor: null };
    const filter: Filter = {
      confidence: { $gte: minConfidence },
      ...(nameWords && { nameWords: { $prefix: nameWords } }),
      ...(roleWords && { roleWords: { $prefix: roleWords } }),
      ...(kind !== undefined && { kind }),
      ...(contentHash !== undefined && { contentHash }),
    };
    const page = await this.documents.billed.find(filter, { limit, ...(cursor !== undefined && { cursor }) });
    const titles = await this.titles.ofContents([...new Set(page.items.map((one) => one.contentHash))]);
    const items = page.items.flatMap((one) => {
      const title = titles.find((film) => film.contentHash === one.contentHash);
      if (title === undefined) return [];
      const offset = playerOffset(title.media);
      const { confidence, department } = one;
      return [
        {
          titleId: title.id,
          title: title.name,
          kind: one.kind,
          name: one.name,
          role: one.role,
          department,
          confidence,
          sure: isSureName(one),
          start: one.start + offset,
          end: one.end + offset,
        },
      ];
    });
    return { items, nextCursor: page.nextCursor };
  }
}
