import readExif from 'exif-reader';

/** Where and when a photo says that it was taken. */
export interface Taken {
  /** Milliseconds since 1970; null: it tells no time, or nothing of the zone of its clock. */
  readonly at: number | null;
  /** Degrees, north and east; null: it tells none. */
  readonly place: { readonly latitude: number; readonly longitude: number } | null;
}

const NOTHING: Taken = { at: null, place: null };
const MINUTE = 60_000;

/** What EXIF (2.32, CIPA DC-008) tells of where and when; what is broken of it tells nothing. */
export function takenOf(exif: Buffer | undefined): Taken {
  if (!exif) return NOTHING;
  try {
    const { Photo: photo, GPSInfo: gps } = readExif(exif);
    const local = photo?.DateTimeOriginal instanceof Date ? photo.DateTimeOriginal.getTime() : NaN;
    return {
      at: utcOf(local, photo?.OffsetTimeOriginal, fixOf(gps?.GPSDateStamp, gps?.GPSTimeStamp)),
      place: placeOf(
        degrees(gps?.GPSLatitude, gps?.GPSLatitudeRef, 'S', 90),
        degrees(gps?.GPSLongitude, gps?.GPSLongitudeRef, 'W', 180),
      ),
    };
  } catch {
    return NOTHING;
  }
}

/** @param local a clock's time as if it were UTC's; NaN: none */
function utcOf(local: number, offset: unknown, fix: number): number | null {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(typeof offset === 'string' ? offset.trim() : '') ?? [];
  if (sign !== undefined && Number.isFinite(local))
    return local - (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE;
  if (!Number.isFinite(fix)) return null;
  // a satellite's time is UTC: what the clock is off by, in quarters of an hour, is its zone
  const zone = Math.round((local - fix) / (15 * MINUTE)) * 15 * MINUTE;
  return Math.abs(zone) <= 14 * 60 * MINUTE ? local - zone : fix;
}

/** When satellites were last heard, milliseconds since 1970; NaN: never. */
function fixOf(date: unknown, time: unknown): number {
  const [, year, month, day] = /^(\d{4}):(\d\d):(\d\d)$/.exec(typeof date === 'string' ? date.trim() : '') ?? [];
  if (year === undefined || !isTriple(time)) return NaN;
  return Date.UTC(Number(year), Number(month) - 1, Number(day), time[0], time[1], time[2]);
}

function degrees(value: unknown, side: unknown, negative: string, most: number): number {
  if (!isTriple(value)) return NaN;
  const size = value[0] + value[1] / 60 + value[2] / 3600;
  return size <= most ? (side === negative ? -size : size) : NaN;
}

const placeOf = (latitude: number, longitude: number): Taken['place'] =>
  Number.isFinite(latitude) && Number.isFinite(longitude) ? { latitude, longitude } : null;

const isTriple = (value: unknown): value is readonly [number, number, number] =>
  Array.isArray(value) &&
  value.length === 3 &&
  value.every((part) => typeof part === 'number' && Number.isFinite(part));
