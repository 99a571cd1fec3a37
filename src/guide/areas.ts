import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { feature, featuresContaining } from '@rapideditor/country-coder';
import { booleanPointInPolygon } from '@turf/boolean-point-in-polygon';
import { z } from 'zod';
import { checked } from '../core/checked.js';
import { decodeText } from '../core/encoding.js';
import { KinoscopeError } from '../core/errors.js';
import { distance, type Place } from './place.js';
import type { Channel } from './xmltv.js';

const Position = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]).rest(z.number());
const Ring = z.array(Position).min(4);
const Geometry = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Point'), coordinates: Position }),
  z.object({ type: z.literal('Polygon'), coordinates: z.array(Ring).min(1) }),
  z.object({ type: z.literal('MultiPolygon'), coordinates: z.array(z.array(Ring).min(1)).min(1) }),
]);
const several = <T extends z.ZodType>(one: T) => z.union([one, z.array(one).min(1)]).transform((some) => [some].flat());
const text = z.string().trim().min(1).max(200);

/** country-coder takes `DE-BY` for Belarus, as it reads codes of any kind. */
function isKnown(name: string): boolean {
  const { id, iso1A2, iso1A3, iso1N3, m49, nameEn, aliases = [] } = feature(name)?.properties ?? {};
  return [id, iso1A2, iso1A3, iso1N3, m49, nameEn, ...aliases].some((own) => own?.toLowerCase() === name.toLowerCase());
}

/** `GB`, `GBR`, `United Kingdom`; of regions `GB-SCT`, `EU`, `Western Europe`: what country-coder has a border of. */
const Known = text.refine(isKnown, { message: 'is no country or region whose borders are known' });

const Area = z
  .object({
    type: z.literal('Feature'),
    geometry: Geometry.nullish(),
    properties: z.object({
      channels: several(text).optional(),
      source: text.optional(),
      country: several(Known).optional(),
      region: several(Known).optional(),
      radius: z.number().positive().max(20_100).optional(),
    }),
  })
  .refine(({ properties: { channels, source } }) => channels !== undefined || source !== undefined, {
    message: 'names neither channels nor a source',
  })
  .refine(
    ({ geometry, properties: { country, region } }) =>
      geometry !== undefined && geometry !== null ? true : country !== undefined || region !== undefined,
    { message: 'has neither a geometry nor a country or region' },
  )
  .refine(({ geometry, properties: { radius } }) => (geometry?.type === 'Point') === (radius !== undefined), {
    message: 'a Point has a radius in kilometres, and nothing else has',
  });
type Area = z.infer<typeof Area>;
const File = z.object({ type: z.literal('FeatureCollection'), features: z.array(Area).max(100_000) });

/** Whether a channel of a source can be received. */
export type Receivable = (source: string, channel: Channel) => boolean;

/**
 * Where channels can be received, from a GeoJSON file: each feature names channels (ids or names of the guide, `*` for any letters) or
 * a whole source, and a country, a region, a polygon, or a point with a radius. One that no feature names is received everywhere.
 */
export class Areas {
  private constructor(private readonly areas: readonly { readonly area: Area; readonly names: RegExp | null }[]) {}

  /** @throws KinoscopeError `not-found`, `unreadable` */
  static async read(path: string): Promise<Areas> {
    const name = basename(path);
    const bytes = await readFile(path).catch((cause: unknown) => {
      throw new KinoscopeError('not-found', `The areas of channels are not at ${path} (KINOSCOPE_GUIDE_AREAS)`, {
        cause,
      });
    });
    const { features } = checked(File, asJson(decodeText(bytes), name), {
      code: 'unreadable',
      whole: 'the file',
      before: `${name} has areas that cannot be read: `,
    });
    return new Areas(
      features.map((area) => ({ area, names: area.properties.channels ? patternOf(area.properties.channels) : null })),
    );
  }

  at(place: Place): Receivable {
    const point: [number, number] = [place.longitude, place.latitude];
    const regions = new Set(featuresContaining(point).map(({ properties: { wikidata } }) => wikidata));
    const within = this.areas.map(({ area }) => contains(area, place, regions));
    return (source, { id, names }) => {
      const own = this.areas.flatMap(({ area: { properties }, names: pattern }, i) =>
        (properties.source === undefined || properties.source === source) &&
        (pattern === null || [id, ...names].some((name) => pattern.test(name)))
          ? [i]
          : [],
      );
      return own.length === 0 || own.some((i) => within[i]);
    };
  }
}

function contains({ geometry, properties }: Area, place: Place, regions: ReadonlySet<string>): boolean {
  const { country = [], region = [], radius } = properties;
  if ([...country, ...region].some((name) => regions.has(feature(name)!.properties.wikidata))) return true;
  if (!geometry) return false;
  if (geometry.type !== 'Point') return booleanPointInPolygon([place.longitude, place.latitude], geometry);
  const [longitude, latitude] = geometry.coordinates;
  return distance({ latitude, longitude }, place) <= radius!;
}

/** Any of the names, without regard to case. */
function patternOf(names: readonly string[]): RegExp {
  const escaped = names.map((name) => name.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '[^]*'));
  return new RegExp(`^(?:${escaped.join('|')})$`, 'iu');
}

function asJson(source: string, name: string): unknown {
  try {
    return JSON.parse(source.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new KinoscopeError('unreadable', `${name} is no GeoJSON: it is no JSON`, { cause });
  }
}
