import { Inject, Injectable } from '@nestjs/common';
import { KinoscopeError } from '../core/errors.js';
import { type Box, type Point, toFractions } from '../faces/geometry.js';
import { cornersOf, type Photo, type Taken } from '../frames/picture.js';
import type { Guide } from '../guide/guide.js';
import { GUIDE } from '../guide/guide.module.js';
import { indexOf, plainName, programmesOf } from '../guide/names.js';
import type { Place } from '../guide/place.js';
import type { Programme } from '../guide/xmltv.js';
import { MODELS, type Models } from '../inference/types.js';
import { type Candidate, Gallery, NAMED_FROM } from '../people/gallery.js';
import { Naming } from '../people/naming.js';
import { People } from '../people/people.js';
import { wantedTitles } from '../titles/guide-titles.js';
import { TitlesService } from '../titles/titles.service.js';
import { type Broadcast, Broadcasts, presentBroadcast } from './broadcasts.service.js';
import { readPhotoFaces } from './photo-faces.js';

export interface IdentifyOptions {
  /** A title's id: only people who appear in it are considered. */
  readonly title?: string | undefined;
  /** Milliseconds since 1970: only people of what was on air then are considered. */
  readonly at?: number | undefined;
  readonly place?: Place | undefined;
  /** Where either is not given, what the photo tells of it. */
  readonly useExif?: boolean;
}

export interface IdentifiedFace {
  /** Pixels of the picture. */
  readonly box: Box;
  /** Fractions of the picture. */
  readonly fractions: Box;
  /** The first candidate is likely enough to be named. */
  readonly known: boolean;
  /** The best name and at most two alternatives. */
  readonly candidates: readonly (Pick<Candidate, 'name' | 'confidence'> & {
    readonly id: string;
    /** Titles that they appear in, the longest on screen first. */
    readonly titles: readonly { readonly id: string; readonly name: string }[];
    /** What they were last on air in, and what next, as the guide names them or the titles that they appear in; null: it knows of nothing. */
    readonly lastOnAir: Broadcast | null;
    readonly nextOnAir: Broadcast | null;
  })[];
}

export interface Identified {
  /** Only some people were considered. */
  readonly limited: boolean;
  /** null: nobody asked for a time. */
  readonly onAir: readonly Broadcast[] | null;
  /** Top left, top right, bottom right, bottom left of the screen that the photo shows, fractions of it; null: none was found. */
  readonly screen: readonly Point[] | null;
  /** What was taken from the photo's EXIF: a time (ISO 8601, UTC), and whether a place; null: nobody asked. */
  readonly exif: { readonly at: string | null; readonly place: boolean } | null;
  /** What of the broadcast guide could not be read, and what the EXIF lacks. */
  readonly notes: readonly string[];
  readonly faces: readonly IdentifiedFace[];
}

/** Who of the gallery is in a photo. */
@Injectable()
export class Identifier {
  constructor(
    @Inject(MODELS) private readonly models: Models,
    @Inject(GUIDE) private readonly guide: Guide | null,
    private readonly people: People,
    private readonly naming: Naming,
    private readonly titles: TitlesService,
    private readonly broadcasts: Broadcasts,
  ) {}

  /**
   * @throws KinoscopeError `not-found` for an unknown title or a place that no guide covers; `usage` for a time or place
   *   without a guide, or a place without a time
   */
  async identify(photo: Photo, options: IdentifyOptions = {}): Promise<Identified> {
    const { title } = options;
    const notes: string[] = [];
    const { at, place, exif } = this.whenAndWhere(options, photo.taken, notes);
    const onAir = at === undefined ? null : await this.guide!.onAir(at, place ?? null, (note) => notes.push(note));
    const allowed = new Set([
      ...(title === undefined ? [] : await this.castOf([(await this.titles.get(title)).contentHash])),
      ...(onAir === null ? [] : await this.castOfProgrammes(onAir)),
    ]);
    // Of what is on air, nobody may be known at all: then the whole gallery is the best that can be asked.
    const limited = title !== undefined || allowed.size > 0;
    const gallery = await this.people.gallery();
    const considered = limited
      ? new Gallery(
          gallery.recognizer,
          gallery.people.filter(({ id }) => allowed.has(id)),
        )
      : gallery;
    const { picture } = photo;
    const faces = await readPhotoFaces(this.models, photo);
    return {
      limited,
      onAir: onAir?.map(presentBroadcast) ?? null,
      screen: photo.screen && cornersOf(photo.screen).map(([x, y]) => [x / picture.width, y / picture.height]),
      exif,
      notes,
      faces: await Promise.all(
        faces.map(async ({ box, embedding }): Promise<IdentifiedFace> => {
          const candidates = considered.identify(embedding);
          return {
            box,
            fractions: toFractions(box, picture.width, picture.height),
            known: (candidates[0]?.confidence ?? 0) >= NAMED_FROM,
            candidates: await this.describe(candidates, at),
          };
        }),
      ),
    };
  }

  private whenAndWhere(
    { at, place, useExif = false }: IdentifyOptions,
    taken: Taken | null,
    notes: string[],
  ): Pick<IdentifyOptions, 'at' | 'place'> & Pick<Identified, 'exif'> {
    if (at === undefined && place !== undefined && !useExif)
      throw new KinoscopeError('usage', 'A place needs a time: give both');
    if ((at !== undefined || useExif) && !this.guide)
      throw new KinoscopeError('usage', 'There is no broadcast guide: KINOSCOPE_GUIDE names one');
    if (!useExif) return { at, place, exif: null };
    const told = at === undefined ? (taken?.at ?? undefined) : undefined;
    const time = at ?? told;
    if (time === undefined) {
      notes.push("the photo's EXIF tells no time, or not of which zone: give at");
      return { at: time, exif: { at: null, place: false } };
    }
    const from = place === undefined ? (taken?.place ?? undefined) : undefined;
    return {
      at: time,
      place: place ?? from,
      exif: { at: told === undefined ? null : new Date(told).toISOString(), place: from !== undefined },
    };
  }

  private async describe(candidates: readonly Candidate[], at = Date.now()): Promise<IdentifiedFace['candidates']> {
    const people = await Promise.all(
      candidates.map(async ({ personId }) => ({
        person: await this.people.get(personId),
        titles: await this.broadcasts.titlesOf(personId),
      })),
    );
    const onAir = await this.broadcasts.ofPeople(people, at);
    return candidates.map(({ personId: id, name, confidence }, i) => ({
      id,
      name,
      confidence,
      titles: people[i]!.titles.map((title) => ({ id: title.id, name: title.name })),
      lastOnAir: onAir[i]!.last,
      nextOnAir: onAir[i]!.next,
    }));
  }

  private async castOf(contentHashes: readonly (string | null)[]): Promise<string[]> {
    const names = await Promise.all(contentHashes.map((hash) => (hash === null ? null : this.naming.namesOf(hash))));
    return names.flatMap((who) => Object.values(who ?? {}).flatMap(({ personId }) => personId ?? []));
  }

  /** People whom the guide names, and those who appear in titles of the library that the programmes are, or in other episodes of them. */
  private async castOfProgrammes(programmes: readonly Programme[]): Promise<string[]> {
    const listed = new Set(programmes.flatMap(({ cast }) => cast.map(({ name }) => plainName(name))));
    const named = (await this.people.list())
      .filter(({ name, aliases = [] }) => [name, ...aliases].some((one) => listed.has(plainName(one))))
      .map(({ id }) => id);
    const titles = await this.titles.all();
    const index = indexOf(programmes);
    const wanted = wantedTitles(titles);
    const shown = titles.filter(({ metadata: { series } }, i) =>
      series === undefined ? programmesOf(index, wanted[i]!).length > 0 : index.titles.has(plainName(series)),
    );
    return [...named, ...(await this.castOf(shown.map(({ contentHash }) => contentHash)))];
  }
}
