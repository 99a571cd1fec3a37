import { Injectable } from '@nestjs/common';
import { KinoscopeError } from '../core/errors.js';
import type { Constraint } from '../people/constraints.js';
import { Corrections } from '../people/corrections.js';
import { type Correction as Stored, type CorrectionOf, noteOf } from '../titles/corrections.js';
import type { Title } from '../titles/documents.js';
import { playerOffset, shifted } from '../titles/player-clock.js';
import { TitlesService } from '../titles/titles.service.js';
import type {
  Correction,
  CorrectionPage,
  CorrectionsQuery,
  CreditsCorrection,
  GenreCorrection,
  SegmentsCorrection,
} from './correction-schemas.js';
import { CorrectionsService } from './corrections.service.js';

/** What a page's cursor begins with: those of answers come from one list, those of people from another, which is read after it. */
const ANSWERS = 'a';
const PEOPLE = 'p';

/** Everything that people have corrected, as it leaves the service. */
@Injectable()
export class CorrectionList {
  constructor(
    private readonly corrections: CorrectionsService,
    private readonly people: Corrections,
    private readonly titles: TitlesService,
  ) {}

  /** @throws KinoscopeError `not-found` for a title that is unknown, `usage` for another list's cursor */
  async list({ kind, titleId, limit, cursor }: CorrectionsQuery): Promise<CorrectionPage> {
    const contentHash = titleId === undefined ? undefined : (await this.titles.get(titleId)).contentHash;
    if (contentHash === null) return { items: [], nextCursor: null };
    const [list, from = ''] = cursor === undefined ? [kind === 'people' ? PEOPLE : ANSWERS] : split(cursor);
    const items: Correction[] = [];
    if (list === ANSWERS && kind !== 'people') {
      const of = { ...(kind && { kind }), ...(contentHash && { contentHash }) };
      const page = await this.corrections.page(of, { limit, ...(from !== '' && { cursor: from }) });
      items.push(...(await this.presentAll(page.items)));
      if (page.nextCursor !== null) return { items, nextCursor: `${ANSWERS}${page.nextCursor}` };
      if (kind !== undefined) return { items, nextCursor: null };
      if (items.length === limit) return { items, nextCursor: PEOPLE };
    }
    const page = await this.people.page(
      { contentHash },
      { limit: limit - items.length, ...(list === PEOPLE && from !== '' && { cursor: from }) },
    );
    items.push(...(await this.presentPeople(page.items)));
    return { items, nextCursor: page.nextCursor === null ? null : `${PEOPLE}${page.nextCursor}` };
  }

  private async presentAll(corrections: readonly Stored[]): Promise<Correction[]> {
    const titles = await this.titles.ofContents(corrections.map(({ contentHash }) => contentHash));
    return corrections.flatMap((one) => {
      const title = titles.find(({ contentHash }) => contentHash === one.contentHash);
      return title ? [present(one, title)] : [];
    });
  }

  private async presentPeople(constraints: readonly Constraint[]): Promise<Correction[]> {
    const titles = await this.titles.ofContents([
      ...new Set(constraints.flatMap(({ contentHash }) => contentHash ?? [])),
    ]);
    return constraints.map(
      ({ id, kind, personId, otherId, contentHash, tracks, machine, by, createdAt }): Correction => {
        const title = titles.find((one) => contentHash !== null && one.contentHash === contentHash);
        const marks = tracks.map((mark) => ({ id: mark.id, time: mark.time, box: [...mark.box] }));
        return {
          kind: 'people',
          id,
          titleId: title?.id ?? null,
          by,
          createdAt,
          said: { kind, person: personId, other: otherId, tracks: shifted(marks, playerOffset(title?.media ?? null)) },
          machine: machine
            ? {
                version: machine.version,
                tracks: machine.tracks.map(({ id: track, personId: person, confidence }) => ({
                  id: track,
                  person,
                  confidence,
                })),
                similarity: machine.similarity,
              }
            : null,
        };
      },
    );
  }
}

/** @throws KinoscopeError `usage` */
function split(cursor: string): [list: string, from: string] {
  const list = cursor.charAt(0);
  if (list !== ANSWERS && list !== PEOPLE) throw new KinoscopeError('usage', 'The cursor is not one of this list');
  return [list, cursor.slice(1)];
}

export function presentGenre(correction: CorrectionOf<'genre'>, title: Title): GenreCorrection {
  const { detectorVersion, result } = correction.machine;
  return {
    kind: 'genre',
    id: correction.id,
    titleId: title.id,
    ...noteOf(correction),
    said: { genres: [...correction.said.genres] },
    machine: { detectorVersion, genres: { ...result.genres } },
  };
}

/** On a player's clock. */
export function presentCredits(correction: CorrectionOf<'credits'>, title: Title): CreditsCorrection {
  const { said, machine } = correction;
  const { creditsStart, confidence, segments } = machine.result;
  const times = {
    said: { creditsStart: said.creditsStart, segments: [...said.segments] },
    machine: { detectorVersion: machine.detectorVersion, creditsStart, confidence, segments: [...segments] },
  };
  return {
    kind: 'credits',
    id: correction.id,
    titleId: title.id,
    ...noteOf(correction),
    ...shifted(times, playerOffset(title.media)),
  };
}

/** On a player's clock. */
export function presentSegments(correction: CorrectionOf<'segments'>, title: Title): SegmentsCorrection {
  const { said, machine } = correction;
  const times = {
    said: { segments: [...said.segments] },
    machine: { detectorVersion: machine.detectorVersion, segments: [...machine.result.segments] },
  };
  return {
    kind: 'segments',
    id: correction.id,
    titleId: title.id,
    ...noteOf(correction),
    ...shifted(times, playerOffset(title.media)),
  };
}

function present(correction: Stored, title: Title): Correction {
  if (correction.kind === 'genre') return presentGenre(correction, title);
  return correction.kind === 'credits' ? presentCredits(correction, title) : presentSegments(correction, title);
}
