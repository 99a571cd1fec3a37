import { KinoscopeError } from '../core/errors.js';

/** Degrees, north and east. */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

const EARTH_KM = 6371;

/** Kilometres between two places, along the surface. */
export function distance(a: Place, b: Place): number {
  const rad = Math.PI / 180;
  const half =
    Math.sin(((b.latitude - a.latitude) * rad) / 2) ** 2 +
    Math.cos(a.latitude * rad) * Math.cos(b.latitude * rad) * Math.sin(((b.longitude - a.longitude) * rad) / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.sqrt(half));
}

/** Reads `LAT,LON` in degrees. @throws KinoscopeError `usage` */
export function parsePlace(text: string): Place {
  const [latitude = NaN, longitude = NaN, ...rest] = text
    .split(',')
    .map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (rest.length > 0 || !(Math.abs(latitude) <= 90) || !(Math.abs(longitude) <= 180))
    throw new KinoscopeError('usage', `"${text}" is no place: give latitude and longitude in degrees, as 48.86,2.35`);
  return { latitude, longitude };
}

/** An ISO 8601 time with its offset, in milliseconds since 1970. @throws KinoscopeError `usage` */
export function parseTime(text: string): number {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at))
    throw new KinoscopeError('usage', `"${text}" is no time: give one as 2026-04-02T21:35:00+02:00`);
  return at;
}
